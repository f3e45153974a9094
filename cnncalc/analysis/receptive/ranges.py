"""Channels in ranges that are alike, and what a layer makes of those of its inputs.

Networks that split their channels, let them pass on and shuffle them, have few ranges, or many of
few kinds. Both numbers are bounded: beyond, neighbours are taken for one.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from cnncalc.layers.base import Across, Reads
from cnncalc.records import NamedTuple

MOST_RANGES = 1024
"""Of the channels of one node."""

MOST_KINDS = 64
"""Of the ranges of one node."""

MOST_TURNS = 16 * MOST_RANGES
"""Ranges, before neighbours are united, of channels taken in turn."""


class Ranges(NamedTuple):
    """Channels in ranges: where each ends, and the number of the kind that its channels are of."""

    ends: tuple[int, ...]
    kinds: tuple[int, ...]

    def of(self, channel: int) -> int:
        """The kind of one channel."""
        return self.kinds[bisect_right(self.ends, channel)]

    @property
    def each(self) -> Iterator[tuple[range, int]]:
        """The channels of each range, and their kind."""
        starts = (0, *self.ends[:-1])
        return zip(map(range, starts, self.ends), self.kinds, strict=True)


Taken = tuple[int, int, int]
"""Channels that are read: the number of the input, that of their kind, and which of `Across.reads`
reads them."""


class Read(NamedTuple):
    """What channels of an output read; `united`: at most that, since neighbours are taken for
    one."""

    taken: frozenset[Taken]
    united: bool = False


class Kinds:
    """What channels of an output read: kinds of them, each with a number."""

    def __init__(self) -> None:
        self.reads: list[Read] = []
        self.numbers: dict[Read, int] = {}

    def number(self, read: Read) -> int:
        """The number of a kind, a new one if need be."""
        number = self.numbers.setdefault(read, len(self.reads))
        if number == len(self.reads):
            self.reads.append(read)
        return number

    def over(self, numbers: Sequence[int], *, united: bool = False) -> int:
        """The kind that reads what each of these does; `united`: as each of several ranges does
        that are taken for one."""
        several = set(numbers)
        if len(several) == 1:
            return numbers[0]
        reads = [self.reads[number] for number in several]
        loose = united or any(read.united for read in reads)
        return self.number(Read(frozenset[Taken]().union(*(read.taken for read in reads)), loose))


def read(across: Across, count: int, inputs: Sequence[Ranges]) -> tuple[Ranges, Kinds]:
    """What each of the `count` channels of an output reads."""
    kinds, pieces = Kinds(), list[_Piece]()
    for entry, reads in enumerate(across.reads):
        for number in range(len(inputs)) if reads.number is None else (reads.number,):
            of = {
                kind: kinds.number(Read(frozenset(((number, kind, entry),))))
                for kind in set(inputs[number].kinds)
            }
            numbered = Ranges(inputs[number].ends, tuple(map(of.__getitem__, inputs[number].kinds)))
            pieces += _pieces(reads, count, numbered)
    pieces.sort(key=lambda piece: piece[0])
    apart = all(one[1][-1] <= other[0] for one, other in pairwise(pieces))
    listed = _listed(count, pieces, kinds) if apart else _overlaid(count, pieces, kinds)
    if across.turns > 1:
        listed = _in_turn(listed, across.turns, kinds)
    return bounded(listed, kinds), kinds


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


# -- pieces ---------------------------------------------------------------------------------------


_Piece = tuple[int, Sequence[int], Sequence[int]]
"""Ranges of channels behind one another: where they begin, where each ends, what they read."""


def _pieces(reads: Reads, count: int, read: Ranges) -> Iterator[_Piece]:
    """Which channels of the output read which of an input."""
    outputs = range(count) if reads.outputs is None else reads.outputs
    for first, stop in _taps(reads, read.ends[-1]):
        if reads.step == reads.repeat == stop - first == 1:
            yield from _moved(first, outputs, read)
        else:
            yield from _met(reads, (first, stop), outputs, read)


def _moved(first: int, outputs: range, read: Ranges) -> Iterator[_Piece]:
    """Channels that are taken from `first` on, as they are."""
    low, high = max(first, 0), min(first + len(outputs), read.ends[-1])
    if low >= high:
        return
    start, stop = bisect_right(read.ends, low), bisect_left(read.ends, high)
    shift = outputs.start - first
    ends = [end + shift for end in read.ends[start:stop]]
    yield low + shift, [*ends, high + shift], read.kinds[start : stop + 1]


def _met(reads: Reads, taps: tuple[int, int], outputs: range, read: Ranges) -> Iterator[_Piece]:
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
            yield outputs.start + begins, [outputs.start + ends], [read.kinds[place]]


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


def _listed(count: int, pieces: list[_Piece], kinds: Kinds) -> Ranges:
    """What each channel reads, of pieces behind one another."""
    ends, of, end = list[int](), list[int](), 0
    for first, more, their in (*pieces, (count, (), ())):
        if first > end:
            ends.append(first)
            of.append(kinds.number(Read(frozenset())))
        if of and their and of[-1] == their[0]:
            ends.pop()
            of.pop()
        ends += more
        of += their
        end = ends[-1]
    return Ranges(tuple(ends), tuple(of))


def _overlaid(count: int, pieces: list[_Piece], kinds: Kinds) -> Ranges:
    """What each channel reads, of pieces over one another."""
    changes: dict[int, list[tuple[int, int]]] = {0: [], count: []}
    for first, ends, of in pieces:
        for start, end, kind in zip((first, *ends), ends, of, strict=False):
            changes.setdefault(start, []).append((kind, 1))
            changes.setdefault(end, []).append((kind, -1))
    now: Counter[int] = Counter()
    nothing = kinds.number(Read(frozenset()))
    ranges: list[tuple[int, int]] = []
    for first, stop in pairwise(sorted(changes)):
        for kind, more in changes[first]:
            now[kind] += more
        ranges.append((stop, kinds.over(list(+now) or [nothing])))
    return merged(ranges)


def merged(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """Ranges by their ends, equal neighbours as one."""
    ends: list[int] = []
    kinds: list[int] = []
    for end, kind in ranges:
        if kinds and kinds[-1] == kind:
            ends[-1] = end
        else:
            ends.append(end)
            kinds.append(kind)
    return Ranges(tuple(ends), tuple(kinds))


def _in_turn(ranges: Ranges, turns: int, kinds: Kinds) -> Ranges:
    """The channels of as many equal parts, taken from each in turn."""
    if len(ranges.ends) == 1:
        return ranges
    part = ranges.ends[-1] // turns
    cuts = sorted({end % part for end in ranges.ends} | {0})
    if turns * len(cuts) > MOST_TURNS:
        return Ranges(ranges.ends[-1:], (kinds.over(ranges.kinds, united=True),))
    found: list[tuple[int, int]] = []
    for first, stop in zip(cuts, (*cuts[1:], part), strict=True):
        starts = range(first, ranges.ends[-1], part)
        pattern = [ranges.kinds[bisect_right(ranges.ends, start)] for start in starts]
        if len(set(pattern)) == 1 or (stop - first) * turns > MOST_TURNS:
            found.append((stop * turns, kinds.over(pattern, united=True)))
        else:
            found += enumerate(pattern * (stop - first), first * turns + 1)
    return merged(found)


# -- bounds ---------------------------------------------------------------------------------------


def bounded(ranges: Ranges, kinds: Kinds) -> Ranges:
    """Neighbours united, two by two, until there are few enough."""
    while len(ranges.ends) > MOST_RANGES or len(set(ranges.kinds)) > MOST_KINDS:
        pairs = (ranges.kinds[place : place + 2] for place in range(0, len(ranges.kinds), 2))
        ends = (*ranges.ends[1::2], *(ranges.ends[-1:] if len(ranges.ends) % 2 else ()))
        united = [kinds.over(pair, united=True) for pair in pairs]
        ranges = merged(zip(ends, united, strict=True))
    return ranges
