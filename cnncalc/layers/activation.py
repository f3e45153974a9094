"""Activations: most are rows of one table."""

from math import prod
from typing import Annotated, ClassVar, Literal, NamedTuple

from cnncalc.layers.base import (
    EVERY,
    OWN,
    Across,
    Curve,
    Kept,
    Layer,
    Ops,
    Shape,
    TorchModule,
    Weight,
    kept_input,
    kept_output,
)
from cnncalc.layers.fields import Choice, Flag, Number


class OwnField(NamedTuple):
    """The field of an activation that has one, and what PyTorch calls it; both have one
    default."""

    name: str
    torch: str
    default: float
    doc: str


class Curved(NamedTuple):
    """An activation: its formula, its PyTorch class and what one value costs.

    curve, steepest: see `Layer`
    keeps: what its slope is computed from
    """

    kind: str
    module: str
    cost: Ops
    fact: str
    curve: Curve
    parameter: OwnField | None = None
    keeps: Literal["input", "output", ""] = "input"
    steepest: float = 0.0


SLOPE = OwnField("slope", "negative_slope", 0.01, "factor below 0")
ALPHA = OwnField("alpha", "alpha", 1.0, "what it falls to, negative")
BETA = OwnField("beta", "beta", 1.0, "how sharply it bends")

ROWS = (
    Curved("identity", "nn.Identity", Ops(), "x itself.", "", keeps=""),
    Curved("step", "Step", Ops(comparisons=1), "0 below 0, else 1.", "squashing", keeps=""),
    Curved(
        "sigmoid",
        "nn.Sigmoid",
        Ops(exponentials=1, additions=1, divisions=1),
        "The logistic function, 1 / (1 + exp(-x)).",
        "squashing",
        keeps="output",
        steepest=1 / 4,
    ),
    Curved(
        "tanh",
        "nn.Tanh",
        Ops(exponentials=1),
        "The hyperbolic tangent, from -1 to 1.",
        "squashing",
        keeps="output",
        steepest=1.0,
    ),
    Curved(
        "arctan",
        "Arctan",
        Ops(exponentials=1),
        "The arc tangent, from -pi/2 to pi/2.",
        "squashing",
        steepest=1.0,
    ),
    Curved("relu", "nn.ReLU", Ops(comparisons=1), "max(0, x).", "rectifier", keeps="output"),
    Curved("relu6", "nn.ReLU6", Ops(comparisons=2), "min(max(0, x), 6).", "rectifier"),
    Curved(
        "leaky_relu",
        "nn.LeakyReLU",
        Ops(comparisons=1, multiplications=1),
        "x above 0, slope * x below.",
        "rectifier",
        SLOPE,
    ),
    Curved(
        "elu",
        "nn.ELU",
        Ops(comparisons=1, exponentials=1, additions=1, multiplications=1),
        "x above 0, alpha * (exp(x) - 1) below.",
        "rectifier",
        ALPHA,
    ),
    Curved(
        "selu",
        "nn.SELU",
        Ops(comparisons=1, exponentials=1, additions=1, multiplications=2),
        "scale * x above 0, scale * alpha * (exp(x) - 1) below, with scale 1.0507, alpha 1.6733.",
        "squashing",
    ),
    Curved(
        "gelu",
        "nn.GELU",
        Ops(exponentials=1, additions=1, multiplications=3),
        "x/2 * (1 + erf(x / sqrt(2))).",
        "rectifier",
    ),
    Curved(
        "silu",
        "nn.SiLU",
        Ops(exponentials=1, additions=1, divisions=1),
        "Swish, x / (1 + exp(-x)).",
        "rectifier",
    ),
    Curved(
        "softplus",
        "nn.Softplus",
        Ops(exponentials=2, additions=1, multiplications=1, divisions=1),
        "log(1 + exp(beta * x)) / beta.",
        "rectifier",
        BETA,
    ),
    Curved(
        "hard_sigmoid",
        "nn.Hardsigmoid",
        Ops(comparisons=2, additions=1, divisions=1),
        "relu6(x + 3) / 6.",
        "squashing",
        steepest=1 / 6,
    ),
    Curved(
        "hard_swish",
        "nn.Hardswish",
        Ops(comparisons=2, additions=1, divisions=1, multiplications=1),
        "x * relu6(x + 3) / 6.",
        "rectifier",
    ),
)


