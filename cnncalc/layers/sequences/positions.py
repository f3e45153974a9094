"""What is added to a sequence to tell places apart, and a sequence that is learned."""

from math import prod
from typing import Annotated

from cnncalc.layers.base import (
    COLLAPSED,
    OWN,
    Across,
    Arithmetic,
    Kept,
    Layer,
    Ops,
    Shape,
    Stage,
    TorchModule,
    Weight,
    Window,
    kept_output,
)
from cnncalc.layers.fields import Positive, Real
from cnncalc.layers.sequences.sequence import sequence
from cnncalc.layers.stages import moved


class SinusoidalPosition(Layer, kind="sinusoidal_position"):
    """Sines and cosines of each step's number added to its features, two of each wavelength
    (Vaswani 2017): nothing is learned. 1 addition for each value.

        - sinusoidal_position

    base: the longest wavelength over the shortest, by which they grow
    """

    role = "table"
    cast = "weights"

    base: Annotated[float, Real(1)] = 10_000.0

    def output_shape(self, *inputs: Shape) -> Shape:
        sequence(self, inputs[0])
        return inputs[0]

    def ops(self, *inputs: Shape) -> Ops:
        return Ops(additions=prod(inputs[0]))

    def across(self, *inputs: Shape) -> Across:
        return OWN

    def constants(self, *inputs: Shape) -> tuple[Kept, ...]:
        return (Kept("table", 0, prod(inputs[0])),)

    def stages(self, *inputs: Shape) -> tuple[Stage, ...]:
        return (moved(kept_output(inputs[0]), "input"),)

    def torch(self, *inputs: Shape) -> TorchModule:
        features, steps = inputs[0]
        arguments = {"features": features, "steps": steps, "base": self.base}
        return TorchModule("SinusoidalPosition", arguments, defaults={"base": 10_000.0})


class Learned(Layer, kind="learned"):
    """A learned sequence, whatever arrives: the latents of a Perceiver (Jaegle 2021), the queries
    of a detector (Carion 2020), by which attention asks. It takes no operation.

        - learned: {features: 256, steps: 100}

    features: of each step
    steps: how many there are
    """

    role = "table"

    features: Positive
    steps: Positive

    def output_shape(self, *inputs: Shape) -> Shape:
        return self.features, self.steps

    def weights(self, *inputs: Shape) -> tuple[Weight, ...]:
        return (Weight("weight", (self.features, self.steps)),)

    def across(self, *inputs: Shape) -> Across:
        return Across(())

    def window(self, *inputs: Shape) -> Window:
        return COLLAPSED

    def stages(self, *inputs: Shape) -> tuple[Stage, ...]:
        """The weight itself, for each sample."""
        return (Stage(kept_output(self.output_shape(*inputs)), (), trained=True, weight=True),)

    def torch(self, *inputs: Shape) -> TorchModule:
        return TorchModule("Learned", self.values())

    def arithmetic(self, *inputs: Shape) -> Arithmetic:
        return Arithmetic(str(self.features), (str(self.steps),))
