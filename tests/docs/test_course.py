"""The course: every item of the lectures is answered as its table says, and every exercise."""

import re
from pathlib import Path
from typing import NamedTuple

import pytest

import cnncalc
from cnncalc.checking.checker import Checker
from cnncalc.checking.policy import Policy
from cnncalc.diagnostics import Diagnostic
from cnncalc.language.load import load
from tests.docs.pages import ROOT, blocks, furnish
from tests.docs.test_examples import run

COURSE = ROOT / "docs" / "course.md"
ITEMS = ROOT / "docs" / "course-items.md"
EXERCISES = ROOT / "docs" / "exercises"

_CELL = re.compile(r"(?<!\\)\|")
_CODE = re.compile(r"`([^`]+)`")
_COMMAND = re.compile(r"`(cnncalc [^`]+)`\Z")


class Item(NamedTuple):
    """A line of the table. answer: what its command prints; empty, where it has none."""

    name: str
    answer: tuple[str, ...]
    command: str
    place: str


def items() -> list[Item]:
    lines = ITEMS.read_text(encoding="utf-8").splitlines()
    rows = [_CELL.split(line)[1:-1] for line in lines if line.startswith("| ")]
    cells = ([cell.strip() for cell in row] for row in rows)
    return [_item(*row) for row in cells if row[0] not in ("item", "---")]


def _item(name: str, slide: str, exact: str, place: str) -> Item:
    command = _COMMAND.match(place)
    answer = tuple(_CODE.findall(exact)) or tuple(_CODE.findall(slide))
    return Item(name, answer, command[1].replace("\\|", "|") if command else "", place)


ANSWERED = [item for item in items() if item.command]


def plain(output: str) -> str:
    """Without the marks of windows, code and columns."""
    return " ".join(re.sub(r"[\[\]`]", " ", output).split())


