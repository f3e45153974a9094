"""Fully connected layers."""

from cnncalc.layers.base import (
    EVERY,
    EVERYTHING,
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
    kept_input,
    times,
)
from cnncalc.layers.conv import normed, weights
from cnncalc.layers.fields import Flag, Positive


class Linear(Layer, kind="linear"):
    """Fully connected: every unit is a dot product with the whole input, plus a bias.

        - linear: 10

    units: number of units, the output's length
    bias: whether each unit has a bias
    weight_norm: whether the weight is kept as direction and length (Salimans & Kingma 2016)
    """

    role = "weighted"

    units: Positive
    bias: Flag = True
    weight_norm: Flag = False

    @property
    def drawn(self) -> bool:
        return not self.weight_norm

    def output_shape(self, *inputs: Shape) -> Shape:
        if len(inputs[0]) != 1:
            fact = f"`linear` reads a vector, got {times(inputs[0])}"
            raise ShapeError(fact, self._remedy(inputs[0]))
        return (self.units,)

    def _remedy(self, shape: Shape) -> str:
        """What makes a vector of a map; of a sequence, the same at each step is a convolution."""
        if len(shape) == 2:
            each = f"`conv: {{filters: {self.units}, kernel: 1}}` does so at each step"
            return f"{each}; `slice`, `flatten` or `global_avg_pool` leave one vector"
        return "add `flatten` or `global_avg_pool` before it"

    def weights(self, *inputs: Shape) -> tuple[Weight, ...]:
        return weights((self.units, inputs[0][0]), self.units, self.bias, self.weight_norm)

    def ops(self, *inputs: Shape) -> Ops:
        macs = self.units * inputs[0][0]
        return Ops(macs=macs, additions=self.units if self.bias else 0)

    def kept(self, *inputs: Shape) -> tuple[Kept, ...]:
        read = kept_input(inputs[0])
        if not self.weight_norm:
            return (read,)
        weight, norms = normed(self.weights(*inputs))
        return read, weight._replace(gradient_of=(0,)), norms

    def window(self, *inputs: Shape) -> Window:
        return EVERYTHING

    def across(self, *inputs: Shape) -> Across:
        return EVERY

    def torch(self, *inputs: Shape) -> TorchModule:
        arguments = {"in_features": inputs[0][0], "out_features": self.units, "bias": self.bias}
        return TorchModule(
            "nn.Linear",
            arguments,
            weight_norm=self.weight_norm,
            positional=2,
            defaults={"bias": True},
        )

    def arithmetic(self, *inputs: Shape) -> Arithmetic:
        return Arithmetic(str(self.units), macs=f"{self.units} * {inputs[0][0]}")
