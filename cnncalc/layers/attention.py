"""Attention."""

from math import gcd, prod

from cnncalc.layers.base import (
    COLLAPSED,
    EVERY,
    LONGEST_CYCLE,
    STATISTICS,
    Across,
    Arithmetic,
    Axis,
    Kept,
    Layer,
    Ops,
    Shape,
    ShapeError,
    TorchModule,
    Weight,
    Window,
    kept_input,
    times,
)
from cnncalc.layers.conv import products
from cnncalc.layers.fields import Flag, Positive, arriving

OWN = Axis(1, 1, (range(1),))
"""The reads of an axis along which each place is by itself."""


def sequences(layer: Layer, shape: Shape) -> tuple[int, int, int]:
    """The features of sequences, how many there are side by side, and their steps. Raises
    ShapeError."""
    if len(shape) < 2:
        fact = f"`{layer.kind}` reads a sequence, features x steps, got {times(shape)}"
        raise ShapeError(fact, "an input of `1x16`, say")
    return shape[0], prod(shape[1:-1]), shape[-1]


def step_by_step(shape: Shape) -> Kept:
    """Sequences as they are kept step by step: a copy, unless their numbers lie so already."""
    features, *sides, steps = shape
    if steps == 1 and 1 in (features, prod(sides)):
        return kept_input(shape)
    return Kept("transposed", prod(shape))


class Attention(Layer, kind="attention"):
    """Self-attention of several heads over a sequence (Vaswani 2017): each step becomes a mean of
    all steps, weighed by softmax(q k / sqrt(d)). The steps are the last axis; what stands between
    them and the features, as the windows of a map do, is taken each by itself. MACs are those of
    the four projections and of the products q k and a v. Besides, for C features and T steps C*T
    multiplications for the scale, 4*C*T additions for the biases, and a softmax over T for each
    head and step. What `causal` leaves out is computed, as PyTorch counts it.

        - attention: 12

    heads: parts the features are split into, each with weights of its own
    bias: whether the projections have biases
    causal: whether a step attends to itself and those before it only
    """

    role = "sequence"
    curve = "squashing"

    heads: Positive
    bias: Flag = True
    causal: Flag = False

    def output_shape(self, *inputs: Shape) -> Shape:
        features, _, _ = sequences(self, inputs[0])
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
        features, groups, steps = sequences(self, inputs[0])
        values = features * steps
        weighing = Ops(exponentials=steps, additions=steps - 1, divisions=steps)
        each = weighing.scaled(self.heads * steps).plus(
            Ops(
                macs=4 * features * values + 2 * steps * values,
                additions=4 * values if self.bias else 0,
                multiplications=values,
            )
        )
        return each.scaled(groups)

    def kept(self, *inputs: Shape) -> tuple[Kept, ...]:
        """Queries, keys and values; what they become, and for each step the logarithm of the sum
        that softmax divides by. So do fused kernels; without one, all scores are kept."""
        values = prod(inputs[0])
        sums = Kept("sums", self.heads * prod(inputs[0][1:]))
        return step_by_step(inputs[0]), Kept("projected", 3 * values), Kept("mixed", values), sums

    def connections(self, *inputs: Shape) -> int:
        features = inputs[0][0]
        return 4 * prod(inputs[0]) * (features + (1 if self.bias else 0))

    def window(self, *inputs: Shape) -> Window:
        _, groups, steps = sequences(self, inputs[0])
        if groups == 1 and not self.causal:
            return STATISTICS
        if self.causal:
            return Window((*(OWN for _ in inputs[0][1:-1]), Axis(1, 1, (range(1 - steps, 1),))))
        if steps > LONGEST_CYCLE:
            return COLLAPSED
        return Window(
            (*(OWN for _ in inputs[0][1:-1]), Axis(steps, steps, (range(steps),) * steps))
        )

    def across(self, *inputs: Shape) -> Across:
        return EVERY

    def torch(self, *inputs: Shape) -> TorchModule:
        arguments = {"embed_dim": inputs[0][0], "num_heads": self.heads, "bias": self.bias}
        if self.causal:
            arguments["causal"] = True
        return TorchModule("Attention", arguments)

    def arithmetic(self, *inputs: Shape) -> Arithmetic:
        features, groups, steps = sequences(self, inputs[0])
        projected = products(steps, features, features)
        weighed = products(steps, steps, features)
        macs = f"4 * {projected} + 2 * {weighed}"
        return Arithmetic(macs=f"{groups} * ({macs})" if groups > 1 else macs)
