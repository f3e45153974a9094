"""Division by norms: of what stands together, and global response normalisation."""

from math import prod
from typing import Annotated

from cnncalc.layers.axes import Over, places, together
from cnncalc.layers.base import (
    EVERY,
    OWN,
    POINTWISE,
    STATISTICS,
    Across,
    Flattening,
    Kept,
    Layer,
    Ops,
    Shape,
    Stage,
    TorchModule,
    Weight,
    Window,
    kept_input,
    kept_output,
)
from cnncalc.layers.fields import NonNegativeNumber, Real
from cnncalc.layers.norms.norm import linear, scale_and_shift
from cnncalc.layers.pooling.reduction import norms
from cnncalc.layers.stages import added, by_weights, divided, multiplied, normed, several
from cnncalc.layers.windows import spatial


class Normalize(Layer, kind="normalize"):
    """Each value divided by the p-norm of those along some axes; a norm counts as `norm` does, and
    besides 1 comparison for each norm and 1 division for each value.

        - normalize

    over: `channels`, those at each position, `space`, `all`, or axes, as `norm` has them
    p: 1 makes the sum of the sizes 1, 2 the sum of the squares
    eps: the least to divide by
    """

    role = "norm"
    over: Over = "channels"
    p: Annotated[float, Real(1)] = 2.0
    eps: NonNegativeNumber = 1e-12

    @property
    def flattening(self) -> Flattening:
        return "single" if self.over in ("channels", "all", 0, (0,), ("channels",)) else ""

    def axes(self, shape: Shape) -> tuple[int, ...]:
        """The axes along which it takes norms. Raises ShapeError."""
        return places(self, self.over, shape)

    def output_shape(self, *inputs: Shape) -> Shape:
        self.axes(inputs[0])
        return inputs[0]

    def groups(self, shape: Shape) -> int:
        """How many norms there are."""
        return prod(shape) // together(self.axes(shape), shape)

    def ops(self, *inputs: Shape) -> Ops:
        values, groups = prod(inputs[0]), self.groups(inputs[0])
        divided = Ops(comparisons=groups, divisions=values)
        return norms(self.p, values, groups).plus(divided)

    def kept(self, *inputs: Shape) -> tuple[Kept, ...]:
        groups = self.groups(inputs[0])
        return kept_input(inputs[0]), Kept("norms", groups), Kept("divisors", groups)

    def window(self, *inputs: Shape) -> Window:
        return POINTWISE if self.axes(inputs[0]) == (0,) else STATISTICS

    def across(self, *inputs: Shape) -> Across:
        return EVERY if self.axes(inputs[0]) == (0,) else OWN

    def stages(self, *inputs: Shape) -> tuple[Stage, ...]:
        read, norms, divisors = self.kept(*inputs)
        values, groups = prod(inputs[0]), norms.each
        return (
            normed(norms, read, self.p, values),
            Stage(divisors, ("norms",), (norms,), behind=several(groups, 1, width=1)),
            divided(kept_output(inputs[0]), "input", "divisors", (read, divisors)),
        )

    def torch(self, *inputs: Shape) -> TorchModule:
        dims = tuple(axis + 1 for axis in self.axes(inputs[0]))
        arguments = {"dim": dims, "p": self.p, "eps": self.eps}
        return TorchModule("Normalize", arguments, positional=1, defaults={"p": 2.0, "eps": 1e-12})


class GlobalResponseNorm(Layer, kind="global_response_norm"):
    """x + weight * x * n + bias, with n the norm of each channel over the mean of all channels'
    norms (Woo 2023). The norms count as `norm` does; besides, for each channel 1 addition and 1
    division, 1 division more, and for each value 2 multiplications and 2 additions.

        - global_response_norm

    eps: added to the mean of the norms
    """

    role = "norm"

    eps: NonNegativeNumber = 1e-6

    def output_shape(self, *inputs: Shape) -> Shape:
        spatial(self, inputs[0])
        return inputs[0]

    def weights(self, *inputs: Shape) -> tuple[Weight, ...]:
        return scale_and_shift(inputs[0][0])

    def ops(self, *inputs: Shape) -> Ops:
        """The norms; their mean, eps, a quotient for each; two products and two sums a value."""
        values, channels = prod(inputs[0]), inputs[0][0]
        quotients = Ops(additions=channels, divisions=channels + 1)
        return norms(2, values, channels).plus(quotients).plus(linear(2 * values))

    def kept(self, *inputs: Shape) -> tuple[Kept, ...]:
        values, channels = prod(inputs[0]), inputs[0][0]
        passed = (
            kept_input(inputs[0]),
            *(Kept(name, channels) for name in ("norms", "quotients")),
            Kept("mean", 1),
        )
        of_input = (each._replace(gradient_of=(0,)) for each in passed)
        return *of_input, Kept("responses", values)

    def connections(self, *inputs: Shape) -> int:
        return 2 * prod(inputs[0])

    def window(self, *inputs: Shape) -> Window:
        return STATISTICS

    def across(self, *inputs: Shape) -> Across:
        return OWN

    def stages(self, *inputs: Shape) -> tuple[Stage, ...]:
        read, norms, quotients, mean, responses = self.kept(*inputs)
        values = prod(inputs[0])
        response = Kept("response", values)
        return (
            normed(norms, read, 2, values),
            Stage(Kept("unshifted", 1), ("norms",)),
            added(mean, "unshifted"),
            divided(quotients, "norms", "mean", (norms, mean)),
            multiplied(responses, "input", "quotients", (read, quotients), held=True),
            by_weights(response, "responses", (responses,)),
            Stage(Kept("sum", values), ("input", "response"), handed=("input", "response")),
            added(kept_output(inputs[0]), "sum"),
        )

    def torch(self, *inputs: Shape) -> TorchModule:
        arguments = {"channels": inputs[0][0], "eps": self.eps}
        return TorchModule("GlobalResponseNorm", arguments, positional=1, defaults={"eps": 1e-6})
