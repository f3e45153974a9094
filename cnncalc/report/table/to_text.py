"""A table as plain text."""

from __future__ import annotations

from cnncalc.report.grid import GAP, aligned
from cnncalc.report.table.strips import strips
from cnncalc.report.table.table import Table
from cnncalc.text import line, wrapped

WIDTH = 100


def to_text(table: Table, plain: bool = False, width: int | None = None) -> str:
    """Aligned columns, a bar for each line's share of the MACs, the totals and what they mean.

    plain: draws bars that need no Unicode
    width: names shorten and columns are left out until no line is wider; None leaves all in
    """
    shown = strips(table, width, len(GAP), plain)
    grid = "\n".join(aligned(shown.rows, shown.left))
    widest = min(width or WIDTH, WIDTH)
    notes = "\n".join(part for note in shown.notes for part in wrapped(line(note), widest, "  "))
    about = ["\n".join(wrapped(line(table.about), widest))] if table.about else []
    return f"{_title(table, width)}\n" + "\n\n".join([grid, notes, *about]) + "\n"


def _title(table: Table, width: int | None) -> str:
    """What the table is of, and its file at the right; below it where there is no room."""
    title, path = line(table.title), line(table.summary.graph.path)
    if width and len(title) + 3 + len(path) > width:
        return "\n".join(part for text in (title, path) for part in wrapped(text, width, "  "))
    end = min(width or WIDTH, WIDTH)
    return f"{title}{path.rjust(max(len(path) + 3, end - len(title)))}"
