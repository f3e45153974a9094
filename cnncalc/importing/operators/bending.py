"""Activations, and what else looks at each value by itself."""

from __future__ import annotations

from functools import partial
from math import inf
from typing import Any

from cnncalc.importing.drafts import Draft
from cnncalc.importing.layouts import BATCH, Row, size, whole
from cnncalc.importing.making import Called, Making, UnsayableError
from cnncalc.importing.operators.pooling_windows import identity_axis
from cnncalc.importing.program_values import Laid
from cnncalc.importing.regrouping import (
    as_channels,
    axis_name,
    kept_dimensions,
    of_sample,
    regrouped,
)


def bent(making: Making, call: Called, kind: str, **names: str) -> Laid:
    """Value by value, wherever it lies; `names`: which of the operation's arguments a field is."""
    seen = call.seen()
    fields = {field: float(call[name]) for field, name in names.items()}
    return Laid(making.layer(kind, fields, [seen.draft]), seen.layout)


def elu(making: Making, call: Called) -> Laid:
    """Of one scale."""
    if (call["scale"], call["input_scale"]) != (1, 1):
        raise UnsayableError("an `elu` with scales")
    return bent(making, call, "elu", alpha="alpha")


def softplus(making: Making, call: Called) -> Laid:
    """Beyond its threshold it is x itself, to the last digit."""
    if call["threshold"] != 20:
        raise UnsayableError(f"a softplus with a threshold of {call['threshold']}")
    return bent(making, call, "softplus", beta="beta")


def gelu(making: Making, call: Called) -> Laid:
    """Exact, or by the tangent."""
    seen = call.seen()
    fields = {"approximate": call["approximate"]}
    return Laid(making.layer("gelu", fields, [seen.draft]), seen.layout)


def clamp(making: Making, call: Called) -> Laid:
    """Within bounds; some have a name."""
    low = call["min"] if call["min"] is not None else call["min_val"]
    high = call["max"] if call["max"] is not None else call["max_val"]
    return clamped(making, call.seen(), low, high)


def clamped(making: Making, seen: Laid, low: Any, high: Any) -> Laid:
    """Within these bounds, each a number or None."""
    if any(not isinstance(bound, int | float | None) for bound in (low, high)):
        raise UnsayableError("bounds that are computed")
    low, high = (None if b in (None, inf, -inf) else b for b in (low, high))
    if low is None and high is None:
        return seen
    known = {(0, 6): "relu6", (0, None): "relu", (-1, 1): "hard_tanh"}
    kind = known.get((low, high), "clamp")
    bounds = {"min": low, "max": high}
    fields = {n: float(b) for n, b in bounds.items() if b is not None} if kind == "clamp" else {}
    return Laid(making.layer(kind, fields, [seen.draft]), seen.layout)


def threshold(making: Making, call: Called) -> Laid:
    """Above it x, else a fixed value."""
    return bent(making, call, "threshold", threshold="threshold", value="value")


def prelu(making: Making, call: Called) -> Laid:
    """Of one slope, or one for each channel."""
    seen, weight = call.seen(), call.weight("weight")
    assert weight is not None
    shared = weight.sizes in ((), (1,))
    if not shared and seen.layout[1] != whole(0, seen.draft.shape[0]):
        seen = regrouped(
            making, seen, [of_sample(seen.layout[1]), *kept_dimensions(seen.layout, 1)]
        )
    fields = {"shared": shared}
    return Laid(making.layer("prelu", fields, [seen.draft], {"weight": weight}), seen.layout)


def competing(making: Making, call: Called, kind: str) -> Laid:
    """Along a dimension."""
    return competing_along(making, call.seen(), call["dim"], kind)


def competing_along(making: Making, seen: Laid, dimension: int, kind: str) -> Laid:
    """Those along a dimension."""
    dimension %= len(seen.layout)
    if any(atom.axis == BATCH for atom in seen.layout[dimension]):
        raise UnsayableError("samples of a batch compete")
    row = of_sample(seen.layout[dimension])
    if kind == "softmax" and _is_of_parts(row, seen.draft):
        among = {"among": size(row)}
        return Laid(making.layer(kind, among, [seen.draft]), seen.layout)
    axis = identity_axis(seen, dimension)
    if axis is None:
        if not row:
            raise UnsayableError("a single value competes with none")
        rows = [*kept_dimensions(seen.layout, dimension), row]
        rows.sort(key=lambda each: (each[0].axis, -each[0].step))
        seen, axis = regrouped(making, seen, rows), rows.index(row)
    name = axis_name(axis, len(seen.draft.shape))
    return Laid(making.layer(kind, {"over": name}, [seen.draft]), seen.layout)


