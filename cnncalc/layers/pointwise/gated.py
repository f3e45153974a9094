"""Gated linear units."""

from math import prod
from typing import Annotated

from cnncalc.layers.base import (
    Across,
    Arithmetic,
    Kept,
    Layer,
    Ops,
    Reads,
    Shape,
    ShapeError,
    TorchModule,
    kept_input,
)
from cnncalc.layers.fields import Choice
from cnncalc.layers.pointwise.activation import ACTIVATIONS

GATES = ("sigmoid", "tanh", "relu", "gelu", "silu", "identity")


class Glu(Layer, kind="glu"):
    """The first half of the channels, times what an activation makes of the other half (Dauphin
    2017, Shazeer 2020). 1 multiplication for each product, and what the activation takes.

        - glu

    gate: the activation: `gelu` for a GEGLU, `silu` a SwiGLU, `relu` a ReGLU, `identity` none
    """

    role = "activation"
    curve = "rectifier"
    flattening = "single"

    gate: Annotated[str, Choice(*GATES)] = "sigmoid"

    def output_shape(self, *inputs: Shape) -> Shape:
        channels, *sizes = inputs[0]
        if channels % 2:
            fact = f"`glu` halves the channels, got {channels}"
            raise ShapeError(fact, "a layer before it with twice as many", code="CNN404")
        return channels // 2, *sizes

    def ops(self, *inputs: Shape) -> Ops:
        half = self.output_shape(*inputs)
        gate = ACTIVATIONS[self.gate]().ops(half)
        return gate._replace(multiplications=gate.multiplications + prod(half))

    def kept(self, *inputs: Shape) -> tuple[Kept, ...]:
        """PyTorch's own takes the gate once more on its way back."""
        if self.gate in ("sigmoid", "identity"):
            return (kept_input(inputs[0]),)
        return kept_input(inputs[0]), Kept("gates", prod(self.output_shape(*inputs)))

    def across(self, *inputs: Shape) -> Across:
        channels = inputs[0][0]
        return Across((Reads(taps=range(0, channels, channels // 2), step=1),))

    def torch(self, *inputs: Shape) -> TorchModule:
        if self.gate == "sigmoid":
            return TorchModule("nn.GLU", {"dim": 1})
        return TorchModule("Glu", self.values(), positional=1)

    def arithmetic(self, *inputs: Shape) -> Arithmetic:
        return Arithmetic(f"{inputs[0][0]}/2")
