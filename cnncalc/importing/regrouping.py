"""Axes as a layer wants them: what has to move becomes a layer."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import prod

from cnncalc.importing.drafts import Draft
from cnncalc.importing.layouts import BATCH, Atom, Layout, Row, joined, size, whole
from cnncalc.importing.making import Making, UnsayableError
from cnncalc.importing.program_values import Laid
from cnncalc.layers.axes import named
from cnncalc.layers.base import Shape

MOST_AXES = 4


def of_sample(row: Row) -> Row:
    """A dimension without the batch."""
    return joined(atom for atom in row if atom.axis != BATCH)


def split_batch(layout: Layout) -> tuple[Row, ...]:
    """The dimensions behind the first, which is the batch and nothing else. Raises
    UnsayableError."""
    first = layout[0] if layout else ()
    if of_sample(first) or any(atom.axis == BATCH for row in layout[1:] for atom in row):
        raise UnsayableError("its first dimension is not the batch alone")
    return layout[1:]


def regrouped(making: Making, seen: Laid, rows: Sequence[Row]) -> Laid:
    """The same tensor, of a layer whose axes are these rows. Raises UnsayableError where they are
    more than a layer has, or repeat values."""
    rows = [joined(row) for row in rows]
    if len(rows) > MOST_AXES or not rows:
        raise UnsayableError(f"it would be a map of {len(rows)} axes")
    units = [atom for row in rows for atom in row]
    if any(unit.axis < 0 for unit in units):
        raise UnsayableError("it repeats values")
    if prod(unit.size for unit in units) != prod(seen.draft.shape):
        raise UnsayableError("it leaves values out, or repeats them")
    draft = moved(making, seen.draft, rows)
    return Laid(draft, tuple(_renamed(row, rows) for row in seen.layout))


def _renamed(row: Row, rows: Sequence[Row]) -> Row:
    """A dimension in the axes that the rows have become."""
    found: list[Atom] = []
    for atom in row:
        found += [atom] if atom.axis < 0 else _places(atom, rows)
    return joined(found)


def _places(atom: Atom, rows: Sequence[Row]) -> list[Atom]:
    """Where the parts of an atom have come to."""
    found: list[tuple[int, Atom]] = []
    for axis, row in enumerate(rows):
        step = size(row)
        for unit in row:
            step //= unit.size
            if unit.axis != atom.axis:
                continue
            low, high = max(unit.step, atom.step), min(_end(unit), _end(atom))
            if high > low:
                place = step * (low // unit.step)
                found.append((low, Atom(axis, place, high // low)))
    if prod(each.size for _, each in found) != atom.size:
        raise UnsayableError("its axes are cut at other places")
    return [each for _, each in sorted(found, key=lambda pair: -pair[0])]


def _end(atom: Atom) -> int:
    return atom.step * atom.size


def moved(making: Making, draft: Draft, rows: Sequence[Row]) -> Draft:
    """A layer that has these rows of another's axes as its axes."""
    shape = tuple(map(size, rows))
    wanted = [atom for row in rows for atom in row]
    lying = sorted(wanted, key=lambda atom: (atom.axis, -atom.step))
    if wanted == lying:
        return reshaped(making, draft, shape)
    return _by_name(making, draft, rows) or _by_steps(making, draft, lying, wanted, shape)


def reshaped(making: Making, draft: Draft, shape: Shape) -> Draft:
    """The same values, one after the other, in another shape."""
    had = draft.shape
    if shape == had:
        return draft
    if len(shape) == 1:
        return making.layer("flatten", {}, [draft])
    if len(shape) == 2 and len(had) > 2 and shape[0] == had[0]:
        return making.layer("to_sequence", {}, [draft])
    parts = _split_axis(had, shape)
    if parts:
        axis, sizes = parts
        return making.layer(
            "unflatten", {"sizes": sizes, "axis": axis_name(axis, len(had))}, [draft]
        )
    return making.layer("reshape", {"sizes": shape}, [draft])


