"""What shows the same numbers otherwise: no layer comes of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from cnncalc.importing.layouts import (
    BATCH,
    Layout,
    LayoutError,
    joined,
    natural,
    padded,
    permuted,
    size,
    viewed,
    whole,
)
from cnncalc.importing.making import Called, Making, UnsayableError
from cnncalc.importing.program import several
from cnncalc.importing.program_values import Computed, Held, Laid, repeated
from cnncalc.importing.regrouping import by_dimensions, of_sample, regrouped, reshaped


def laid(call: Called, change: Callable[[Layout], Layout]) -> Any:
    """The tensor in another layout; of a computed one, how it is computed."""
    value = call["self"] if call["self"] is not None else call["input"]
    if isinstance(value, Held | Laid):
        return value._replace(layout=change(value.layout))
    return computed(call)


def computed(call: Called) -> Computed:
    """What is made of weights alone."""
    return Computed(call.sizes, call.operation.operator, dict(call.given), call.operation)


def view(making: Making, call: Called) -> Any:
    """In other dimensions."""
    value, wanted = call["self"] if call["self"] is not None else call["input"], call.sizes
    if isinstance(value, Laid) and _flattens(value, wanted):
        flat = reshaped(making, value.draft, wanted[1:])
        return Laid(flat, natural(flat.shape, wanted[0]))
    try:
        return laid(call, lambda layout: viewed(layout, wanted))
    except LayoutError as error:
        if not isinstance(value, Laid):
            return computed(call)
        return _by_axes(making, value, wanted) or _put_together(making, value, wanted, str(error))


def _by_axes(making: Making, seen: Laid, wanted: tuple[int, ...]) -> Laid | None:
    """A view of the tensor of a layer that has its dimensions as axes, where that can be cut so."""
    kept = [number for number, row in enumerate(seen.layout) if of_sample(row)]
    try:
        moved, _ = by_dimensions(making, seen, kept[0])
        return moved._replace(layout=viewed(moved.layout, wanted))
    except (LayoutError, UnsayableError, IndexError):
        return None


def _flattens(seen: Laid, wanted: tuple[int, ...]) -> bool:
    """Whether a map becomes a vector, or a sequence of its places: then the layer stands where the
    model has it."""
    shape = seen.draft.shape
    vector = len(wanted) == 2 and len(shape) > 1
    sequence = len(wanted) == 3 and len(shape) > 2 and wanted[1] == shape[0]
    return (vector or sequence) and seen.layout == natural(shape, wanted[0])


def _put_together(making: Making, seen: Laid, wanted: tuple[int, ...], why: str) -> Laid:
    """A view that cuts where axes do not end: of all numbers in a row."""
    batch = whole(BATCH, making.program.batch)
    if seen.layout[0][: len(batch)] != batch:
        raise UnsayableError(f"its view mixes the samples of a batch: {why}")
    together = tuple(a for row in seen.layout for a in row if a.axis != BATCH)
    flat = regrouped(making, seen, [together])
    first, *rest = wanted
    if first != making.program.batch:
        raise UnsayableError(f"its view has no batch of its own: {why}")
    draft = making.layer("reshape", {"sizes": tuple(rest)}, [flat.draft])
    return Laid(draft, (batch, *(whole(axis, count) for axis, count in enumerate(rest))))


def permute(making: Making, call: Called) -> Any:
    """In another order."""
    return laid(call, lambda layout: permuted(layout, call["dims"]))


def transpose(making: Making, call: Called) -> Any:
    """Two dimensions exchanged."""

    def change(layout: Layout) -> Layout:
        order = list(range(len(layout)))
        one = call["dim0"] if call["dim0"] is not None else call["axis0"]
        other = call["dim1"] if call["dim1"] is not None else call["axis1"]
        order[one], order[other] = order[other], order[one]
        return permuted(layout, order)

    return laid(call, change)


def turned(making: Making, call: Called) -> Any:
    """All dimensions the other way round."""
    return laid(call, lambda layout: layout[::-1])


def last_turned(making: Making, call: Called) -> Any:
    """The last two exchanged."""
    return laid(call, lambda layout: (*layout[:-2], layout[-1], layout[-2]))


def movedim(making: Making, call: Called) -> Any:
    """Some dimensions at other places."""

    def change(layout: Layout) -> Layout:
        rank = len(layout)
        source = [number % rank for number in several(call["source"])]
        wanted = [number % rank for number in several(call["destination"])]
        rest = iter([number for number in range(rank) if number not in source])
        at = dict(zip(wanted, source, strict=True))
        return permuted(layout, [at[n] if n in at else next(rest) for n in range(rank)])

    return laid(call, change)


def expand(making: Making, call: Called) -> Any:
    """Sizes of 1 repeated; in front, the batch where what is read has one."""
    return laid(call, lambda layout: expanded(layout, call.sizes))


def expanded(layout: Layout, wanted: Sequence[int]) -> Layout:
    """Of these sizes, those of 1 repeated."""
    rows = zip(padded(layout, len(wanted)), wanted, strict=True)
    return tuple(row if size(row) == count else repeated(count) for row, count in rows)


def copied(making: Making, call: Called) -> Any:
    """A tensor of which all is another one."""
    value = call["src"]
    if not isinstance(value, Held | Laid):
        return computed(call)
    return (
        value
        if value.sizes == call.sizes
        else value._replace(layout=expanded(value.layout, call.sizes))
    )


def repeat(making: Making, call: Called) -> Any:
    """As often as it says, all of a dimension behind all of it."""
    value = call["self"]
    if not isinstance(value, Held | Laid):
        return computed(call)
    rows = padded(value.layout, len(call.sizes))
    pairs = list(zip(rows, call.sizes, strict=True))
    if all(size(row) in (1, count) for row, count in pairs):
        return expand(making, call)
    if not isinstance(value, Laid):
        raise UnsayableError("stored values are repeated")
    if any(atom.axis == BATCH for row, count in pairs if size(row) != count for atom in row):
        raise UnsayableError("the samples of a batch are repeated")
    again = (joined((*repeated(count // size(row)), *row)) for row, count in pairs)
    return value._replace(layout=tuple(again))


def repeat_each(making: Making, call: Called) -> Any:
    """Each value of a dimension as often as it says, one beside the other."""
    value, times = call["self"], call["repeats"]
    if not isinstance(value, Laid) or not isinstance(times, int):
        raise UnsayableError("values are repeated, not all as often")
    if call["dim"] is None:
        raise UnsayableError("all values are repeated as one")
    layout = list(value.layout)
    dimension = call["dim"] % len(layout)
    layout[dimension] = joined((*layout[dimension], *repeated(times)))
    return value._replace(layout=tuple(layout))


def unfolded(making: Making, call: Called) -> Any:
    """Windows that do not overlap, along a dimension."""
    value, step, count = call["self"], call["step"], call["size"]
    if step != count or not isinstance(value, Laid | Held):
        raise UnsayableError("windows that overlap")
    dimension = call["dimension"] % len(value.layout)
    length = size(value.layout[dimension])
    if length % count:
        raise UnsayableError("windows that leave some out")

    def change(layout: Layout) -> Layout:
        sizes = [size(row) for row in layout]
        sizes[dimension : dimension + 1] = [length // count, count]
        split = viewed(layout, sizes)
        order = [n for n in range(len(split)) if n != dimension + 1]
        return permuted(split, [*order, dimension + 1])

    return laid(call, change)


OPERATORS = {
    **dict.fromkeys(
        ("view", "reshape", "_unsafe_view", "flatten", "unflatten", "squeeze", "unsqueeze"), view
    ),
    "view_as": view,
    "reshape_as": view,
    "atleast_2d": view,
    "permute": permute,
    "transpose": transpose,
    "swapaxes": transpose,
    "swapdims": transpose,
    "t": turned,
    "numpy_T": turned,
    "mT": last_turned,
    "adjoint": last_turned,
    "movedim": movedim,
    "moveaxis": movedim,
    "expand": expand,
    "expand_as": expand,
    "broadcast_to": expand,
    "copy": copied,
    "repeat": repeat,
    "tile": repeat,
    "repeat_interleave": repeat_each,
}
