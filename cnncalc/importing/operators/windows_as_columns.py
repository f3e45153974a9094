"""Windows that overlap, each as a column of its values, and columns added up as a map again: by the
places that each tap of the window has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from math import prod
from typing import Any

from cnncalc.importing.drafts import Draft
from cnncalc.importing.layouts import Atom, joined, natural, permuted, viewed, whole
from cnncalc.importing.making import Called, Making, UnsayableError
from cnncalc.importing.operators.convolving import Over, per_axis
from cnncalc.importing.operators.taking_parts import selected, taken
from cnncalc.importing.operators.viewing import unfolded
from cnncalc.importing.program_values import Laid
from cnncalc.importing.regrouping import of_sample, regrouped

MOST_TAPS = 64


def columns(making: Making, call: Called) -> Laid:
    """`im2col`: channels x taps, of all windows."""
    over = Over(making, call.seen(), 2)
    if over.extra:
        raise UnsayableError("columns of several maps of a sample")
    kernel, dilation, padding, stride = _told(call)
    seen = over.seen(_padded(making, over.draft, [(each, each) for each in padding]))
    if kernel == stride and set(dilation) == {1}:
        return _side_by_side(making, seen, kernel)
    if prod(kernel) > MOST_TAPS:
        raise UnsayableError(f"windows of more than {MOST_TAPS} values that overlap, as columns")
    space = [
        (size - far * (taps - 1) - 1) // step + 1
        for size, taps, far, step in zip(seen.sizes[2:], kernel, dilation, stride, strict=True)
    ]
    parts = []
    for taps in _taps(kernel):
        part: Any = seen
        for axis, (tap, far, step, count) in enumerate(
            zip(taps, dilation, stride, space, strict=True), 2
        ):
            start = tap * far
            part = taken(making, part, axis, start, start + step * (count - 1) + 1, step)
        parts.append(part.draft)
    draft = making.layer("concat", {}, parts)
    channels = parts[0].shape[0]
    row = joined([Atom(0, 1, channels), Atom(0, channels, len(parts))])
    places = joined([*whole(1, space[0]), *whole(2, space[1])])
    return Laid(draft, (seen.layout[0], row, places))


def _side_by_side(making: Making, seen: Laid, kernel: Sequence[int]) -> Laid:
    """Columns of windows that do not overlap: the same values, seen otherwise."""
    counts = [size // taps for size, taps in zip(seen.sizes[2:], kernel, strict=True)]
    for axis, (count, taps) in enumerate(zip(counts, kernel, strict=True), 2):
        seen = taken(making, seen, axis, 0, count * taps)
    (down, across), (high, wide) = counts, kernel
    rows = viewed(seen.layout, (*seen.sizes[:2], down, high, across, wide))
    ordered = permuted(rows, (0, 1, 3, 5, 2, 4))
    sizes = (seen.sizes[0], seen.sizes[1] * high * wide, down * across)
    return seen._replace(layout=viewed(ordered, sizes))


def added_up(making: Making, call: Called) -> Laid:
    """`col2im`: each tap's values at the places that it has, where several meet their sum."""
    seen, wanted = call.seen(), call.sizes
    kernel, dilation, padding, (step, other) = _told(call)
    if step != other or set(dilation) != {1} or min(kernel) < step or prod(kernel) > MOST_TAPS:
        raise UnsayableError("columns of taps that are apart, or leave places out")
    whole_map = [size + 2 * each for size, each in zip(wanted[2:], padding, strict=True)]
    space = [(size - taps) // step + 1 for size, taps in zip(whole_map, kernel, strict=True)]
    split = viewed(seen.layout, (wanted[0], wanted[1], *kernel, *space))
    batch, channels, *others = split
    rows = [joined([*others[0], *others[1], *channels]), *others[2:]]
    moved = regrouped(making, Laid(seen.draft, split), rows)
    natural_one = natural(moved.draft.shape, wanted[0])
    by_tap = viewed(natural_one, (wanted[0], kernel[0] * kernel[1], wanted[1], *space))
    grid = [-(-size // step) for size in whole_map]
    phases: dict[tuple[int, ...], list[Draft]] = {}
    for number, taps in enumerate(_taps(kernel)):
        part = selected(making, Laid(moved.draft, by_tap), 1, number).draft
        before = [tap // step for tap in taps]
        sides = [
            (first, size - count - first)
            for first, size, count in zip(before, grid, space, strict=True)
        ]
        phase = tuple(tap % step for tap in taps)
        phases.setdefault(phase, []).append(_padded(making, part, sides))
    sums = [
        each[0] if len(each) == 1 else making.layer("add", {}, each)
        for _, each in sorted(phases.items())
    ]
    draft = sums[0]
    if step > 1:
        fields = {"factor": step, "order": "rows"}
        draft = making.layer("pixel_shuffle", fields, [making.layer("concat", {}, sums)])
    found: Any = Laid(draft, natural(draft.shape, wanted[0]))
    for axis, each in enumerate(padding, 2):
        found = taken(making, found, axis, each, each + wanted[axis])
    return Laid(found.draft, (batch, *found.layout[1:]))


def along(making: Making, call: Called) -> Any:
    """`unfold`: windows along a dimension, as a dimension of their own."""
    value, step, count = call["self"], call["step"], call["size"]
    if not isinstance(value, Laid) or step >= count or count > MOST_TAPS:
        return unfolded(making, call)
    dimension = call["dimension"] % len(value.layout)
    row = of_sample(value.layout[dimension])
    if not row or any(atom.axis == 0 for atom in row):
        raise UnsayableError("windows that overlap, of channels")
    windows = call.sizes[dimension]
    parts = [
        taken(making, value, dimension, tap, tap + step * (windows - 1) + 1, step)
        for tap in range(count)
    ]
    draft = making.layer("concat", {}, [part.draft for part in parts])
    taps = joined([Atom(0, parts[0].draft.shape[0], count)])
    return Laid(draft, (*parts[0].layout, taps))


def _told(call: Called) -> Iterator[tuple[int, ...]]:
    names = ("kernel_size", "dilation", "padding", "stride")
    return (per_axis(call[name], 2) for name in names)


def _taps(kernel: Sequence[int]) -> Iterator[tuple[int, ...]]:
    return product(*map(range, kernel))


def _padded(making: Making, draft: Draft, sides: Sequence[tuple[int, int]]) -> Draft:
    """Zeros around a map."""
    if not any(map(any, sides)):
        return draft
    return making.layer("pad", {"size": tuple(sides)}, [draft])


OPERATORS = {"im2col": columns, "col2im": added_up, "unfold": along}
