"""What `recognised` finds written out, as the kinds that say it."""

from __future__ import annotations

from functools import partial
from typing import Any

from cnncalc.importing.making import Called, Making, UnsayableError
from cnncalc.importing.operators.convolving import Over
from cnncalc.importing.operators.norming import channels_second
from cnncalc.importing.operators.pooling_windows import as_axes, dimensions, over_name
from cnncalc.importing.program_values import Held, Laid
from cnncalc.importing.regrouping import as_channels


def bent(making: Making, call: Called, kind: str) -> Laid:
    """Value by value."""
    seen = call.seen()
    return Laid(making.layer(kind, {}, [seen.draft]), seen.layout)


def normalize(making: Making, call: Called) -> Laid:
    """Divided by a norm."""
    seen, axes = as_axes(making, call.seen(), dimensions(call, call.seen()))
    over = over_name(axes, len(seen.draft.shape))
    fields = {"over": over, "p": float(call["p"]), "eps": float(call["eps"])}
    return Laid(making.layer("normalize", fields, [seen.draft]), seen.layout)


def local_response_norm(making: Making, call: Called) -> Laid:
    """Divided by what neighbouring channels hold."""
    seen = channels_second(making, call.seen())
    fields: dict[str, Any] = {"size": call["size"]}
    fields |= {name: float(call[name]) for name in ("alpha", "beta", "k")}
    return Laid(making.layer("local_response_norm", fields, [seen.draft]), seen.layout)


def global_response_norm(making: Making, call: Called) -> Laid:
    """Strengthened by a norm that is compared with others."""
    seen = as_channels(making, call.seen(), call["dim"])
    weights = {"weight": _flat(call.weight("weight")), "bias": _flat(call.weight("bias"))}
    fields = {"eps": float(call["eps"])}
    draft = making.layer("global_response_norm", fields, [seen.draft], weights)
    return Laid(draft, seen.layout)


def _flat(weight: Held | None) -> Held | None:
    """Its one dimension that is larger than 1."""
    if weight is None:
        return None
    return weight._replace(layout=tuple(row for row in weight.layout if row))


def lp_pool(making: Making, call: Called, rank: int) -> Laid:
    """The p-norm of each window."""
    over = Over(making, call.seen(), rank)
    kernel = over.size(call["kernel_size"])
    stride = over.size(call["stride"] or call["kernel_size"])
    fields = {
        "kernel": kernel,
        "stride": None if stride == kernel else stride,
        "rounding": "ceil" if call["ceil_mode"] else "floor",
        "norm": call["norm_type"],
    }
    return over.seen(making.layer("lp_pool", fields, [over.draft]))


def gem_pool(making: Making, call: Called) -> Laid:
    """The generalised mean of each channel."""
    exponent = call.weight("p")
    over = Over(making, call.seen(), len(call.seen().layout) - 2)
    if over.extra or exponent is None:
        raise UnsayableError("a generalised mean of several maps")
    fields = {"keep": bool(call["keep"]), "eps": float(call["eps"])}
    draft = making.layer("gem_pool", fields, [over.draft], {"p": exponent})
    if call["keep"]:
        return over.seen(draft)
    return Laid(draft, over.moved.layout[:2])


def locally_connected(making: Making, call: Called) -> Laid:
    """A convolution with weights of its own at each place."""
    over, bias = Over(making, call.seen(), 2), call.weight("bias")
    fields = {
        "filters": call.sizes[1],
        "kernel": over.size(call["kernel_size"]),
        "stride": over.size(call["stride"]),
        "padding": over.size(call["padding"]),
        "bias": bias is not None,
    }
    weights = {"weight": call.weight("weight"), "bias": bias}
    return over.seen(making.layer("locally_connected", fields, [over.draft], weights))


OPERATORS = {
    "locally_connected": locally_connected,
    **{kind: partial(bent, kind=kind) for kind in ("quick_gelu", "relu_squared", "tanh_shrink")},
    "normalize": normalize,
    "local_response_norm": local_response_norm,
    "global_response_norm": global_response_norm,
    **{f"lp_pool{rank}d": partial(lp_pool, rank=rank) for rank in (1, 2, 3)},
    "gem_pool": gem_pool,
}
