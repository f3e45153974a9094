"""A table as GitHub-flavoured markdown."""

from __future__ import annotations

from cnncalc.report.grid import markdown_table
from cnncalc.report.table.table import Table
from cnncalc.text import markdown, markdown_sentence


def to_markdown(table: Table) -> str:
    """A heading, the table, and what its numbers mean."""
    rows = [table.head, *map(table.cells, table.lines), table.total]
    left = [0, *(place for place, column in enumerate(table.columns, 1) if column.left)]
    grid = markdown_table([list(map(_cell, row)) for row in rows], left)
    notes = "\n".join(f"- {markdown_sentence(note)}" for note in table.notes)
    about = [markdown(table.about)] if table.about else []
    return "\n\n".join([f"### {markdown(table.title)}", grid, notes, *about]) + "\n"


def _cell(text: str) -> str:
    """Indentation survives."""
    written = text.lstrip(" ")
    return "&nbsp;" * (len(text) - len(written)) + markdown(written)