class Pointwise(Layer):
    """An activation of the table."""

    flattening = "any"

    row: ClassVar[Curved]

    def ops(self, *inputs: Shape) -> Ops:
        return self.row.cost.scaled(prod(inputs[0]))

    def kept(self, *inputs: Shape) -> tuple[Kept, ...]:
        if not self.row.keeps:
            return ()
        return (kept_input(inputs[0]) if self.row.keeps == "input" else kept_output(inputs[0]),)

    def across(self, *inputs: Shape) -> Across:
        return OWN

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
        "view": passes,
        "passes": passes,
        "__doc__": f"{row.fact}\n\n- {row.kind}\n",
    }
    if row.parameter:
        name, _, default, doc = row.parameter
        body["__doc__"] = f"{row.fact}\n\n- {row.kind}: {default}\n\n{name}: {doc}\n"
        body |= {"__annotations__": {name: Number}, name: default}
    layer: type[Layer] = type(row.kind.title().replace("_", ""), (Pointwise,), body, kind=row.kind)
    return layer


class PRelu(Layer, kind="prelu"):
    """x above 0, a trained slope times x below. 1 comparison and 1 multiplication for each value.

        - prelu

    init: what the slopes start from
    shared: whether all channels have one slope; else each has its own
    """

    role = "activation"
    curve = "rectifier"
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

    def torch(self, *inputs: Shape) -> TorchModule:
        slopes = 1 if self.shared else inputs[0][0]
        return TorchModule("nn.PReLU", {"num_parameters": slopes, "init": self.init})


class Softmax(Layer, kind="softmax"):
    """exp(x) over its sum, along the channels at each position. For C channels C exponentials,
    C-1 additions and C divisions.

    - softmax
    """

    role = "activation"
    curve = "squashing"
    flattening = "single"
    gives = "probabilities"

    def ops(self, *inputs: Shape) -> Ops:
        channels, *sizes = inputs[0]
        position = Ops(exponentials=channels, additions=channels - 1, divisions=channels)
        return position.scaled(prod(sizes))

    def kept(self, *inputs: Shape) -> tuple[Kept, ...]:
        return (kept_output(inputs[0]),)

    def across(self, *inputs: Shape) -> Across:
        return EVERY

    def torch(self, *inputs: Shape) -> TorchModule:
        return TorchModule("nn.Softmax", {"dim": 1})


class LogSoftmax(Layer, kind="log_softmax"):
    """x - log(sum of exp(x)), along the channels at each position. For C channels C+1 exponentials
    and logarithms, and 2C-1 additions.

    - log_softmax
    """

    role = "activation"
    curve = "squashing"
    flattening = "single"

    def ops(self, *inputs: Shape) -> Ops:
        channels, *sizes = inputs[0]
        return Ops(exponentials=channels + 1, additions=2 * channels - 1).scaled(prod(sizes))

    def kept(self, *inputs: Shape) -> tuple[Kept, ...]:
        return (kept_output(inputs[0]),)

    def across(self, *inputs: Shape) -> Across:
        return EVERY

    def torch(self, *inputs: Shape) -> TorchModule:
        return TorchModule("nn.LogSoftmax", {"dim": 1})


BARE_WORDS: tuple[type[Layer], ...] = (*map(layer_of, ROWS), PRelu, Softmax, LogSoftmax)
ACTIVATIONS = {layer.kind: layer for layer in BARE_WORDS}


class Activation(Layer, kind="activation"):
    """The activation of that name, with its defaults: so a block can take it as an argument.

        - activation: hard_swish

    kind: one of the activations
    """

    role = "activation"

    kind: Annotated[str, Choice(*ACTIVATIONS)]  # type: ignore[misc]

    def resolve(self) -> Layer:
        return ACTIVATIONS[self.kind]()
