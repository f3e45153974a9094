"""Two sequences put side by side: which positions of one are which of the other.

What is alike at either end is paired first; then what occurs once in both (patience), which keeps
apart what belongs apart; then the shortest edit (Myers, "An O(ND) difference algorithm", 1986),
followed only so far at a time, so that long sequences take time in proportion to their length.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence

from cnncalc.records import NamedTuple

FARTHEST = 32
"""Edits after which the way found so far is kept."""

DEEPEST = 8
"""How often the stretches between what occurs once are searched for what occurs once in them."""

Pairs = list[tuple[int, int]]


class _Stretch(NamedTuple):
    """The positions `first` to `last` of one sequence against `start` to `stop` of the other, both
    ends exclusive; `depth`: how many times it was cut out of a longer one."""

    first: int
    last: int
    start: int
    stop: int
    depth: int = 0


def aligned(one: Sequence[int], other: Sequence[int]) -> Pairs:
    """Pairs of positions that hold the same token, rising in both sequences."""
    found: Pairs = []
    waiting = [_Stretch(0, len(one), 0, len(other))]
    while waiting:
        stretch = _trimmed(one, other, waiting.pop(), found)
        if stretch.first == stretch.last or stretch.start == stretch.stop:
            continue
        anchors = _anchors(one, other, stretch) if stretch.depth < DEEPEST else []
        if anchors:
            waiting += _between(anchors, stretch)
            found += anchors
        else:
            _edited(one, other, stretch, found)
    return sorted(found)


def _trimmed(one: Sequence[int], other: Sequence[int], stretch: _Stretch, found: Pairs) -> _Stretch:
    """What is left once both ends are paired as far as they agree."""
    first, last, start, stop, depth = stretch
    while first < last and start < stop and one[first] == other[start]:
        found.append((first, start))
        first, start = first + 1, start + 1
    while first < last and start < stop and one[last - 1] == other[stop - 1]:
        last, stop = last - 1, stop - 1
        found.append((last, stop))
    return _Stretch(first, last, start, stop, depth)


def _anchors(one: Sequence[int], other: Sequence[int], stretch: _Stretch) -> Pairs:
    """The longest run of pairs, rising in both, among the tokens that occur once in each."""
    here = Counter(one[stretch.first : stretch.last])
    there = Counter(other[stretch.start : stretch.stop])
    places = {other[j]: j for j in range(stretch.start, stretch.stop) if there[other[j]] == 1}
    single = [
        (i, places[one[i]])
        for i in range(stretch.first, stretch.last)
        if here[one[i]] == 1 and one[i] in places
    ]
    return _rising(single)


def _rising(pairs: Pairs) -> Pairs:
    """The longest subsequence whose second positions rise, as the first ones do."""
    ends: list[int] = []  # of runs by length: the smallest second position they end with
    tails: list[int] = []  # which pair that is
    before: list[int] = []
    for number, (_, place) in enumerate(pairs):
        length = bisect_left(ends, place)
        before.append(tails[length - 1] if length else -1)
        ends[length : length + 1] = [place]
        tails[length : length + 1] = [number]
    run = []
    number = tails[-1] if tails else -1
    while number >= 0:
        run.append(pairs[number])
        number = before[number]
    return run[::-1]


def _between(anchors: Pairs, stretch: _Stretch) -> list[_Stretch]:
    """The stretches before, between and behind the anchors."""
    ends = [*anchors, (stretch.last, stretch.stop)]
    starts = [(stretch.first, stretch.start), *((i + 1, j + 1) for i, j in anchors)]
    return [
        _Stretch(first, last, start, stop, stretch.depth + 1)
        for (first, start), (last, stop) in zip(starts, ends, strict=True)
    ]


def _edited(one: Sequence[int], other: Sequence[int], stretch: _Stretch, found: Pairs) -> None:
    """Pair a stretch along the shortest edit, so many edits at a time."""
    first, last, start, stop, _ = stretch
    while first < last and start < stop:
        pairs, right, down = _way(one[first:last], other[start:stop])
        found += [(first + i, start + j) for i, j in pairs]
        first, start = first + right, start + down


def _way(one: Sequence[int], other: Sequence[int]) -> tuple[Pairs, int, int]:
    """The pairs along the shortest edit to the ends, or along the one of FARTHEST edits that comes
    farthest; and how many tokens of each sequence it takes."""
    reached = {1: 0}  # on each diagonal, how far into `one`
    trace = []
    for edits in range(FARTHEST + 1):
        trace.append(dict(reached))
        for diagonal in range(-edits, edits + 1, 2):
            x = _stepped(reached, diagonal, edits)
            while 0 <= x - diagonal < len(other) and x < len(one) and one[x] == other[x - diagonal]:
                x += 1
            reached[diagonal] = x
            if x >= len(one) and x - diagonal >= len(other):
                return _walked(trace, x, x - diagonal), x, x - diagonal
    inside = [
        (2 * x - diagonal, x, x - diagonal)
        for diagonal, x in reached.items()
        if (diagonal - FARTHEST) % 2 == 0 and x <= len(one) and 0 <= x - diagonal <= len(other)
    ]
    _, x, y = max(inside)
    return _walked(trace, x, y), x, y


def _stepped(reached: dict[int, int], diagonal: int, edits: int) -> int:
    """How far into `one` the last edit to a diagonal leads, before what is alike is followed."""
    if _leaves_one(reached, diagonal, edits):
        return reached.get(diagonal + 1, -1)
    return reached.get(diagonal - 1, -1) + 1


def _leaves_one(reached: dict[int, int], diagonal: int, edits: int) -> bool:
    """Whether the last edit to a diagonal takes a token of `other` rather than one of `one`."""
    if edits in (diagonal, -diagonal):
        return diagonal < 0
    return reached.get(diagonal - 1, -1) < reached.get(diagonal + 1, -1)


def _walked(trace: list[dict[int, int]], x: int, y: int) -> Pairs:
    """The pairs on the way to `x`, `y`; the trace has a round more than the way has edits."""
    pairs: Pairs = []
    for edits in range(len(trace) - 1, -1, -1):
        reached, diagonal = trace[edits], x - y
        start = _stepped(reached, diagonal, edits) if edits else 0
        pairs += [(i, i - diagonal) for i in range(start, x)]
        taken = _leaves_one(reached, diagonal, edits)
        x, y = (start, start - diagonal - 1) if taken else (start - 1, start - diagonal)
    return pairs
