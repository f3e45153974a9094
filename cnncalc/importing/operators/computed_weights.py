"""A weight that is computed from others, as the field that says how."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod, sqrt
from typing import Any, TypeGuard

from cnncalc.importing.layouts import viewed
from cnncalc.importing.making import Called, UnsayableError
from cnncalc.importing.operators.arithmetic import number_of
from cnncalc.importing.program import Sizes
from cnncalc.importing.program_values import Computed, Held
from cnncalc.records import NamedTuple

SEEN = ("view", "view_as", "reshape", "reshape_as", "squeeze", "unsqueeze", "select")
"""Operations that show the same numbers in the same order."""


class LearnedAs(NamedTuple):
    """A weight as it is used: how large it is, the fields that say how it is computed, and the
    stored tensors under the layer's names."""

    sizes: Sizes
    fields: dict[str, Any]
    weights: Mapping[str, Held | None]


def learned_as(call: Called, name: str = "weight") -> LearnedAs:
    """What an operation's weight is computed of. Raises UnsayableError."""
    value = call[name]
    if isinstance(value, Computed):
        found = _known(value)
        if found is not None:
            return found
    weight = call.weight(name)
    if weight is None:
        raise UnsayableError(f"it has no `{name}`")
    return LearnedAs(weight.sizes, {}, {"weight": weight})


def _known(value: Computed) -> LearnedAs | None:
    ways = (_weight_norm, _spectral_norm, _standardized, _normed)
    return next((found for way in ways if (found := way(value)) is not None), None)


def _weight_norm(value: Computed) -> LearnedAs | None:
    length, direction = _length_and_direction(value)
    if not _learned(length) or not _learned(direction):
        return None
    names = ("parametrizations.weight.original0", "parametrizations.weight.original1")
    weights = dict(zip(names, (length, direction), strict=True))
    return LearnedAs(value.sizes, {"weight_norm": True}, weights)


def _length_and_direction(value: Computed) -> tuple[Any, Any]:
    """By its own operation, or written out: direction * (length / norm of the direction)."""
    given = value.arguments
    if value.operator in ("_weight_norm", "_weight_norm_interface") and given.get("dim") == 0:
        return given.get("g"), given.get("v")
    direction, share = given.get("self"), given.get("other")
    if value.operator != "mul" or not _is(share, "div"):
        return None, None
    length, norm = share.arguments["self"], share.arguments["other"]
    if not _is(norm, "linalg_vector_norm") or norm.arguments["self"] != direction:
        return None, None
    told = norm.arguments
    filters = told["ord"] == 2 and told["dim"] == tuple(range(1, len(value.sizes)))
    alike = isinstance(length, Held) and length.sizes == norm.sizes
    return (length, direction) if filters and alike else (None, None)


def _learned(value: Any) -> TypeGuard[Held]:
    return isinstance(value, Held) and value.trained


def _spectral_norm(value: Computed) -> LearnedAs | None:
    """weight / (u . (weight v))."""
    original, sigma = value.arguments.get("self"), value.arguments.get("other")
    if value.operator != "div" or not _learned(original) or not _is(sigma, "vdot", "dot"):
        return None
    left = sigma.arguments.get("self")
    seen = sigma.arguments.get("other", sigma.arguments.get("tensor"))
    if not _is(seen, "mv") or not isinstance(left, Held):
        return None
    matrix, right = seen.arguments.get("self"), seen.arguments.get("vec")
    if not isinstance(matrix, Held) or not isinstance(right, Held):
        return None
    if matrix.tensor.name != original.tensor.name or matrix.sizes[0] != value.sizes[0]:
        return None
    name = "parametrizations.weight"
    weights: dict[str, Held | None] = {
        f"{name}.original": original,
        f"{name}.0._u": left,
        f"{name}.0._v": right,
    }
    return LearnedAs(value.sizes, {"spectral_norm": True}, weights)


def _is(value: Any, *operators: str) -> TypeGuard[Computed]:
    return isinstance(value, Computed) and value.operator in operators


def _standardized(value: Computed) -> LearnedAs | None:
    """(weight - mean) / root of the variance, of each filter."""
    centred, root = value.arguments.get("self"), value.arguments.get("other")
    by = {"mul": "rsqrt", "div": "sqrt"}.get(value.operator, "")
    if not _is(centred, "sub") or not _is(root, by):
        return None
    original = centred.arguments["self"]
    shifted = root.arguments["self"]
    moments = [centred.arguments["other"]]
    if not _learned(original) or not _is(shifted, "add"):
        return None
    moments.append(shifted.arguments["self"])
    eps = shifted.arguments["other"]
    if not isinstance(eps, float):
        return None
    axes = tuple(range(1, len(value.sizes)))
    for moment, place in zip(moments, (1, 0), strict=True):
        if not _is(moment, "var_mean") or moment.arguments["output"] != place:
            return None
        told = moment.arguments
        less = told.get("correction", told.get("unbiased"))
        if (told["self"], told["dim"], less) != (original, axes, 0):
            return None
    return LearnedAs(value.sizes, _dividing(eps), {"weight": original})


def _dividing(eps: float) -> dict[str, Any]:
    """The fields of filters to whose variance that is added."""
    usual = eps == 1e-10  # of the layer's own
    return {"weight_standardization": True, **({} if usual else {"weight_eps": eps})}


def _normed(value: Computed) -> LearnedAs | None:
    """The filters as channels of a single sample, to mean 0 and variance 1 by a norm, times a
    learned gain of each and a number or not: each a group, or each by the statistics of that
    batch."""
    norm: Any = value
    while _is(norm, *SEEN):
        norm = norm.arguments.get("self", norm.arguments.get("input"))
    if not _is(norm, "group_norm", "batch_norm"):
        return None
    seen, eps = norm.arguments["input"], norm.arguments["eps"]
    apart = norm.arguments.get("num_groups", value.sizes[0])
    if norm.operator == "batch_norm" and not norm.arguments["training"]:
        return None
    if not _learned(seen) or seen.sizes[:2] != (1, value.sizes[0]) or apart != value.sizes[0]:
        return None
    if norm.arguments.get("bias") is not None or not isinstance(eps, float):
        return None
    original = seen._replace(layout=viewed(seen.layout, value.sizes))
    fields, weights = _dividing(eps), {"weight": original}
    if norm.arguments.get("weight") is not None:
        gain, factor = _times_a_number(norm.arguments["weight"])
        if gain is None:
            return None
        fields["weight_gain"] = float(f"{factor * sqrt(prod(value.sizes[1:])):.12g}")
        weights["gain"] = gain
    return LearnedAs(value.sizes, fields, weights)


def _times_a_number(value: Any) -> tuple[Held | None, float]:
    """What is learned and the number that it is multiplied by, however it is seen."""
    factor = 1.0
    while _is(value, *SEEN, "mul"):
        one, other = value.arguments.get("self"), value.arguments.get("other")
        if value.operator == "mul":
            number = number_of(other)
            if number is None:
                return None, factor
            factor *= number
        value = one
    return (value, factor) if _learned(value) else (None, factor)
