"""Axes of a shape, by name or by number."""

from __future__ import annotations

from math import prod
from typing import Annotated, Any

from cnncalc.layers.base import ALONE, Axis, Layer, Shape, ShapeError, Window, times
from cnncalc.layers.fields import FieldError, FieldType, Whole, shown

NAMED = ("channels", "depth", "height", "width", "steps")
SETS = ("space", "all")
LAST = 3


class OneAxis(FieldType):
    """An axis: a word, or its number in a shape."""

    wants = "an axis: " + ", ".join(f"`{word}`" for word in NAMED) + f", or 0 to {LAST}"
    words: tuple[str, ...] = NAMED
    whole = Whole(0, LAST)

    def accept(self, value: Any) -> int | str | tuple[int | str, ...]:
        """A word, or a number."""
        if isinstance(value, str) and value in self.words:
            return str(value)
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise FieldError(f"wants {self.wants}, got `{shown(value)}`")
        return self.whole.accept(value)


class SeveralAxes(OneAxis):
    """An axis, several of them, or a word for some."""

    wants = (
        "axes: " + ", ".join(f"`{word}`" for word in (*SETS, *NAMED)) + f", or 0 to {LAST},"
        " or a list of them"
    )
    words = (*SETS, *NAMED)

    def accept(self, value: Any) -> int | str | tuple[int | str, ...]:
        """A word, a number, or a tuple of them."""
        if not isinstance(value, tuple) or not value:
            return super().accept(value)
        found: list[int | str] = []
        for part in value:
            if isinstance(part, tuple) or part in SETS:
                raise FieldError(f"wants {self.wants}, got `{shown(value)}`")
            one = super().accept(part)
            assert not isinstance(one, tuple)
            found.append(one)
        if len({*found}) < len(found):
            raise FieldError(f"wants each axis once, got `{shown(value)}`")
        return tuple(found)


Over = Annotated[int | str | tuple[int | str, ...], SeveralAxes()]
OverOne = Annotated[int | str, OneAxis()]
OptionalOne = Annotated[int | str | None, OneAxis()]


SPATIAL = {3: ("height", "width"), 4: ("depth", "height", "width")}
"""What the axes behind the channels are called, by how many axes there are."""


def named(rank: int) -> dict[str, int]:
    """The numbers of the axes that have a name, of so many."""
    space = {word: number for number, word in enumerate(SPATIAL.get(rank, ()), 1)}
    return {"channels": 0, **space} | ({"steps": rank - 1} if rank > 1 else {})


def place(axis: int | str, shape: Shape, field: str = "over") -> int:
    """The number of an axis of `shape`, that a field says. Raises ShapeError."""
    rank = len(shape)
    if isinstance(axis, str):
        number = named(rank).get(axis, rank)
        fact = f"`{field}` is `{axis}`: {times(shape)} has no such axis"
    else:
        number = axis
        fact = f"`{field}` is {axis}: the last axis of {times(shape)} is {rank - 1}"
    if number >= rank:
        raise ShapeError(fact, _told(shape), field=field)
    return number


def _told(shape: Shape) -> str:
    """The axes that a shape has."""
    words = ", ".join(f"`{word}`" for word in named(len(shape)))
    return f"{words}, or 0 to {len(shape) - 1}"


def places(layer: Layer, axes: int | str | tuple[int | str, ...], shape: Shape) -> tuple[int, ...]:
    """The numbers of axes of `shape`, in order, each once. Raises ShapeError."""
    if axes == "all":
        return tuple(range(len(shape)))
    if axes == "space":
        if len(shape) == 1:
            fact = f"`{layer.kind}` over `space` reads a map, got {times(shape)}"
            raise ShapeError(fact, "`over: channels`", field="over")
        return tuple(range(1, len(shape)))
    several = axes if isinstance(axes, tuple) else (axes,)
    return tuple(sorted({place(axis, shape) for axis in several}))


def together(axes: tuple[int, ...], shape: Shape) -> int:
    """How many values stand along these axes."""
    return prod(shape[axis] for axis in axes)


def whole_along(axes: tuple[int, ...], shape: Shape) -> Window:
    """What an output reads that reads the whole of these axes, and of each other its own place."""
    return Window(
        tuple(
            Axis(1, size, (range(size),)) if axis in axes else ALONE
            for axis, size in enumerate(shape[1:], 1)
        )
    )
