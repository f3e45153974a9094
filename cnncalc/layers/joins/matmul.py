"""The product of two branches as matrices."""

from math import prod

from cnncalc.layers.base import (
    STATISTICS,
    Across,
    Arithmetic,
    Kept,
    Layer,
    Matrices,
    Ops,
    Reads,
    Shape,
    ShapeError,
    TorchModule,
    Window,
    kept_input,
    products,
    times,
)
from cnncalc.layers.joins.join import listed


class Matmul(Layer, kind="matmul"):
    """The matrix product of two branches, features x steps both: each step of the second is a
    vector that the first, a matrix, makes another of. AxK times KxB is AxB. What stands between
    features and steps is taken each by itself: AxGxK times KxGxB is AxGxB.

    - matmul: {transform: [{linear: 3}], points: [identity]}
    """

    joins = True
    cast = "half"
    whole = frozenset([0])
    role = "join"

    def output_shape(self, *inputs: Shape) -> Shape:
        if len(inputs) != 2:
            fact = f"`matmul` joins two branches, got {len(inputs)}"
            raise ShapeError(fact, "one `matmul` reads another", code="CNN403")
        left, right = inputs
        if len(left) < 2 or len(right) < 2:
            fact = f"`matmul` joins matrices, features x steps, got {listed(inputs)}"
            hint = "`multiply` joins vectors value by value, a `linear` has a matrix of its own"
            raise ShapeError(fact, hint, code="CNN403")
        if left[1:-1] != right[1:-1]:
            fact = f"`matmul` wants the same axes between features and steps, got {listed(inputs)}"
            raise ShapeError(fact, "`to_sequence` makes one axis of several", code="CNN403")
        if left[-1] != right[0]:
            raise ShapeError(self._misfit(left, right), self._turned(left, right), code="CNN403")
        return (left[0], *right[1:])

    def _misfit(self, left: Shape, right: Shape) -> str:
        return (
            f"`matmul` of {times(left)} and {times(right)}: the first has {left[-1]} steps, the "
            f"second {right[0]} features"
        )

    def _turned(self, left: Shape, right: Shape) -> str:
        """Which branch would fit, turned or in the other's place."""
        last = len(left) - 1
        turned = f"`permute: [{', '.join(map(str, (last, *range(1, last), 0)))}]`"
        if left[0] == right[0]:
            return f"{turned} behind the first"
        if left[-1] == right[-1]:
            return f"{turned} behind the second"
        if right[-1] == left[0]:
            return "the second branch first"
        return f"a first branch of {right[0]} steps"

    def ops(self, *inputs: Shape) -> Ops:
        return Ops(macs=prod(inputs[0]) * inputs[1][-1])

    def matrices(self, *inputs: Shape) -> tuple[Matrices, ...]:
        return (Matrices(self.ops(*inputs).macs, min(inputs[0][0], inputs[0][-1], inputs[1][-1])),)

    def connections(self, *inputs: Shape) -> int:
        return 0

    def kept(self, *inputs: Shape) -> tuple[Kept, ...]:
        """Each branch for the other's gradient."""
        return tuple(
            _matrices(shape, number)._replace(gradient_of=(1 - number,))
            for number, shape in enumerate(inputs)
        )

    def window(self, *inputs: Shape) -> Window:
        return STATISTICS

    def across(self, *inputs: Shape) -> Across:
        return Across((Reads(number=1),))

    def torch(self, *inputs: Shape) -> TorchModule:
        return TorchModule("Matmul")

    def arithmetic(self, *inputs: Shape) -> Arithmetic:
        left, right = inputs
        space = tuple(map(str, right[1:])) if left[1:] != right[1:] else ()
        return Arithmetic(str(left[0]), space, products(*left, right[-1]).replace("*", " * "))


def _matrices(shape: Shape, number: int) -> Kept:
    """A branch as it is kept, matrix behind matrix: a copy, unless its numbers lie so already."""
    if 1 in (shape[0], prod(shape[1:-1])):
        return kept_input(shape, number)
    return Kept(("first", "second")[number], prod(shape))
