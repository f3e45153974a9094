"""A table as plain text."""

from __future__ import annotations

from textwrap import fill

from cnncalc.numbers import bar
from cnncalc.report.grid import aligned
from cnncalc.report.table.table import Table
from cnncalc.text import line

WIDTH = 100
BAR = 8


def to_text(table: Table, plain: bool = False) -> str:
    """Aligned columns, a bar for each line's share of the MACs, the totals and what they mean.

    `plain` draws bars that need no Unicode.
    """
    rows = [table.head, *(list(map(line, table.cells(one))) for one in table.lines), table.total]
    bars = ["", *(bar(share, BAR, plain) for share in table.shares), ""]
    if (at := table.after_macs) is not None:
        rows = [[*row[:at], mark, *row[at:]] for row, mark in zip(rows, bars, strict=True)]
    left = [True, *(column.left for column in table.columns)]
    if at is not None:
        left.insert(at, True)
    grid = "\n".join(aligned(rows, [place for place, flush in enumerate(left) if flush]))
    notes = "\n".join(fill(line(note), WIDTH, subsequent_indent="  ") for note in table.notes)
    about = [fill(line(table.about), WIDTH)] if table.about else []
    return f"{_title(table)}\n" + "\n\n".join([grid, notes, *about]) + "\n"


def _title(table: Table) -> str:
    title, path = line(table.title), line(table.summary.graph.path)
    return f"{title}{path.rjust(max(len(path) + 3, WIDTH - len(title)))}"
