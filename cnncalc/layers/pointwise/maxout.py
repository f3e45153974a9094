"""Maxout."""

from math import prod

from cnncalc.layers.base import (
    Across,
    Arithmetic,
    Kept,
    Layer,
    Ops,
    Reads,
    Shape,
    Stage,
    TorchModule,
    kept_input,
    kept_output,
    seen,
)
from cnncalc.layers.fields import Positive
from cnncalc.layers.groups import shared_out
from cnncalc.layers.stages import shares


class Maxout(Layer, kind="maxout"):
    """The largest of each `pieces` neighbouring channels, at each position (Goodfellow 2013). k-1
    comparisons for k pieces.

        - maxout: 2

    pieces: channels that become one
    """

    role = "activation"
    curve = "rectifier"
    flattening = "single"

    pieces: Positive

    def output_shape(self, *inputs: Shape) -> Shape:
        channels, *sizes = inputs[0]
        return shared_out(channels, self.pieces, "pieces", "pieces"), *sizes

    def ops(self, *inputs: Shape) -> Ops:
        return Ops(comparisons=prod(inputs[0]) - prod(self.output_shape(*inputs)))

    def kept(self, *inputs: Shape) -> tuple[Kept, ...]:
        return kept_input(inputs[0]), kept_output(self.output_shape(*inputs))

    def across(self, *inputs: Shape) -> Across:
        return Across((Reads(taps=range(self.pieces), step=self.pieces),))

    def stages(self, *inputs: Shape) -> tuple[Stage, ...]:
        """The channels of one seen side by side."""
        return (
            seen(Kept("grouped", prod(inputs[0]))),
            Stage(
                kept_output(self.output_shape(*inputs)),
                ("grouped",),
                self.kept(*inputs),
                behind=shares(prod(inputs[0]), prod(self.output_shape(*inputs))),
            ),
        )

    def torch(self, *inputs: Shape) -> TorchModule:
        return TorchModule("Maxout", {"pieces": self.pieces})

    def arithmetic(self, *inputs: Shape) -> Arithmetic:
        return Arithmetic(f"{inputs[0][0]}/{self.pieces}")
