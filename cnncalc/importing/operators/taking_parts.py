"""Parts of a tensor."""

from __future__ import annotations

from typing import Any

from cnncalc.importing.layouts import BATCH, Atom, Row, joined, size, whole
from cnncalc.importing.making import Called, Making, UnsayableError
from cnncalc.importing.operators.looking_up import by_offset, even_places
from cnncalc.importing.operators.pooling_windows import identity_axis
from cnncalc.importing.operators.viewing import computed
from cnncalc.importing.program_values import REPEATED, Computed, Held, Laid, LastStates
from cnncalc.importing.regrouping import (
    MOST_AXES,
    axis_name,
    by_dimensions,
    of_sample,
    regrouped,
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


def as_axis(making: Making, seen: Laid, dimension: int) -> tuple[Laid, int]:
    """The tensor of a layer of which a dimension is an axis, and which."""
    if any(atom.axis == BATCH for atom in seen.layout[dimension]):
        raise UnsayableError("samples of a batch change their places")
    axis = identity_axis(seen, dimension)
    return (seen, axis) if axis is not None else by_dimensions(making, seen, dimension)


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
    if array is None or not array.size or array.dtype.kind not in "iu":
        raise UnsayableError("places in no even order")
    if not even_places(array):
        return by_offset(making, seen, dimension, array)
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


OPERATORS = {
    "slice": slice_,
    "narrow": narrow,
    "select": select,
    "unbind": unbind,
    **dict.fromkeys(("split", "chunk", "split_with_sizes", "tensor_split"), split),
    "index": indexed,
    "index_select": index_select,
}
