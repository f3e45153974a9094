"""A table as GitHub-flavoured markdown."""

from __future__ import annotations

from cnncalc.report.table import Table


def to_markdown(table: Table) -> str:
    """A heading, the table, and what its numbers mean."""
    rules = ["---", *("---" if column.left else "---:" for column in table.columns)]
    rows = [table.head, rules, *map(table.cells, table.lines), table.total]
    lines = [f"| {' | '.join(map(_escaped, row))} |" for row in rows]
    notes = "\n".join(f"- {note}" for note in table.notes)
    about = [table.about] if table.about else []
    return "\n\n".join([f"### {table.title}", "\n".join(lines), notes, *about]) + "\n"


def _escaped(cell: str) -> str:
    """Indentation survives, and no cell ends the row."""
    indent = len(cell) - len(cell.lstrip())
    return "&nbsp;" * indent + cell.strip().replace("|", "\\|").replace("*", "\\*")
