"""A table as GitHub-flavoured markdown."""

from __future__ import annotations

from cnncalc.report.table.table import Table
from cnncalc.text import markdown, markdown_sentence


def to_markdown(table: Table) -> str:
    """A heading, the table, and what its numbers mean."""
    rules = ["---", *("---" if column.left else "---:" for column in table.columns)]
    rows = [table.head, *map(table.cells, table.lines), table.total]
    lines = [f"| {' | '.join(map(_cell, row))} |" for row in rows]
    lines.insert(1, f"| {' | '.join(rules)} |")
    notes = "\n".join(f"- {markdown_sentence(note)}" for note in table.notes)
    about = [markdown(table.about)] if table.about else []
    return "\n\n".join([f"### {markdown(table.title)}", "\n".join(lines), notes, *about]) + "\n"


def _cell(text: str) -> str:
    """Indentation survives."""
    written = text.lstrip(" ")
    return "&nbsp;" * (len(text) - len(written)) + markdown(written)
