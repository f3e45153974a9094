"""A map cut into windows, for what looks at each window by itself, and put together again."""

from collections.abc import Iterator
from math import isqrt, prod

from cnncalc.layers.base import (
    COLLAPSED,
    OWN,
    Across,
    Arithmetic,
    Kept,
    Layer,
    Problem,
    Shape,
    ShapeError,
    Stage,
    TorchModule,
    Window,
    kept_output,
    products,
    times,
)
from cnncalc.layers.fields import OffsetSize, OptionalSize, Size
from cnncalc.layers.stages import moved
from cnncalc.layers.windows import per_axis, spatial


class Partition(Layer):
    """A map of which each position belongs to one window.

    size: positions of a window, along each axis
    shift: how far the map is rolled up and to the left first
    dilation: how far apart the positions of a window are; windows that lie in each other then
    """

    role = "move"

    size: Size
    shift: OffsetSize = 0
    dilation: Size = 1

    def tiles(self, sizes: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The sizes of a window, and how many there are along each axis of a map. Raises
        ShapeError where they do not cover it."""
        steps = self.steps(len(sizes))
        each, apart = steps["size"], steps["dilation"]
        rests = [-size % (one * gap) for size, one, gap in zip(sizes, each, apart, strict=True)]
        if any(rests):
            further = f", {times(apart)} apart," if max(apart) > 1 else ""
            fact = f"windows of {times(each)}{further} do not cover {times(sizes)} evenly"
            pad = ", ".join(f"[0, {rest}]" for rest in rests)
            hint = f"a map padded by `pad: [{pad}]`"
            raise ShapeError(fact, hint, field="size", code="CNN402")
        return each, tuple(size // one for size, one in zip(sizes, each, strict=True))

    def window(self, *inputs: Shape) -> Window:
        return COLLAPSED

    def across(self, *inputs: Shape) -> Across:
        return OWN

    def scratch(self, *inputs: Shape) -> int:
        """The map, rolled."""
        return prod(inputs[0]) if self.rolls else 0

    @property
    def rolls(self) -> bool:
        """Whether the map is rolled."""
        shifts = self.shift if isinstance(self.shift, tuple) else (self.shift,)
        return any(shifts)

    def steps(self, rank: int) -> dict[str, tuple[int, ...]]:
        """What its module is told, a number for each axis. Raises ShapeError."""
        names = "size", "shift", "dilation"
        return {name: per_axis(getattr(self, name), rank, name) for name in names}


class ToWindows(Partition, kind="to_windows"):
    """A map cut into windows: channels x windows x positions (Liu 2021). Windows come in the order
    of their first positions, positions row by row.

        - to_windows: {size: 7, shift: 3}

    size: positions of a window, along each axis
    shift: how far the map is rolled first, up and to the left; what leaves it comes back behind
    dilation: how far apart the positions of a window are: a grid over the whole map (Tu 2022) where
        it is the map's size over the window's
    """

    def output_shape(self, *inputs: Shape) -> Shape:
        each, counts = self.tiles(spatial(self, inputs[0]))
        return inputs[0][0], prod(counts), prod(each)

    def stages(self, *inputs: Shape) -> tuple[Stage, ...]:
        """The map, rolled, then cut."""
        output = kept_output(self.output_shape(*inputs))
        if not self.rolls:
            return (moved(output, "input"),)
        return Stage(Kept("rolled", output.each), held=True), moved(output, "rolled")

    def torch(self, *inputs: Shape) -> TorchModule:
        return TorchModule("ToWindows", self.steps(len(inputs[0]) - 1))

    def arithmetic(self, *inputs: Shape) -> Arithmetic:
        each, _ = self.tiles(inputs[0][1:])
        pairs = zip(inputs[0][1:], each, strict=True)
        counts = products(*(f"({size}/{one})" for size, one in pairs))
        return Arithmetic(space=(counts, products(*each)))


class FromWindows(Partition, kind="from_windows"):
    """A map put together from its windows: what `to_windows` with the same fields takes apart.

        - from_windows: {size: 7, shift: 3}

    size: positions of a window, along each axis
    shift: how far the map is rolled back, down and to the right
    dilation: how far apart the positions of a window are
    map: the sizes of the map, `56x48`; those of a square image, unless given
    """

    map: OptionalSize = None

    def check(self) -> Iterator[Problem]:
        if isinstance(self.map, tuple):
            for name in ("size", "shift", "dilation"):
                value = getattr(self, name)
                if isinstance(value, tuple) and len(value) != len(self.map):
                    fact = f"`{name}` and `map` have {len(value)} and {len(self.map)} sizes"
                    yield Problem(name, fact, f"a number for each of {len(self.map)} axes")

    def sizes(self, shape: Shape) -> tuple[int, ...]:
        """The sizes of the map. Raises ShapeError."""
        if isinstance(self.map, tuple):
            return self.map
        side = self.map or isqrt(shape[1] * shape[2])
        return side, side

    def output_shape(self, *inputs: Shape) -> Shape:
        shape = inputs[0]
        if len(shape) != 3:
            fact = f"`from_windows` reads channels x windows x positions, got {times(shape)}"
            raise ShapeError(fact, "`to_windows` makes them of a map")
        sizes = self.sizes(shape)
        if self.map is None and prod(sizes) != shape[1] * shape[2]:
            fact = f"{times(shape[1:])} positions make no square image"
            raise ShapeError(fact, "`map: 56x48`, its sizes", field="map", code="CNN402")
        each, counts = self.tiles(sizes)
        if (prod(counts), prod(each)) != shape[1:]:
            made = f"a map of {times(sizes)} has {prod(counts)}x{prod(each)} of {times(each)}"
            fact = f"{made}, got {times(shape[1:])}"
            raise ShapeError(fact, "the fields of its `to_windows`", field="size", code="CNN402")
        return shape[0], *sizes

    def stages(self, *inputs: Shape) -> tuple[Stage, ...]:
        """The map, put together, then rolled; its gradient cut by a copy."""
        output = kept_output(self.output_shape(*inputs))
        whole = output._replace(name="whole") if self.rolls else output
        put = Stage(whole, handed=("apart",), reads=("apart",), held=True)
        apart = Stage(Kept("apart", output.each), view=True)
        return (apart, put, Stage(output, ("whole",))) if self.rolls else (apart, put)

    def torch(self, *inputs: Shape) -> TorchModule:
        sizes = self.sizes(inputs[0])
        return TorchModule("FromWindows", {"sizes": sizes, **self.steps(len(sizes))})

    def arithmetic(self, *inputs: Shape) -> Arithmetic:
        each, counts = self.tiles(self.sizes(inputs[0]))
        return Arithmetic(space=tuple(f"{n}*{size}" for n, size in zip(counts, each, strict=True)))
