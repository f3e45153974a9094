"""Reductions: one value for all that stand along some axes. No weights."""

from collections.abc import Mapping
from math import prod
from typing import Annotated, ClassVar

from cnncalc.layers.axes import Over, places, together, whole_along
from cnncalc.layers.base import (
    COLLAPSED,
    EVERY,
    EVERYTHING,
    OWN,
    POINTWISE,
    Across,
    Arithmetic,
    Kept,
    Layer,
    Ops,
    Shape,
    ShapeError,
    TorchModule,
    Window,
    kept_input,
    kept_output,
    times,
)
from cnncalc.layers.fields import Flag, NonNegative, Real, counted
from cnncalc.layers.stages import (
    behind_norms,
    several,
    shares,
)


class Reduction(Layer):
    """One value for all along some axes.

    over: `channels`, `space`, `all`, or axes: `height`, `width`, `depth`, `steps`, or 0 to 3
    keep: whether these axes stay, each of size 1
    """

    role = "pool"

    over: Over
    keep: Flag = True
    module: ClassVar[str]
    keeps: ClassVar[tuple[str, ...]] = ()
    defaults: ClassVar[Mapping[str, object]] = {"keepdim": True}

    def axes(self, shape: Shape) -> tuple[int, ...]:
        """The axes that it reduces. Raises ShapeError."""
        return places(self, self.over, shape)

    def output_shape(self, *inputs: Shape) -> Shape:
        reduced = self.axes(inputs[0])
        if self.keep:
            return tuple(1 if axis in reduced else n for axis, n in enumerate(inputs[0]))
        left = tuple(n for axis, n in enumerate(inputs[0]) if axis not in reduced)
        if not left:
            fact = f"`{self.kind}` leaves no axis of {times(inputs[0])}"
            raise ShapeError(fact, "`keep: true`", field="keep")
        return left

    def count(self, shape: Shape) -> int:
        """How many values become one."""
        return together(self.axes(shape), shape)

    def kept(self, *inputs: Shape) -> tuple[Kept, ...]:
        found = {"input": kept_input(inputs[0]), "output": kept_output(self.output_shape(*inputs))}
        return tuple(found[name] for name in self.keeps)

    def window(self, *inputs: Shape) -> Window:
        reduced = self.axes(inputs[0])
        if len(inputs[0]) > 1 and {*range(1, len(inputs[0]))} <= {*reduced}:
            return EVERYTHING
        if not self.keep:
            return COLLAPSED
        return POINTWISE if reduced == (0,) else whole_along(reduced, inputs[0])

    def across(self, *inputs: Shape) -> Across:
        return EVERY if 0 in self.axes(inputs[0]) else OWN

    def torch(self, *inputs: Shape) -> TorchModule:
        dims = tuple(axis + 1 for axis in self.axes(inputs[0]))
        arguments = {"dim": dims, "keepdim": self.keep} | self.own()
        return TorchModule(self.module, arguments, positional=1, defaults=self.defaults)

    def own(self) -> dict[str, float]:
        """What PyTorch is told besides."""
        return {}

    def arithmetic(self, *inputs: Shape) -> Arithmetic:
        channels, *space = map(str, self.output_shape(*inputs))
        return Arithmetic(channels, tuple(space))


class Mean(Reduction, kind="mean"):
    """The mean along some axes. n-1 additions and 1 division for n values.

    - mean: channels
    """

    module = "Mean"

    def ops(self, *inputs: Shape) -> Ops:
        values = prod(self.output_shape(*inputs))
        return Ops(additions=prod(inputs[0]) - values, divisions=values)


class Summation(Reduction, kind="sum"):
    """The sum along some axes. n-1 additions for n values.

    - sum: channels
    """

    handed = True
    cast = "summed"

    module = "Sum"

    def ops(self, *inputs: Shape) -> Ops:
        return Ops(additions=prod(inputs[0]) - prod(self.output_shape(*inputs)))


