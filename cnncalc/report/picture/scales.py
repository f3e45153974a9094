"""An axis from the least number to the largest: where each stands on it, and its marks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import ceil, floor, log10

from cnncalc.numbers import short
from cnncalc.records import NamedTuple

WIDE = 3
"""Powers of ten from which on an axis has a mark at each alone, not at 2 and 5 of it too."""

FEW = 6
"""Marks of an axis in equal steps, about."""


class Measure(NamedTuple):
    """low, high: its ends, as `place` of numbers; ticks: numbers that are marked, and their
    texts."""

    low: float
    high: float
    place: Callable[[float], float]
    ticks: tuple[tuple[float, str], ...]

    def share(self, number: float) -> float:
        """How far along the axis a number stands, from 0 to 1."""
        return (self.place(number) - self.low) / (self.high - self.low)


def in_powers(numbers: Sequence[float]) -> Measure:
    """Of numbers above 0: each ten times as far from the last; some of it free at both ends."""
    low, high = log10(min(numbers)), log10(max(numbers))
    room = max((high - low) / 20, 0.15)
    low, high = low - room, high + room
    steps = (1,) if high - low > WIDE else (1, 2, 5)
    powers = range(floor(low), ceil(high) + 1)
    marks = (step * 10**power for power in powers if power >= 0 for step in steps)
    found = [(mark, short(mark)) for mark in marks if low <= log10(mark) <= high]
    return Measure(low, high, log10, tuple(_thinned(found)))


def in_steps(numbers: Sequence[float], least: float = 0.5) -> Measure:
    """Of any numbers: all steps alike, of 1, 2 or 5 of a power of ten; at both ends so much is free
    at least."""
    low, high = min(numbers), max(numbers)
    room = max((high - low) / 12, least)
    low, high = low - room, high + room
    rough = (high - low) / FEW
    power = 10.0 ** floor(log10(rough))
    step = power * max(size for size in (1, 2, 5, 10) if size * power <= 1.5 * rough)
    first = ceil(low / step)
    marks = (number * step for number in range(first, floor(high / step) + 1))
    return Measure(low, high, float, tuple((mark, f"{mark:g}") for mark in marks))


def _thinned(ticks: list[tuple[float, str]]) -> Iterator[tuple[float, str]]:
    """No more of them than have room."""
    yield from ticks[:: ceil(len(ticks) / 12) or 1]
