"""Weights that are computed from others whenever they are used."""

from collections.abc import Iterator
from math import prod

from cnncalc.layers.base import (
    Kept,
    Layer,
    Problem,
    Stage,
    Weight,
)
from cnncalc.layers.stages import several

WAYS = ("weight_norm", "spectral_norm", "weight_standardization")
"""The fields that ask for it, called after PyTorch's functions, where it has them."""

WHERE = "parametrizations.weight"
"""Where PyTorch keeps what a weight is computed from."""


def way(layer: Layer) -> str:
    """How the weight of a layer is computed; empty where it is learned as it is."""
    return next((name for name in WAYS if layer.values().get(name)), "")


def wrapper(layer: Layer) -> str:
    """The function of PyTorch's that the module passes through; none for what it lacks."""
    return way(layer).replace("weight_standardization", "")


def check_ways(layer: Layer) -> Iterator[Problem]:
    """A weight is computed in one way."""
    first, *others = [name for name in WAYS if layer.values().get(name)] or [""]
    for other in others:
        yield Problem(other, f"the weight has `{first}` already", "one of the two")


def weights(
    layer: Layer, shape: tuple[int, ...], units: int, bias: bool = False, units_on: int = 0
) -> tuple[Weight, ...]:
    """Weight and bias of a layer; where PyTorch computes the weight, the bias first, then what that
    takes: of weight norm length and direction, of spectral norm the weight as it is learned, and
    the two vectors that come ever closer to those of its largest singular value.

    units_on: the axis of the weight that the units are on
    """
    biases = (Weight("bias", (units,)),) if bias else ()
    match wrapper(layer):
        case "weight_norm":
            length = (shape[0], *(1 for _ in shape[1:]))
            return (
                *biases,
                Weight(f"{WHERE}.original0", length),
                Weight(f"{WHERE}.original1", shape),
            )
        case "spectral_norm":
            rows = shape[units_on]
            left = Weight(f"{WHERE}.0._u", (rows,), buffer=True)
            right = Weight(f"{WHERE}.0._v", (prod(shape) // rows,), buffer=True)
            return *biases, Weight(f"{WHERE}.original", shape), left, right
    return Weight("weight", shape), *biases


def computing(layer: Layer, weights: tuple[Weight, ...]) -> tuple[Stage, ...]:
    """How a weight is computed; by a quotient, a square or several products, whose gradients are as
    large as the weight."""
    if not way(layer):
        return ()
    weight, *kept = kept_of_weights(layer, weights)
    behind = several(0, COPIES[way(layer)], fixed=weight.fixed)
    made = Stage(weight, (), tuple(kept), trained=True, behind=behind)
    if way(layer) != "weight_standardization":
        return (made,)
    moments = Kept("moments", 0, 2 * weights[0].shape[0])
    return Stage(moments, (), held=True), made


def kept_of_weights(layer: Layer, weights: tuple[Weight, ...]) -> tuple[Kept, ...]:
    """What the computation of a weight keeps; first of all the weight itself."""
    match way(layer):
        case "weight_norm":
            *_, length, direction = weights
            return Kept("weight", 0, direction.size), Kept("norms", 0, length.size)
        case "spectral_norm":
            *_, weight, left, right = weights
            vectors = Kept("u", 0, left.size), Kept("v", 0, right.size)
            return Kept("weight", 0, weight.size), *vectors, Kept("sigma", 0, 1)
        case "weight_standardization":
            size, filters = weights[0].size, weights[0].shape[0]
            centred, inverses = Kept("centred", 0, size), Kept("deviations", 0, filters)
            return Kept("weight", 0, size), centred, inverses
    return ()