@pytest.mark.parametrize("item", ANSWERED, ids=lambda item: item.name)
def test_an_item_is_answered(item: Item, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    furnish(tmp_path, ITEMS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    status, output = run(item.command, monkeypatch)
    assert status == 0, output
    assert item.answer
    assert [text for text in item.answer if text not in plain(output)] == [], plain(output)


def test_what_is_not_answered_says_why_or_where() -> None:
    rest = [item for item in items() if not item.command]
    assert [item.name for item in rest if not re.match(r"no: \w|\[\w+\.md\]", item.place)] == []


def test_most_items_are_answered() -> None:
    assert len(ANSWERED) > 0.8 * len(items())
    assert sum(item.place.startswith("no: ") for item in items()) <= 2


# -- a claim --------------------------------------------------------------------------------


@pytest.mark.torch
@pytest.mark.thorough
def test_twelve_sigmoid_layers_learn_with_batch_norm_alone() -> None:
    """The runs whose accuracies chapter 7 prints."""
    normalised = next(b for b in blocks(COURSE, "yaml") if b.file == "normalised.yaml").text
    plain = normalised.replace("batch_norm, ", "")
    assert plain != normalised
    accuracies = [cnncalc.train(cnncalc.loads(text)).accuracy for text in (plain, normalised)]
    assert accuracies[0] < 0.15 < 0.9 < accuracies[1]


# -- exercises ------------------------------------------------------------------------------

SOLUTIONS = {
    "1_shapes": ("6x28x28", "6x14x14", "16x14x14", "32x7x7", "8x7x7", str(8 * 7 * 7)),
    "2_params": (
        str(760 + 44 + 288 + 16 + 20_490),
        str(10 * (3 * 5 * 5 + 1)),
        "0",
        str(4 * (10 + 1)),
        str(8 * 4 * 3 * 3),
        str(8 + 8),
        str(8 + 8 + 1),
        str(10 * (8 * 16 * 16 + 1)),
    ),
    "3_fields": ("3", "5", "7", "8", str(8 + 2 * 2), str(12 + 4 * 2)),
    "4_inception": (
        f"{128 + 192 + 96 + 64}x28x28",
        str(28 * 28 * (128 * 256 + 3 * 64 * 256 + 192 * 9 * 64 + 96 * 25 * 64)),
        str(28 * 28 * 128 * 256),
        str(28 * 28 * 64 * 256),
        str(28 * 28 * 192 * 9 * 64),
        str(28 * 28 * 96 * 25 * 64),
    ),
    "5_depth": ("3", str(2 * 64 * 256 + 64 * 64 * 9 + 2 * (64 + 64 + 256)), "256x56x56"),
}
"""What belongs into the blanks, from top to bottom."""

CORRECTIONS = {
    "6_slips": [
        ("params: 3136", f"params: {64 * 3 * 7 * 7}"),
        ("params: 576", "params: 0"),
        ("params: 73728", f"params: {128 * 64 * 3 * 3 + 128}"),
    ],
    "7_design": [
        (
            "  - {name: last, conv: {filters: 32, kernel: 11, padding: half}}\n",
            "  - {conv: {filters: 8, kernel: 5, stride: 2, padding: half}}\n"
            "  - relu\n"
            "  - {conv: {filters: 16, kernel: 3, stride: 2, padding: half}}\n"
            "  - relu\n"
            "  - {name: last, conv: {filters: 32, kernel: 3, padding: half}}\n"
            "  - relu\n",
        )
    ],
}
"""What makes the others sound."""

BLANK = re.compile(r":(?= *[,}]| *$)", re.MULTILINE)


def text(exercise: str) -> str:
    return (EXERCISES / f"{exercise}.yaml").read_text(encoding="utf-8")


def filled(exercise: str, answers: tuple[str, ...]) -> str:
    """The exercise with answers in its blanks, which all stand under `expect`."""
    network, expected = text(exercise).split("\nexpect:\n")
    left = iter(answers)
    lines = [
        line if line == "  layers:" else BLANK.sub(lambda _: f": {next(left)}", line)
        for line in expected.splitlines()
    ]
    assert next(left, None) is None
    return "\n".join([network, "expect:", *lines, ""])


def graded(path: Path, spec: str) -> list[Diagnostic]:
    """What `check` finds among the exercises, by their settings."""
    (path / "cnncalc.toml").write_text((EXERCISES / "cnncalc.toml").read_text(encoding="utf-8"))
    (path / "answer.yaml").write_text(spec, encoding="utf-8")
    checker = Checker({}, Policy())
    checker.check(str(path / "answer.yaml"))
    return [told for checked in checker.findings(strict=True).checked for told in checked.found]


def test_every_exercise_has_a_solution() -> None:
    assert {path.stem for path in EXERCISES.glob("*.yaml")} == SOLUTIONS.keys() | CORRECTIONS.keys()


@pytest.mark.parametrize("exercise", SOLUTIONS)
def test_blanks_are_told_and_nothing_else(exercise: str, tmp_path: Path) -> None:
    found = graded(tmp_path, text(exercise))
    assert len(found) == len(SOLUTIONS[exercise])
    assert {told.code for told in found} == {"CNN602"}
    assert all(told.message.endswith("is blank") for told in found)
    assert load(EXERCISES / f"{exercise}.yaml")


@pytest.mark.parametrize("exercise", SOLUTIONS)
def test_the_solution_is_sound(exercise: str, tmp_path: Path) -> None:
    assert graded(tmp_path, filled(exercise, SOLUTIONS[exercise])) == []


@pytest.mark.parametrize("exercise", SOLUTIONS)
def test_a_wrong_answer_is_not(exercise: str, tmp_path: Path) -> None:
    first, *rest = SOLUTIONS[exercise]
    (told,) = graded(tmp_path, filled(exercise, ("9" + first, *rest)))
    assert told.code == "CNN602"


@pytest.mark.parametrize("exercise", CORRECTIONS)
def test_what_is_corrected_is_sound(exercise: str, tmp_path: Path) -> None:
    spec = text(exercise)
    assert graded(tmp_path, spec)
    for wrong, right in CORRECTIONS[exercise]:
        assert spec.count(wrong) == 1
        spec = spec.replace(wrong, right)
    assert graded(tmp_path, spec) == []
