"""Where the numbers of a network are: its layers down the page, and a bar for each of each sort."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cnncalc.analysis import Row, Summary
from cnncalc.analysis.named_numbers import NamedNumbers
from cnncalc.records import NamedTuple
from cnncalc.report.picture.lettering import fitted, width
from cnncalc.report.picture.marks import Figure, Letters, Picture, Point, Rectangle, Shape, Stroke
from cnncalc.report.picture.told import in_short
from cnncalc.report.picture.wish import NONE, Wish
from cnncalc.report.table.columns import COLUMNS, Column
from cnncalc.report.table.outline import TableLine, fitting_depth, outline

SHOWN = ("params", "macs", "activations")
"""The columns that have bars unless one is asked for."""

ROW = 18
BAR = 150
NAME = 260
GAP = 16
MARGIN = 12


class _Bars(NamedTuple):
    """A column of bars: the longest has `most`; room: of the numbers in front of them."""

    column: Column
    numbers: NamedNumbers
    most: float
    room: float
    x: float

    def text(self, row: Row) -> str:
        """The number of a row."""
        return self.column.shown(row, self.numbers)

    def amount(self, row: Row) -> float:
        """How long its bar is, in its unit."""
        return _amount(self.column, row, self.numbers)


def bars_style(summary: Summary, wish: Wish = NONE, columns: Sequence[str] = SHOWN) -> Picture:
    """A line for each layer, or part, with its numbers as bars; beside them the receptive field, as
    it grows."""
    lines = outline(summary, wish.depth or fitting_depth(summary))
    rows = [line.row for line in lines if line.row]
    names = min(max((_name_width(line) for line in lines), default=0), NAME)
    shown, numbers = columns if wish.show is None else (wish.show,), NamedNumbers(summary)
    bars = list(_columns(shown, rows, numbers, MARGIN + names + GAP))
    right = bars[-1].x + bars[-1].room + BAR + GAP if bars else MARGIN + names
    shapes = [*_heads(bars, right)]
    for number, line in enumerate(lines):
        shapes.append(_line(line, bars, MARGIN + ROW * (number + 1), right))
    shapes += _growth(lines, right)
    told = f"{in_short(summary)}, its numbers as bars"
    return Picture(right + BAR + MARGIN, 2 * MARGIN + ROW * (len(lines) + 1), told, tuple(shapes))


def _columns(
    names: Sequence[str], rows: Sequence[Row], numbers: NamedNumbers, x: float
) -> Iterator[_Bars]:
    """The columns of bars, from the left."""
    for name in names:
        column = COLUMNS[name]
        most = max([_amount(column, row, numbers) for row in rows], default=0)
        room = max([width(column.shown(row, numbers), "faint") for row in rows], default=0)
        room = max(room, width(column.title, "strong") - BAR)
        yield _Bars(column, numbers, most, room, x)
        x += room + 6 + BAR + GAP


def _amount(column: Column, row: Row, numbers: NamedNumbers) -> float:
    value = column.value(row, numbers)
    return value if isinstance(value, int | float) else 0


def _heads(bars: Sequence[_Bars], right: float) -> Iterator[Shape]:
    for each in bars:
        yield Letters(each.x, MARGIN + 13, each.column.title, "strong")
    yield Letters(right, MARGIN + 13, "field", "strong")


def _name_width(line: TableLine) -> float:
    return 12 * line.level + width(line.name, "plain")


def _line(line: TableLine, bars: Sequence[_Bars], y: float, right: float) -> Shape:
    """A layer's name and its bars; an open part has its name alone."""
    indent = MARGIN + 12 * line.level
    name = fitted(line.name, "plain", NAME - 12 * line.level)
    shapes: list[Shape] = [
        Rectangle(MARGIN - 4, y, right - MARGIN, ROW, "paper"),
        Letters(indent, y + 13, name, "plain"),
    ]
    told = f"{line.path}: {line.kind}"
    if line.row:
        for each in bars:
            shapes += _bar(each, line.row, y)
        told += "".join(f", {each.text(line.row)} {each.column.title}" for each in bars)
    return Figure(told, tuple(shapes), line.path)


def _bar(bars: _Bars, row: Row, y: float) -> Iterator[Shape]:
    yield Letters(bars.x + bars.room, y + 13, bars.text(row), "faint", "end")
    long = BAR * bars.amount(row) / bars.most if bars.most else 0
    if long:
        look = row.node.layer.role if row.node.layer and row.layers == 1 else "part"
        yield Rectangle(bars.x + bars.room + 6, y + 4, max(long, 1), ROW - 8, look)


def _growth(lines: Sequence[TableLine], x: float) -> Iterator[Shape]:
    """The field of each line that has one, along the first axis, as a line down the page; where it
    grows, how large it is."""
    sizes = [(number, _size(line)) for number, line in enumerate(lines)]
    known = [(number, size) for number, size in sizes if size]
    if len(known) < 2:
        return
    most = max(size for _, size in known)
    room = BAR - width(f"{most:,}", "faint") - 8
    points: list[Point] = []
    largest = 0
    for number, size in known:
        at = (x + room * size / most, MARGIN + ROW * (number + 1.5))
        if points and points[-1][0] != at[0]:
            points.append((points[-1][0], at[1] - ROW / 2))
        points.append(at)
        if size > largest:
            yield Letters(at[0] + 6, at[1] + 4, f"{size:,}", "faint")
            largest = size
    yield Stroke(tuple(points), "wire")


def _size(line: TableLine) -> int:
    axes = line.row.receptive.axes if line.row else None
    return axes[0].size if axes else 0
