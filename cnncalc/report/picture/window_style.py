"""One layer's window over its padded input, as it is drawn by hand: the taps of one output, that
output, and the formulas with their numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cnncalc.analysis import Row, Summary
from cnncalc.layers.base import Axis, times
from cnncalc.records import NamedTuple
from cnncalc.report.explanation.layer import facts
from cnncalc.report.picture.lettering import width
from cnncalc.report.picture.marks import (
    Figure,
    Letters,
    Look,
    Picture,
    Rectangle,
    Shape,
    Stroke,
)
from cnncalc.report.picture.wish import NONE, Wish

CELL = 18
MOST = 15
"""Cells of a side that are drawn; a longer one goes on beyond the edge."""

MARGIN = 16
GAP = 64
LINE = 16
SAID = ("output", "params", "MACs")
"""The facts whose formulas stand below."""


class WindowSide(NamedTuple):
    """One side of a map, in cells.

    before: of padding; size: of the map itself; after: of padding
    marked: the cells that are read, or made, from 0, the first of the map
    """

    before: int
    size: int
    after: int
    marked: frozenset[int]

    @property
    def cells(self) -> range:
        """Those that are drawn."""
        whole = range(-self.before, self.size + self.after)
        return whole[:MOST]

    @property
    def cut(self) -> bool:
        """Whether there are more."""
        return len(self.cells) < self.before + self.size + self.after


def window_style(summary: Summary, wish: Wish = NONE) -> Picture:
    """The window of a layer that has one: of the first, unless one is named."""
    row = windowed(summary, wish)
    assert row
    assert row.node.layer
    node, layer = row.node, row.node.layer
    axes = layer.window(*node.shapes).axes
    pairs = list(zip(axes, node.shapes[0][1:], node.shape[1:], strict=True))
    read = _plane([_read(axis, size, made) for axis, size, made in pairs])
    made = _plane([WindowSide(0, size, 0, frozenset({_chosen(size)})) for _, _, size in pairs])
    reads, makes = f"input {times(node.shapes[0])}", f"output {times(node.shape)}"
    shapes: list[Shape] = [*_map(read, MARGIN, reads, layer.role)]
    beyond = MARGIN + max(CELL * len(read[1].cells), width(reads, "strong")) + GAP
    shapes += _map(made, beyond, makes, layer.role)
    shapes += _rays(read, made, beyond)
    below = 2 * MARGIN + LINE + CELL * max(len(read[0].cells), len(made[0].cells)) + LINE
    lines = [
        f"{fact.quantity}   {fact.text}" for fact in facts(summary, row) if fact.quantity in SAID
    ]
    for number, text in enumerate(lines):
        shapes.append(Letters(MARGIN, below + LINE * number, text, "plain"))
    right = beyond + max(CELL * (len(made[1].cells) + 1), width(makes, "strong"))
    wide = max([right, *(MARGIN + width(text, "plain") for text in lines)]) + MARGIN
    told = f"{node.path}: {node.kind}, {times(node.shapes[0])} -> {times(node.shape)}, its window"
    return Picture(wide, below + LINE * len(lines) + MARGIN, told, tuple(shapes))


def windowed(summary: Summary, wish: Wish) -> Row | None:
    """The layer whose window is drawn; None where it has none that moves along a map."""
    for row in summary.rows:
        node = row.node
        if wish.layer in (None, node) and node.layer:
            window = node.layer.window(*node.shapes)
            if window.axes and window.local and any(_extent(axis) > 1 for axis in window.axes):
                return row
    return None


def _extent(axis: Axis) -> int:
    return max((len(taps) for taps in axis.taps), default=0)


def _chosen(size: int) -> int:
    """The output that is shown: the second, which is no corner, where there is one."""
    return min(1, size - 1)


def _taps(axis: Axis, output: int) -> list[int]:
    """The inputs that an output reads."""
    turn, phase = divmod(output, axis.period)
    return [axis.step * turn + tap for tap in axis.taps[phase]]


def _read(axis: Axis, size: int, made: int) -> WindowSide:
    """A side of what is read, with the padding that any output sees."""
    edges = [
        tap
        for output in {0, *range(max(made - axis.period, 0), made)}
        for tap in _taps(axis, output)
    ]
    before = max(0, -min(edges, default=0))
    after = max(0, max(edges, default=0) - size + 1)
    return WindowSide(before, size, after, frozenset(_taps(axis, _chosen(made))))


def _plane(sides: Sequence[WindowSide]) -> tuple[WindowSide, WindowSide]:
    """Rows and columns; a signal has one row, of a volume those of a frame are drawn."""
    row = WindowSide(0, 1, 0, frozenset({0}))
    rows, columns = (row, *sides)[-2:]
    return rows, columns


def _map(plane: tuple[WindowSide, WindowSide], x: float, title: str, look: Look) -> Iterator[Shape]:
    """A map, cell by cell, its padding in fainter lines."""
    rows, columns = plane
    yield Letters(x, MARGIN + 4, title, "strong")
    cells: list[Shape] = []
    for down, row in enumerate(rows.cells):
        for across, column in enumerate(columns.cells):
            own = 0 <= row < rows.size and 0 <= column < columns.size
            marked = row in rows.marked and column in columns.marked
            seen: Look = look if marked else "data" if own else "frame"
            left, top = x + CELL * across, MARGIN + LINE + CELL * down
            cells.append(Rectangle(left, top, CELL, CELL, seen))
    yield Figure(title, tuple(cells))
    if columns.cut:
        yield Letters(x + CELL * len(columns.cells) + 3, MARGIN + LINE + 12, "...", "faint")
    if rows.cut:
        yield Letters(x, MARGIN + LINE + CELL * len(rows.cells) + 10, "...", "faint")


def _rays(
    read: tuple[WindowSide, WindowSide], made: tuple[WindowSide, WindowSide], beyond: float
) -> Iterator[Shape]:
    """From the corners of the window to the output."""
    right = MARGIN + CELL * (1 + max(_places(read[1])))
    places = _places(read[0])
    (row,), (column,) = _places(made[0]), _places(made[1])
    tip = beyond + CELL * column
    for y, end in ((min(places), row), (max(places) + 1, row + 1)):
        top = MARGIN + LINE
        yield Stroke(((right, top + CELL * y), (tip, top + CELL * end)), "wire")


def _places(side: WindowSide) -> list[int]:
    """Where the marked cells are drawn."""
    return [place for place, cell in enumerate(side.cells) if cell in side.marked] or [0]
