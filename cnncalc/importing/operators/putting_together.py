"""Tensors behind one another, and numbers around them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from cnncalc.importing.drafts import LOWEST
from cnncalc.importing.layouts import BATCH, Atom, Layout, Row, joined, size, whole
from cnncalc.importing.making import Called, Making, UnsayableError
from cnncalc.importing.operators.arithmetic import number_of
from cnncalc.importing.operators.convolving import Over
from cnncalc.importing.operators.pooling_windows import identity_axis
from cnncalc.importing.operators.taking_parts import taken
from cnncalc.importing.operators.viewing import computed
from cnncalc.importing.program_values import Held, Laid, once
from cnncalc.importing.regrouping import (
    MOST_AXES,
    by_dimensions,
    of_sample,
    regrouped,
)


def concatenate(making: Making, call: Called) -> Any:
    """Behind one another along a dimension."""
    parts = [part for part in call["tensors"] if not _is_empty(part)]
    dimension = call["dim"] or 0
    if not any(isinstance(part, Laid) for part in parts):
        return computed(call)
    dimension %= len(call.sizes)
    if len(parts) == 1:
        return parts[0]
    if any(not isinstance(part, Laid) for part in parts):
        return _with_weights(making, parts, dimension)
    return chained(making, parts, dimension)


def _is_empty(part: Any) -> bool:
    """Whether it has no numbers."""
    return 0 in part.sizes


def chained(making: Making, parts: Sequence[Laid], dimension: int) -> Laid:
    """Tensors of the network behind one another along a dimension."""
    parts = [Laid(p.draft, tuple(map(_unrepeated_batch, p.layout))) for p in parts]
    if any(atom.axis == BATCH for part in parts for atom in part.layout[dimension]):
        raise UnsayableError("samples of a batch are put together")
    moved = _alike(making, parts, dimension)
    draft = making.layer("concat", {}, [part.draft for part in moved])
    layout = list(moved[0].layout)
    layout[dimension] = whole(0, draft.shape[0])
    made = Laid(draft, tuple(layout))
    (order, *others) = {_axis_order(part) for part in parts}
    if others or not order or moved[0].layout == parts[0].layout:
        return made
    # in their order before: what follows looks for channels where they were
    return regrouped(making, made, [of_sample(layout[n]) for n in order])


def _axis_order(part: Laid) -> tuple[int, ...]:
    """The dimensions of a tensor in the order of its layer's axes; none where they are others."""
    axes = [whole(axis, count) for axis, count in enumerate(part.draft.shape)]
    found = tuple(part.layout.index(row) for row in axes if row and row in part.layout)
    return found if len(found) == len(axes) else ()


def _unrepeated_batch(row: Row) -> Row:
    return once(row)


def _alike(making: Making, parts: Sequence[Laid], dimension: int) -> list[Laid]:
    """The tensors of layers whose channels are the dimension, and whose other axes are the same."""

    def others(layout: Layout) -> Layout:
        return (*layout[:dimension], *layout[dimension + 1 :])

    def has_channels(part: Laid) -> bool:
        row = part.layout[dimension]
        elsewhere = any(a.axis == 0 for each in others(part.layout) for a in each)
        return row == whole(0, part.draft.shape[0]) and (bool(row) or not elsewhere)

    shapes = {part.draft.shape[1:] for part in parts}
    if all(map(has_channels, parts)) and len({others(p.layout) for p in parts}) == len(shapes) == 1:
        return list(parts)
    first = parts[0].layout
    order = [
        n
        for n, row in enumerate(first)
        if n != dimension and any(of_sample(p.layout[n]) for p in parts)
    ]
    if len(order) > MOST_AXES - 1:
        raise UnsayableError("what is put together has too many axes")
    moved = []
    for part in parts:
        rows = [of_sample(part.layout[dimension]), *(of_sample(part.layout[n]) for n in order)]
        moved.append(regrouped(making, part, rows))
    return moved


