"""Joins: several branches become one."""

from itertools import accumulate, zip_longest
from math import prod
from typing import ClassVar

from cnncalc.layers.base import (
    OWN,
    Across,
    Arithmetic,
    Kept,
    Layer,
    Ops,
    Reads,
    Shape,
    ShapeError,
    Stage,
    TorchModule,
    kept_input,
    names,
    times,
)
from cnncalc.layers.fields import counted
from cnncalc.layers.stages import several


def agree_in_rank(layer: Layer, inputs: tuple[Shape, ...]) -> None:
    """Raises ShapeError unless all inputs have as many axes."""
    if len({len(shape) for shape in inputs}) > 1:
        fact = f"`{layer.kind}` cannot join {listed(inputs)}"
        hint = "`flatten` the map: no vector becomes one"
        raise ShapeError(fact, hint, code="CNN403")


def listed(shapes: tuple[Shape, ...]) -> str:
    """`64x56x56 and 256x56x56`."""
    *rest, last = (times(shape) for shape in shapes)
    return f"{', '.join(rest)} and {last}" if rest else last


class Concat(Layer, kind="concat"):
    """Its branches behind one another, along the channels.

    - concat: {left: [{conv: {filters: 8, kernel: 1}}], right: [identity]}
    """

    joins = True
    role = "join"
    gathers = "stack"
    flattening = "any"
    handed = True

    def output_shape(self, *inputs: Shape) -> Shape:
        agree_in_rank(self, inputs)
        if len({shape[1:] for shape in inputs}) > 1:
            fact = f"`concat` wants branches of one size, got {listed(inputs)}"
            raise ShapeError(fact, "pad, crop or stride a branch", code="CNN403")
        return (sum(shape[0] for shape in inputs), *inputs[0][1:])

    def across(self, *inputs: Shape) -> Across:
        ends = accumulate(shape[0] for shape in inputs)
        return Across(
            tuple(
                Reads(range(end - shape[0], end), range(1), 1, number=number)
                for number, (end, shape) in enumerate(zip(ends, inputs, strict=True))
            )
        )

    def torch(self, *inputs: Shape) -> TorchModule:
        return TorchModule("torch.cat", {"dim": 1})

    def arithmetic(self, *inputs: Shape) -> Arithmetic:
        return Arithmetic(" + ".join(str(shape[0]) for shape in inputs))


class Elementwise(Layer):
    """A join that combines its branches value by value; a size of 1 is repeated as needed."""

    joins = True
    role = "join"
    flattening = "any"
    function: ClassVar[str]
    sort: ClassVar[str]
    hands_left: ClassVar[bool] = False
    hands_right: ClassVar[bool] = False

    def output_shape(self, *inputs: Shape) -> Shape:
        agree_in_rank(self, inputs)
        sizes = [set(axis) - {1} for axis in zip_longest(*inputs)]
        if any(len(size) > 1 for size in sizes):
            fact = f"`{self.kind}` wants branches of one shape, got {listed(inputs)}"
            raise ShapeError(fact, self.remedy(inputs), code="CNN403")
        return tuple(size.pop() if size else 1 for size in sizes)

    def remedy(self, inputs: tuple[Shape, ...]) -> str:
        """What makes the branches agree."""
        if len({shape[0] for shape in inputs}) > 1:
            return (
                f"a 1x1 `conv` gives a branch the {counted(inputs[0][0], 'channel')} of the first"
            )
        return "pad, crop or stride a branch"

    def ops(self, *inputs: Shape) -> Ops:
        count = prod(self.output_shape(*inputs)) * (len(inputs) - 1)
        return Ops()._replace(**{self.sort: count})

    def across(self, *inputs: Shape) -> Across:
        if len({shape[0] for shape in inputs}) == 1:
            return OWN
        return Across(
            tuple(
                Reads(taps=range(1), step=int(shape[0] > 1), number=number)
                for number, shape in enumerate(inputs)
            )
        )

    def torch(self, *inputs: Shape) -> TorchModule:
        return TorchModule(self.function)

    def stages(self, *inputs: Shape) -> tuple[Stage, ...]:
        """One branch after another is joined to what is made of those before it."""
        kept = self.kept(*inputs)
        each = len(kept) // (len(inputs) - 1)
        return tuple(
            Stage(
                Kept(self.made(number, inputs), prod(self.output_shape(*inputs[: number + 1]))),
                (left := self.made(number - 1, inputs), right := names(len(inputs))[number]),
                kept[(number - 1) * each : number * each],
                handed=(left,) * self.hands_left + (right,) * self.hands_right,
                spread=True,
                behind=self.behind_one(number, inputs),
                alike=True,
            )
            for number in range(1, len(inputs))
        )

    def behind_one(self, number: int, inputs: tuple[Shape, ...]) -> tuple[Kept, ...]:
        """What the backward of one joining takes besides."""
        return ()

    def made(self, number: int, inputs: tuple[Shape, ...]) -> str:
        """What is made of the inputs up to that number is called."""
        if number == len(inputs) - 1:
            return "output"
        return f"first {number + 1}" if number else "input"


