"""Things as dots on two axes, the front of those that none beats, and the names that have room."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise, product
from math import floor, log10, sqrt
from typing import NamedTuple

from cnncalc.analysis.pareto import front
from cnncalc.numbers import short
from cnncalc.report.picture.lettering import fitted, width
from cnncalc.report.picture.marks import (
    Figure,
    Letters,
    Look,
    Picture,
    Point,
    Rectangle,
    Shape,
    Stroke,
)
from cnncalc.report.picture.scales import Measure, in_powers, in_steps

PLOT = (640, 420)
LEFT, TOP, RIGHT, BOTTOM = 64, 66, 24, 48
KEY = 30
"""Where the middle of what areas mean stands."""

DOT = 4.5
"""The radius of dots that stand for no area."""

LARGEST, LEAST = 26.0, 2.5
"""Radii of the largest area, and of any that would be too small to see."""

NAME = 150
"""Of a name beside its dot."""

CELL = 40
"""Of the grid that what stands in the plot is found by."""


class Dot(NamedTuple):
    """A thing on the chart.

    told: all that is said of it
    task: what it does; only those that do the same beat each other
    area: what its size stands for
    """

    name: str
    told: str
    task: str
    x: float
    y: float
    area: float = 0


class Chart(NamedTuple):
    """Dots, and what their axes are; x is in powers of ten, and less of it is better.

    more: whether more of y is better, in equal steps; else less of it is, in powers of ten
    area: what the area of a dot stands for; empty, where all are alike
    """

    title: str
    x: str
    y: str
    dots: tuple[Dot, ...]
    more: bool = False
    area: str = ""

    @property
    def task(self) -> str:
        """What most of them do."""
        return Counter(dot.task for dot in self.dots).most_common(1)[0][0]

    @property
    def front(self) -> tuple[Dot, ...]:
        """Of the dots of that task those that none beats, from the left."""
        task, sign = self.task, -1 if self.more else 1
        rivals = [dot for dot in self.dots if dot.task == task]
        return tuple(rivals[one] for one in front([(dot.x, sign * dot.y) for dot in rivals]))


class _Standing(NamedTuple):
    """A dot in its place on the paper."""

    dot: Dot
    x: float
    y: float
    radius: float


def scatter_style(chart: Chart) -> Picture:
    """A chart of one dot at least."""
    axes = in_powers([dot.x for dot in chart.dots]), _upright(chart)
    most = max(dot.area for dot in chart.dots)
    placed = [_placed(dot, axes, most) for dot in chart.dots]
    best, way = set(chart.front), _way(chart, axes)
    names = ", ".join(dot.name for dot in chart.front)
    shapes = [*_frame(chart, axes), Figure(f"the front: {names}", (Stroke(way, "seen"),))]
    shapes += [_shown(each, each.dot in best) for each in sorted(placed, key=_large_first)]
    shapes += _names(placed, best, way)
    if chart.area and most:
        shapes += _sizes(chart.area, most)
    wide = LEFT + PLOT[0] + RIGHT
    return Picture(wide, TOP + PLOT[1] + BOTTOM, chart.title, tuple(shapes))


def _upright(chart: Chart) -> Measure:
    return (in_steps if chart.more else in_powers)([dot.y for dot in chart.dots])


def _place(axes: tuple[Measure, Measure], x: float, y: float) -> Point:
    return LEFT + PLOT[0] * axes[0].share(x), TOP + PLOT[1] * (1 - axes[1].share(y))


def _placed(dot: Dot, axes: tuple[Measure, Measure], most: float) -> _Standing:
    radius = max(LARGEST * sqrt(dot.area / most), LEAST) if most else DOT
    return _Standing(dot, *_place(axes, dot.x, dot.y), radius)


def _large_first(each: _Standing) -> tuple[float, str]:
    """Small ones are drawn upon large ones."""
    return -each.radius, each.dot.name


# -- axes -------------------------------------------------------------------------------------


def _frame(chart: Chart, axes: tuple[Measure, Measure]) -> Iterator[Shape]:
    """The plot, a line at each mark of an axis, and what the axes are."""
    right, bottom = LEFT + PLOT[0], TOP + PLOT[1]
    for tick, text in axes[0].ticks:
        x = LEFT + PLOT[0] * axes[0].share(tick)
        yield Stroke(((x, TOP), (x, bottom)), "hatch")
        yield Letters(x, bottom + 15, text, "faint", "middle")
    for tick, text in axes[1].ticks:
        y = TOP + PLOT[1] * (1 - axes[1].share(tick))
        yield Stroke(((LEFT, y), (right, y)), "hatch")
        yield Letters(LEFT - 6, y + 4, text, "faint", "end")
    yield Rectangle(LEFT, TOP, *PLOT, "frame")
    yield Letters(LEFT + PLOT[0] / 2, bottom + 36, chart.x, "strong", "middle")
    yield Letters(8, TOP - 14, chart.y, "strong")


def _way(chart: Chart, axes: tuple[Measure, Measure]) -> tuple[Point, ...]:
    """The front, in steps: between two dots of it, the left one is the best there is."""
    points = [_place(axes, dot.x, dot.y) for dot in chart.front]
    corners = [points[0]]
    for (_, y), (x, below) in pairwise(points):
        corners += [(x, y), (x, below)]
    return tuple(corners)


# -- dots -------------------------------------------------------------------------------------


def _shown(each: _Standing, best: bool) -> Figure:
    """A dot; one of the front has another colour, and says so."""
    told = f"{each.dot.told}; on the front" if best else each.dot.told
    return Figure(told, (_ring(each.x, each.y, each.radius, "weighted" if best else "move"),))


def _ring(x: float, y: float, radius: float, look: Look) -> Rectangle:
    return Rectangle(x - radius, y - radius, 2 * radius, 2 * radius, look, radius)


def _sizes(what: str, most: float) -> Iterator[Shape]:
    """What the areas stand for: rings of the largest powers of ten, in a row above the plot."""
    power = 10.0 ** floor(log10(most))
    x = float(LEFT + PLOT[0])
    for amount in (power, power / 10):
        radius, text = LARGEST * sqrt(amount / most), short(amount)
        x -= width(text, "faint")
        yield Letters(x, KEY + 4, text, "faint")
        yield _ring(x - radius - 4, KEY, radius, "move")
        x -= 2 * radius + 16
    yield Letters(x, KEY + 4, f"area: {what}", "faint", "end")


# -- names ------------------------------------------------------------------------------------


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

    def __init__(self, boxes: Iterable[_Extent]) -> None:
        self.cells: dict[tuple[int, int], list[_Extent]] = {}
        for box in boxes:
            self.add(box)

    def add(self, box: _Extent) -> None:
        """One more."""
        for cell in _cells(box):
            self.cells.setdefault(cell, []).append(box)

    def free(self, box: _Extent) -> bool:
        """Whether it meets none, and is in the plot."""
        inside = box.left >= LEFT and box.right <= LEFT + PLOT[0]
        if not inside or box.top < TOP or box.bottom > TOP + PLOT[1]:
            return False
        return not any(box.meets(each) for cell in _cells(box) for each in self.cells.get(cell, ()))


def _cells(box: _Extent) -> Iterator[tuple[int, int]]:
    columns = range(int(box.left // CELL), int(box.right // CELL) + 1)
    rows = range(int(box.top // CELL), int(box.bottom // CELL) + 1)
    return product(columns, rows)


def _names(placed: Sequence[_Standing], best: set[Dot], way: Sequence[Point]) -> Iterator[Letters]:
    """The names that have room beside their dots, upon nothing: those of the front first, then of
    the large dots. Who rests on a dot reads all of it."""
    taken = _Occupied(map(_around, placed))
    for (x, y), (to_x, to_y) in pairwise(way):
        taken.add(_Extent(min(x, to_x) - 1, min(y, to_y) - 1, max(x, to_x) + 1, max(y, to_y) + 1))
    for each in sorted(placed, key=lambda one: (one.dot not in best, *_large_first(one))):
        text = fitted(each.dot.name, "faint", NAME)
        long = width(text, "faint")
        for x, y in _beside(each, long):
            box = _Extent(x - 1, y - 9, x + long + 1, y + 3)
            if taken.free(box):
                taken.add(box)
                yield Letters(x, y, text, "faint")
                break


def _around(each: _Standing) -> _Extent:
    x, y, radius = each.x, each.y, each.radius
    return _Extent(x - radius, y - radius, x + radius, y + radius)


def _beside(each: _Standing, long: float) -> Iterator[Point]:
    """Where a name may begin: right of its dot, left, above, below."""
    x, y, away = each.x, each.y, each.radius + 3
    yield x + away, y + 4
    yield x - away - long, y + 4
    yield x - long / 2, y - away - 3
    yield x - long / 2, y + away + 9
    for right, up in product((True, False), repeat=2):
        side = x + away * 0.7 if right else x - away * 0.7 - long
        yield side, (y - away * 0.7 - 2 if up else y + away * 0.7 + 9)
