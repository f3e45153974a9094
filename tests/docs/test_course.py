"""The course: every item of the lectures is answered as its table says, and every exercise."""

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.docs.pages import ROOT, furnish
from tests.docs.test_examples import run

ITEMS = ROOT / "docs" / "course-items.md"

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
    return [
        _item(*(cell.strip() for cell in row)) for row in rows if row[0].strip() not in ("item", "---")
    ]


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
