"""Channels in ranges that are alike, and what a layer makes of those of its inputs.

Networks that split their channels, let them pass on and shuffle them, have few ranges, or many of
few kinds. Both numbers are bounded: beyond, neighbours are taken for one.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Generic, NamedTuple, TypeVar

from cnncalc.layers.base import Across, Reads

MOST_RANGES = 1024
"""Of the channels of one node."""

MOST_KINDS = 64
"""Of the ranges of one node."""

MOST_TURNS = 16 * MOST_RANGES
"""Ranges, before neighbours are united, of channels taken in turn."""

Kind = TypeVar("Kind", bound=Hashable)


class Ranges(NamedTuple, Generic[Kind]):
    """Channels in ranges: where each ends, and of which kind its channels are."""

    ends: tuple[int, ...]
    kinds: tuple[Kind, ...]

    def of(self, channel: int) -> Kind:
        """The kind of one channel."""
        return self.kinds[bisect_right(self.ends, channel)]

    @property
    def each(self) -> Iterator[tuple[range, Kind]]:
        """The channels of each range, and their kind."""
        starts = (0, *self.ends[:-1])
        return zip(map(range, starts, self.ends), self.kinds, strict=True)


class Taken(NamedTuple):
    """Channels that are read.

    number: of the input
    kind: theirs
    entry: of those of `Across.reads`, which reads them
    """

    number: int
    kind: int
    entry: int


class Read(NamedTuple):
    """What channels of an output read; `united`: at most that, since neighbours are taken for
    one."""

    taken: frozenset[Taken]
    united: bool = False


NOTHING = Read(frozenset())


def read(across: Across, count: int, inputs: Sequence[Ranges[int]]) -> Ranges[Read]:
    """What each of the `count` channels of an output reads."""
    stretches: list[Stretch] = []
    for entry, reads in enumerate(across.reads):
        for number in range(len(inputs)) if reads.number is None else (reads.number,):
            stretches += _stretches(reads, count, inputs[number], number, entry)
    apart = all(one[1] <= other[0] for one, other in pairwise(stretches))
    listed = _listed(count, stretches) if apart else _overlaid(count, stretches)
    return bounded(_in_turn(listed, across.turns) if across.turns > 1 else listed)


def covers(across: Across, count: int, channels: Sequence[int]) -> bool:
    """Whether each channel of each input is read by some channel of the output, and nothing is said
    of axes."""
    if any(reads.axes for reads in across.reads):
        return False
    spans: list[list[tuple[int, int]]] = [[] for _ in channels]
    for reads in across.reads:
        for number in range(len(channels)) if reads.number is None else (reads.number,):
            spans[number] += _spans(reads, count, channels[number])
    return all(_reach(parts) >= whole for parts, whole in zip(spans, channels, strict=True))


def _reach(spans: list[tuple[int, int]]) -> int:
    """How far channels from 0 on are read without a gap."""
    end = 0
    for first, stop in sorted(spans):
        if first > end:
            break
        end = max(end, stop)
    return end


def _spans(reads: Reads, count: int, channels: int) -> Iterator[tuple[int, int]]:
    """Stretches of channels that are read."""
    units = _units(reads, count)
    for first, stop in _taps(reads, channels):
        if units and abs(reads.step) <= stop - first:
            moved = reads.step * (units - 1)
            yield first + min(0, moved), stop + max(0, moved)


def _units(reads: Reads, count: int) -> int:
    """How many channels of an output, or groups of them, read something else."""
    outputs = count if reads.outputs is None else len(reads.outputs)
    return -(-outputs // reads.repeat)


def _taps(reads: Reads, channels: int) -> Iterable[tuple[int, int]]:
    """The channels that the first channel reads, in stretches."""
    taps = range(channels) if reads.taps is None else reads.taps
    if taps.step == 1:
        return ((taps.start, taps.stop),) if taps else ()
    return ((tap, tap + 1) for tap in taps)


Stretch = tuple[int, int, Taken]
"""Channels of the output, first and behind the last, and what they read."""


def _stretches(
    reads: Reads, count: int, read: Ranges[int], number: int, entry: int
) -> Iterator[Stretch]:
    """Which channels of the output read which of an input."""
    taken = {kind: Taken(number, kind, entry) for kind in set(read.kinds)}
    outputs = reads.outputs or range(count)
    for first, stop in _taps(reads, read.ends[-1]):
        if reads.step == reads.repeat == stop - first == 1:
            yield from _moved(first, outputs, read, taken)
        else:
            yield from _met(reads, (first, stop), outputs, read, taken)


def _moved(
    first: int, outputs: range, read: Ranges[int], taken: Mapping[int, Taken]
) -> Iterator[Stretch]:
    """Channels that are taken from `first` on, as they are."""
    low, high = max(first, 0), min(first + len(outputs), read.ends[-1])
    if low >= high:
        return
    places = slice(bisect_right(read.ends, low), bisect_left(read.ends, high))
    shift = outputs.start - first
    ends = [end + shift for end in (low, *read.ends[places], high)]
    kinds = read.kinds[places.start : places.stop + 1]
    yield from zip(ends, ends[1:], map(taken.__getitem__, kinds), strict=False)


def _met(
    reads: Reads,
    taps: tuple[int, int],
    outputs: range,
    read: Ranges[int],
    taken: Mapping[int, Taken],
) -> Iterator[Stretch]:
    """Channels of the output that read any of each range."""
    (first, stop), step, repeat = taps, reads.step, reads.repeat
    units = -(-len(outputs) // repeat)
    lowest, highest = first + min(0, step * (units - 1)), stop + max(0, step * (units - 1))
    for place in range(bisect_right(read.ends, lowest), len(read.ends)):
        start, end = read.ends[place - 1] if place else 0, read.ends[place]
        if start >= highest:
            return
        if some := _meeting(first - end, stop - start, step, units):
            begins, ends = some.start * repeat, min(some.stop * repeat, len(outputs))
            yield outputs.start + begins, outputs.start + ends, taken[read.kinds[place]]


def _meeting(before: int, behind: int, step: int, units: int) -> range:
    """The units for which `before + step * unit < 0 < behind + step * unit`."""
    if step == 0:
        return range(units if before < 0 < behind else 0)
    if step > 0:
        first, stop = -behind // step + 1, -(before // step)
    else:
        first, stop = before // -step + 1, -(-behind // -step)
    return range(max(0, first), min(units, stop))


# -- made of them ---------------------------------------------------------------------------------


def _listed(count: int, stretches: list[Stretch]) -> Ranges[Read]:
    """What each channel reads, of stretches behind one another."""
    reads = {taken: Read(frozenset((taken,))) for _, _, taken in stretches}
    ranges, end = list[tuple[int, Read]](), 0
    for first, stop, taken in (*stretches, (count, count, None)):
        if first > end:
            ranges.append((first, NOTHING))
        if taken:
            ranges.append((stop, reads[taken]))
        end = stop
    return merged(ranges)


def _overlaid(count: int, stretches: list[Stretch]) -> Ranges[Read]:
    """What each channel reads, of stretches over one another."""
    changes: dict[int, list[tuple[Taken, int]]] = {0: [], count: []}
    for first, stop, taken in stretches:
        changes.setdefault(first, []).append((taken, 1))
        changes.setdefault(stop, []).append((taken, -1))
    now: Counter[Taken] = Counter()
    ranges: list[tuple[int, Read]] = []
    for first, stop in pairwise(sorted(changes)):
        for taken, more in changes[first]:
            now[taken] += more
        ranges.append((stop, Read(frozenset(+now))))
    return merged(ranges)


def merged(ranges: Iterable[tuple[int, Kind]]) -> Ranges[Kind]:
    """Ranges by their ends, equal neighbours as one."""
    ends: list[int] = []
    kinds: list[Kind] = []
    for end, kind in ranges:
        if kinds and kinds[-1] == kind:
            ends[-1] = end
        else:
            ends.append(end)
            kinds.append(kind)
    return Ranges(tuple(ends), tuple(kinds))


def _in_turn(ranges: Ranges[Read], turns: int) -> Ranges[Read]:
    """The channels of as many equal parts, taken from each in turn."""
    if len(ranges.ends) == 1:
        return ranges
    part = ranges.ends[-1] // turns
    cuts = sorted({end % part for end in ranges.ends} | {0})
    if turns * len(cuts) > MOST_TURNS:
        return Ranges(ranges.ends[-1:], (_united(ranges.kinds),))
    ends: list[tuple[int, Read]] = []
    for first, stop in zip(cuts, (*cuts[1:], part), strict=True):
        starts = range(first, ranges.ends[-1], part)
        pattern = [ranges.kinds[bisect_right(ranges.ends, start)] for start in starts]
        if len(set(pattern)) == 1 or (stop - first) * turns > MOST_TURNS:
            ends.append((stop * turns, _united(pattern)))
        else:
            ends += enumerate(pattern * (stop - first), first * turns + 1)
    return merged(ends)


# -- bounds ---------------------------------------------------------------------------------------


def bounded(ranges: Ranges[Read]) -> Ranges[Read]:
    """Neighbours united, two by two, until there are few enough."""
    while len(ranges.ends) > MOST_RANGES or len(set(ranges.kinds)) > MOST_KINDS:
        pairs = (ranges.kinds[place : place + 2] for place in range(0, len(ranges.kinds), 2))
        ends = (*ranges.ends[1::2], *(ranges.ends[-1:] if len(ranges.ends) % 2 else ()))
        ranges = merged(zip(ends, map(_united, pairs), strict=True))
    return ranges


def _united(reads: Sequence[Read]) -> Read:
    """What any of several reads; of a single one, itself."""
    different = set(reads)
    if len(different) == 1:
        return reads[0]
    return Read(frozenset[Taken]().union(*(each.taken for each in different)), True)
