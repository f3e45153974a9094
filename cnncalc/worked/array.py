"""Numbers in a shape."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from math import prod

from cnncalc.layers.base import Shape
from cnncalc.records import NamedTuple


class Array(NamedTuple):
    """Numbers in rows: the last axis runs first."""

    shape: Shape
    numbers: Sequence[float]

    def channels(self) -> list[Sequence[float]]:
        """The numbers of each channel."""
        size = prod(self.shape[1:])
        return [self.numbers[size * c : size * (c + 1)] for c in range(self.shape[0])]

    def at(self, place: Sequence[int]) -> float:
        """The number there."""
        return self.numbers[flat(self.shape, place)]


def flat(shape: Shape, place: Sequence[int]) -> int:
    """The number of a place, counted along the rows."""
    number = 0
    for size, index in zip(shape, place, strict=True):
        number = number * size + index
    return number


def places(shape: Shape) -> Iterator[tuple[int, ...]]:
    """Every place, along the rows."""
    return product(*map(range, shape))


def array(shape: Shape, numbers: Iterable[float]) -> Array:
    """An array of so many numbers."""
    found = Array(shape, list(numbers))
    assert len(found.numbers) == prod(shape)
    return found
