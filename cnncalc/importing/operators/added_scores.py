"""What is added to the scores of attention, as its fields say it.

Each is held against what a field would add, number by number: a stored mask by its numbers, a
learned table by which of its numbers comes to stand where.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any

import numpy

from cnncalc.importing.coded import coded, learned_in
from cnncalc.importing.making import UnsayableError
from cnncalc.importing.program_values import Computed, Held
from cnncalc.importing.regrouping import same
from cnncalc.records import NamedTuple

if TYPE_CHECKING:
    from numpy.typing import NDArray

SUMS = ("add",)

LOW = -50.0
"""Less than this added to a score leaves nothing of it."""


class Added(NamedTuple):
    """The scores: of how many heads and sequences, of how many queries and keys."""

    heads: int
    groups: int
    steps: tuple[int, int]


class Said(NamedTuple):
    """The fields that say it, and the weights that they bring."""

    fields: dict[str, Any]
    weights: dict[str, Held | None]


def said(values: Sequence[Any], scores: Added) -> Said:
    """All that is added. Raises UnsayableError."""
    fields: dict[str, Any] = {}
    weights: dict[str, Held | None] = {}
    parts = sorted(_parts(values), key=lambda part: isinstance(part, Held) and not part.trained)
    for value in parts:
        if isinstance(value, Held) and not value.trained:
            told = _fixed(value, scores, fields.get("size"))
        elif isinstance(value, Held | Computed):
            told = _learned(value, scores)
        else:
            raise UnsayableError("what is added to the scores comes out of the network")
        if set(told.fields) & set(fields) - {"size"}:
            raise UnsayableError("several things of one sort are added to the scores")
        fields |= told.fields
        weights |= told.weights
    return Said(fields, weights)


def _parts(values: Sequence[Any]) -> Iterator[Any]:
    """What is added, each by itself where a model adds them up first."""
    for value in values:
        if isinstance(value, Computed) and value.operator in SUMS:
            yield from _parts([value.arguments["self"], value.arguments["other"]])
        else:
            yield value


def _fixed(value: Held, scores: Added, size: Any) -> Said:
    """A mask: of later steps, or of what was apart before a map was rolled."""
    array = value.array()
    if array is None:
        raise UnsayableError("a mask whose numbers are not at hand")
    hidden = ~array if array.dtype == bool else array <= LOW
    if array.dtype != bool and array[~hidden].any():
        raise UnsayableError("fixed numbers are added to the scores")
    if not hidden.any():
        return Said({}, {})
    by_group = hidden.reshape(-1, *hidden.shape[-2:])
    if all((each == by_group[0]).all() for each in by_group):
        if (by_group[0] == ~numpy.tri(*scores.steps, dtype=bool)).all():
            return Said({"causal": True}, {})
        raise UnsayableError("a mask that is not of later steps")
    if len(by_group) == scores.groups:
        for fields, hides in _shifts(scores, size):
            if (by_group == hides).all():
                return Said(fields, {})
    raise UnsayableError("a mask of its own for each sequence")


def _shifts(scores: Added, size: Any) -> Iterator[tuple[dict[str, Any], NDArray[Any]]]:
    """The fields of each way in which a map is rolled by half a window, along some axes, and what
    they hide."""
    for side in sides_of(scores.steps[0]):
        if size is not None and same(side) != size:
            continue
        for counts in sides_of(scores.groups, (len(side),)):
            far = [(each // 2, 0) if each > 1 else (0,) for each in side]
            for shift in product(*far):
                if any(shift):
                    sizes = tuple(a * b for a, b in zip(side, counts, strict=True))
                    fields = {"size": same(side), "shift": same(shift)}
                    if len(set(sizes)) > 1:
                        fields["map"] = sizes
                    yield fields, apart(side, counts, shift)


def sides_of(count: int, ranks: Sequence[int] = (2, 1, 3)) -> Iterator[tuple[int, ...]]:
    """The ways to have so many places along one to three axes, squares first."""
    for rank in ranks:
        found = list(_factors(count, rank))
        yield from sorted(found, key=lambda sides: (max(sides) - min(sides), sides))


def _factors(count: int, rank: int) -> Iterator[tuple[int, ...]]:
    if rank == 1:
        yield (count,)
        return
    for first in range(1, count + 1):
        if count % first == 0:
            yield from ((first, *rest) for rest in _factors(count // first, rank - 1))


def places(side: Sequence[int]) -> NDArray[Any]:
    """The coordinates of a window's places, row by row: axes x places."""
    return numpy.stack(numpy.meshgrid(*map(numpy.arange, side), indexing="ij")).reshape(
        len(side), -1
    )


def apart(side: Sequence[int], counts: Sequence[int], shift: Sequence[int]) -> NDArray[Any]:
    """Whether two places of a window were apart before the map was rolled."""
    region = numpy.zeros((1, 1), dtype=int)
    axes = zip(places(side), places(counts), side, counts, shift, strict=True)
    for own, number, length, count, far in axes:
        last = number[:, None] == count - 1
        region = 2 * region + (last & (own[None] >= length - far))
    found: NDArray[Any] = region[:, :, None] != region[:, None]
    return found


def offsets(side: Sequence[int]) -> NDArray[Any]:
    """For each two places of a window the number of the offset between them."""
    index = numpy.zeros((1, 1), dtype=int)
    for place, length in zip(places(side), side, strict=True):
        index = index * (2 * length - 1) + place[:, None] - place[None] + length - 1
    return index


def _learned(value: Held | Computed, scores: Added) -> Said:
    """A number for each head and offset, or for each head, query and key."""
    table = learned_in(value)
    if table is None:
        raise UnsayableError("what is added to the scores is computed of several weights")
    codes = coded(value, table)
    if codes is None:
        raise UnsayableError("what is added to the scores is computed of weights")
    each = (scores.heads, *scores.steps)
    if prod(codes.shape) != prod(each):
        raise UnsayableError("what is learned of the scores is not of each head, query and key")
    codes = codes.reshape(each)
    if (codes == numpy.arange(prod(each)).reshape(each)).all():
        return Said({"score_bias": True}, {"score_bias": Held(table.tensor, table.layout)})
    if len(table.sizes) == 2 and table.sizes[1] == scores.heads:
        for side in sides_of(scores.steps[0]):
            if prod(2 * each - 1 for each in side) == table.sizes[0]:
                ours = (
                    offsets(side)[None] * scores.heads + numpy.arange(scores.heads)[:, None, None]
                )
                if (ours == codes).all():
                    fields = {"size": same(side), "relative": True}
                    return Said(fields, {"relative_position_bias_table": table})
    raise UnsayableError("what is learned of the scores is of no offset between places")
