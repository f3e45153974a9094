"""The places that the steps of attention are."""

from math import prod

from cnncalc.layers.base import ShapeError, times
from cnncalc.layers.fields import counted
from cnncalc.records import NamedTuple

MOST_AXES = 3

Sizes = int | tuple[int, ...] | None


class Places(NamedTuple):
    """The positions of a window, row by row.

    size: of the window
    counts: how many windows a map was cut into, along each axis; none where it was not rolled
    shift: how far it was rolled before
    """

    size: tuple[int, ...]
    counts: tuple[int, ...] = ()
    shift: tuple[int, ...] = ()

    @property
    def offsets(self) -> int:
        """How many there are from one position to another."""
        return prod(2 * side - 1 for side in self.size)


def along(value: int | tuple[int, ...], rank: int, field: str) -> tuple[int, ...]:
    """A number for each of so many axes. Raises ShapeError."""
    if isinstance(value, int):
        return (value,) * rank
    if len(value) != rank:
        fact = f"`{field}: {times(value)}` does not say {counted(rank, 'number')}"
        raise ShapeError(fact, f"`{field}: {times((value[0],) * rank)}`, say", field=field)
    return value


def laid_out(size: Sizes, steps: int) -> tuple[int, ...]:
    """The positions that the steps are along each axis; one number is for each of as many axes as
    it takes. Raises ShapeError."""
    if size is None:
        return (steps,)
    if isinstance(size, int):
        rank = next((n for n in range(1, MOST_AXES + 1) if size**n == steps), 2)
        size = (size,) * rank
    if prod(size) != steps:
        fact = f"a window of {times(size)} has {counted(prod(size), 'position')}, got {steps:,}"
        raise ShapeError(fact, "the `size` of its `to_windows`", field="size")
    return size


def cut(whole: Sizes, size: tuple[int, ...], windows: int) -> tuple[int, ...]:
    """How many windows there are along each axis of a map, a square one unless told. Raises
    ShapeError."""
    positions = windows * prod(size)
    if whole is None:
        whole = round(positions ** (1 / len(size)))
    sides = along(whole, len(size), "map")
    uneven = any(side % one for side, one in zip(sides, size, strict=True))
    if uneven or prod(sides) != positions:
        fact = f"{counted(windows, 'window')} of {times(size)} make no map of {times(sides)}"
        raise ShapeError(fact, "`map: 56x48`, its sizes", field="map")
    return tuple(side // one for side, one in zip(sides, size, strict=True))
