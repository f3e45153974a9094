"""What a device reaches, as values: measured once, kept in a file, and asked for any network."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import isqrt
from typing import Any

from cnncalc.layers.base import Filters
from cnncalc.records import NamedTuple

NUMBERS = {"fp32": 4, "tf32": 4, "bf16": 2, "fp16": 2}
"""Bytes of a number, by the kind of numbers."""


class Level(NamedTuple):
    """A size, and how much of that size is done in a second."""

    size: int
    rate: float


class AtPlaces(NamedTuple):
    """A number of places, and what is done in a second there, by size."""

    places: int
    levels: tuple[Level, ...]


class Ceilings(NamedTuple):
    """What the device reaches at best, measured in the same run.

    flops: per second, of one large matrix product; bandwidth: bytes per second, read and written,
    of one large copy; launch: seconds of an operation on next to nothing
    cache_bandwidth: of a copy that stays in a GPU's cache; None where it was not measured
    window_flops, window_launch: of a convolution with windows; norm_launch: of a batch norm; None
    where it was not measured
    exponentials: of them per second, the quickest kind; None where it was not measured
    levels: bytes per second of copies, or of reads where those are faster, by bytes
    compared, added: numbers that windows of a pool compare or add, by the numbers in a window
    multiplied: operations of windows that read one channel each, by the numbers in a window
    linear: operations of matrix products as linear layers make them, by the smallest side
    windows, pointwise: of convolutions, by the places on their map and their weights; turned: of
    pointwise ones where the channels lie behind one another at each place
    block: channels of a convolution are worked on so many at once; 0: they are not
    ragged: how often windows of 3x3 run in a second, by places and by channels that fill no block
    fresh: bytes per second that are written where memory is new, from a size on
    winograd: whether 3x3 windows do more than others can
    disturbed: whether others used the processor in every round of one
    """

    flops: float
    bandwidth: float
    launch: float
    cache_bandwidth: float | None = None
    window_flops: float | None = None
    window_launch: float | None = None
    norm_launch: float | None = None
    exponentials: float | None = None
    levels: tuple[Level, ...] = ()
    compared: tuple[Level, ...] = ()
    added: tuple[Level, ...] = ()
    multiplied: tuple[Level, ...] = ()
    linear: tuple[Level, ...] = ()
    windows: tuple[AtPlaces, ...] = ()
    pointwise: tuple[AtPlaces, ...] = ()
    turned: tuple[AtPlaces, ...] = ()
    block: int = 0
    ragged: tuple[AtPlaces, ...] = ()
    fresh: tuple[Level, ...] = ()
    winograd: bool = False
    disturbed: bool = False

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Ceilings:
        """From what a document has of them."""
        levels = {name: _levels(values.get(name, ())) for name in LEVELS}
        rows = {
            name: tuple(AtPlaces(places, _levels(each)) for places, each in values.get(name, ()))
            for name in ROWS
        }
        return cls(**{**values, **levels, **rows})

    def best(self, other: Ceilings) -> Ceilings:
        """The better of both, one by one: of the same device at another time."""
        found = {
            name: _better(name, value, getattr(other, name))
            for name, value in self._asdict().items()
        }
        disturbed = self.disturbed and other.disturbed
        winograd = self.winograd or other.winograd
        return Ceilings(**{**found, "winograd": winograd, "disturbed": disturbed})

    def moves(self, size: int) -> float:
        """Seconds in which so many bytes are moved, at least, in the caches that hold them."""
        rate = max(_falling(self.levels, size), self.cache_bandwidth or 0.0)
        return size / (rate or self.bandwidth)

    def runs(self, steps: Iterable[int], launch: float) -> float:
        """Seconds of operations one after the other, of which each begins, and then moves so many
        bytes: as those of a CPU do, of which alone it is known what each moves."""
        best = max((level.rate for level in self.levels), default=0.0)
        return sum(max(self.moves(size), launch + size / best) for size in steps) if best else 0.0

    def pools(self, compared: int, added: int, window: int) -> float:
        """Seconds in which windows of so many numbers compare so many, and add so many."""
        pairs = ((compared, _rising(self.compared, window)), (added, _rising(self.added, window)))
        return sum(count / rate for count, rate in pairs if rate)

    def multiplies(self, flops: int, side: int) -> float:
        """Seconds of so many operations of matrices with that side as their smallest; 0: of any."""
        return flops / ((_rising(self.linear, side) if side else 0.0) or self.most)

    def filters(self, flops: int, filters: Filters, turned: bool) -> float:
        """Seconds of so many operations of filters that read all channels: at the rate of those
        with as many weights; of many, no less than those with fewer of everything take.

        turned: whether these may lie behind one another at each place
        """
        weights = filters.filters * filters.channels * filters.window
        if filters.window == 1:
            tables = [self.pointwise, *([self.turned] if turned else [])]
        else:
            tables = [] if turned else [self.windows]
        rates = [_within(rows, filters.places, weights) for rows in tables]
        lesser = [_lesser(rows, flops, filters, weights) for rows in tables]
        rate = max(rates) if rates and all(rates) else self.most
        return max(flops / rate, min(lesser, default=0.0))

    def windowed(self, window: int) -> float:
        """Operations a second of windows of one channel; 0 where it was not measured."""
        return _rising(self.multiplied, window)

    def unfilled(self, filters: Filters) -> float:
        """Seconds that windows of all channels take at least, where neither these nor the filters
        fill blocks; 0 where they do."""
        fewest = min(filters.filters, filters.channels)
        if not self.block or not (filters.filters % self.block and filters.channels % self.block):
            return 0.0
        fewer = [
            level.rate
            for row in self.ragged
            for level in row.levels
            if row.places <= filters.places and level.size <= fewest
        ]
        return 1 / min(fewer) if fewer else 0.0

    @property
    def most(self) -> float:
        """Operations a second of convolutions, at most: of any that were measured."""
        rows = (*self.windows, *self.pointwise, *self.turned)
        rates = (level.rate for row in rows for level in row.levels)
        return max(self.flops, self.window_flops or 0.0, *rates)

    def writes(self, sizes: Iterable[int]) -> float:
        """Seconds in which tensors of such sizes are written, as far as their memory is new."""
        return sum(size / rate for size in sizes if (rate := _at_least(self.fresh, size)))


LEVELS = ("levels", "compared", "added", "multiplied", "linear", "fresh")
ROWS = ("windows", "pointwise", "turned", "ragged")
"""Fields of ceilings that are levels, or rows of them."""


def _better(name: str, left: Any, right: Any) -> Any:
    """The better of two values of a field: seconds that are fewer, rates that are higher. Sizes
    that one of them lacks are those of the other."""
    if not left or not right:
        return left or right
    if name.endswith("launch") or name == "block":
        return min(left, right)
    if name in ROWS:
        ours, theirs = dict(left), dict(right)
        return tuple(
            AtPlaces(places, _better("levels", ours.get(places, ()), theirs.get(places, ())))
            for places in sorted({*ours, *theirs})
        )
    if isinstance(left, tuple):
        rates = dict(left)
        for size, rate in right:
            rates[size] = max(rate, rates.get(size, 0.0))
        return tuple(Level(*each) for each in sorted(rates.items()))
    return max(left, right)


def _levels(values: Iterable[tuple[int, float]]) -> tuple[Level, ...]:
    return tuple(Level(*each) for each in values)


def _at_least(levels: tuple[Level, ...], size: int) -> float:
    """The rate of the largest of them that is not above the size; 0 where none is."""
    return next((level.rate for level in reversed(levels) if level.size <= size), 0.0)


def _within(rows: tuple[AtPlaces, ...], places: int, size: int) -> float:
    """The rate at so many places of such a size, at most, where more and larger ones are faster; 0
    where none is."""
    above = [number for number, row in enumerate(rows) if row.places >= places]
    reached = [_rising(row.levels, size) for row in rows[: above[0] + 1]] if above else []
    return max(reached) if reached and reached[-1] else 0.0


HEAVY = 2**20
"""Weights that it takes longer to lay out than to multiply, where places are few."""


def _lesser(rows: tuple[AtPlaces, ...], flops: int, filters: Filters, weights: int) -> float:
    """The longest seconds of those that have no more places, weights and operations; windows are of
    3x3 there, with a padding of 1."""
    found = 0.0
    for row in rows:
        if row.places > filters.places:
            continue
        padded = (3 * isqrt(row.places) - 2) ** 2 / 9
        met = row.places if filters.window == 1 else padded
        for level in row.levels:
            operations = 2 * level.size * met
            if HEAVY <= level.size <= weights and operations <= flops:
                found = max(found, operations / level.rate)
    return found


def _falling(levels: tuple[Level, ...], size: int) -> float:
    """The rate of a size, at most, where larger ones are slower: that of the one below it."""
    below = [number for number, level in enumerate(levels) if level.size <= size]
    return max((level.rate for level in levels[max(below, default=0) :]), default=0.0)


def _rising(levels: tuple[Level, ...], size: int) -> float:
    """Where larger ones are faster: that of the one above it; 0 where none is."""
    above = [number for number, level in enumerate(levels) if level.size >= size]
    return max((level.rate for level in levels[: above[0] + 1]), default=0.0) if above else 0.0


class Cost(NamedTuple):
    """What layers of a sort take: so many times the least seconds of their products, of their
    bytes, and of those into new memory, and seconds each. layers: of how many it was learned."""

    compute: float
    memory: float
    fresh: float
    each: float
    layers: int


class HeldOut(NamedTuple):
    """How far times were off that were told of a network from the others, as shares of what was
    measured; networks: of how many."""

    mean: float
    worst: float
    networks: int


class Rates(NamedTuple):
    """A device with one kind of numbers.

    costs: by sort of layer; learned: the networks that they are learned of
    held_out: None where these are too few
    """

    ceilings: Ceilings
    costs: Mapping[str, Cost]
    learned: tuple[str, ...] = ()
    held_out: HeldOut | None = None


class Machine(NamedTuple):
    """A device, and its rates by kind of numbers.

    kind: cpu or cuda; threads: of a CPU; torch: the version
    """

    device: str
    kind: str
    threads: int
    torch: str
    rates: Mapping[str, Rates]