def _split_axis(had: Shape, shape: Shape) -> tuple[int, Shape] | None:
    """The axis that has become several, and their sizes."""
    more = len(shape) - len(had)
    for axis in range(len(had)):
        parts = shape[axis : axis + more + 1]
        whole_axis = prod(parts) == had[axis] and more > 0
        if whole_axis and (*had[:axis], *parts, *had[axis + 1 :]) == shape:
            return axis, parts
    return None


def axis_name(axis: int, rank: int) -> int | str:
    """The word for an axis of a shape with so many."""
    words = {number: word for word, number in reversed(named(rank).items())}
    return words.get(axis, axis)


def _by_steps(
    making: Making, draft: Draft, lying: list[Atom], wanted: list[Atom], shape: Shape
) -> Draft:
    """Split into parts, brought into another order, put together: at once if there are no more than
    four parts, else part by part."""
    parts = _runs(lying, wanted)
    order = _runs(wanted, lying)
    while parts != order:
        if len(parts) <= MOST_AXES:
            split = reshaped(making, draft, tuple(map(size, parts)))
            numbers = tuple(parts.index(part) for part in order)
            draft, parts = making.layer("permute", {"order": numbers}, [split]), order
            continue
        place = next(n for n, (a, b) in enumerate(zip(parts, order, strict=True)) if a != b)
        found = parts.index(order[place])
        groups = [parts[:place], parts[place:found], [parts[found]], parts[found + 1 :]]
        numbers = tuple(n for n in (0, 2, 1, 3) if groups[n])
        sizes = tuple(size(tuple(a for r in group for a in r)) for group in groups if group)
        kept = sorted(numbers)
        split = reshaped(making, draft, sizes)
        draft = making.layer("permute", {"order": tuple(map(kept.index, numbers))}, [split])
        parts = [*groups[0], *groups[2], *groups[1], *groups[3]]
    return reshaped(making, draft, shape)


def _runs(one: list[Atom], other: list[Atom]) -> list[Row]:
    """Atoms that follow each other in both orders, together."""
    behind = dict(pairwise(other))
    found: list[list[Atom]] = []
    for atom in one:
        if found and behind.get(found[-1][-1]) == atom:
            found[-1].append(atom)
        else:
            found.append([atom])
    return [tuple(run) for run in found]


def _by_name(making: Making, draft: Draft, rows: Sequence[Row]) -> Draft | None:
    """By the kind that does just this, where there is one."""
    return (
        _permuted(making, draft, rows)
        or _shuffled(making, draft, rows)
        or _pixels(making, draft, rows)
        or _unpixels(making, draft, rows)
        or (_of_windows_made(draft) and _map_of_windows(making, draft, rows))
        or _windows(making, draft, rows)
        or _steps_along(making, draft, rows)
    )


def _permuted(making: Making, draft: Draft, rows: Sequence[Row]) -> Draft | None:
    axes = [whole(axis, count) for axis, count in enumerate(draft.shape)]
    ones = [axis for axis, row in enumerate(axes) if not row]
    if len(axes) != len(rows):
        return None
    order = []
    for row in rows:
        if row in axes and row:
            order.append(axes.index(row))
        elif not row and ones:
            order.append(ones.pop(0))
        else:
            return None
    if draft.kind == "permute":
        order = [draft.fields["order"][axis] for axis in order]
        (draft,) = draft.inputs
        if order == sorted(order):
            return draft
    return making.layer("permute", {"order": tuple(order)}, [draft])


def _natural_behind(draft: Draft, rows: Sequence[Row]) -> bool:
    """Whether all axes but the channels are as they were."""
    axes = [whole(axis, count) for axis, count in enumerate(draft.shape)]
    return list(rows[1:]) == axes[1:]


def _shuffled(making: Making, draft: Draft, rows: Sequence[Row]) -> Draft | None:
    if not _natural_behind(draft, rows) or len(rows[0]) != 2 or len(rows) < 2:
        return None
    slow, fast = rows[0]
    if (slow.axis, fast.axis, slow.step, fast.step) != (0, 0, 1, slow.size):
        return None
    return making.layer("channel_shuffle", {"groups": fast.size}, [draft])


