"""The zoo as plain text."""

from __future__ import annotations

from cnncalc.report.grid import aligned
from cnncalc.report.zoo.entry import HEAD, LEFT, Entry
from cnncalc.text import line


def to_text(entries: list[Entry]) -> str:
    """A network a line."""
    rows = [HEAD, *(tuple(map(line, entry.cells)) for entry in entries)]
    return "".join(f"{text}\n" for text in aligned(rows, LEFT))
