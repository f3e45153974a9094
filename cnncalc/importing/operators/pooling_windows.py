"""Poolings, and means, sums and the like along axes."""

from __future__ import annotations

from functools import partial
from typing import Any

from cnncalc.importing.layouts import BATCH, Row, joined, natural, size, whole
from cnncalc.importing.making import Called, Making, UnsayableError
from cnncalc.importing.operators.convolving import Over, per_axis
from cnncalc.importing.program import several
from cnncalc.importing.program_values import Laid
from cnncalc.importing.regrouping import (
    MOST_AXES,
    axis_name,
    of_sample,
    regrouped,
    split_batch,
)


def _pool(making: Making, call: Called, kind: str, rank: int, more: dict[str, Any]) -> Laid:
    over = Over(making, call.seen(), rank)
    kernel = over.size(call["kernel_size"])
    stride = over.size(call["stride"] or call["kernel_size"])
    fields = {
        "kernel": kernel,
        "stride": None if stride == kernel else stride,
        "padding": over.size(call["padding"], 0),
        "rounding": "ceil" if call["ceil_mode"] else "floor",
        **more,
    }
    return over.seen(making.layer(kind, fields, [over.draft]))


def max_pool(making: Making, call: Called, rank: int) -> Laid:
    """The largest value of each window."""
    dilation = per_axis(call["dilation"], rank)
    wide = isinstance(call.seen().layout[0], tuple) and bool(of_sample(call.seen().layout[0]))
    values = (1, *dilation) if wide else dilation
    told = values[0] if len(set(values)) == 1 else values
    return _pool(making, call, "max_pool", rank, {"dilation": told})


def max_pool_with_indices(making: Making, call: Called, rank: int) -> tuple[Laid, None]:
    """The same, of which the places are not read."""
    return max_pool(making, call, rank), None


def avg_pool(making: Making, call: Called, rank: int) -> Laid:
    """The mean of each window."""
    if call["divisor_override"] is not None:
        raise UnsayableError("`divisor_override`")
    padded = any(per_axis(call["padding"], rank)) or bool(call["ceil_mode"])
    count = bool(call["count_include_pad"]) or not padded
    return _pool(making, call, "avg_pool", rank, {"count_padding": count})


def adaptive(making: Making, call: Called, kind: str, rank: int) -> Laid:
    """Over a grid of windows; one alone is the whole map."""
    over = Over(making, call.seen(), rank)
    wanted = per_axis(call["output_size"], rank)
    space = over.draft.shape[-rank:]
    found = tuple(have if size is None else size for size, have in zip(wanted, space, strict=True))
    if found == space:
        return over.seen(over.draft)
    if over.extra:
        return _of_several_maps(making, over, kind, found)
    if set(found) == {1}:
        return over.seen(making.layer(f"global_{kind}_pool", {"keep": True}, [over.draft]))
    told = found[0] if len(set(found)) == 1 else found
    return over.seen(making.layer(f"adaptive_{kind}_pool", {"size": told}, [over.draft]))


