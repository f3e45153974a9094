"""A name is never code: hostile ones do nothing, odd ones compile, run and are confirmed."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cnncalc.diagnostics import Diagnostics, Source
from cnncalc.language.load import read_source
from cnncalc.language.text.naming import LONGEST_NAME, refusal
from cnncalc.language.written.grammar import GROUP, MODIFIERS
from cnncalc.language.written.mappings import can_be_name
from cnncalc.layers import LAYERS
from cnncalc.lowering.source import source
from cnncalc.lowering.whitelist import ForeignCodeError, check
from cnncalc.network.graph import Graph
from cnncalc.network.names import module_path
from cnncalc.verification import Check
from tests.analysis.specs import graph_of
from tests.hostile.names import HOSTILE, SOUND
from tests.hostile.places import ARGUMENTS, TEXTS, WORDS, fresh, pairs, renamed, written
from tests.hostile.watch import ROOT
from tests.sampled import sampled
from tests.together import in_groups

NAMES = [place for place in WORDS if place not in TEXTS]
PARTS = 16
PART = [pytest.param(part, marks=[pytest.mark.thorough] if part else []) for part in range(PARTS)]
"""Of all names at all places, the first sixteenth in each run, some of each."""


def script(name: str, *arguments: object) -> dict[str, Any]:
    """What a script of this folder prints, in a process of its own."""
    run = subprocess.run(
        [sys.executable, "-m", f"tests.hostile.{name}", *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    found: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return found


# -- the rule of the language -----------------------------------------------------------------


@in_groups({"sound": SOUND}, repr)
def test_what_is_a_name(name: str) -> None:
    assert refusal(name) is None


@in_groups({"hostile": HOSTILE}, repr)
def test_what_is_none(name: str) -> None:
    assert refusal(name)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("\ufb01lter", "write it `filter`"),
        ("e\u0301", "write it `\xe9`"),
        ("\uff45\uff56", "write it `ev`"),
        ("x" * 101, f"a name has at most {LONGEST_NAME} letters, this one 101"),
        ("-a", "a name begins with a letter, a digit or `_`"),
        ("a b", "a name is letters, digits, `_`, `-`, `+` and `/`"),
        ("input", "`input` and `previous` are taken"),
    ],
)
def test_what_to_write_instead(name: str, hint: str) -> None:
    assert refusal(name) == hint


THIRDS = [pytest.param(third, marks=[pytest.mark.thorough] if third else []) for third in range(3)]


@pytest.mark.parametrize("third", THIRDS)
@pytest.mark.parametrize("row", range(len(NAMES)), ids=NAMES)
def test_no_place_takes_what_is_no_name(row: int, third: int) -> None:
    """Each name at every third place in each run."""
    place = NAMES[row]
    for name in HOSTILE[(third - row) % 3 :: 3]:
        diagnostics = Diagnostics()
        text = written(place, name)
        assert read_source(Source("spec.yaml", text), Path("spec.yaml"), diagnostics) is None
        codes = {diagnostic.code for diagnostic in diagnostics}
        assert codes & {"CNN305", "CNN511", "CNN101", "CNN107"}, (name, codes)


# -- the writer and the whitelist, each alone -------------------------------------------------


@pytest.mark.parametrize("first", sampled(range(5), 5))
def test_every_place_is_written_and_checked_with_every_name(first: int) -> None:
    """Of a graph built in Python, which no rule has seen; a place each, all at once."""
    for number in range(first, len(HOSTILE), 5):
        graph = fresh()
        for step, place in enumerate(WORDS):
            graph = renamed(graph, place, HOSTILE[(number + 7 * step) % len(HOSTILE)])
        text = source(graph)
        ast.parse(text)
        with pytest.raises(ForeignCodeError):  # children that cannot be called so
            check(text)


@pytest.mark.torch
@pytest.mark.parametrize("part", PART)
def test_names_of_graphs_do_nothing(tmp_path: Path, part: int) -> None:
    found = script("sources", tmp_path, part, PARTS)
    assert found["faults"] == []
    assert found["past"] == []
    assert found["does"] > 3  # a writer that trusts names runs that many


@pytest.mark.parametrize("part", PART)
def test_names_in_specs_do_nothing_in_any_command(tmp_path: Path, part: int) -> None:
    found = script("commands", tmp_path, part, PARTS)
    assert found["faults"] == []
    assert found["runs"] == len(pairs(part, PARTS)) > 300


@pytest.mark.torch
def test_texts_do_nothing_where_the_network_runs(tmp_path: Path) -> None:
    assert script("running", tmp_path) == {"faults": [], "runs": 4}


# -- odd names that are sound -----------------------------------------------------------------

COUNT = len(SOUND)


def odd(number: int) -> Graph:
    """A network with an odd name at each place, as many as can stand there."""
    words = {}
    for step, place in enumerate(NAMES):
        name = SOUND[(number + 8 * step) % COUNT]
        fits = can_be_name(name) if place in ARGUMENTS else name not in (*LAYERS, *MODIFIERS, GROUP)
        words |= {place: name} if fits else {}
    return graph_of(written(**words))


def test_odd_names_stand_everywhere() -> None:
    assert len(NAMES) * 8 < COUNT or COUNT % 8  # no name twice in a network


@pytest.mark.torch
@pytest.mark.parametrize("first", sampled(range(5), 5))
def test_odd_names_run(first: int) -> None:
    """Every name at every place: weights are named by the paths, outputs shaped as computed."""
    import torch

    from cnncalc.runtime.lower import lower, samples

    for number in range(first, COUNT, 5):
        graph = odd(number)
        lowered = lower(graph).eval()
        weights = {
            f"{module_path(node.path)}.{weight.name}"
            for node in graph.layers
            for weight in node.weights
        }
        assert set(lowered.state_dict()) == weights
        with torch.no_grad():
            found = lowered(*samples(graph, 1))
        shapes = {name: tuple(value.shape[1:]) for name, value in found.items()}
        heads = graph.heads
        assert shapes == {name: node.shape for name, node in heads.items()}


@pytest.mark.torch
def test_odd_names_are_confirmed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Their sources in one process, since each would start one of its own."""
    from cnncalc.runtime import verify
    from cnncalc.runtime.lower import lower

    exported = Check("exported source", "", "")
    monkeypatch.setattr(verify, "check_exported", lambda *given: exported)
    graphs = [odd(number) for number in range(0, COUNT, 25)]
    for graph in graphs:
        checks = verify.verify(graph).checks
        assert [finding for check in checks for finding in check.findings] == []
    together = verify.exported.check_together([(graph, lower(graph)) for graph in graphs], "cpu")
    assert [check.verdict for check in together] == ["equal"] * len(graphs)
