"""Whatever a spec asks for, an answer comes within 2 s and 2 s more for each MiB, under 1 GiB.

The time is the processor's, of one command; a busy machine is given twice as much. Small bombs run
always, all of what any spec may hold in a thorough run.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from cnncalc.budget import Budget
from cnncalc.diagnostics import MOST, Diagnostics, Source
from cnncalc.language.load import read, read_source
from tests.cost.families import FAMILIES, Family, faults_on_many_lines, misspelt_names

pytest.importorskip("resource")


ROOT = Path(__file__).parents[2]
MEASURE = Path(__file__).parent / "measure.py"

SECONDS = 2.0
SECONDS_A_MIB = 2.0
NOISE = 2
MEMORY = 2**30

ALWAYS = (
    "check SPEC --format json",
    "explain SPEC nothing.of.it",
    "export SPEC",
    "transform fold-batch-norm SPEC",
)
"""Of small bombs each meets one, of the others as many meet each."""

MORE = [
    "analyze SPEC",
    "analyze SPEC --format json",
    "analyze SPEC --format csv",
    "analyze SPEC --format markdown",
    *(
        f"check SPEC --format {form}"
        for form in ("text", "concise", "json", "github", "gitlab", "sarif", "junit")
    ),
    "compare SPEC SPEC",
    "explain SPEC nothing.of.it",
]

MILLIONS = (
    "short words",
    "repeats",
    "shares",
    "shares of shares",
    "shares of large groups",
    "groups in repeats",
    "nests",
    "nested joins",
    "sums",
    "alike calls",
    "distinct calls",
)
"""Hundreds of thousands of layers, written shortly: their time grows as they do, 15 to 40 us for a
layer, which is more than the bound; they keep to the memory."""

Costs = dict[str, list[dict[str, Any]]]


def bound(text: str) -> float:
    """The seconds that an answer may take."""
    return SECONDS + SECONDS_A_MIB * len(text.encode()) / 2**20


def measured(texts: dict[str, str], commands: list[str], limit: float) -> Costs:
    """What the commands cost on each text."""
    bombs = [
        {"name": name, "text": text, "limit": limit, "commands": [c.split() for c in commands]}
        for name, text in texts.items()
    ]
    run = subprocess.run(
        [sys.executable, str(MEASURE)],
        input=json.dumps([{**bomb, "limit": int(limit)} for bomb in bombs]),
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert not run.stderr
    found: Costs = {name: [] for name in texts}
    for line in run.stdout.splitlines():
        cost = json.loads(line)
        found[cost.pop("bomb")].append(cost)
    return found


def check(costs: list[dict[str, Any]], seconds: float) -> None:
    """Every command ends with an answer, soon and in little memory."""
    for cost in costs:
        assert cost["code"] in (0, 1, 2), cost
        assert cost["seconds"] < seconds, cost
        assert cost["memory"] < MEMORY, cost


@pytest.fixture(scope="module")
def small() -> Costs:
    """What small bombs cost, those that meet one command in one process that has everything
    imported."""
    found: Costs = {}
    for first, command in enumerate(ALWAYS):
        families = islice(FAMILIES.items(), first, None, len(ALWAYS))
        texts = {name: family.text(family.small) for name, family in families}
        found |= measured(texts, [command], NOISE * SECONDS * 2)
    return found


@pytest.mark.parametrize("name", FAMILIES)
def test_small(small: Costs, name: str) -> None:
    assert len(small[name]) == 1
    check(small[name], NOISE * SECONDS)


@pytest.mark.thorough
@pytest.mark.parametrize(("name", "family"), FAMILIES.items(), ids=FAMILIES)
def test_large(name: str, family: Family) -> None:
    text = family.text(family.large)
    assert len(text.encode()) <= 8 * 2**20
    seconds = 90 if name in MILLIONS else NOISE * bound(text)
    check(measured({name: text}, MORE, seconds + 1)[name], seconds)


# -- what is counted --------------------------------------------------------------------------


def steps(text: str) -> int:
    """The steps that reading a text takes, whatever comes of it."""
    diagnostics = Diagnostics()
    read_source(Source("bomb.yaml", text), Path("bomb.yaml"), diagnostics)
    return diagnostics.budget.allowed - diagnostics.budget.steps


LINEAR = (
    "sums",
    "arguments in calls",
    "distinct calls",
    "towers",
    "nests",
    "shares",
    "shares of large groups",
    "blocks",
    "rows",
    "defaults",
    "long name",
)


@pytest.mark.parametrize("name", LINEAR)
def test_steps_grow_as_the_text_does(name: str) -> None:
    text, size = FAMILIES[name].text, FAMILIES[name].small // 4
    assert steps(text(4 * size)) <= 4.5 * steps(text(size)) + 1_000


def test_what_costs_too_much_is_refused_once() -> None:
    diagnostics = Diagnostics()
    text = FAMILIES["lists as a field"].text(30)
    assert read_source(Source("bomb.yaml", text), Path("bomb.yaml"), diagnostics) is None
    assert [diagnostic.code for diagnostic in diagnostics] == ["CNN513"]


def test_words_are_compared_up_to_a_number() -> None:
    diagnostics = Diagnostics()
    text = misspelt_names(2_000)
    read_source(Source("bomb.yaml", text), Path("bomb.yaml"), diagnostics)
    assert diagnostics.budget.comparisons <= 0
    hints = [diagnostic.hint or "" for diagnostic in diagnostics]
    assert hints[0].startswith("did you mean `width_")
    assert hints[-1].startswith("names here: ")


def test_the_closest_word_is_that_of_difflib() -> None:
    from difflib import get_close_matches

    from cnncalc.layers import LAYERS

    for kind in LAYERS:
        for word in (kind[1:], kind[:-1], kind[::-1], f"x{kind}", kind.replace("o", "0")):
            close = get_close_matches(word, list(LAYERS), n=1, cutoff=0.6)
            assert Budget().closest(word, LAYERS) == (close[0] if close else None)


def test_faults_are_counted_beyond_those_that_are_kept() -> None:
    diagnostics = Diagnostics()
    text = faults_on_many_lines(MOST + 5_000)
    read_source(Source("bomb.yaml", text), Path("bomb.yaml"), diagnostics)
    found = list(diagnostics)
    assert len(found) == len(diagnostics) == MOST + 1
    assert (found[-1].code, found[-1].message) == ("CNN513", "5,000 more faults are not shown")


# -- files ------------------------------------------------------------------------------------


def codes(path: Path) -> list[str]:
    """The codes of what is wrong with a spec."""
    diagnostics = Diagnostics()
    assert read(str(path), diagnostics) is None
    return [diagnostic.code for diagnostic in diagnostics]


def test_files_are_counted_together(tmp_path: Path) -> None:
    """Ten files of a megabyte are longer than a spec may be."""
    for number in range(10):
        comment = f"# {'x' * 98}\n" * 10_500
        block = f"blocks: {{b{number}: {{layers: [relu]}}}}\n"
        (tmp_path / f"{number}.yaml").write_text(comment + block)
    files = ", ".join(f"{number}.yaml" for number in range(10))
    path = tmp_path / "first.yaml"
    path.write_text(f"include: [{files}]\ninput: 3x8x8\nlayers: [b0]\n")
    assert codes(path) == ["CNN106"]


def test_more_files_than_anybody_includes(tmp_path: Path) -> None:
    (tmp_path / "empty.yaml").write_text("blocks: {}\n")
    path = tmp_path / "first.yaml"
    path.write_text(f"include: [{'empty.yaml, ' * 2_000}]\ninput: 3x8x8\nlayers: [relu]\n")
    assert codes(path) == ["CNN510"]


def test_blocks_that_are_taken_over_again_and_again(tmp_path: Path) -> None:
    """Thirty files on each of three floors include all of the next: what is below is carried up
    30 * 30 times."""
    blocks = "".join(f"  b{number}: {{layers: [relu]}}\n" for number in range(2_000))
    (tmp_path / "blocks.yaml").write_text(f"blocks:\n{blocks}")
    above = "blocks.yaml"
    for floor in range(3):
        for number in range(15):
            (tmp_path / f"{floor}_{number}.yaml").write_text(f"include: [{above}]\n")
        above = ", ".join(f"{floor}_{number}.yaml" for number in range(15))
    path = tmp_path / "first.yaml"
    path.write_text(f"include: [{above}]\ninput: 3x8x8\nlayers: [b0]\n")
    assert codes(path) == ["CNN513"]
