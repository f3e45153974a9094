"""The boxes of a frame in rows: each below what it reads, in an order with few crossings."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from cnncalc.records import NamedTuple

SWEEPS = 4
"""How often rows are ordered by their neighbours, up and down in turn."""


class Rows(NamedTuple):
    """rows: the boxes of each, by number, from the left; row_of: of each box"""

    rows: list[list[int]]
    row_of: list[int]


def in_rows(count: int, first: int, last: int, edges: Sequence[tuple[int, int]]) -> Rows:
    """Boxes by number, each behind what it reads: those below `first` stand in the top row, those
    from `last` in the bottom one, the others as high as what they read lets them."""
    row_of = [0 if number < first else 1 for number in range(count)]
    for source, target in edges:  # sorted: a box's own row is known before it is read
        row_of[target] = max(row_of[target], row_of[source] + 1)
    lowest = max(row_of[first:last], default=0) + 1
    row_of[last:] = [lowest] * (count - last)
    rows: list[list[int]] = [[] for _ in range(max(row_of, default=0) + 1)]
    for number, row in enumerate(row_of):
        rows[row].append(number)
    return Rows(_uncrossed(rows, row_of, edges), row_of)


def _uncrossed(
    rows: list[list[int]], row_of: Sequence[int], edges: Sequence[tuple[int, int]]
) -> list[list[int]]:
    """The rows in the best order that a few sweeps find; as they stand, where none is better."""
    if all(len(row) < 2 for row in rows):
        return rows
    near = [edge for edge in edges if row_of[edge[1]] - row_of[edge[0]] == 1]
    above: dict[int, list[int]] = {}
    below: dict[int, list[int]] = {}
    for source, target in near:
        above.setdefault(target, []).append(source)
        below.setdefault(source, []).append(target)
    best, fewest = rows, _crossings(rows, below)
    for sweep in range(SWEEPS):
        if not fewest:
            break
        rows = _swept(rows, above) if sweep % 2 == 0 else _swept(rows[::-1], below)[::-1]
        found = _crossings(rows, below)
        if found < fewest:
            best, fewest = rows, found
    return best


def _swept(rows: Sequence[list[int]], near: dict[int, list[int]]) -> list[list[int]]:
    """Each row ordered by where what it is tied to stands in the row before it."""
    found = [list(rows[0])]
    for row in rows[1:]:
        place = {number: place for place, number in enumerate(found[-1])}
        own = {number: place for place, number in enumerate(row)}

        def centre(number: int) -> float:
            places = [place[other] for other in near.get(number, ()) if other in place]  # noqa: B023
            return sum(places) / len(places) if places else own[number]  # noqa: B023

        found.append(sorted(row, key=centre))
    return found


def _crossings(rows: Sequence[Sequence[int]], below: dict[int, list[int]]) -> int:
    """How many pairs of edges between neighbouring rows cross (counted by merging, as inversions
    are)."""
    total = 0
    for upper, lower in pairwise(rows):
        if len(upper) > 1 and len(lower) > 1:
            place = {number: place for place, number in enumerate(lower)}
            ends = [end for n in upper for end in sorted(place[t] for t in below.get(n, ()))]
            total += _inversions(ends)[1]
    return total


def _inversions(values: list[int]) -> tuple[list[int], int]:
    """Values in order, and how many pairs of them were not."""
    if len(values) < 2:
        return values, 0
    half = len(values) // 2
    (left, one), (right, other) = _inversions(values[:half]), _inversions(values[half:])
    merged, count, taken = [], one + other, 0
    for value in right:
        while taken < len(left) and left[taken] <= value:
            merged.append(left[taken])
            taken += 1
        count += len(left) - taken
        merged.append(value)
    return merged + left[taken:], count
