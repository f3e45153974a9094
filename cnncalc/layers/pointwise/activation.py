"""Activations: most are rows of one table."""

from collections.abc import Iterator, Mapping
from functools import partial
from math import prod
from typing import Annotated, ClassVar

from cnncalc.layers import LAYERS
from cnncalc.layers.base import (
    OWN,
    Across,
    Kept,
    Layer,
    Ops,
    Shape,
    Stage,
    TorchModule,
    Weight,
    kept_input,
    kept_output,
    later_kind,
)
from cnncalc.layers.fields import Choice, Flag, Number
from cnncalc.layers.pointwise.bends import gelu
from cnncalc.layers.pointwise.curved import ROWS, Curved
from cnncalc.layers.stages import several, times_of


def kept_as(name: str, shape: Shape) -> Kept:
    """A tensor of that shape: the input, the output, or one of its own of that name."""
    if name == "input":
        return kept_input(shape)
    return kept_output(shape) if name == "output" else Kept(name, prod(shape))


class Pointwise(Layer):
    """An activation of the table."""

    flattening = "any"
    working = "curve"

    same_layout = True

    row: ClassVar[Curved]

    def bent(self, x: float) -> float:
        return self.row.bent(x, self)

    def ops(self, *inputs: Shape) -> Ops:
        return self.row.cost.scaled(prod(inputs[0]))

    def kept(self, *inputs: Shape) -> tuple[Kept, ...]:
        return tuple(kept_as(name, inputs[0]) for name in self.row.keeps)

    def across(self, *inputs: Shape) -> Across:
        return OWN

    def behind(self, *inputs: Shape) -> tuple[Kept, ...]:
        return several(prod(inputs[0]), self.row.behind)

    def stages(self, *inputs: Shape) -> tuple[Stage, ...]:
        if not self.row.stages:
            return super().stages(*inputs)
        each = (times_of(stage, prod(inputs[0])) for stage in self.row.stages)
        return tuple(stage._replace(alike=True) for stage in each)

    def torch(self, *inputs: Shape) -> TorchModule:
        parameter = self.row.parameter
        if parameter is None:
            return TorchModule(self.row.module)
        arguments = {parameter.torch: getattr(self, parameter.name)}
        return TorchModule(
            self.row.module, arguments, defaults={parameter.torch: parameter.default}
        )


def layer_of(row: Curved) -> type[Layer]:
    """The layer kind of a row."""
    passes = row.module == "nn.Identity"
    body: dict[str, object] = {
        "row": row,
        "role": "move" if passes else "activation",
        "curve": row.curve,
        "steepest": row.steepest,
        "limits": row.limits,
        "clamps": row.clamps,
        "cast": row.cast,
        "view": passes,
        "passes": passes,
        "__doc__": f"{row.fact}\n\n- {row.kind}\n",
    }
    if row.parameter:
        name, _, default, doc, wanted = row.parameter
        body["__doc__"] = f"{row.fact}\n\n- {row.kind}: {default}\n\n{name}: {doc}\n"
        body |= {"__annotations__": {name: wanted}, name: default}
    layer: type[Layer] = type(row.kind.title().replace("_", ""), (Pointwise,), body, kind=row.kind)
    return layer


class PRelu(Layer, kind="prelu"):
    """x above 0, a trained slope times x below. 1 comparison and 1 multiplication for each value.

        - prelu

    init: what the slopes start from
    shared: whether all channels have one slope; else each has its own
    """

    same_layout = True
    role = "activation"
    curve = "rectifier"
    cast = "half"
    one_backward = True
    flattening = "single"

    init: Number = 0.25
    shared: Flag = True

    def weights(self, *inputs: Shape) -> tuple[Weight, ...]:
        return (Weight("weight", (1,) if self.shared else inputs[0][:1]),)

    def ops(self, *inputs: Shape) -> Ops:
        return Ops(comparisons=1, multiplications=1).scaled(prod(inputs[0]))

    def kept(self, *inputs: Shape) -> tuple[Kept, ...]:
        return (kept_input(inputs[0]),)

    def connections(self, *inputs: Shape) -> int:
        return prod(inputs[0])

    def across(self, *inputs: Shape) -> Across:
        return OWN

    def behind(self, *inputs: Shape) -> tuple[Kept, ...]:
        """The gradient of each value's slope, before they are summed."""
        return several(prod(inputs[0]), 1)

    def stages(self, *inputs: Shape) -> tuple[Stage, ...]:
        return (super().stages(*inputs)[0]._replace(together=(0,)),)

    def torch(self, *inputs: Shape) -> TorchModule:
        slopes = 1 if self.shared else inputs[0][0]
        return TorchModule("nn.PReLU", {"num_parameters": slopes, "init": self.init})


