"""Operations that look at values by themselves, put tensors together or move values, as ATen calls
them, with the sizes of what they give."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

from cnncalc.importing.formats.building import Building
from cnncalc.importing.program import PassedTensor

PLAIN = {
    "relu": "relu",
    "relu6": "relu6",
    "sigmoid": "sigmoid",
    "tanh": "tanh",
    "selu": "selu",
    "silu": "silu",
    "mish": "mish",
    "hard_swish": "hardswish",
    "softsign": "softsign",
    "abs": "abs",
    "exp": "exp",
    "log": "log",
}
"""Activations without settings, by cnncalc's names, as ATen calls them."""


def bent(building: Building, seen: PassedTensor, operator: str, **settings: Any) -> PassedTensor:
    """Each value by itself."""
    return building.call(operator, seen.sizes, self=seen, **settings)


def leaky_relu(building: Building, seen: PassedTensor, slope: float) -> PassedTensor:
    """Below 0 times `slope`."""
    return bent(building, seen, "leaky_relu", negative_slope=slope)


def elu(building: Building, seen: PassedTensor, alpha: float) -> PassedTensor:
    """Below 0 `alpha (e^x - 1)`."""
    return bent(building, seen, "elu", alpha=alpha, scale=1, input_scale=1)


def prelu(building: Building, seen: PassedTensor, shared: bool) -> PassedTensor:
    """Below 0 times what is learned, of each channel, or of all."""
    weight = building.weight("slope", (1 if shared else seen.sizes[1],))
    return building.call("prelu", seen.sizes, self=seen, weight=weight)


def scaled(building: Building, seen: PassedTensor, factor: float) -> PassedTensor:
    """Times a number."""
    return seen if factor == 1 else bent(building, seen, "mul", other=factor)


def shifted(building: Building, seen: PassedTensor, amount: float) -> PassedTensor:
    """Plus a number."""
    return seen if amount == 0 else bent(building, seen, "add", other=amount, alpha=1)


def joined(
    building: Building, operator: str, one: PassedTensor, other: PassedTensor
) -> PassedTensor:
    """Two tensors, value by value: `add`, `mul`, `maximum`; a size of 1 is repeated."""
    sizes = tuple(max(pair) for pair in zip(one.sizes, other.sizes, strict=True))
    settings = {"alpha": 1} if operator in ("add", "sub") else {}
    return building.call(operator, sizes, self=one, other=other, **settings)


def chained(building: Building, parts: Sequence[PassedTensor], axis: int = 1) -> PassedTensor:
    """Behind one another along an axis."""
    if len(parts) == 1:
        return parts[0]
    sizes = list(parts[0].sizes)
    sizes[axis] = sum(part.sizes[axis] for part in parts)
    return building.call("cat", sizes, tensors=tuple(parts), dim=axis)


def part_of(
    building: Building, seen: PassedTensor, axis: int, start: int, stop: int, step: int = 1
) -> PassedTensor:
    """From `start` to before `stop` along an axis."""
    if (start, stop, step) == (0, seen.sizes[axis], 1):
        return seen
    sizes = list(seen.sizes)
    sizes[axis] = len(range(start, stop, step))
    return building.call("slice", sizes, self=seen, dim=axis, start=start, end=stop, step=step)


def viewed(building: Building, seen: PassedTensor, sizes: Sequence[int]) -> PassedTensor:
    """The same values in other dimensions."""
    if tuple(sizes) == seen.sizes:
        return seen
    return building.call("reshape", sizes, self=seen, shape=tuple(sizes))


def flattened(building: Building, seen: PassedTensor, axis: int = 1) -> PassedTensor:
    """All dimensions from one on as one."""
    return viewed(building, seen, (*seen.sizes[:axis], prod(seen.sizes[axis:])))


def permuted(building: Building, seen: PassedTensor, order: Sequence[int]) -> PassedTensor:
    """The dimensions in another order."""
    sizes = [seen.sizes[n] for n in order]
    return building.call("permute", sizes, self=seen, dims=tuple(order))


def linear(building: Building, seen: PassedTensor, units: int, bias: bool = True) -> PassedTensor:
    """A layer in which everything of the last dimension reads everything."""
    weight = building.weight("weight", (units, seen.sizes[-1]))
    return building.call(
        "linear",
        (*seen.sizes[:-1], units),
        input=seen,
        weight=weight,
        bias=building.weight("bias", (units,)) if bias else None,
    )


def softmax(building: Building, seen: PassedTensor, axis: int = 1) -> PassedTensor:
    """Along an axis to a sum of 1."""
    return bent(building, seen, "softmax", dim=axis, dtype=None)


def dropout(
    building: Building, seen: PassedTensor, rate: float, operator: str = "dropout"
) -> PassedTensor:
    """In training alone."""
    return building.call(operator, seen.sizes, input=seen, p=rate, train=False)


def local_response_norm(
    building: Building, seen: PassedTensor, size: int, alpha: float, beta: float, k: float
) -> PassedTensor:
    """Divided by what neighbouring channels hold."""
    settings = {"size": size, "alpha": alpha, "beta": beta, "k": k}
    return building.call("local_response_norm", seen.sizes, input=seen, **settings)
