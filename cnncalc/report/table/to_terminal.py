"""Tables on a terminal, in colour."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Group, JustifyMethod
from rich.table import Table as RichTable
from rich.text import Text

from cnncalc.report.table.strips import strips
from cnncalc.report.table.table import Table
from cnncalc.report.terminal import drawn, width
from cnncalc.streams import Ours
from cnncalc.text import line

_GAP = 2


def to_terminal(tables: Iterable[Table]) -> Ours:
    """The tables, an empty line behind each."""
    return Ours("".join(_one(table) for table in tables))


def _one(table: Table) -> str:
    shown = strips(table, width(), _GAP)
    grid = RichTable(box=None, show_footer=True, pad_edge=False, header_style="dim")
    for strip in shown.strips:
        style = {"layer": "green", "kind": "cyan"}.get(strip.name, "")
        side: JustifyMethod = "left" if strip.left else "right"
        head, foot = strip.texts[0], strip.texts[-1]
        grid.add_column(head, foot, justify=side, style=style, no_wrap=True, footer_style="bold")
    for one, row in zip(table.lines, shown.rows[1:-1], strict=True):
        grid.add_row(*map(Text, row), style="dim" if one.row is None else "")
    return _above(table) + drawn(grid, whole=True) + _below(table, shown.notes)


def _above(table: Table) -> str:
    title = Text(line(table.title), style="bold")
    title.append(f"   {line(table.summary.graph.path)}", style="dim")
    return drawn(title)


def _below(table: Table, notes: Iterable[str]) -> str:
    texts = [Text(line(note), style="dim") for note in notes]
    about = [Text(), Text(line(table.about), style="italic")] if table.about else []
    return drawn(Group(Text(), *texts, *about, Text()))