class Gelu(Layer, kind="gelu"):
    """x/2 * (1 + erf(x / sqrt(2))). 1 exponential, 1 addition and 3 multiplications for each
    value; by `tanh` 1, 2 and 6.

        - gelu

    approximate: `tanh`: x/2 * (1 + tanh(sqrt(2/pi) * (x + 0.044715 * x^3))); or `none`
    """

    same_layout = True
    role = "activation"
    curve = "rectifier"
    flattening = "any"
    working = "curve"

    approximate: Annotated[str, Choice("none", "tanh")] = "none"
    costs: ClassVar[Mapping[str, Ops]] = {
        "none": Ops(exponentials=1, additions=1, multiplications=3),
        "tanh": Ops(exponentials=1, additions=2, multiplications=6),
    }

    def bent(self, x: float) -> float:
        return gelu(x, self.approximate)

    def ops(self, *inputs: Shape) -> Ops:
        return self.costs[self.approximate].scaled(prod(inputs[0]))

    def kept(self, *inputs: Shape) -> tuple[Kept, ...]:
        return (kept_input(inputs[0]),)

    def across(self, *inputs: Shape) -> Across:
        return OWN

    def torch(self, *inputs: Shape) -> TorchModule:
        return TorchModule("nn.GELU", self.values(), defaults={"approximate": "none"})


class Threshold(Layer, kind="threshold"):
    """x above a threshold, else a fixed value. 1 comparison for each value.

        - threshold: 1.0

    threshold: what x must be larger than
    value: what it is else
    """

    same_layout = True
    role = "activation"
    curve = "rectifier"
    flattening = "any"
    working = "curve"

    threshold: Number = 1.0
    value: Number = 0.0

    def bent(self, x: float) -> float:
        return x if x > self.threshold else self.value

    def ops(self, *inputs: Shape) -> Ops:
        return Ops(comparisons=prod(inputs[0]))

    def kept(self, *inputs: Shape) -> tuple[Kept, ...]:
        return (kept_input(inputs[0]),)

    def across(self, *inputs: Shape) -> Across:
        return OWN

    def torch(self, *inputs: Shape) -> TorchModule:
        return TorchModule("nn.Threshold", self.values(), positional=2)


for _row in ROWS:
    later_kind(_row.kind, partial(layer_of, _row))


class Activations(Mapping[str, type[Layer]]):
    """What bends, by kind."""

    kinds = (*(row.kind for row in ROWS), "gelu", "threshold", "prelu", "softmax", "log_softmax")

    def __getitem__(self, kind: str) -> type[Layer]:
        if kind not in self.kinds:
            raise KeyError(kind)
        return LAYERS[kind]

    def __iter__(self) -> Iterator[str]:
        return iter(self.kinds)

    def __len__(self) -> int:
        return len(self.kinds)


ACTIVATIONS = Activations()


class Activation(Layer, kind="activation"):
    """The activation of that name, with its defaults: so a block can take it as an argument.

        - activation: hard_swish

    kind: one of the activations
    """

    role = "activation"

    kind: Annotated[str, Choice(*ACTIVATIONS)]  # type: ignore[misc]

    def resolve(self) -> Layer:
        return ACTIVATIONS[self.kind]()
