"""Tables on a terminal, in colour."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Group, JustifyMethod
from rich.table import Table as RichTable
from rich.text import Text

from cnncalc.numbers import bar
from cnncalc.report.table.table import Table
from cnncalc.report.terminal import drawn
from cnncalc.streams import Ours
from cnncalc.text import line

BAR = 8


def to_terminal(tables: Iterable[Table]) -> Ours:
    """The tables, an empty line behind each."""
    return Ours("".join(drawn(_one(table)) for table in tables))


def _one(table: Table) -> Group:
    title = Text(line(table.title), style="bold")
    title.append(f"   {line(table.summary.graph.path)}", style="dim")
    notes = [Text(line(note), style="dim") for note in table.notes]
    about = [Text(), Text(line(table.about), style="italic")] if table.about else []
    return Group(title, _grid(table), Text(), *notes, *about, Text())


def _grid(table: Table) -> RichTable:
    grid = RichTable(box=None, show_footer=True, pad_edge=False, header_style="dim")
    rows = [[*map(line, table.cells(one))] for one in table.lines]
    heads, feet = table.head, table.total
    justify: list[JustifyMethod] = ["left"]
    justify += ["left" if column.left else "right" for column in table.columns]
    if (at := table.after_macs) is not None:
        for row, share in zip(rows, table.shares, strict=True):
            row.insert(at, bar(share, BAR))
        heads, feet = [*heads[:at], "", *heads[at:]], [*feet[:at], "", *feet[at:]]
        justify.insert(at, "left")
    for head, foot, side in zip(heads, feet, justify, strict=True):
        style = {"kind": "cyan", "": "green"}.get(head, "")
        grid.add_column(head, foot, justify=side, style=style, no_wrap=True, footer_style="bold")
    for one, row in zip(table.lines, rows, strict=True):
        grid.add_row(*map(Text, row), style="dim" if one.row is None else "")
    return grid