def _of_several_maps(making: Making, over: Over, kind: str, found: tuple[int, ...]) -> Laid:
    """Windows side by side over each of the maps of a sample. Raises UnsayableError where they
    would overlap."""
    space = over.draft.shape[-over.rank :]
    if any(have % size for size, have in zip(found, space, strict=True)):
        raise UnsayableError("an adaptive pooling of several maps of a sample, of uneven windows")
    kernel = tuple(have // size for size, have in zip(found, space, strict=True))
    return over.seen(making.layer(f"{kind}_pool", {"kernel": over.size(kernel)}, [over.draft]))


def adaptive_with_indices(making: Making, call: Called, rank: int) -> tuple[Laid, None]:
    """The largest values, of which the places are not read."""
    return adaptive(making, call, "max", rank), None


def dimensions(call: Called, seen: Laid, name: str = "dim") -> tuple[int, ...]:
    """Those that it is over, counted from the first; all unless given."""
    rank, given = len(seen.layout), call[name]
    if given is None or given == ():
        return tuple(range(rank))
    return tuple(sorted(number % rank for number in several(given)))


def reduced(making: Making, call: Called, kind: str, fields: dict[str, Any] | None = None) -> Laid:
    """One value of those along some dimensions."""
    seen = call.seen()
    over = dimensions(call, seen)
    if any(atom.axis == BATCH for number in over for atom in seen.layout[number]):
        raise UnsayableError("it is taken across the samples of a batch")
    keep = bool(call["keepdim"])
    return reduce_over(making, seen, over, keep, kind, fields or {})


def reduce_over(
    making: Making,
    seen: Laid,
    over: tuple[int, ...],
    keep: bool,
    kind: str,
    fields: dict[str, Any],
) -> Laid:
    """One value of those along these dimensions, which stay, of size 1, or go."""
    if all(not seen.layout[number] for number in over) and kind in ("mean", "sum", "max", "min"):
        return Laid(seen.draft, _without(seen.layout, over, keep))
    if kind == "max" and _neighbours(seen, over):
        return _maxout(making, seen, over, keep)
    seen, axes = as_axes(making, seen, over)
    rank = len(seen.draft.shape)
    stays = keep or len(axes) == rank
    draft = _reducing(making, seen, axes, stays, kind, fields)
    if not stays:
        names = {old: new for new, old in enumerate(a for a in range(rank) if a not in axes)}
        renamed = tuple(
            tuple(a if a.axis < 0 else a._replace(axis=names.get(a.axis, 0)) for a in row)
            if number not in over
            else ()
            for number, row in enumerate(seen.layout)
        )
        return Laid(draft, _without(renamed, over, keep))
    return Laid(draft, _without(seen.layout, over, keep))


def _neighbours(seen: Laid, over: tuple[int, ...]) -> bool:
    """Whether the largest of channels beside one another is taken, but not of all."""
    taken = [atom for number in over for atom in seen.layout[number]]
    return len(taken) == 1 and taken[0][:2] == (0, 1) and taken[0].size < seen.draft.shape[0]


def _maxout(making: Making, seen: Laid, over: tuple[int, ...], keep: bool) -> Laid:
    (pieces,) = (atom.size for number in over for atom in seen.layout[number])
    draft = making.layer("maxout", {"pieces": pieces}, [seen.draft])
    layout = tuple(
        tuple(a._replace(step=a.step // pieces) if a.axis == 0 else a for a in row)
        for row in seen.layout
    )
    return Laid(draft, _without(layout, over, keep))


def _without(layout: tuple[Row, ...], over: tuple[int, ...], keep: bool) -> tuple[Row, ...]:
    if keep:
        return tuple(() if number in over else row for number, row in enumerate(layout))
    return tuple(row for number, row in enumerate(layout) if number not in over)


def as_axes(making: Making, seen: Laid, over: tuple[int, ...]) -> tuple[Laid, tuple[int, ...]]:
    """The tensor of a layer of which the dimensions are whole axes, and which."""
    found = _whole_axes(seen, over)
    if found is not None:
        return seen, found
    rows = [row for n, each in enumerate(seen.layout) if n not in over and (row := of_sample(each))]
    gone = [row for number in over if (row := of_sample(seen.layout[number]))]
    if len(rows) + len(gone) > MOST_AXES:
        together = sorted((a for row in rows for a in row), key=lambda a: (a.axis, -a.step))
        rows = [(atom,) for atom in joined(together)]
    moved = regrouped(making, seen, [*rows, *gone])
    return moved, tuple(range(len(rows), len(rows) + len(gone)))


def _whole_axes(seen: Laid, over: tuple[int, ...]) -> tuple[int, ...] | None:
    """The axes that the dimensions are all of; None where they are part of one."""
    taken = [atom for number in over for atom in seen.layout[number]]
    axes = sorted({atom.axis for atom in taken})
    for axis in axes:
        if size(tuple(a for a in taken if a.axis == axis)) != seen.draft.shape[axis]:
            return None
    kept = {atom.axis for n, row in enumerate(seen.layout) if n not in over for atom in row}
    ones = [axis for axis, count in enumerate(seen.draft.shape) if count == 1 and axis]
    more = [axis for axis in ones if axis not in kept] if 0 not in axes else []
    return tuple(sorted({*axes, *more}))


def _reducing(
    making: Making,
    seen: Laid,
    axes: tuple[int, ...],
    keep: bool,
    kind: str,
    fields: dict[str, Any],
) -> Any:
    rank = len(seen.draft.shape)
    space = axes == tuple(range(1, rank))
    if space and kind in ("mean", "max"):
        whole_map = {"mean": "global_avg_pool", "max": "global_max_pool"}[kind]
        return making.layer(whole_map, {"keep": keep}, [seen.draft])
    return making.layer(kind, {"over": over_name(axes, rank), "keep": keep, **fields}, [seen.draft])


def over_name(axes: tuple[int, ...], rank: int) -> Any:
    """Axes as a spec writes them."""
    if axes == tuple(range(rank)) and rank > 1:
        return "all"
    if axes == tuple(range(1, rank)) and rank > 2:
        return "space"
    names = tuple(axis_name(axis, rank) for axis in axes)
    return names[0] if len(names) == 1 else names


def vector_norm(making: Making, call: Called) -> Laid:
    """The p-norm."""
    given = [order for order in (call["ord"], call["p"]) if order is not None]
    order = given[0] if given else 2.0
    if order in (float("inf"), float("-inf"), 0):
        raise UnsayableError(f"a norm of order {order}")
    return reduced(making, call, "norm", {"p": float(order)})


def spread(making: Making, call: Called, kind: str) -> Laid:
    """The variance, or its root."""
    correction = call["correction"]
    if correction is None:
        correction = 1 if call["unbiased"] in (True, None) else 0
    return reduced(making, call, kind, {"correction": int(correction)})


def largest(making: Making, call: Called, kind: str) -> Any:
    """The largest or smallest along a dimension, of which the places are not read; of two tensors,
    value by value."""
    if len(call.operation.outputs) == 2:
        return reduced(making, call, kind), None
    return reduced(making, call, kind)


def identity_axis(seen: Laid, dimension: int) -> int | None:
    """The axis that a dimension is, all of it."""
    row = seen.layout[dimension]
    for axis, count in enumerate(seen.draft.shape):
        if row and row == whole(axis, count):
            return axis
    return None


RANKS = (1, 2, 3)


def regions(making: Making, call: Called, kind: str) -> Laid:
    """A number for each cell of boxes, which are an axis of what it gives."""
    boxes = call["boxes"]
    if not isinstance(boxes, Laid):
        raise UnsayableError("boxes that are stored")
    inputs = [regrouped(making, each, split_batch(each.layout)) for each in (call.seen(), boxes)]
    fields = {"size": call["output_size"], "scale": call["spatial_scale"]}
    draft = making.layer(kind, fields, [each.draft for each in inputs])
    return Laid(draft, natural(draft.shape, making.program.batch))


OPERATORS = {
    **{f"max_pool{rank}d": partial(max_pool, rank=rank) for rank in RANKS},
    **{
        f"max_pool{rank}d_with_indices": partial(max_pool_with_indices, rank=rank) for rank in RANKS
    },
    **{f"avg_pool{rank}d": partial(avg_pool, rank=rank) for rank in RANKS},
    **{f"adaptive_avg_pool{rank}d": partial(adaptive, kind="avg", rank=rank) for rank in RANKS},
    **{f"adaptive_max_pool{rank}d": partial(adaptive_with_indices, rank=rank) for rank in RANKS},
    "mean": partial(reduced, kind="mean"),
    "sum": partial(reduced, kind="sum"),
    "amax": partial(reduced, kind="max"),
    "amin": partial(reduced, kind="min"),
    "max": partial(largest, kind="max"),
    "min": partial(largest, kind="min"),
    "linalg_vector_norm": vector_norm,
    "linalg_norm": vector_norm,
    "norm": vector_norm,
    **{kind: partial(regions, kind=kind) for kind in ("roi_pool", "psroi_pool")},
    "var": partial(spread, kind="variance"),
    "std": partial(spread, kind="std"),
}
