"""A layer's outputs, each with the sum that it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import copysign, inf, nan

from cnncalc.layers.base import How, Shape
from cnncalc.records import NamedTuple
from cnncalc.worked.array import Array, places

Place = tuple[int, ...]


class Sum(NamedTuple):
    """How one output comes about.

    terms: products of an input and a weight; of a pool the inputs alone
    more: what else is in it: a bias, a p, a mean and a deviation
    """

    how: How
    terms: Sequence[Sequence[float]]
    value: float
    more: Sequence[float] = ()


class Working(NamedTuple):
    """What a layer makes of numbers.

    given, output: the shapes
    padded: what it reads, channels first, the padding around it; a vector as the row of one channel
    window: of an output, the places of `padded` that it reads, without the channel
    channels: of an output, the channels of `padded` that it reads
    weights: of an output, what they are multiplied with, a channel for each of those; None for none
    sum: of an output, how it comes about
    """

    given: Shape
    output: Shape
    padded: Array
    window: Callable[[Place], Sequence[Place]]
    channels: Callable[[Place], Sequence[int]]
    weights: Callable[[Place], Array | None]
    sum: Callable[[Place], Sum]

    def outputs(self) -> Array:
        """Every output."""
        return Array(self.output, [self.sum(place).value for place in places(self.output)])


def divided(numerator: float, denominator: float) -> float:
    """A quotient, infinite or none for 0."""
    if denominator:
        return numerator / denominator
    return copysign(inf, numerator) if numerator and numerator == numerator else nan


def own(place: Place) -> Sequence[int]:
    """The channel that an output stands in."""
    return place[:1]


def none(place: Place) -> None:
    """An output has no weights."""
