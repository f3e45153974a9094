"""What the longer of the activations make of one number."""

from __future__ import annotations

from math import copysign, erf, exp, inf, log, log1p, nan, pi, sqrt, tanh

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
    return max(x, 0.0) + log1p(exp(-abs(beta * x))) * reciprocal(beta)


def gelu(x: float, approximate: str) -> float:
    """x/2 * (1 + erf(x / sqrt(2))), or with tanh for it."""
    if approximate == "tanh":
        return x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x * x * x)))
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
