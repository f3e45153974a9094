"""Volumes as boxes in three dimensions: how large they are drawn, and where."""

from __future__ import annotations

from math import log2

from cnncalc.layers.base import Shape
from cnncalc.records import NamedTuple

SLANT = 0.4
"""How far to the right and up an edge goes that leads away, for each of its length."""


class Solid(NamedTuple):
    """A box in three dimensions, in pixels: along the row, up, and away."""

    long: float
    high: float
    away: float

    @property
    def width(self) -> float:
        """Of its picture."""
        return self.long + self.away * SLANT

    @property
    def height(self) -> float:
        """Of its picture."""
        return self.high + self.away * SLANT


class Stand(NamedTuple):
    """Where a volume is drawn. x, y, wide: the room that it has with its words, from its corner"""

    x: float
    y: float
    wide: float
    solid: Solid

    @property
    def left(self) -> float:
        """Of the volume itself."""
        return self.x + (self.wide - self.solid.width) / 2


def solid(volume: Shape) -> Solid:
    """Channels along the row, rows up, columns away; a signal has no height, a vector stands
    upright."""
    channels, *space = volume
    if not space:
        return Solid(10, 8 + 9 * log2(channels + 1), 10)
    high = 6 + 11 * log2(space[-2] + 1) if len(space) > 1 else 12
    return Solid(4 + 4 * log2(channels + 1), high, 6 + 11 * log2(space[-1] + 1))
