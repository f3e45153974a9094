"""Sums, powers and bounds by fixed numbers."""

from collections.abc import Iterator
from math import inf, prod

from cnncalc.layers.base import (
    OWN,
    Across,
    Kept,
    Layer,
    Ops,
    Problem,
    Shape,
    Stage,
    TorchModule,
    kept_input,
    kept_output,
)
from cnncalc.layers.fields import Number, OptionalNumber
from cnncalc.layers.stages import added, several


class Shift(Layer, kind="shift"):
    """Each value plus a fixed number. 1 addition for each value.

        - shift: -0.5

    amount: the fixed number
    """

    role = "scale"
    flattening = "any"

    amount: Number

    def ops(self, *inputs: Shape) -> Ops:
        return Ops(additions=prod(inputs[0]))

    def across(self, *inputs: Shape) -> Across:
        return OWN

    def stages(self, *inputs: Shape) -> tuple[Stage, ...]:
        return (added(kept_output(inputs[0]), "input"),)

    def torch(self, *inputs: Shape) -> TorchModule:
        return TorchModule("Shift", self.values(), positional=1)


class Power(Layer, kind="power"):
    """Each value to a fixed power. 1 power for each value.

        - power: 3

    exponent: the fixed number
    """

    same_layout = True
    role = "activation"
    flattening = "any"
    cast = "full"

    exponent: Number

    def ops(self, *inputs: Shape) -> Ops:
        return Ops(powers=prod(inputs[0]))

    def kept(self, *inputs: Shape) -> tuple[Kept, ...]:
        return (kept_input(inputs[0]),)

    def across(self, *inputs: Shape) -> Across:
        return OWN

    def behind(self, *inputs: Shape) -> tuple[Kept, ...]:
        return several(prod(inputs[0]), 2)

    def torch(self, *inputs: Shape) -> TorchModule:
        return TorchModule("Power", self.values(), positional=1)


class Clamp(Layer, kind="clamp"):
    """Each value within bounds. 1 comparison for each value and bound.

        - clamp: {min: 0, max: 6}

    min: what is less becomes this; no bound, unless given
    max: what is more becomes this; no bound, unless given
    """

    same_layout = True
    role = "activation"
    flattening = "any"

    min: OptionalNumber = None
    max: OptionalNumber = None

    def check(self) -> Iterator[Problem]:
        if self.min is None and self.max is None:
            yield Problem("min", "`clamp` has no bound", "`min`, `max` or both")
        elif self.bounds == 2 and self.min > self.max:  # type: ignore[operator]
            fact = f"`max` {self.max:g} is less than `min` {self.min:g}"
            yield Problem("max", fact, f"`min: {self.max:g}, max: {self.min:g}`")

    @property
    def bounds(self) -> int:
        """How many it has."""
        return (self.min is not None) + (self.max is not None)

    @property
    def limits(self) -> tuple[float, float]:
        return (-inf if self.min is None else self.min, inf if self.max is None else self.max)

    def ops(self, *inputs: Shape) -> Ops:
        return Ops(comparisons=self.bounds * prod(inputs[0]))

    def kept(self, *inputs: Shape) -> tuple[Kept, ...]:
        return (kept_input(inputs[0]),)

    def across(self, *inputs: Shape) -> Across:
        return OWN

    def behind(self, *inputs: Shape) -> tuple[Kept, ...]:
        """What is within each bound, and a zero for the rest."""
        return *several(prod(inputs[0]), self.bounds, width=1), Kept("zero", 0, 1)

    def torch(self, *inputs: Shape) -> TorchModule:
        return TorchModule("Clamp", {"low": self.min, "high": self.max})
