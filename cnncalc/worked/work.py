"""A layer on given numbers: which function works it out."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

from cnncalc.layers.base import How, Layer
from cnncalc.layers.convolution.conv import Conv
from cnncalc.layers.convolution.linear import Linear
from cnncalc.worked import by_value, sliding
from cnncalc.worked.array import Array
from cnncalc.worked.given_weights import Weights
from cnncalc.worked.literals import ValuesError
from cnncalc.worked.working import Working

Work = Callable[[Any, Array, Weights], Working]


def products(layer: Conv | Linear, given: Array, weights: Weights) -> Working:
    """Of a window, or of all that arrives."""
    if isinstance(layer, Conv):
        return sliding.conv(layer, given, weights)
    return by_value.linear(layer, given, weights)


WAYS: dict[How, Work] = {
    "products": products,
    "largest": sliding.max_pool,
    "mean": sliding.avg_pool,
    "norm": sliding.lp_pool,
    "curve": by_value.curve,
    "standard": by_value.batch_norm,
    "share": by_value.softmax,
    "logarithm": by_value.log_softmax,
}

MOST = 20_000_000
"""Operations that are worked out one by one."""


def work(layer: Layer, given: Array, weights: Weights) -> Working:
    """What a layer makes of numbers in a shape that it reads. Raises ValuesError."""
    layer = layer.resolve()
    if layer.working is None:
        hint = "convolutions, linear layers, pools, activations, softmax and batch norm are"
        raise ValuesError(f"`{layer.kind}` is not worked out by hand", hint)
    cost = layer.ops(given.shape).flops + prod(given.shape)
    if cost > MOST:
        raise ValuesError(f"{cost:,} operations are too many to show", f"at most {MOST:,}")
    return WAYS[layer.working](layer, given, weights)