class Max(Reduction, kind="max"):
    """The largest value along some axes. n-1 comparisons for n values.

    - max: channels
    """

    module = "Max"
    keeps = ("input", "output")

    def behind(self, *inputs: Shape) -> tuple[Kept, ...]:
        return shares(prod(inputs[0]), prod(self.output_shape(*inputs)))

    def ops(self, *inputs: Shape) -> Ops:
        return Ops(comparisons=prod(inputs[0]) - prod(self.output_shape(*inputs)))


class Min(Max, kind="min"):
    """The smallest value along some axes. n-1 comparisons for n values.

    - min: channels
    """

    module = "Min"


class Norm(Reduction, kind="norm"):
    """The p-norm along some axes, (sum of |x|^p)^(1/p). Of n values, the Euclidean norm takes n
    multiplications, n-1 additions and 1 root; p = 1 takes n comparisons and n-1 additions; any
    other p takes n comparisons, n+1 powers and n-1 additions.

        - norm: space

    p: 1 is the sum of the sizes, 2 the Euclidean norm
    """

    p: Annotated[float, Real(1)] = 2.0
    cast = "summed"
    module = "Norm"
    keeps = ("input", "output")
    defaults: ClassVar[Mapping[str, object]] = {"keepdim": True, "p": 2.0}

    def behind(self, *inputs: Shape) -> tuple[Kept, ...]:
        return behind_norms(self.p, prod(inputs[0]), prod(self.output_shape(*inputs)))

    def ops(self, *inputs: Shape) -> Ops:
        read, made = prod(inputs[0]), prod(self.output_shape(*inputs))
        return norms(self.p, read, made)

    def own(self) -> dict[str, float]:
        return {"p": self.p}


def norms(p: float, read: int, made: int) -> Ops:
    """The p-norms of `read` values in `made` equal groups."""
    sums = Ops(additions=read - made)
    if p == 1:
        return sums._replace(comparisons=read)
    if p == 2:
        return sums._replace(multiplications=read, powers=made)
    return sums._replace(comparisons=read, powers=read + made)


class Variance(Reduction, kind="variance"):
    """The variance along some axes. For n values 3n-2 additions, n squares and 2 divisions.

        - variance: space

    correction: what is taken from n before the sum of squares is divided by it; 0 for the mean
    """

    correction: NonNegative = 1
    module = "Variance"
    keeps: ClassVar[tuple[str, ...]] = ("input",)
    defaults: ClassVar[Mapping[str, object]] = {"keepdim": True, "correction": 1}

    def output_shape(self, *inputs: Shape) -> Shape:
        output = super().output_shape(*inputs)
        count = self.count(inputs[0])
        if count <= self.correction:
            fact = f"`{self.kind}` of {counted(count, 'value')} less {self.correction}: "
            fact += "nothing to divide by"
            raise ShapeError(fact, "`correction: 0`", field="correction", code="CNN402")
        return output

    def behind(self, *inputs: Shape) -> tuple[Kept, ...]:
        """The means, what is left of each value, and each gradient's share."""
        return *several(prod(inputs[0]), 1), *several(prod(self.output_shape(*inputs)), 2)

    def ops(self, *inputs: Shape) -> Ops:
        read, made = prod(inputs[0]), prod(self.output_shape(*inputs))
        return Ops(additions=3 * read - 2 * made, multiplications=read, divisions=2 * made)

    def own(self) -> dict[str, float]:
        return {"correction": self.correction}


class Std(Variance, kind="std"):
    """The standard deviation along some axes: the root of the variance, 1 power more.

    - std: {over: space, keep: false}
    """

    module = "Std"
    keeps = ("input", "output")

    def behind(self, *inputs: Shape) -> tuple[Kept, ...]:
        """By way of the variance's gradient."""
        return *super().behind(*inputs), *several(prod(self.output_shape(*inputs)), 1)

    def ops(self, *inputs: Shape) -> Ops:
        return super().ops(*inputs)._replace(powers=prod(self.output_shape(*inputs)))
