"""A layer on given numbers: which function works it out."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

from cnncalc.layers.base import Layer
from cnncalc.worked import by_value, sliding
from cnncalc.worked.array import Array
from cnncalc.worked.curves import CURVES
from cnncalc.worked.given_weights import Weights
from cnncalc.worked.literals import ValuesError
from cnncalc.worked.working import Working

Work = Callable[[Any, Array, Weights], Working]

KINDS: dict[str, Work] = {
    "conv": sliding.conv,
    "max_pool": sliding.max_pool,
    "avg_pool": sliding.avg_pool,
    "lp_pool": sliding.lp_pool,
    "linear": by_value.linear,
    "batch_norm": by_value.batch_norm,
    "softmax": by_value.softmax,
    "log_softmax": by_value.log_softmax,
    **dict.fromkeys(CURVES, by_value.curve),
}

MOST = 20_000_000
"""Operations that are worked out one by one."""


def work(layer: Layer, given: Array, weights: Weights) -> Working:
    """What a layer makes of numbers in a shape that it reads. Raises ValuesError."""
    layer = layer.resolve()
    if layer.kind not in KINDS:
        kinds = ", ".join(f"`{kind}`" for kind in KINDS if kind not in CURVES)
        raise ValuesError(f"`{layer.kind}` is not worked out by hand", f"{kinds}, activations are")
    cost = layer.ops(given.shape).flops + prod(given.shape)
    if cost > MOST:
        raise ValuesError(f"{cost:,} operations are too many to show", f"at most {MOST:,}")
    return KINDS[layer.kind](layer, given, weights)
