"""Softmax: values that compete."""

from collections.abc import Iterator
from math import inf, prod
from typing import ClassVar

from cnncalc.layers.axes import OverOne, place
from cnncalc.layers.base import (
    EVERY,
    LONGEST_CYCLE,
    OWN,
    POINTWISE,
    STATISTICS,
    Across,
    Flattening,
    Kept,
    Layer,
    Meaning,
    Ops,
    Problem,
    Reads,
    Shape,
    TorchModule,
    Window,
    kept_output,
)
from cnncalc.layers.fields import OptionalPositive
from cnncalc.layers.groups import shared_out


class Competing(Layer):
    """Along one axis.

    over: the axis: `channels`, `steps`, `height`, `width`, `depth`, or 0 to 3
    """

    role = "activation"
    curve = "squashing"
    cast = "softmax"
    over: OverOne = "channels"
    module: ClassVar[str]

    def output_shape(self, *inputs: Shape) -> Shape:
        self.axis(inputs[0])
        return inputs[0]

    @property
    def flattening(self) -> Flattening:
        return "single" if self.over in ("channels", 0) else ""

    def axis(self, shape: Shape) -> int:
        """The number of the axis. Raises ShapeError."""
        return place(self.over, shape)

    def count(self, shape: Shape) -> int:
        """How many values compete."""
        return shape[self.axis(shape)]

    def each(self, count: int) -> Ops:
        """Of so many values that compete."""
        raise NotImplementedError(self.kind)

    def ops(self, *inputs: Shape) -> Ops:
        count = self.count(inputs[0])
        return self.each(count).scaled(prod(inputs[0]) // count)

    def kept(self, *inputs: Shape) -> tuple[Kept, ...]:
        return (kept_output(inputs[0]),)

    def window(self, *inputs: Shape) -> Window:
        return STATISTICS if self.axis(inputs[0]) else POINTWISE

    def across(self, *inputs: Shape) -> Across | None:
        return OWN if self.axis(inputs[0]) else EVERY

    def torch(self, *inputs: Shape) -> TorchModule:
        return TorchModule(self.module, {"dim": self.axis(inputs[0]) + 1})


class Softmax(Competing, kind="softmax"):
    """exp(x) over its sum, along the channels at each position, or along another axis. Of n values
    that compete n exponentials, n-1 additions and n divisions.

        - softmax

    among: the channels are so many parts behind one another, as `concat` puts them, and those at
        one place of each part compete; unless given, all of an axis do
    """

    working = "share"
    limits = (0, 1)

    module = "nn.Softmax"

    among: OptionalPositive = None

    @property
    def gives(self) -> Meaning:
        """Of classes, where all channels compete."""
        of_channels = self.over in ("channels", 0) and not self.among
        return "probabilities" if of_channels else "scores"

    def check(self) -> Iterator[Problem]:
        if self.among is not None and self.over not in ("channels", 0):
            yield Problem("among", "`among` is of channels", "without `over`")

    def output_shape(self, *inputs: Shape) -> Shape:
        if self.among:
            shared_out(inputs[0][0], self.among, "parts", "among")
        return super().output_shape(*inputs)

    def count(self, shape: Shape) -> int:
        return self.among or super().count(shape)

    def each(self, count: int) -> Ops:
        return Ops(exponentials=count, additions=count - 1, divisions=count)

    def across(self, *inputs: Shape) -> Across | None:
        if not self.among:
            return super().across(*inputs)
        if self.among > LONGEST_CYCLE:
            return None
        channels = inputs[0][0]
        each = channels // self.among
        places = range(0, channels, each)
        return Across(
            tuple(Reads(range(at, at + each), range(0, channels, each), 1) for at in places)
        )

    def torch(self, *inputs: Shape) -> TorchModule:
        if self.among:
            return TorchModule("SoftmaxAmong", {"parts": self.among}, positional=1)
        return super().torch(*inputs)


class LogSoftmax(Competing, kind="log_softmax"):
    """x - log(sum of exp(x)), along the channels at each position, or along another axis. Of n
    values that compete n+1 exponentials and logarithms, and 2n-1 additions.

    - log_softmax
    """

    working = "logarithm"
    limits = (-inf, 0)

    module = "nn.LogSoftmax"

    def each(self, count: int) -> Ops:
        return Ops(exponentials=count + 1, additions=2 * count - 1)