def _is_of_parts(row: Row, draft: Draft) -> bool:
    """Whether a dimension is of so many equal parts of a layer's channels, one behind another."""
    if len(row) != 1 or row[0].axis != 0 or row[0].step == 1:
        return False
    return row[0].step * row[0].size == draft.shape[0]


def glu(making: Making, call: Called) -> Laid:
    """Half of a dimension gated by the other."""
    seen = as_channels(making, call.seen(), call["dim"] % len(call.seen().layout))
    dimension = call["dim"] % len(seen.layout)
    draft = making.layer("glu", {}, [seen.draft])
    layout = list(seen.layout)
    layout[dimension] = whole(0, draft.shape[0])
    return Laid(draft, tuple(layout))


def dropped(making: Making, call: Called, kind: str = "dropout", spatial: bool = False) -> Laid:
    """In training alone."""
    seen, rate = call.seen(), float(call["p"])
    if call["train"]:
        raise UnsayableError("values are dropped at random in inference")
    if rate == 0 or (spatial and len(seen.draft.shape) < 2):
        return seen
    fields = {"rate": rate, "spatial": spatial}
    return Laid(making.layer(kind, fields, [seen.draft]), seen.layout)


def same_value(making: Making, call: Called) -> Any:
    """The tensor itself."""
    for name in ("input", "self", "x", "tensor", "a"):
        if call[name] is not None:
            return call[name]
    return call.seen()


def to_type(making: Making, call: Called) -> Any:
    """The same numbers, of a type that has them."""
    wanted, had = call["dtype"], call.dtype
    if isinstance(wanted, str) and wanted != had and wanted not in FLOATS:
        raise UnsayableError(f"numbers become `{wanted}`")
    return same_value(making, call)


def inverse_root(making: Making, call: Called) -> Laid:
    """One over the root."""
    seen = call.seen()
    return Laid(making.layer("power", {"exponent": -0.5}, [seen.draft]), seen.layout)


def power(making: Making, call: Called) -> Laid:
    """To a fixed power; some have a name."""
    seen, exponent = call.seen(), call["exponent"]
    if not isinstance(exponent, int | float):
        raise UnsayableError("an exponent that is computed")
    known = {2: "square", 0.5: "sqrt", -1: "reciprocal"}
    if exponent in known:
        return Laid(making.layer(known[exponent], {}, [seen.draft]), seen.layout)
    fields = {"exponent": float(exponent)}
    return Laid(making.layer("power", fields, [seen.draft]), seen.layout)


FLOATS = ("float16", "bfloat16", "float32", "float64")

PLAIN = {
    "relu": "relu",
    "relu6": "relu6",
    "sigmoid": "sigmoid",
    "tanh": "tanh",
    "atan": "arctan",
    "arctan": "arctan",
    "selu": "selu",
    "silu": "silu",
    "mish": "mish",
    "hardswish": "hard_swish",
    "hardsigmoid": "hard_sigmoid",
    "softsign": "softsign",
    "log_sigmoid": "log_sigmoid",
    "abs": "abs",
    "square": "square",
    "sqrt": "sqrt",
    "exp": "exp",
    "log": "log",
    "reciprocal": "reciprocal",
}
"""Operations without arguments, and their kinds."""

SAME = (
    "contiguous",
    "clone",
    "detach",
    "alias",
    "lift_fresh_copy",
    "positive",
    "view_as_real_copy",
)

OPERATORS = {
    **{name: partial(bent, kind=kind) for name, kind in PLAIN.items()},
    **dict.fromkeys(SAME, same_value),
    "leaky_relu": partial(bent, kind="leaky_relu", slope="negative_slope"),
    "celu": partial(bent, kind="celu", alpha="alpha"),
    "softshrink": partial(bent, kind="soft_shrink", threshold="lambd"),
    "hardshrink": partial(bent, kind="hard_shrink", threshold="lambd"),
    "elu": elu,
    "softplus": softplus,
    "gelu": gelu,
    "hardtanh": clamp,
    "clamp": clamp,
    "clamp_min": clamp,
    "clamp_max": clamp,
    "threshold": threshold,
    "prelu": prelu,
    "softmax": partial(competing, kind="softmax"),
    "_softmax": partial(competing, kind="softmax"),
    "log_softmax": partial(competing, kind="log_softmax"),
    "_log_softmax": partial(competing, kind="log_softmax"),
    "glu": glu,
    "dropout": dropped,
    "feature_dropout": partial(dropped, spatial=True),
    "alpha_dropout": partial(dropped, kind="alpha_dropout"),
    "feature_alpha_dropout": partial(dropped, kind="alpha_dropout", spatial=True),
    "native_dropout": dropped,
    "to": to_type,
    "_to_copy": to_type,
    "type_as": same_value,
    "rsqrt": inverse_root,
    "pow": power,
}
