"""What tells places apart, and is not learned."""

from math import prod
from typing import Annotated

from cnncalc.layers.base import OWN, Across, Layer, Ops, Shape, TorchModule
from cnncalc.layers.fields import Real
from cnncalc.layers.sequence import sequence


class SinusoidalPosition(Layer, kind="sinusoidal_position"):
    """Sines and cosines of each step's number added to its features, two of each wavelength
    (Vaswani 2017): nothing is learned. 1 addition for each value.

        - sinusoidal_position

    base: the longest wavelength over the shortest, by which they grow
    """

    role = "table"

    base: Annotated[float, Real(1)] = 10_000.0

    def output_shape(self, *inputs: Shape) -> Shape:
        sequence(self, inputs[0])
        return inputs[0]

    def ops(self, *inputs: Shape) -> Ops:
        return Ops(additions=prod(inputs[0]))

    def across(self, *inputs: Shape) -> Across:
        return OWN

    def torch(self, *inputs: Shape) -> TorchModule:
        features, steps = inputs[0]
        arguments = {"features": features, "steps": steps, "base": self.base}
        return TorchModule("SinusoidalPosition", arguments, defaults={"base": 10_000.0})
