"""Numbers as they went, epoch by epoch: a panel of lines below another, and the best epoch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cnncalc.records import NamedTuple
from cnncalc.report.picture.lettering import fitted, width
from cnncalc.report.picture.marks import Figure, Letters, Look, Picture, Rectangle, Shape, Stroke
from cnncalc.report.picture.scales import Measure, in_steps

PLOT = (560, 180)
LEFT, TOP, RIGHT, BOTTOM = 64, 54, 24, 44
GAP = 44
"""Between a panel and the next one: its title stands there."""

DOTTED = 60
"""Points of a line up to which each has a dot."""

DOT = 2.5


class CurveLine(NamedTuple):
    """Points of an epoch and a number each, from the left; lines of other looks are told apart."""

    name: str
    look: Look
    points: tuple[tuple[float, float], ...]


class Panel(NamedTuple):
    """What its numbers are, and the lines: one at least, of a point at least."""

    title: str
    lines: tuple[CurveLine, ...]


class Curves(NamedTuple):
    """best: the epoch that is marked; None: none is"""

    title: str
    panels: tuple[Panel, ...]
    best: int | None = None


def curve_style(curves: Curves) -> Picture:
    """Of one panel at least."""
    across = _epochs([x for p in curves.panels for line in p.lines for x, _ in line.points])
    wide = LEFT + PLOT[0] + RIGHT
    shapes: list[Shape] = [Letters(8, 18, fitted(curves.title, "strong", wide - 16), "strong")]
    top = float(TOP)
    for panel in curves.panels:
        shapes += _panel(panel, across, top, curves.best)
        top += PLOT[1] + GAP
    bottom = top - GAP
    shapes += [
        Letters(LEFT + PLOT[0] * across.share(x), bottom + 15, text, "faint", "middle")
        for x, text in across.ticks
    ]
    shapes.append(Letters(LEFT + PLOT[0] / 2, bottom + 34, "epoch", "strong", "middle"))
    told = f"{curves.title}: {', '.join(panel.title for panel in curves.panels)}, by epoch"
    return Picture(wide, bottom + BOTTOM, told, tuple(shapes))


def _epochs(found: Sequence[float]) -> Measure:
    measure = in_steps(found)
    whole = tuple((x, text) for x, text in measure.ticks if x == int(x))
    return measure._replace(ticks=whole)


def _panel(panel: Panel, across: Measure, top: float, best: int | None) -> Iterator[Shape]:
    values = [y for line in panel.lines for _, y in line.points]
    up = in_steps(values, 0.02 * max(map(abs, values)) or 0.02)
    yield Letters(8, top - 12, panel.title, "strong")
    yield from _key(panel, top - 12)
    for y, text in up.ticks:
        at = top + PLOT[1] * (1 - up.share(y))
        yield Stroke(((LEFT, at), (LEFT + PLOT[0], at)), "hatch")
        yield Letters(LEFT - 6, at + 4, text, "faint", "end")
    if best is not None:
        yield from _best(best, LEFT + PLOT[0] * across.share(best), top)
    yield Rectangle(LEFT, top, *PLOT, "frame")
    for line in panel.lines:
        yield _drawn(line, panel, across, up, top)


def _best(epoch: int, x: float, top: float) -> Iterator[Shape]:
    """A line down the panel; its letters stand where there is room."""
    yield Stroke(((x, top), (x, top + PLOT[1])), "wire")
    left, text = x > LEFT + PLOT[0] / 2, f"best: epoch {epoch}"
    yield Letters(x - 5 if left else x + 5, top + 13, text, "faint", "end" if left else "start")


def _drawn(line: CurveLine, panel: Panel, across: Measure, up: Measure, top: float) -> Figure:
    points = tuple(
        (LEFT + PLOT[0] * across.share(x), top + PLOT[1] * (1 - up.share(y)))
        for x, y in line.points
    )
    first, last = line.points[0][1], line.points[-1][1]
    told = f"{panel.title}, {line.name}: {first:.4g} at first, {last:.4g} at last"
    shapes: list[Shape] = [Stroke(points, line.look)] if len(points) > 1 else []
    if len(points) <= DOTTED:
        shapes += [_dot(x, y, line.look) for x, y in points]
    return Figure(told, tuple(shapes))


def _dot(x: float, y: float, look: Look) -> Rectangle:
    filled: Look = "heat" if look == "seen" else "head"
    return Rectangle(x - DOT, y - DOT, 2 * DOT, 2 * DOT, filled, DOT)


def _key(panel: Panel, y: float) -> Iterator[Shape]:
    """Which line is which, from the right end."""
    x = float(LEFT + PLOT[0])
    for line in reversed(panel.lines):
        x -= width(line.name, "faint")
        yield Letters(x, y, line.name, "faint")
        yield Stroke(((x - 24, y - 4), (x - 6, y - 4)), line.look)
        yield _dot(x - 15, y - 4, line.look)
        x -= 40
