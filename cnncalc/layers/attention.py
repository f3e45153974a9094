"""Attention."""

from math import gcd

from cnncalc.layers.base import (
    EVERY,
    STATISTICS,
    Across,
    Arithmetic,
    Kept,
    Layer,
    Ops,
    Shape,
    ShapeError,
    TorchModule,
    Weight,
    Window,
)
from cnncalc.layers.conv import products
from cnncalc.layers.fields import Flag, Positive, arriving
from cnncalc.layers.sequence import sequence, transposed


class Attention(Layer, kind="attention"):
    """Self-attention of several heads over a sequence (Vaswani 2017): each step becomes a mean of
    all steps, weighed by softmax(q k / sqrt(d)). MACs are those of the four projections and of the
    products q k and a v. Besides, for C features and T steps C*T multiplications for the scale,
    4*C*T additions for the biases, and a softmax over T for each head and step.

        - attention: 12

    heads: parts the features are split into, each with weights of its own
    bias: whether the projections have biases
    """

    role = "sequence"
    curve = "squashing"

    heads: Positive
    bias: Flag = True

    def output_shape(self, *inputs: Shape) -> Shape:
        features, _ = sequence(self, inputs[0])
        if features % self.heads:
            fact = f"{self.heads} heads do not divide {arriving(features, 'feature')}"
            hint = f"`heads: {gcd(features, self.heads)}`"
            raise ShapeError(fact, hint, field="heads", code="CNN404")
        return inputs[0]

    def weights(self, *inputs: Shape) -> tuple[Weight, ...]:
        features = inputs[0][0]
        read = Weight("in_proj_weight", (3 * features, features))
        written = Weight("out_proj.weight", (features, features))
        if not self.bias:
            return read, written
        biases = Weight("in_proj_bias", (3 * features,)), Weight("out_proj.bias", (features,))
        return read, biases[0], written, biases[1]

    def ops(self, *inputs: Shape) -> Ops:
        features, steps = inputs[0]
        values = features * steps
        weighing = Ops(exponentials=steps, additions=steps - 1, divisions=steps)
        return weighing.scaled(self.heads * steps).plus(
            Ops(
                macs=4 * features * values + 2 * steps * values,
                additions=4 * values if self.bias else 0,
                multiplications=values,
            )
        )

    def kept(self, *inputs: Shape) -> tuple[Kept, ...]:
        """Queries, keys and values; what they become, and for each step the logarithm of the sum
        that softmax divides by. So do fused kernels; without one, all scores are kept."""
        features, steps = inputs[0]
        values = features * steps
        sums = Kept("sums", self.heads * steps)
        return transposed(inputs[0]), Kept("projected", 3 * values), Kept("mixed", values), sums

    def connections(self, *inputs: Shape) -> int:
        features, steps = inputs[0]
        return 4 * steps * features * (features + (1 if self.bias else 0))

    def window(self, *inputs: Shape) -> Window:
        return STATISTICS

    def across(self, *inputs: Shape) -> Across:
        return EVERY

    def torch(self, *inputs: Shape) -> TorchModule:
        arguments = {"embed_dim": inputs[0][0], "num_heads": self.heads, "bias": self.bias}
        return TorchModule("Attention", arguments)

    def arithmetic(self, *inputs: Shape) -> Arithmetic:
        features, steps = inputs[0]
        projected = products(steps, features, features)
        weighed = products(steps, steps, features)
        return Arithmetic(macs=f"4 * {projected} + 2 * {weighed}")
