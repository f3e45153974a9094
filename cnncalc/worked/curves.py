"""What activations make of one number."""

from __future__ import annotations

from collections.abc import Callable
from math import atan, copysign, erf, exp, inf, log, log1p, nan, pi, sqrt, tanh
from typing import Any

from cnncalc.layers.base import Layer

Curve = Callable[[float, Any], float]

SELU = 1.0507009873554804934193349852946, 1.6732632423543772848170429916717
"""Its scale and alpha (Klambauer 2017)."""


def logistic(x: float) -> float:
    """1 / (1 + exp(-x))."""
    return 1 / (1 + exp(-x)) if x >= 0 else 1 - 1 / (1 + exp(x))


def bent_exponential(x: float, alpha: float) -> float:
    """x above 0, alpha * (exp(x) - 1) below."""
    return x if x > 0 else alpha * (exp(x) - 1)


def softplus(x: float, beta: float) -> float:
    """log(1 + exp(beta * x)) / beta."""
    return max(x, 0.0) + log1p(exp(-abs(beta * x))) / beta


def gelu(x: float, approximate: str) -> float:
    """x/2 * (1 + erf(x / sqrt(2))), or with tanh for it."""
    if approximate == "tanh":
        return x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x**3)))
    return x / 2 * (1 + erf(x / sqrt(2)))


def shrunk(x: float, threshold: float) -> float:
    """x nearer to 0."""
    return copysign(max(abs(x) - threshold, 0.0), x)


def exponential(x: float) -> float:
    """e^x, infinite where it is too large for a number."""
    return exp(x) if x < LARGEST_POWER else inf


def logarithm(x: float) -> float:
    """Of 0 it is infinite, of what is less there is none."""
    if x > 0:
        return log(x)
    return nan if x < 0 else -inf


def root(x: float) -> float:
    """Of what is negative there is none."""
    return sqrt(x) if x >= 0 else nan


def reciprocal(x: float) -> float:
    """1 / x, infinite for 0."""
    return 1 / x if x else copysign(inf, x)


LARGEST_POWER = 709.0
"""Below it e^x is a number."""


def relu6(x: float) -> float:
    """min(max(0, x), 6)."""
    return min(max(0.0, x), 6.0)


CURVES: dict[str, Curve] = {
    "identity": lambda x, layer: x,
    "step": lambda x, layer: float(x >= 0),
    "sigmoid": lambda x, layer: logistic(x),
    "tanh": lambda x, layer: tanh(x),
    "arctan": lambda x, layer: atan(x),
    "relu": lambda x, layer: max(0.0, x),
    "relu6": lambda x, layer: relu6(x),
    "leaky_relu": lambda x, layer: x if x > 0 else layer.slope * x,
    "elu": lambda x, layer: bent_exponential(x, layer.alpha),
    "selu": lambda x, layer: SELU[0] * bent_exponential(x, SELU[1]),
    "gelu": lambda x, layer: gelu(x, layer.approximate),
    "silu": lambda x, layer: x * logistic(x),
    "softplus": lambda x, layer: softplus(x, layer.beta),
    "hard_sigmoid": lambda x, layer: relu6(x + 3) / 6,
    "hard_swish": lambda x, layer: x * relu6(x + 3) / 6,
    "hard_tanh": lambda x, layer: min(max(-1.0, x), 1.0),
    "softsign": lambda x, layer: x / (1 + abs(x)),
    "log_sigmoid": lambda x, layer: -softplus(-x, 1.0),
    "celu": lambda x, layer: bent_exponential(x / layer.alpha, 1.0) * layer.alpha,
    "mish": lambda x, layer: x * tanh(softplus(x, 1.0)),
    "quick_gelu": lambda x, layer: x * logistic(1.702 * x),
    "relu_squared": lambda x, layer: max(0.0, x) * max(0.0, x),
    "soft_shrink": lambda x, layer: shrunk(x, layer.threshold),
    "hard_shrink": lambda x, layer: x if abs(x) > layer.threshold else 0.0,
    "tanh_shrink": lambda x, layer: x - tanh(x),
    "threshold": lambda x, layer: x if x > layer.threshold else layer.value,
    "abs": lambda x, layer: abs(x),
    "square": lambda x, layer: x * x,
    "sqrt": lambda x, layer: root(x),
    "exp": lambda x, layer: exponential(x),
    "log": lambda x, layer: logarithm(x),
    "reciprocal": lambda x, layer: reciprocal(x),
}


def curve_of(layer: Layer) -> Curve | None:
    """What a layer makes of each number by itself; None where it is no such layer."""
    return CURVES.get(layer.kind)
