"""What activations make of one number."""

from __future__ import annotations

from collections.abc import Callable
from math import atan, erf, exp, log1p, sqrt, tanh
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
    "gelu": lambda x, layer: x / 2 * (1 + erf(x / sqrt(2))),
    "silu": lambda x, layer: x * logistic(x),
    "softplus": lambda x, layer: softplus(x, layer.beta),
    "hard_sigmoid": lambda x, layer: relu6(x + 3) / 6,
    "hard_swish": lambda x, layer: x * relu6(x + 3) / 6,
}


def curve_of(layer: Layer) -> Curve | None:
    """What a layer makes of each number by itself; None where it is no such layer."""
    return CURVES.get(layer.kind)
