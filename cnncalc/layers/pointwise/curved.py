"""The curves of activations and of maths without weights, a row for each."""

from collections.abc import Callable
from math import atan, inf, pi, tanh
from typing import Any

from cnncalc.layers.base import Cast, Curve, Kept, Ops, Stage, kept_input
from cnncalc.layers.fields import NonNegativeNumber, Number, PositiveNumber
from cnncalc.layers.pointwise.bends import (
    SELU,
    bent_exponential,
    exponential,
    logarithm,
    logistic,
    reciprocal,
    relu6,
    root,
    shrunk,
    softplus,
)
from cnncalc.layers.stages import added, divided, several, squared
from cnncalc.records import NamedTuple


class OwnField(NamedTuple):
    """The field of an activation that has one, and what PyTorch calls it; both have one
    default."""

    name: str
    torch: str
    default: float
    doc: str
    type: Any = Number


class Curved(NamedTuple):
    """An activation: its formula, its PyTorch class and what one value costs.

    curve, steepest, limits, clamps, cast: see `Layer`
    bent: what it makes of one number, with the layer's own field
    keeps: what its slope is computed from: `input`, `output`, or the names of tensors of its own
    behind: numbers that its backward takes for each value, beside gradients
    stages: of several operations, each as it is for one value
    """

    kind: str
    module: str
    cost: Ops
    fact: str
    curve: Curve
    bent: Callable[[float, Any], float]
    parameter: OwnField | None = None
    keeps: tuple[str, ...] = ("input",)
    steepest: float = 0.0
    behind: int = 0
    stages: tuple[Stage, ...] = ()
    limits: tuple[float, float] | None = None
    clamps: bool = False
    cast: Cast = ""


READ = kept_input((1,))
OUTPUT = Kept("output", 1)

SLOPE = OwnField("slope", "negative_slope", 0.01, "factor below 0")
ALPHA = OwnField("alpha", "alpha", 1.0, "what it falls to, negative")
POSITIVE_ALPHA = ALPHA._replace(type=PositiveNumber)
BETA = OwnField("beta", "beta", 1.0, "how sharply it bends")
SHRINKING = OwnField("threshold", "lambd", 0.5, "how far from 0 it reaches", NonNegativeNumber)

