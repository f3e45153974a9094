"""Pooling by a trained norm."""

from math import prod

from cnncalc.layers.base import (
    Kept,
    Ops,
    Shape,
    Stage,
    TorchModule,
    Weight,
    kept_input,
    kept_output,
)
from cnncalc.layers.fields import NonNegativeNumber, PositiveNumber
from cnncalc.layers.pooling.adaptive import GlobalPool
from cnncalc.layers.stages import raised, several


class GemPool(GlobalPool, kind="gem_pool"):
    """The generalised mean of each channel, (mean of x^p)^(1/p), with a trained p (Radenović 2018).
    For a map of N positions N comparisons, N powers and a root, N-1 additions and 1 division; the
    layer takes 1 division more, of 1 by p.

        - gem_pool

    keep: whether the spatial axes stay, each of size 1; else the output is a vector
    p: what the exponent starts from; 1 is the mean, a large one comes close to the maximum
    eps: what is less counts as this
    """

    p: PositiveNumber = 3.0
    eps: NonNegativeNumber = 1e-6

    def weights(self, *inputs: Shape) -> tuple[Weight, ...]:
        return (Weight("p", (1,)),)

    def ops(self, *inputs: Shape) -> Ops:
        values, channels = prod(inputs[0]), inputs[0][0]
        return Ops(
            comparisons=values,
            powers=values + channels,
            additions=values - channels,
            divisions=channels + 1,
        )

    def kept(self, *inputs: Shape) -> tuple[Kept, ...]:
        values, channels = prod(inputs[0]), inputs[0][0]
        return (
            kept_input(inputs[0])._replace(gradient_of=(0,)),
            *(Kept(name, values) for name in ("bounded", "powers")),
            Kept("means", channels),
            Kept("inverse", 0, 1),
            kept_output(self.output_shape(*inputs)),
        )

    def stages(self, *inputs: Shape) -> tuple[Stage, ...]:
        """What is within the bound, its powers, their means, and the roots of these."""
        read, bounded, powers, means, inverse, output = self.kept(*inputs)
        within = *several(bounded.each, 1, width=1), Kept("zero", 0, 1)
        return (
            Stage(Kept("p", 0, 1), (), trained=True, weight=True),
            Stage(bounded, keeps=(read,), behind=within),
            raised(powers, "bounded", "p", (bounded, powers))._replace(held=True),
            Stage(means, ("powers",)),
            Stage(inverse, ("p",), (inverse,)),
            raised(output, "means", "inverse", (means, inverse, output)),
        )

    def connections(self, *inputs: Shape) -> int:
        return 0

    def torch(self, *inputs: Shape) -> TorchModule:
        return TorchModule("GemPool", self.values())
