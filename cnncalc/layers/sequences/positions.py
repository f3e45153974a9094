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
from cnncalc.layers.fields import OptionalSize, Positive, Real
from cnncalc.layers.sequences.sequence import sequence
from cnncalc.layers.stages import added


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
        return (added(kept_output(inputs[0]), "input"),)

    def torch(self, *inputs: Shape) -> TorchModule:
        features, steps = inputs[0]
        arguments = {"features": features, "steps": steps, "base": self.base}
        return TorchModule("SinusoidalPosition", arguments, defaults={"base": 10_000.0})


class _Table(Layer):
    """Numbers of the layer's own, whatever arrives."""

    role = "table"

    features: int
    steps: int | tuple[int, ...] | None

    @property
    def sizes(self) -> Shape:
        """Of the table."""
        if self.steps is None:
            return (self.features,)
        places = self.steps if isinstance(self.steps, tuple) else (self.steps,)
        return (self.features, *places)

    def output_shape(self, *inputs: Shape) -> Shape:
        return self.sizes

    def across(self, *inputs: Shape) -> Across:
        return Across(())

    def window(self, *inputs: Shape) -> Window:
        return COLLAPSED

    def arithmetic(self, *inputs: Shape) -> Arithmetic:
        features, *places = map(str, self.sizes)
        return Arithmetic(features, tuple(places))


class Learned(_Table, kind="learned"):
    """A learned sequence, map or vector, whatever arrives: the latents of a Perceiver (Jaegle
    2021), the queries of a detector (Carion 2020), by which attention asks; places that are
    learned for a map of another size. It takes no operation.

        - learned: {features: 256, steps: 100}

    features: of each step
    steps: how many there are; `14x14` of a map; a vector, unless given
    """

    features: Positive
    steps: OptionalSize = None

    def weights(self, *inputs: Shape) -> tuple[Weight, ...]:
        return (Weight("weight", self.sizes),)

    def stages(self, *inputs: Shape) -> tuple[Stage, ...]:
        """The weight itself, for each sample."""
        return (Stage(kept_output(self.sizes), (), trained=True, weight=True),)

    def torch(self, *inputs: Shape) -> TorchModule:
        return TorchModule("Learned", {"sizes": self.sizes}, positional=1)


class Fixed(_Table, kind="fixed"):
    """Numbers that no training changes, whatever arrives: angles, coordinates, a mask. They are a
    buffer and come with the weights; until then they are zeros. It takes no operation.

        - fixed: {features: 2, steps: 13x13}

    features: of each step
    steps: how many there are; `14x14` of a map; a vector, unless given
    """

    features: Positive
    steps: OptionalSize = None

    def weights(self, *inputs: Shape) -> tuple[Weight, ...]:
        return (Weight("weight", self.sizes, buffer=True),)

    def stages(self, *inputs: Shape) -> tuple[Stage, ...]:
        """The buffer itself, for each sample."""
        return (Stage(kept_output(self.sizes), (), weight=True, blind=True),)

    def torch(self, *inputs: Shape) -> TorchModule:
        return TorchModule("Fixed", {"sizes": self.sizes}, positional=1)
