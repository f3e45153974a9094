"""Numbers that are looked up by the offset from one place to another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isqrt, prod
from typing import TYPE_CHECKING, Any

import numpy

from cnncalc.importing.layouts import joined, size, whole
from cnncalc.importing.making import Making, UnsayableError
from cnncalc.importing.operators.added_scores import sides_of
from cnncalc.importing.program_values import Laid
from cnncalc.importing.regrouping import kept_dimensions, of_sample, regrouped, same

if TYPE_CHECKING:
    from numpy.typing import NDArray


def by_offset(making: Making, seen: Laid, dimension: int, index: NDArray[Any]) -> Laid:
    """What a table says for each two places, along one of its dimensions. Raises UnsayableError
    where the index is of no offsets."""
    row, others = of_sample(seen.layout[dimension]), kept_dimensions(seen.layout, dimension)
    if len(others) > 1 or index.ndim not in (1, 2) or index.dtype.kind not in "iu":
        raise UnsayableError("places in no even order")
    fields, count = _told(index, size(row))
    moved = regrouped(making, seen, [others[0] if others else (), row])
    table = moved.draft
    if count < size(row):
        table = making.layer("slice", {"axis": "steps", "stop": count}, [table])
    draft = making.layer("by_offset", fields, [table])
    pair = [whole(axis, draft.shape[axis]) for axis in (1, 2)]
    rows = pair if index.ndim == 2 else [joined(atom for each in pair for atom in each)]
    layout = moved.layout
    return Laid(draft, (*layout[:dimension], *rows, *layout[dimension + 1 :]))


def _told(index: NDArray[Any], offsets: int) -> tuple[dict[str, Any], int]:
    """The fields that say an index, and how many numbers of the table it asks for."""
    pair = index
    if index.ndim == 1:
        steps = isqrt(len(index))
        if steps**2 != len(index):
            raise UnsayableError("places in no even order")
        pair = index.reshape(steps, steps)
    for fields, numbers, count in _candidates(pair.shape, offsets):
        if (numbers == pair).all():
            return fields, count
    raise UnsayableError("places in no even order")


def _candidates(
    steps: Sequence[int], offsets: int
) -> Iterator[tuple[dict[str, Any], NDArray[Any], int]]:
    """The ways to tell the places of so many queries and keys, those that no table is short for."""
    for token in (False, True):
        queries, keys = (each - token for each in steps)
        for side in sides_of(queries):
            for other in sides_of(keys, (len(side),)):
                if queries == keys and side != other:
                    continue
                stride, far = _apart(side, other), _apart(other, side)
                for distance in (False, True):
                    each = _counts(side, other, stride, far, distance)
                    count = prod(each) + 3 * token
                    if count > offsets or (count < offsets and queries == keys):
                        continue
                    fields = {
                        "size": same(side),
                        "keys": None if side == other else same(other),
                        "stride": same(stride),
                        "key_stride": same(far),
                        "distance": distance,
                        "token": token,
                    }
                    yield fields, _numbers(side, other, stride, far, each, distance, token), count


def _apart(one: Sequence[int], other: Sequence[int]) -> tuple[int, ...]:
    """How far apart places are, where others are more along the same axis."""
    return tuple(-(-b // a) for a, b in zip(one, other, strict=True))


def _counts(
    side: Sequence[int],
    other: Sequence[int],
    stride: Sequence[int],
    far: Sequence[int],
    distance: bool,
) -> list[int]:
    """The offsets along each axis."""
    last = [((a - 1) * s, (b - 1) * f) for a, b, s, f in zip(side, other, stride, far, strict=True)]
    return [1 + (max(pair) if distance else sum(pair)) for pair in last]


def _numbers(
    side: Sequence[int],
    other: Sequence[int],
    stride: Sequence[int],
    far: Sequence[int],
    counts: Sequence[int],
    distance: bool,
    token: bool,
) -> NDArray[Any]:
    """For each query and key the number of its offset."""
    queries = numpy.indices(side).reshape(len(side), -1)
    keys = numpy.indices(other).reshape(len(other), -1)
    found = numpy.zeros((queries.shape[1], keys.shape[1]), dtype=int)
    for axis, count in enumerate(counts):
        own = keys[axis] * far[axis]
        offset = queries[axis][:, None] * stride[axis] - own[None]
        found = found * count + (abs(offset) if distance else offset + own.max())
    if not token:
        return found
    last = prod(counts)
    whole_one = numpy.pad(found, ((1, 0), (1, 0)))
    whole_one[0], whole_one[:, 0], whole_one[0, 0] = last, last + 1, last + 2
    return whole_one


def even_places(index: NDArray[Any]) -> bool:
    """Whether it names places one after another, evenly apart."""
    return index.ndim == 1 and bool(index.size) and len(set(numpy.diff(index).tolist())) < 2