def _with_weights(making: Making, parts: Sequence[Any], dimension: int) -> Laid:
    """Learned steps before a sequence, or zeros behind channels."""
    network = [part for part in parts if isinstance(part, Laid)]
    if all(number_of(part) == 0 for part in parts if not isinstance(part, Laid)):
        return _with_zeros(making, parts, dimension)
    if len(network) != 1 or not isinstance(parts[-1], Laid):
        raise UnsayableError("learned values behind others")
    seen = parts[-1]
    rank = len(seen.layout)
    features = [n for n in range(rank) if n != dimension and of_sample(seen.layout[n])]
    if len(features) != 1:
        raise UnsayableError("learned values beside what is no sequence")
    for part in reversed(parts[:-1]):
        seen = regrouped(
            making, seen, [of_sample(seen.layout[n]) for n in (features[0], dimension)]
        )
        if not isinstance(part, Held) or not part.trained:
            raise UnsayableError("what stands before a sequence is computed of weights")
        if part.tensor.name in making.read_often:
            raise UnsayableError("what stands before a sequence stands elsewhere, too")
        layout = tuple(map(once, part.layout))
        if size(layout[dimension]) != 1:
            seen = _steps_before(making, part, layout, features[0], dimension, seen)
            continue
        weight = Held(part.tensor, (layout[features[0]],), part.begin)
        draft = making.layer("class_token", {}, [seen.draft], {"weight": weight})
        changed = list(seen.layout)
        changed[dimension] = whole(1, draft.shape[1])
        seen = Laid(draft, tuple(changed))
    return seen


def _steps_before(
    making: Making, part: Held, layout: Layout, features: int, dimension: int, seen: Laid
) -> Laid:
    """Several learned steps that are one tensor, before a sequence of features x steps."""
    rows = layout[features], layout[dimension]
    fields = {"features": size(rows[0]), "steps": size(rows[1])}
    weight = Held(part.tensor, rows, part.begin)
    learned = making.layer("learned", fields, [seen.draft], {"weight": weight})
    learned.site = learned.site._replace(module=part.tensor.name, kind="")
    place = {features: 0, dimension: 1}
    laid = tuple(
        whole(place[number], learned.shape[place[number]]) if number in place else row
        for number, row in enumerate(seen.layout)
    )
    return chained(making, [Laid(learned, laid), seen], dimension)


def _with_zeros(making: Making, parts: Sequence[Any], dimension: int) -> Laid:
    """Zeros on both sides along a dimension."""
    places = [place for place, part in enumerate(parts) if isinstance(part, Laid)]
    if len(places) != 1:
        raise UnsayableError("zeros between what is put together")
    seen = parts[places[0]]
    before = sum(part.sizes[dimension] for part in parts[: places[0]])
    after = sum(part.sizes[dimension] for part in parts[places[0] + 1 :])
    return padded_axis(making, seen, dimension, before, after, 0.0)


def padded_axis(
    making: Making, seen: Laid, dimension: int, before: int, after: int, value: float
) -> Laid:
    """A number before and behind, along a dimension; fewer values where there are less than 0."""
    if before < 0 or after < 0:
        count = size(seen.layout[dimension])
        seen = taken(making, seen, dimension, max(-before, 0), count - max(-after, 0))
        before, after = max(before, 0), max(after, 0)
        if not before and not after:
            return seen
    axis = identity_axis(seen, dimension)
    if axis is None:
        seen, axis = by_dimensions(making, seen, dimension)
    rank = len(seen.draft.shape)
    if axis == 0 and (before or value):
        if rank < 2:
            raise UnsayableError("numbers are put around a vector")
        order = (1, 0, *range(2, rank))
        turned = Laid(
            making.layer("permute", {"order": order}, [seen.draft]),
            tuple(
                tuple(a if a.axis not in (0, 1) else a._replace(axis=1 - a.axis) for a in row)
                for row in seen.layout
            ),
        )
        return padded_axis(making, turned, dimension, before, after, value)
    if axis == 0:
        draft = making.layer("pad_channels", {"count": after}, [seen.draft])
    else:
        sides = tuple((before, after) if n == axis else (0, 0) for n in range(1, rank))
        draft = making.layer("pad", {"size": sides, "value": value}, [seen.draft])
    layout = list(seen.layout)
    layout[dimension] = whole(axis, draft.shape[axis])
    return Laid(draft, tuple(layout))


