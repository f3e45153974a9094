"""Names beside dots: as many as have room, none upon another or upon a dot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise, product

from cnncalc.records import NamedTuple
from cnncalc.report.picture.lettering import fitted, width
from cnncalc.report.picture.marks import Letters, Point

NAME = 150
"""The widest name."""

CELL = 40
"""Of the grid that what stands in the plot is found by."""


class Named(NamedTuple):
    """A dot with a name; x, y: its middle."""

    name: str
    x: float
    y: float
    radius: float


class _Extent(NamedTuple):
    """Where something stands: nothing else may."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: _Extent) -> bool:
        """Whether two overlap."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


class _Occupied:
    """The boxes in the plot, found by the cells of a grid that they reach into."""

    def __init__(self, plot: _Extent, boxes: Iterable[_Extent]) -> None:
        self.plot = plot
        self.cells: dict[tuple[int, int], list[_Extent]] = {}
        for box in boxes:
            self.add(box)

    def add(self, box: _Extent) -> None:
        """One more."""
        for cell in _cells(box):
            self.cells.setdefault(cell, []).append(box)

    def free(self, box: _Extent) -> bool:
        """Whether it meets none, and is in the plot."""
        plot = self.plot
        if box.left < plot.left or box.right > plot.right:
            return False
        if box.top < plot.top or box.bottom > plot.bottom:
            return False
        return not any(box.meets(each) for cell in _cells(box) for each in self.cells.get(cell, ()))


def _cells(box: _Extent) -> Iterator[tuple[int, int]]:
    columns = range(int(box.left // CELL), int(box.right // CELL) + 1)
    rows = range(int(box.top // CELL), int(box.bottom // CELL) + 1)
    return product(columns, rows)


def names_beside(
    dots: Sequence[Named], way: Sequence[Point], plot: tuple[float, float, float, float]
) -> Iterator[Letters]:
    """The names that have room beside their dots in a plot, upon nothing; the first first. way: a
    line that none crosses; plot: its left, upper, right and lower end."""
    taken = _Occupied(_Extent(*plot), map(_around, dots))
    for (x, y), (to_x, to_y) in pairwise(way):
        taken.add(_Extent(min(x, to_x) - 1, min(y, to_y) - 1, max(x, to_x) + 1, max(y, to_y) + 1))
    for each in dots:
        text = fitted(each.name, "faint", NAME)
        long = width(text, "faint")
        for x, y in _beside(each, long):
            box = _Extent(x - 1, y - 9, x + long + 1, y + 3)
            if taken.free(box):
                taken.add(box)
                yield Letters(x, y, text, "faint")
                break


def _around(each: Named) -> _Extent:
    x, y, radius = each.x, each.y, each.radius
    return _Extent(x - radius, y - radius, x + radius, y + radius)


def _beside(each: Named, long: float) -> Iterator[Point]:
    """Where a name may begin: right of its dot, left, above, below."""
    x, y, away = each.x, each.y, each.radius + 3
    yield x + away, y + 4
    yield x - away - long, y + 4
    yield x - long / 2, y - away - 3
    yield x - long / 2, y + away + 9
    for right, up in product((True, False), repeat=2):
        side = x + away * 0.7 if right else x - away * 0.7 - long
        yield side, (y - away * 0.7 - 2 if up else y + away * 0.7 + 9)