class Add(Elementwise, kind="add"):
    """The sum of its branches.

    - add: {residual: [{conv: {filters: 64, kernel: 3, padding: half}}], shortcut: [identity]}
    """

    function = "torch.add"
    sort = "additions"
    gathers = "sum"
    hands_left = hands_right = True


class Subtract(Elementwise, kind="subtract"):
    """Its first branch less the others.

    - subtract: {input: [identity], blurred: [{avg_pool: {kernel: 3, stride: 1, padding: 1}}]}
    """

    function = "torch.sub"
    sort = "additions"
    hands_left = True


class Mixing(Elementwise):
    """A join of two values at a time whose slope is in the values themselves.

    by_left, by_right: whether the slope in the left one, in the right one, is a matter of its own
        value too, not of the other's alone
    """

    by_left: ClassVar[bool] = True
    by_right: ClassVar[bool] = True

    def kept(self, *inputs: Shape) -> tuple[Kept, ...]:
        """The branches, and what is made of the first of them before the next one joins."""
        left, found = kept_input(inputs[0]), list[Kept]()
        for number in range(1, len(inputs)):
            before, both = tuple(range(number)), tuple(range(number + 1))
            right = kept_input(inputs[number], number)
            found.append(left._replace(gradient_of=both if self.by_left else (number,)))
            found.append(right._replace(gradient_of=both if self.by_right else before))
            joined = self.output_shape(*inputs[: number + 1])
            left = Kept(f"first {number + 1}", prod(joined))
        return tuple(found)


class Multiply(Mixing, kind="multiply"):
    """The product of its branches; a gate of size 1x1 scales every position.

    - multiply: {map: [identity], gate: [{global_avg_pool: true}, sigmoid]}
    """

    by_left = by_right = False
    function = "torch.mul"
    sort = "multiplications"


class Divide(Mixing, kind="divide"):
    """Its first branch divided by the others.

    - divide: {map: [identity], norms: [{norm: channels}]}
    """

    by_left = False

    def behind_one(self, number: int, inputs: tuple[Shape, ...]) -> tuple[Kept, ...]:
        """To the divisor, at first: the quotient, that divided once more, and the gradient with the
        other sign."""
        several_of = several(prod(self.output_shape(*inputs[: number + 1])), 3)
        return tuple(each._replace(gradient_of=(1,)) for each in several_of)

    function = "torch.div"
    sort = "divisions"


class Maximum(Mixing, kind="maximum"):
    """The largest of its branches, value by value.

    - maximum: {a: [{linear: 10}], b: [{linear: 10}]}
    """

    def behind_one(self, number: int, inputs: tuple[Shape, ...]) -> tuple[Kept, ...]:
        """Half of the gradient, where both are the same, and which is more."""
        values = prod(self.output_shape(*inputs[: number + 1]))
        return *several(values, 1), *several(values, 2, width=1)

    function = "torch.maximum"
    sort = "comparisons"


class Minimum(Maximum, kind="minimum"):
    """The smallest of its branches, value by value.

    - minimum: {a: [{linear: 10}], b: [{linear: 10}]}
    """

    function = "torch.minimum"
    sort = "comparisons"


class Average(Elementwise, kind="average"):
    """The mean of its branches.

    - average: {a: [{max_pool: 2}], b: [{avg_pool: 2}]}
    """

    function = "torch.add"
    sort = "additions"
    hands_left = hands_right = True

    def ops(self, *inputs: Shape) -> Ops:
        return super().ops(*inputs)._replace(divisions=prod(self.output_shape(*inputs)))

    def torch(self, *inputs: Shape) -> TorchModule:
        return TorchModule("Average")

    def made(self, number: int, inputs: tuple[Shape, ...]) -> str:
        return f"first {number + 1}" if number else "input"

    def stages(self, *inputs: Shape) -> tuple[Stage, ...]:
        summed = super().stages(*inputs)
        last = summed[-1].makes
        return *summed, Stage(last._replace(name="output"), (last.name,))