def stack(making: Making, call: Called) -> Any:
    """Behind one another along a dimension of their own."""
    parts = call["tensors"]
    if not any(isinstance(part, Laid) for part in parts):
        return computed(call)
    if any(not isinstance(part, Laid) for part in parts):
        raise UnsayableError("stored tensors are put beside those of the network")
    dimension = (call["dim"] or 0) % len(call.sizes)
    layouts = {part.layout for part in parts}
    shapes = {part.draft.shape for part in parts}
    if len(layouts) == len(shapes) == 1:
        draft = making.layer("concat", {}, [part.draft for part in parts])
        row = joined([Atom(0, parts[0].draft.shape[0], len(parts))])
        layout = parts[0].layout
        return Laid(draft, (*layout[:dimension], row, *layout[dimension:]))
    wide = [Laid(p.draft, (*p.layout[:dimension], (), *p.layout[dimension:])) for p in parts]
    return chained(making, wide, dimension)


def pad(making: Making, call: Called) -> Any:
    """Numbers around the last dimensions, or values of the tensor itself."""
    mode = call["mode"] or "constant"
    value = max(float(call["value"] or 0), LOWEST)
    seen = call.seen()
    given = call["pad"] if call["pad"] is not None else call["padding"]
    sides = list(zip(given[::2], given[1::2], strict=True))
    rank = len(seen.layout)
    axes = [identity_axis(seen, rank - 1 - number) for number in range(len(sides))]
    straight = all(axis or not any(side) for axis, side in zip(axes, sides, strict=True))
    if mode != "constant" and not straight:
        return _padded_map(making, Over(making, seen, len(sides)), sides, mode)
    if mode == "constant" and not (straight and all(n >= 0 for side in sides for n in side)):
        for number, (before, after) in enumerate(sides):
            if before or after:
                seen = padded_axis(making, seen, rank - 1 - number, before, after, value)
        return seen
    return _padded(making, seen, axes, sides, mode, value)


def _padded(
    making: Making,
    seen: Laid,
    axes: Sequence[int | None],
    sides: Sequence[tuple[int, int]],
    mode: str,
    value: float,
) -> Laid:
    """Around axes of a layer, the last first."""
    rank = len(seen.layout)
    told = {axis: side for axis, side in zip(axes, sides, strict=True) if axis}
    size_ = tuple(told.get(axis, (0, 0)) for axis in range(1, len(seen.draft.shape)))
    if not any(map(any, size_)):
        return seen
    fields = {"size": size_, "mode": mode, "value": value}
    draft = making.layer("pad", fields, [seen.draft])
    layout = list(seen.layout)
    for number, axis in enumerate(axes):
        if axis:
            layout[rank - 1 - number] = whole(axis, draft.shape[axis])
    return Laid(draft, tuple(layout))


def _padded_map(making: Making, over: Over, sides: Sequence[Any], mode: str) -> Laid:
    beside = [(0, 0)] if over.extra else []
    fields = {"size": (*beside, *reversed(sides)), "mode": mode}
    return over.seen(making.layer("pad", fields, [over.draft]))


def mirrored(making: Making, call: Called, mode: str) -> Any:
    """Values of the tensor itself around it."""
    return pad(making, Called(call.operation, {**call.given, "pad": call["padding"], "mode": mode}))


def written_into(making: Making, call: Called) -> Any:
    """A tensor of which a part is another one."""
    value, part = call["self"], call["src"]
    if not isinstance(value, Laid) or call["step"] != 1:
        raise UnsayableError("what is stored is written into")
    dimension = call["dim"] % len(value.layout)
    length = size(value.layout[dimension])
    start, end, _ = slice(call["start"], call["end"]).indices(length)
    if not isinstance(part, Laid):
        raise UnsayableError("what is stored is written into a tensor")
    before = [taken(making, value, dimension, 0, start)] if start else []
    behind = [taken(making, value, dimension, end, length)] if end < length else []
    return chained(making, [*before, part, *behind], dimension)


RANKS = (1, 2, 3)
OPERATORS = {
    "slice_scatter": written_into,
    "cat": concatenate,
    "concat": concatenate,
    "concatenate": concatenate,
    "stack": stack,
    "pad": pad,
    "constant_pad_nd": pad,
    **{f"reflection_pad{n}d": partial(mirrored, mode="reflect") for n in RANKS},
    **{f"replication_pad{n}d": partial(mirrored, mode="replicate") for n in RANKS},
}
