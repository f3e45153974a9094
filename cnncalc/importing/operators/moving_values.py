"""Parts of a tensor, tensors behind one another, and values that change their places."""

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
from cnncalc.importing.operators.viewing import computed
from cnncalc.importing.program_values import REPEATED, Computed, Held, Laid, LastStates, once
from cnncalc.importing.regrouping import (
    MOST_AXES,
    axis_name,
    by_dimensions,
    of_sample,
    regrouped,
    same,
)


def taken(making: Making, value: Any, dimension: int, start: int, stop: int, step: int = 1) -> Any:
    """From `start` to before `stop` along a dimension."""
    if isinstance(value, LastStates):
        return _taken_of_end(making, value, dimension, start, stop, step)
    row = value.layout[dimension]
    count = len(range(start, stop, step))
    if not count:
        sizes = (*value.sizes[:dimension], 0, *value.sizes[dimension + 1 :])
        return Computed(sizes, "empty", {})
    if count == size(row) and start == 0:
        return value
    if isinstance(value, Held):
        return _part_of_weight(value, dimension, start, count, step)
    if any(atom.axis == BATCH for atom in row):
        raise UnsayableError("some samples of a batch are taken")
    if all(atom.axis == REPEATED for atom in row):
        layout = list(value.layout)
        layout[dimension] = tuple(a._replace(size=count) for a in row if count > 1)
        return Laid(value.draft, tuple(layout))
    return _taken(making, value, dimension, range(start, stop, step))


def _taken_of_end(
    making: Making, value: LastStates, dimension: int, start: int, stop: int, step: int
) -> Any:
    """Of what is known alone."""
    before = value.length - value.seen.sizes[0]
    if dimension or start < before:
        raise UnsayableError("the state of a layer below the last is read")
    return taken(making, value.seen, 0, start - before, stop - before, step)


def _part_of_weight(value: Held, dimension: int, start: int, count: int, step: int) -> Any:
    row = value.layout[dimension]
    if step != 1 or len(row) != 1 or row[0].axis != 0:
        raise UnsayableError("a part of a stored tensor")
    (atom,) = row
    length = value.tensor.sizes[0]
    if (value.part() is None and atom.step * atom.size != length) or value.part():
        raise UnsayableError("a part of a stored tensor")
    layout = list(value.layout)
    layout[dimension] = joined([Atom(0, atom.step, count)])
    return Held(value.tensor, tuple(layout), start * atom.step)


def _taken(making: Making, seen: Laid, dimension: int, places: range) -> Laid:
    row = seen.layout[dimension]
    slow, behind = row[0], size(row[1:])
    start, count, step = places.start, len(places), places.step
    if behind > 1:
        if start % behind or count % behind or step != 1:
            return _taken(making, _own_axis(making, seen, dimension), dimension, places)
        start, count = start // behind, count // behind
    length = seen.draft.shape[slow.axis]
    if slow.step * slow.size == length and step == 1:
        fields = {"start": start * slow.step, "stop": (start + count) * slow.step}
        kept = Atom(slow.axis, slow.step, count)
        return _sliced(making, seen, slow, fields, kept, 1)
    if slow.step == 1 and slow.size == length:
        fields = {"start": start, "stop": start + step * (count - 1) + 1, "step": step}
        return _sliced(making, seen, slow, fields, Atom(slow.axis, 1, count), 1)
    if slow.step == 1 and count == 1 and behind == 1:
        fields = {"start": start, "step": slow.size}
        return _sliced(making, seen, slow, fields, Atom(slow.axis, 1, 1), slow.size)
    own = _own_axis(making, seen, dimension)
    if own.draft is seen.draft:
        raise UnsayableError("a part of a dimension that lies across several axes")
    return _taken(making, own, dimension, places)


def _own_axis(making: Making, seen: Laid, dimension: int) -> Laid:
    """The tensor of a layer of which the dimension is an axis of its own."""
    row = of_sample(seen.layout[dimension])
    rows: list[Row] = []
    for axis, count in enumerate(seen.draft.shape):
        inside = [atom for atom in row if atom.axis == axis]
        rows += _around(axis, count, inside[0]) if len(inside) == 1 else [whole(axis, count)]
    one_axis = len({atom.axis for atom in row}) == len(row) == 1
    if not one_axis or len([each for each in rows if each]) > MOST_AXES:
        others = [
            r for n, each in enumerate(seen.layout) if n != dimension and (r := of_sample(each))
        ]
        return regrouped(making, seen, [row, *others])
    return regrouped(making, seen, [each for each in rows if each])


def _around(axis: int, count: int, atom: Atom) -> list[Row]:
    """An axis as what is slower than a part of it, that part, what is faster."""
    slower = count // (atom.step * atom.size)
    return [
        joined([Atom(axis, atom.step * atom.size, slower)]),
        joined([atom]),
        joined([Atom(axis, 1, atom.step)]),
    ]


