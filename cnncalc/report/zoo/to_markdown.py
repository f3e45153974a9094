"""The zoo as GitHub-flavoured Markdown."""

from __future__ import annotations

from cnncalc.report.grid import markdown_table
from cnncalc.report.zoo.entry import HEAD, LEFT, Entry
from cnncalc.text import markdown


def to_markdown(entries: list[Entry]) -> str:
    """A table, a network a row."""
    rows = [HEAD, *(tuple(map(markdown, entry.cells)) for entry in entries)]
    return f"{markdown_table(rows, LEFT)}\n"