def _pixels(making: Making, draft: Draft, rows: Sequence[Row]) -> Draft | None:
    if len(draft.shape) != 3 or len(rows) != 3:
        return None
    channels, height, width = draft.shape
    for order in ("channels", "rows", "columns"):
        for factor in {row[-1].size for row in rows[1:] if row}:
            each = channels // factor**2
            steps = {
                "channels": (factor**2, factor, 1),
                "rows": (1, factor * each, each),
                "columns": (1, each, factor * each),
            }[order]
            made = [
                joined([Atom(0, steps[0], each)]),
                joined([*whole(1, height), Atom(0, steps[1], factor)]),
                joined([*whole(2, width), Atom(0, steps[2], factor)]),
            ]
            if channels % factor**2 == 0 and made == list(rows) and factor > 1:
                return making.layer("pixel_shuffle", {"factor": factor, "order": order}, [draft])
    return None


def _unpixels(making: Making, draft: Draft, rows: Sequence[Row]) -> Draft | None:
    if len(draft.shape) != 3 or len(rows) != 3:
        return None
    channels, height, width = draft.shape
    factor = height // max(size(rows[1]), 1)
    if factor < 2 or height % factor or width % factor:
        return None
    low, across = Atom(1, 1, factor), Atom(2, 1, factor)
    orders = {
        "channels": [*whole(0, channels), low, across],
        "rows": [low, across, *whole(0, channels)],
        "columns": [across, low, *whole(0, channels)],
    }
    behind = [joined([Atom(axis, factor, draft.shape[axis] // factor)]) for axis in (1, 2)]
    for order, first in orders.items():
        if [joined(first), *behind] == list(rows):
            return making.layer("pixel_unshuffle", {"factor": factor, "order": order}, [draft])
    return None


def _windows(making: Making, draft: Draft, rows: Sequence[Row]) -> Draft | None:
    """Windows of neighbours, or of places as far apart as a grid has them."""
    sides = draft.shape[1:]
    if len(rows) != 3 or rows[0] != whole(0, draft.shape[0]) or len(sides) < 2:
        return None
    inner = {atom.axis: atom for atom in rows[2]}
    outer = {atom.axis: atom for atom in rows[1]}
    window = tuple(inner[axis].size if axis in inner else 1 for axis in range(1, len(sides) + 1))
    if any(side % each for side, each in zip(sides, window, strict=True)):
        return None
    counts = tuple(side // each for side, each in zip(sides, window, strict=True))
    for apart in {(1,) * len(sides), counts}:
        close = apart != counts or counts == (1,) * len(sides)
        steps = apart
        places = joined(
            Atom(axis, step, each)
            for axis, (step, each) in enumerate(zip(steps, window, strict=True), 1)
        )
        between = joined(
            Atom(axis, each if close else 1, count)
            for axis, (each, count) in enumerate(zip(window, counts, strict=True), 1)
        )
        if (between, places) == (rows[1], rows[2]) and (len(inner), len(outer)) != (0, 0):
            fields = {"size": same(window), **({} if close else {"dilation": same(apart)})}
            return making.layer("to_windows", fields, [draft])
    return None


def _of_windows_made(draft: Draft) -> bool:
    """Whether the axes of a layer are windows and their positions: to cut a map into windows, and
    to put one together, can be the same."""
    while draft.inputs and draft.layer is not None and len(draft.shape) == 3:
        if draft.kind in ("to_windows", "from_windows"):
            return draft.kind == "to_windows"
        draft = draft.inputs[0]
    return False


def _map_of_windows(making: Making, draft: Draft, rows: Sequence[Row]) -> Draft | None:
    """A map put together of what `to_windows` makes."""
    if len(draft.shape) != 3 or len(rows) < 3 or rows[0] != whole(0, draft.shape[0]):
        return None
    pairs = [tuple(row) for row in rows[1:]]
    if any({atom.axis for atom in pair} - {1, 2} or len(pair) > 2 for pair in pairs):
        return None
    inner = [next((a.size for a in pair if a.axis == 2), 1) for pair in pairs]
    outer = [next((a.size for a in pair if a.axis == 1), 1) for pair in pairs]
    for close in (True, False):
        if [joined(row) for row in _of_windows(outer, inner, close)] == list(rows[1:]):
            sizes = tuple(a * b for a, b in zip(outer, inner, strict=True))
            fields: dict[str, object] = {"size": same(inner)}
            fields |= {} if close else {"dilation": same(outer)}
            fields |= {} if len(set(sizes)) == 1 else {"map": sizes}
            return making.layer("from_windows", fields, [draft])
    return None


def _of_windows(outer: Sequence[int], inner: Sequence[int], close: bool) -> list[list[Atom]]:
    """Where the places of a map along each axis are in its windows."""
    found = []
    for axis in range(len(outer)):
        window = Atom(1, prod(outer[axis + 1 :]), outer[axis])
        place = Atom(2, prod(inner[axis + 1 :]), inner[axis])
        found.append([window, place] if close else [place, window])
    return found


def _steps_along(making: Making, draft: Draft, rows: Sequence[Row]) -> Draft | None:
    if len(rows) != 2 or len(draft.shape) < 3:
        return None
    for axis in range(len(draft.shape)):
        others = joined(
            Atom(each, 1, count) for each, count in enumerate(draft.shape) if each != axis
        )
        if list(rows) == [others, whole(axis, draft.shape[axis])]:
            name = axis_name(axis, len(draft.shape))
            return making.layer("to_sequence", {"axis": name}, [draft])
    return None


def same(values: Sequence[int]) -> int | tuple[int, ...]:
    """One number, where all are the same."""
    return values[0] if len(set(values)) == 1 else tuple(values)


def by_dimensions(making: Making, seen: Laid, dimension: int) -> tuple[Laid, int]:
    """The tensor of a layer whose axes are its dimensions, that of the channels first, and which of
    them a dimension is, be it of size 1. Raises UnsayableError."""
    kept = [n for n, row in enumerate(seen.layout) if of_sample(row) or n == dimension]
    first = [n for n in kept if any(atom.axis == 0 for atom in seen.layout[n])][:1]
    order = [*first, *(n for n in kept if n not in first)]
    moved = regrouped(making, seen, [of_sample(seen.layout[number]) for number in order])
    return moved, order.index(dimension)


def kept_dimensions(layout: Layout, but: int | None = None) -> list[Row]:
    """The dimensions of a sample that are larger than 1, without one of them."""
    return [row for number, each in enumerate(layout) if number != but and (row := of_sample(each))]


def as_channels(making: Making, seen: Laid, dimension: int) -> Laid:
    """The tensor of a layer of which one of its dimensions is the channels."""
    row, draft = seen.layout[dimension], seen.draft
    if any(atom.axis == BATCH for atom in row):
        raise UnsayableError("it reads across the samples of a batch")
    alone = len(seen.layout) == 2 and not of_sample(seen.layout[1 - dimension])
    is_channels = row or not any(a.axis == 0 for other in seen.layout for a in other)
    vector = alone and len(draft.shape) > 1
    if row == whole(0, draft.shape[0]) and is_channels and not vector:
        return seen
    others = kept_dimensions(seen.layout, dimension)
    if len(others) > 3 or (len(others) < len(draft.shape) - 1 and not alone):
        others = _axes_without(seen, row) or others
    return regrouped(making, seen, [row, *([] if alone else others)])


def _axes_without(seen: Laid, row: Row) -> list[Row]:
    """The axes of the layer, without what is in a dimension; none where it is part of one."""
    axes = [whole(axis, size) for axis, size in enumerate(seen.draft.shape)]
    taken = {atom.axis for atom in row}
    if any(set(axes[axis]) - set(row) for axis in taken):
        return []
    return [each for axis, each in enumerate(axes) if axis not in taken]
