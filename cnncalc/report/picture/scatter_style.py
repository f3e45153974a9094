"""Things as dots on two axes, the front of those that none beats, and the names that have room."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from math import floor, log10, sqrt

from cnncalc.analysis.pareto import front
from cnncalc.numbers import short
from cnncalc.records import NamedTuple
from cnncalc.report.picture.dot_names import Named, names_beside
from cnncalc.report.picture.lettering import width
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
KEY = 32
"""Where the middle of what areas mean stands."""

DOT = 4.5
"""The radius of dots that stand for no area."""

LARGEST, LEAST = 26.0, 2.5
"""Radii of the largest area, and of any that would be too small to see."""


class Dot(NamedTuple):
    """A thing on the chart.

    part: what a page knows it by; told: all that is said of it
    task: what it does; only those that do the same beat each other
    area: what its size stands for
    """

    part: str
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
    first = sorted(placed, key=lambda each: (each.dot not in best, *_large_first(each)))
    named = [Named(each.dot.name, each.x, each.y, each.radius) for each in first]
    shapes += names_beside(named, way, (LEFT, TOP, LEFT + PLOT[0], TOP + PLOT[1]))
    shapes += _key(chart, most)
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
    return -each.radius, each.dot.part


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
    ring = _ring(each.x, each.y, each.radius, "weighted" if best else "move")
    return Figure(told, (ring,), each.dot.part)


def _ring(x: float, y: float, radius: float, look: Look) -> Rectangle:
    return Rectangle(x - radius, y - radius, 2 * radius, 2 * radius, look, radius)


def _key(chart: Chart, most: float) -> Iterator[Shape]:
    """What colours and areas mean, in a row above the plot, from its right end: of areas the two
    largest powers of ten."""
    x = float(LEFT + PLOT[0])
    power = 10.0 ** floor(log10(most)) if most else 0
    sizes = [(LARGEST * sqrt(size / most), short(size)) for size in (power, power / 10) if size]
    for radius, text in sizes:
        yield from _keyed(x, radius, text, "move")
        x -= width(text, "faint") + 2 * radius + 16
    if sizes:
        yield Letters(x, KEY + 4, f"area: {chart.area}", "faint", "end")
        x -= width(f"area: {chart.area}", "faint") + 24
    yield from _keyed(x, DOT, "on the front", "weighted")


def _keyed(right: float, radius: float, text: str, look: Look) -> Iterator[Shape]:
    """A dot, and what it means; it ends at the right."""
    x = right - width(text, "faint")
    yield _ring(x - radius - 4, KEY, radius, look)
    yield Letters(x, KEY + 4, text, "faint")
