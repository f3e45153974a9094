"""A table on a terminal, in colour."""

from __future__ import annotations

from rich.console import Console, Group, JustifyMethod
from rich.table import Table as RichTable
from rich.text import Text

from cnncalc.report.comparison_text import Styled
from cnncalc.report.numbers import bar
from cnncalc.report.table import Table

BAR = 8


def to_terminal(table: Table) -> None:
    """Print the table to standard output."""
    title = Text(table.title, style="bold")
    title.append(f"   {table.summary.graph.path}", style="dim")
    notes = [Text(note, style="dim") for note in table.notes]
    about = [Text(), Text(table.about, style="italic")] if table.about else []
    Console(highlight=False).print(Group(title, _grid(table), Text(), *notes, *about, Text()))


def print_styled(lines: list[Styled]) -> None:
    """Print lines in their styles, however wide the terminal is."""
    console = Console(highlight=False)
    for text, style in lines:
        console.print(Text(text, style=style), soft_wrap=True)


def _grid(table: Table) -> RichTable:
    grid = RichTable(box=None, show_footer=True, pad_edge=False, header_style="dim")
    rows = [[*table.cells(line)] for line in table.lines]
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
    for line, row in zip(table.lines, rows, strict=True):
        grid.add_row(*map(Text, row), style="dim" if line.row is None else "")
    return grid
