"""The map whose places the steps of attention are."""

from math import isqrt, prod
from typing import NamedTuple

from cnncalc.layers.base import ShapeError, times
from cnncalc.layers.fields import counted

MOST_AXES = 3

Sizes = int | tuple[int, ...] | None


class Places(NamedTuple):
    """A map whose places the steps are, row by row, and the windows that it is one of.

    size: of the map
    grid: how many such windows a larger map was cut into, along each axis; none where it was not
        rolled before
    shift: how far it was
    """

    size: tuple[int, ...]
    grid: tuple[int, ...] = ()
    shift: tuple[int, ...] = ()

    @property
    def offsets(self) -> int:
        """How many there are from one place to another."""
        return prod(2 * side - 1 for side in self.size)


def laid_out(size: Sizes, count: int, field: str, what: str) -> tuple[int, ...]:
    """`count` places along the axes of a map; a number alone is for each axis, of as many as it
    takes. Raises ShapeError."""
    if size is None:
        return (count,)
    if isinstance(size, int):
        rank = next((n for n in range(1, MOST_AXES + 1) if size**n == count), 2)
        size = (size,) * rank
    if prod(size) != count:
        fact = f"`{field}: {times(size)}` has {counted(prod(size), 'place')}, {what} {count:,}"
        side = isqrt(count)
        hint = f"`{field}: {side}x{side}`" if side * side == count else None
        raise ShapeError(fact, hint, field=field)
    return size


def along(value: int | tuple[int, ...], rank: int, field: str) -> tuple[int, ...]:
    """A number for each axis of a map. Raises ShapeError."""
    found = (value,) * rank if isinstance(value, int) else value
    if len(found) != rank:
        fact = f"`{field}: {times(found)}` is for {counted(len(found), 'axis')[:-2]}es"
        raise ShapeError(fact, f"one number for each of {rank}", field=field)
    return found