ROWS = (
    Curved("identity", "nn.Identity", Ops(), "x itself.", "", keeps=(), bent=lambda x, layer: x),
    Curved(
        "step",
        "Step",
        Ops(comparisons=1),
        "0 below 0, else 1.",
        "squashing",
        keeps=(),
        stages=(
            Stage(Kept("above", 1, width=1), blind=True, alike=True),
            Stage(Kept("output", 1), ("above",), alike=True),
        ),
        limits=(0, 1),
        bent=lambda x, layer: float(x >= 0),
    ),
    Curved(
        "sigmoid",
        "nn.Sigmoid",
        Ops(exponentials=1, additions=1, divisions=1),
        "The logistic function, 1 / (1 + exp(-x)).",
        "squashing",
        keeps=("output",),
        steepest=1 / 4,
        limits=(0, 1),
        bent=lambda x, layer: logistic(x),
    ),
    Curved(
        "tanh",
        "nn.Tanh",
        Ops(exponentials=1),
        "The hyperbolic tangent, from -1 to 1.",
        "squashing",
        keeps=("output",),
        steepest=1.0,
        limits=(-1, 1),
        bent=lambda x, layer: tanh(x),
    ),
    Curved(
        "arctan",
        "Arctan",
        Ops(exponentials=1),
        "The arc tangent, from -pi/2 to pi/2.",
        "squashing",
        steepest=1.0,
        behind=2,
        limits=(-pi / 2, pi / 2),
        bent=lambda x, layer: atan(x),
    ),
    Curved(
        "relu",
        "nn.ReLU",
        Ops(comparisons=1),
        "max(0, x).",
        "rectifier",
        keeps=("output",),
        limits=(0, inf),
        bent=lambda x, layer: max(0.0, x),
        clamps=True,
    ),
    Curved(
        "relu6",
        "nn.ReLU6",
        Ops(comparisons=2),
        "min(max(0, x), 6).",
        "rectifier",
        limits=(0, 6),
        bent=lambda x, layer: relu6(x),
        clamps=True,
    ),
    Curved(
        "leaky_relu",
        "nn.LeakyReLU",
        Ops(comparisons=1, multiplications=1),
        "x above 0, slope * x below.",
        "rectifier",
        parameter=SLOPE,
        bent=lambda x, layer: x if x > 0 else layer.slope * x,
    ),
    Curved(
        "elu",
        "nn.ELU",
        Ops(comparisons=1, exponentials=1, additions=1, multiplications=1),
        "x above 0, alpha * (exp(x) - 1) below.",
        "rectifier",
        parameter=ALPHA,
        bent=lambda x, layer: bent_exponential(x, layer.alpha),
    ),
    Curved(
        "selu",
        "nn.SELU",
        Ops(comparisons=1, exponentials=1, additions=1, multiplications=2),
        "scale * x above 0, scale * alpha * (exp(x) - 1) below, with scale 1.0507, alpha 1.6733.",
        "squashing",
        bent=lambda x, layer: SELU[0] * bent_exponential(x, SELU[1]),
    ),
    Curved(
        "silu",
        "nn.SiLU",
        Ops(exponentials=1, additions=1, divisions=1),
        "Swish, x / (1 + exp(-x)).",
        "rectifier",
        bent=lambda x, layer: x * logistic(x),
    ),
    Curved(
        "softplus",
        "nn.Softplus",
        Ops(exponentials=2, additions=1, multiplications=1, divisions=1),
        "log(1 + exp(beta * x)) / beta.",
        "rectifier",
        parameter=BETA,
        limits=(0, inf),
        cast="full",
        bent=lambda x, layer: softplus(x, layer.beta),
    ),
    Curved(
        "hard_sigmoid",
        "nn.Hardsigmoid",
        Ops(comparisons=2, additions=1, divisions=1),
        "relu6(x + 3) / 6.",
        "squashing",
        steepest=1 / 6,
        limits=(0, 1),
        bent=lambda x, layer: relu6(x + 3) / 6,
    ),
    Curved(
        "hard_swish",
        "nn.Hardswish",
        Ops(comparisons=2, additions=1, divisions=1, multiplications=1),
        "x * relu6(x + 3) / 6.",
        "rectifier",
        bent=lambda x, layer: x * relu6(x + 3) / 6,
    ),
    Curved(
        "hard_tanh",
        "nn.Hardtanh",
        Ops(comparisons=2),
        "min(max(-1, x), 1).",
        "squashing",
        steepest=1.0,
        limits=(-1, 1),
        bent=lambda x, layer: min(max(-1.0, x), 1.0),
        clamps=True,
    ),
    Curved(
        "softsign",
        "nn.Softsign",
        Ops(comparisons=1, additions=1, divisions=1),
        "x / (1 + abs(x)).",
        "squashing",
        keeps=("input", "divisors"),
        steepest=1.0,
        stages=(
            Stage(Kept("sizes", 1), keeps=(READ,), behind=several(1, 1)),
            added(Kept("bound", 1), "sizes"),
            divided(OUTPUT, "input", "bound", (READ, Kept("bound", 1))),
        ),
        limits=(-1, 1),
        bent=lambda x, layer: x / (1 + abs(x)),
    ),
    Curved(
        "log_sigmoid",
        "nn.LogSigmoid",
        Ops(exponentials=2, additions=1),
        "-log(1 + exp(-x)).",
        "rectifier",
        keeps=("input", "powers"),
        stages=(
            Stage(OUTPUT, keeps=(READ, Kept("powers", 1)), alike=True, device="cpu"),
            Stage(OUTPUT, keeps=(READ,), alike=True, device="cuda"),
        ),
        limits=(-inf, 0),
        bent=lambda x, layer: -softplus(-x, 1.0),
    ),
    Curved(
        "celu",
        "nn.CELU",
        Ops(comparisons=1, exponentials=1, additions=1, multiplications=1, divisions=1),
        "x above 0, alpha * (exp(x / alpha) - 1) below.",
        "rectifier",
        parameter=POSITIVE_ALPHA,
        bent=lambda x, layer: bent_exponential(x / layer.alpha, 1.0) * layer.alpha,
    ),
    Curved(
        "mish",
        "nn.Mish",
        Ops(exponentials=3, additions=1, multiplications=1),
        "x * tanh(log(1 + exp(x))).",
        "rectifier",
        bent=lambda x, layer: x * tanh(softplus(x, 1.0)),
    ),
    Curved(
        "quick_gelu",
        "QuickGelu",
        Ops(exponentials=1, additions=1, multiplications=1, divisions=1),
        "x / (1 + exp(-1.702 * x)).",
        "rectifier",
        keeps=("input", "slopes"),
        stages=(
            Stage(Kept("scaled", 1)),
            Stage(Kept("gate", 1), ("scaled",), (Kept("gate", 1),)),
            Stage(OUTPUT, ("input", "gate"), (READ, Kept("gate", 1))),
        ),
        bent=lambda x, layer: x * logistic(1.702 * x),
    ),
    Curved(
        "relu_squared",
        "ReluSquared",
        Ops(comparisons=1, multiplications=1),
        "max(0, x)^2.",
        "rectifier",
        keeps=("rectified",),
        stages=(
            Stage(Kept("rectified", 1), keeps=(Kept("rectified", 1),)),
            squared(OUTPUT, "rectified", Kept("rectified", 1)),
        ),
        limits=(0, inf),
        bent=lambda x, layer: max(0.0, x) * max(0.0, x),
    ),
    Curved(
        "soft_shrink",
        "nn.Softshrink",
        Ops(comparisons=2, additions=1),
        "x nearer to 0 by the threshold, and 0 where it would pass it.",
        "squashing",
        parameter=SHRINKING,
        bent=lambda x, layer: shrunk(x, layer.threshold),
    ),
    Curved(
        "hard_shrink",
        "nn.Hardshrink",
        Ops(comparisons=2),
        "x, and 0 where it is no further from 0 than the threshold.",
        "squashing",
        parameter=SHRINKING,
        bent=lambda x, layer: x if abs(x) > layer.threshold else 0.0,
    ),
    Curved(
        "tanh_shrink",
        "nn.Tanhshrink",
        Ops(exponentials=1, additions=1),
        "x - tanh(x).",
        "squashing",
        keeps=("tangents",),
        stages=(
            Stage(Kept("bent", 1), keeps=(Kept("bent", 1),)),
            Stage(OUTPUT, ("input", "bent"), handed=("input",)),
        ),
        bent=lambda x, layer: x - tanh(x),
    ),
    Curved(
        "abs",
        "Abs",
        Ops(comparisons=1),
        "x without its sign.",
        "",
        behind=1,
        limits=(0, inf),
        bent=lambda x, layer: abs(x),
    ),
    Curved(
        "square",
        "Square",
        Ops(multiplications=1),
        "x^2.",
        "",
        behind=2,
        limits=(0, inf),
        cast="full",
        bent=lambda x, layer: x * x,
    ),
    Curved(
        "sqrt",
        "Sqrt",
        Ops(powers=1),
        "The root of x.",
        "",
        keeps=("output",),
        behind=1,
        limits=(0, inf),
        bent=lambda x, layer: root(x),
    ),
    Curved(
        "exp",
        "Exp",
        Ops(exponentials=1),
        "e^x.",
        "",
        keeps=("output",),
        limits=(0, inf),
        cast="full",
        bent=lambda x, layer: exponential(x),
    ),
    Curved(
        "log",
        "Log",
        Ops(exponentials=1),
        "The natural logarithm of x.",
        "",
        cast="full",
        bent=lambda x, layer: logarithm(x),
    ),
    Curved(
        "reciprocal",
        "Reciprocal",
        Ops(divisions=1),
        "1 / x.",
        "",
        keeps=("output",),
        behind=2,
        cast="full",
        bent=lambda x, layer: reciprocal(x),
    ),
)