def _sliced(
    making: Making, seen: Laid, old: Atom, fields: dict[str, Any], kept: Atom, apart: int
) -> Laid:
    """A slice, and where the parts of its axis have come to."""
    shape = seen.draft.shape
    told = dict(fields)
    if told.get("stop") == shape[old.axis]:
        del told["stop"]
    told["axis"] = axis_name(old.axis, len(shape))
    draft = making.layer("slice", told, [seen.draft])

    def become(atom: Atom) -> Atom:
        if atom.axis != old.axis:
            return atom
        return kept if atom == old else atom._replace(step=atom.step // apart)

    layout = tuple(joined(map(become, row)) for row in seen.layout)
    return Laid(draft, layout)


def slice_(making: Making, call: Called) -> Any:
    """Between two places."""
    value = call["self"]
    if not isinstance(value, Laid | Held | LastStates):
        return computed(call)
    dimension = call["dim"] % len(value.sizes)
    count = value.sizes[dimension]
    start, stop, step = slice(call["start"], call["end"], call["step"]).indices(count)
    return taken(making, value, dimension, start, stop, step)


def narrow(making: Making, call: Called) -> Any:
    """So many from one place on."""
    value = call["self"]
    if not isinstance(value, Laid | Held):
        return computed(call)
    dimension = call["dim"] % len(value.layout)
    start = call["start"] % size(value.layout[dimension])
    return taken(making, value, dimension, start, start + call["length"])


def select(making: Making, call: Called) -> Any:
    """One place, without its dimension."""
    value = call["self"]
    if not isinstance(value, Laid | Held | LastStates):
        return computed(call)
    dimension = call["dim"] % len(value.sizes)
    return selected(making, value, dimension, call["index"] % value.sizes[dimension])


def selected(making: Making, value: Any, dimension: int, place: int) -> Any:
    """One place, without its dimension."""
    part = taken(making, value, dimension, place, place + 1)
    layout = (*part.layout[:dimension], *part.layout[dimension + 1 :])
    return part._replace(layout=layout)


def unbind(making: Making, call: Called) -> Any:
    """Each place by itself."""
    value = call["self"]
    if not isinstance(value, Laid | Held):
        raise UnsayableError("parts of what is computed of weights")
    dimension = (call["dim"] or 0) % len(value.layout)
    count = size(value.layout[dimension])
    return tuple(selected(making, value, dimension, place) for place in range(count))


def split(making: Making, call: Called) -> Any:
    """In parts, as large as the outputs are."""
    value = call["self"]
    if not isinstance(value, Laid | Held):
        raise UnsayableError("parts of what is computed of weights")
    dimension = (call["dim"] or 0) % len(value.layout)
    found, start = [], 0
    for output in call.operation.outputs:
        stop = start + output.sizes[dimension]
        found.append(taken(making, value, dimension, start, stop))
        start = stop
    return tuple(found)


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


def upsampled(making: Making, call: Called, mode: str, rank: int) -> Laid:
    """To another size."""
    over = Over(making, call.seen(), rank)
    if over.extra:
        raise UnsayableError("several maps of a sample are resized")
    had, has = over.draft.shape[1:], call.sizes[2:]
    factors = call["scale_factors"]
    given = [call[f"scales{end}"] for end in ("_d", "_h", "_w", "")]
    scales = factors or tuple(each for each in given if each is not None)
    align = bool(call["align_corners"])
    if had == has:
        return over.seen(over.draft)
    if scales and len(scales) == rank:
        wanted = tuple(float(each) for each in scales)
        fields: dict[str, Any] = {"scale": same(tuple(map(_plain, wanted)))}
    else:
        fields = {"size": same(has)}
    fields |= {"mode": mode, "align_corners": align}
    return over.seen(making.layer("upsample", fields, [over.draft]))


def _plain(value: float) -> Any:
    return int(value) if value == int(value) else value


def roll(making: Making, call: Called) -> Laid:
    """What leaves a dimension comes back at its other end."""
    seen, dims = call.seen(), call["dims"]
    shifts = call["shifts"]
    if not dims:
        raise UnsayableError("all values are rolled as one")
    for shift, number in zip(shifts, dims, strict=True):
        number %= len(seen.layout)
        if not seen.layout[number] or shift == 0:
            continue
        seen, axis = as_axis(making, seen, number)
        fields = {"shift": shift, "axis": axis_name(axis, len(seen.draft.shape))}
        seen = Laid(making.layer("roll", fields, [seen.draft]), seen.layout)
    return seen


def flip(making: Making, call: Called) -> Laid:
    """From end to beginning."""
    seen = call.seen()
    for number in call["dims"]:
        number %= len(seen.layout)
        if not seen.layout[number]:
            continue
        seen, axis = as_axis(making, seen, number)
        fields = {"axis": axis_name(axis, len(seen.draft.shape))}
        seen = Laid(making.layer("flip", fields, [seen.draft]), seen.layout)
    return seen


def as_axis(making: Making, seen: Laid, dimension: int) -> tuple[Laid, int]:
    """The tensor of a layer of which a dimension is an axis, and which."""
    if any(atom.axis == BATCH for atom in seen.layout[dimension]):
        raise UnsayableError("samples of a batch change their places")
    axis = identity_axis(seen, dimension)
    return (seen, axis) if axis is not None else by_dimensions(making, seen, dimension)


def pixel_shuffle(making: Making, call: Called) -> Laid:
    """Channels become pixels."""
    over = Over(making, call.seen(), 2)
    fields = {"factor": call["upscale_factor"]}
    return over.seen(making.layer("pixel_shuffle", fields, [over.draft]))


def pixel_unshuffle(making: Making, call: Called) -> Laid:
    """Pixels become channels."""
    over = Over(making, call.seen(), 2)
    fields = {"factor": call["downscale_factor"]}
    return over.seen(making.layer("pixel_unshuffle", fields, [over.draft]))


def channel_shuffle(making: Making, call: Called) -> Laid:
    """Channels of all groups in turn."""
    over = Over(making, call.seen(), len(call.seen().layout) - 2)
    return over.seen(making.layer("channel_shuffle", {"groups": call["groups"]}, [over.draft]))


def indexed(making: Making, call: Called) -> Any:
    """Places that a constant names, evenly apart, along one dimension."""
    value, indices = call["self"], call["indices"]
    if not isinstance(value, Laid):
        return computed(call)
    given = [(n, each) for n, each in enumerate(indices) if each is not None]
    if len(given) != 1 or not isinstance(given[0][1], Held):
        raise UnsayableError("places that are computed")
    dimension, places = given[0]
    return by_places(making, value, dimension, places)


def index_select(making: Making, call: Called) -> Any:
    """Places that a constant names, evenly apart."""
    value = call["self"]
    if not isinstance(value, Laid):
        return computed(call)
    if not isinstance(call["index"], Held):
        raise UnsayableError("places that are computed")
    return by_places(making, value, call["dim"] % len(value.layout), call["index"])


def by_places(making: Making, seen: Laid, dimension: int, places: Held) -> Laid:
    """Those places along a dimension."""
    array = places.array()
    if array is None or array.ndim != 1 or not array.size or array.dtype.kind not in "iu":
        raise UnsayableError("places in no even order")
    numbers = [int(each) for each in array]
    step = numbers[1] - numbers[0] if len(numbers) > 1 else 1
    if numbers == list(range(size(seen.layout[dimension])))[::-1] and len(numbers) > 1:
        moved, axis = as_axis(making, seen, dimension)
        name = axis_name(axis, len(moved.draft.shape))
        return Laid(making.layer("flip", {"axis": name}, [moved.draft]), moved.layout)
    stop = numbers[-1] + 1
    if step < 1 or numbers != list(range(numbers[0], stop, step)):
        raise UnsayableError("places in no even order")
    found = taken(making, seen, dimension, numbers[0], stop, step)
    assert isinstance(found, Laid)
    return found


LINEAR = {1: "linear", 2: "bilinear", 3: "trilinear"}
RANKS = (1, 2, 3)
OPERATORS = {
    "slice": slice_,
    "narrow": narrow,
    "select": select,
    "unbind": unbind,
    **dict.fromkeys(("split", "chunk", "split_with_sizes", "tensor_split"), split),
    "cat": concatenate,
    "concat": concatenate,
    "concatenate": concatenate,
    "stack": stack,
    "pad": pad,
    "constant_pad_nd": pad,
    **{f"reflection_pad{n}d": partial(mirrored, mode="reflect") for n in RANKS},
    **{f"replication_pad{n}d": partial(mirrored, mode="replicate") for n in RANKS},
    **{f"upsample_nearest{n}d": partial(upsampled, mode="nearest", rank=n) for n in RANKS},
    **{f"upsample_{LINEAR[n]}{n}d": partial(upsampled, mode="linear", rank=n) for n in RANKS},
    "upsample_linear1d": partial(upsampled, mode="linear", rank=1),
    "upsample_bicubic2d": partial(upsampled, mode="cubic", rank=2),
    "roll": roll,
    "flip": flip,
    "pixel_shuffle": pixel_shuffle,
    "pixel_unshuffle": pixel_unshuffle,
    "channel_shuffle": channel_shuffle,
    "native_channel_shuffle": channel_shuffle,
    "index": indexed,
    "index_select": index_select,
}
