"""What was taken for what: a row for each class, a column for what it was taken for, and in each
place a square whose area is the share of the row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from math import sqrt

from cnncalc.records import NamedTuple
from cnncalc.report.picture.lettering import fitted, width
from cnncalc.report.picture.marks import Figure, Letters, Look, Picture, Rectangle, Shape, Stroke

Pairs = Mapping[tuple[int, int], int]

CELL, SMALL = 34, 14
"""Sides of a place, with a number in it and without."""

NUMBERED = 20
"""Classes up to which each place has its number."""

MOST = 60
"""Classes that are shown: of more, those with the most mistakes."""

NAME = 180
MARGIN, TOP = 12, 62
LEAST = 3.0
"""The side of a square that would be too small to see."""

HIGH = 10
"""Of a number: it stands in a square that leaves room around it, else below."""


class Matrix(NamedTuple):
    """title: of what; classes: their names; confusion: how often one (first) was taken for one
    (second), where that was."""

    title: str
    classes: Sequence[str]
    confusion: Pairs


def confusion_style(matrix: Matrix) -> Picture:
    """Of one class at least."""
    shown = _shown(matrix)
    side = CELL if len(shown) <= NUMBERED else SMALL
    names = [fitted(_named(matrix, one), "faint", NAME) for one in shown]
    left = MARGIN + max(width(name, "faint") for name in names) + 10
    wide = max(left + side * len(shown) + MARGIN, left + 260)
    high = TOP + side * len(shown) + 34
    shapes: list[Shape] = [Letters(8, 18, fitted(matrix.title, "strong", wide - 16), "strong")]
    shapes += _said(matrix, shown)
    shapes += _frame(shown, names, left, side)
    for row, one in enumerate(shown):
        shapes += _row(matrix, shown, one, (left, TOP + row * side, side))
    middle = left + side * len(shown) / 2
    shapes.append(Letters(middle, high - 12, "taken for, by number", "strong", "middle"))
    told = f"{matrix.title}: a row for each class, a column for what it was taken for"
    return Picture(wide, high, told, tuple(shapes))


def _shown(matrix: Matrix) -> list[int]:
    """The classes by their numbers, in order."""
    mistakes: Counter[int] = Counter()
    for (true, given), count in matrix.confusion.items():
        if true != given:
            mistakes[true] += count
            mistakes[given] += count
    most = sorted(range(len(matrix.classes)), key=lambda one: (-mistakes[one], one))[:MOST]
    return sorted(most)


def _named(matrix: Matrix, one: int) -> str:
    """`3 shirt`; a number alone, where that is the name."""
    name = matrix.classes[one]
    return name if name == str(one) else f"{one} {name}"


def _said(matrix: Matrix, shown: Sequence[int]) -> Iterator[Shape]:
    right = sum(count for (true, given), count in matrix.confusion.items() if true == given)
    every = sum(matrix.confusion.values())
    text = f"{right:,} of {every:,} right"
    if len(shown) < len(matrix.classes):
        text += f"; of {len(matrix.classes):,} classes the {len(shown)} with the most mistakes"
    yield Letters(8, 36, text, "faint")


def _frame(shown: Sequence[int], names: Sequence[str], left: float, side: float) -> Iterator[Shape]:
    """Lines between rows, names in front of them, numbers above the columns."""
    size = side * len(shown)
    skip = 1 if side == CELL else 2
    for place, (one, name) in enumerate(zip(shown, names, strict=True)):
        at = place * side
        yield Letters(left - 8, TOP + at + side / 2 + 4, name, "faint", "end")
        if place % skip == 0:
            yield Letters(left + at + side / 2, TOP - 6, str(one), "faint", "middle")
        if place:
            yield Stroke(((left, TOP + at), (left + size, TOP + at)), "hatch")
            yield Stroke(((left + at, TOP), (left + at, TOP + size)), "hatch")
    yield Rectangle(left, TOP, size, size, "frame")


def _row(
    matrix: Matrix, shown: Sequence[int], one: int, corner: tuple[float, float, float]
) -> Iterator[Shape]:
    """corner: where it begins, and the side of a place"""
    x, y, side = corner
    whole = sum(count for (true, _), count in matrix.confusion.items() if true == one)
    for place, other in enumerate(shown):
        count = matrix.confusion.get((one, other), 0)
        if count:
            look: Look = "weighted" if one == other else "removed"
            yield _square(matrix, (one, other), count / whole, (x + place * side, y, side), look)


def _square(
    matrix: Matrix,
    pair: tuple[int, int],
    share: float,
    corner: tuple[float, float, float],
    look: Look,
) -> Figure:
    x, y, side = corner
    long = max((side - 4) * sqrt(share), LEAST)
    begin = (side - long) / 2
    count = matrix.confusion[pair]
    shapes: list[Shape] = [Rectangle(x + begin, y + begin, long, long, look)]
    if side == CELL:
        within = long >= max(width(f"{count}", "faint"), HIGH) + 4
        below = 4 if within else long / 2 + 11
        shapes.append(Letters(x + side / 2, y + side / 2 + below, f"{count}", "faint", "middle"))
    true, given = (matrix.classes[one] for one in pair)
    verb = "right" if pair[0] == pair[1] else f"taken for {given}"
    return Figure(f"{true} {verb}: {count:,}, {100 * share:.1f} %", tuple(shapes))
