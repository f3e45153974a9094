"""What stands for a part of a model that cannot be said: layers of stated numbers."""

from __future__ import annotations

from collections.abc import Sequence

from cnncalc.importing.drafts import Draft, Origin
from cnncalc.importing.layouts import BATCH, Layout, natural, whole
from cnncalc.importing.making import Called, Making, UnsayableError
from cnncalc.importing.program import FOREIGN, PassedTensor, Sizes
from cnncalc.importing.program_values import Laid
from cnncalc.importing.regrouping import MOST_AXES
from cnncalc.layers.foreign import BESIDES, ForeignModule


def foreign(making: Making, call: Called) -> tuple[Laid, ...]:
    """A layer for each tensor that it gives. Raises UnsayableError where one has no shape that a
    layer's output could have, or it reads nothing, or too much."""
    seen = [each for each in call["inputs"] if isinstance(each, Laid)]
    read = list(dict.fromkeys(each.draft for each in seen))
    if not read:
        raise UnsayableError("it reads nothing of the network")
    if len(read) > len(BESIDES) + 1:
        raise UnsayableError(f"it reads {len(read)} layers")
    return tuple(
        _made(making, call, number, output, seen, read)
        for number, output in enumerate(call.operation.outputs, start=1)
    )


def _made(
    making: Making,
    call: Called,
    number: int,
    output: PassedTensor,
    seen: Sequence[Laid],
    read: Sequence[Draft],
) -> Laid:
    layout = _layout(making, output.sizes, seen)
    shape = _shape(layout)
    fields = {"module": call["module"], "output": shape, "params": 0, "macs": 0, "number": number}
    weights: dict[str, Origin] = {}
    if number == 1:
        fields |= {name: call[name] for name in ("params", "macs", "buffers")}
        for name in ("params", "buffers"):
            if call[name]:
                weights[name] = Origin(call[f"{name}_of"], sizes=(call[name],))
    draft = making.stated(ForeignModule.kind, fields, read, weights)
    return Laid(draft, layout)


def _layout(making: Making, wanted: Sizes, seen: Sequence[Laid]) -> Layout:
    """How an output lies: as an input does that is as large, or has its axes in such an order; else
    channels first."""
    batch = making.program.batch
    for each in seen:
        if each.sizes == wanted and _is_whole(each.layout):
            return each.layout
    if not wanted or wanted[0] % batch:
        raise UnsayableError("what it gives has no batch")
    if wanted[0] != batch:
        return _of_parts(wanted, batch)
    if len(wanted) > MOST_AXES + 1:
        raise UnsayableError(f"what it gives has {len(wanted) - 1} axes")
    for each in seen:
        order = [next((atom.axis for atom in row), None) for row in each.layout]
        alike = len(each.layout) == len(wanted) and None not in order
        if alike and _is_whole(each.layout) and min(wanted) > 1:
            axes = zip(order, wanted, strict=True)
            return tuple(whole(axis, size) for axis, size in axes if axis is not None)
    return natural(wanted[1:] or (1,), batch)[: len(wanted)]


def _of_parts(wanted: Sizes, batch: int) -> Layout:
    """Of samples that are cut into parts, one behind the other, which are the first axis."""
    if len(wanted) > MOST_AXES:
        raise UnsayableError(f"what it gives has {len(wanted)} axes")
    parts = (*whole(BATCH, batch), *whole(0, wanted[0] // batch))
    return parts, *(whole(axis, size) for axis, size in enumerate(wanted[1:], start=1))


def _is_whole(layout: Layout) -> bool:
    """Whether each dimension is an axis, or nothing."""
    axes = [atom.axis for row in layout for atom in row]
    return all(len(row) <= 1 for row in layout) and len(set(axes)) == len(axes)


def _shape(layout: Layout) -> tuple[int, ...]:
    """Of the layer that gives it."""
    found = {atom.axis: atom.size for row in layout for atom in row if atom.axis >= 0}
    count = max((*found, len(layout) - 2, 0)) + 1
    return tuple(found.get(axis, 1) for axis in range(count))


OPERATORS = {FOREIGN: foreign}
