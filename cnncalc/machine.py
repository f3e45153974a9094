"""What a device reaches, as values: measured once, kept in a file, and asked for any network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

NUMBERS = {"fp32": 4, "tf32": 4, "bf16": 2, "fp16": 2}
"""Bytes of a number, by the kind of numbers."""


class Level(NamedTuple):
    """A size, and how much of that size is done in a second."""

    size: int
    rate: float


class Ceilings(NamedTuple):
    """What the device reaches at best, measured in the same run.

    flops: per second, of one large matrix product; bandwidth: bytes per second, read and written,
    of one large copy; launch: seconds of an operation on next to nothing
    cache_bandwidth: of a copy that stays in a GPU's cache; None where it was not measured
    window_flops, window_launch: of a convolution with windows; None where it was not measured
    levels: bytes per second of copies, or of reads where those are faster, by bytes
    compared, added: numbers that windows of a pool compare or add, by the numbers in a window
    winograd: whether 3x3 windows do more than others can
    disturbed: whether others used the processor in every round of one
    """

    flops: float
    bandwidth: float
    launch: float
    cache_bandwidth: float | None = None
    window_flops: float | None = None
    window_launch: float | None = None
    levels: tuple[Level, ...] = ()
    compared: tuple[Level, ...] = ()
    added: tuple[Level, ...] = ()
    winograd: bool = False
    disturbed: bool = False

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Ceilings:
        """From what a document has of them."""
        levels = {
            name: tuple(Level(*each) for each in values.get(name, ()))
            for name in ("levels", "compared", "added")
        }
        return cls(**{**values, **levels})

    def moves(self, size: int) -> float:
        """Seconds in which so many bytes are moved, at least, in the caches that hold them."""
        rate = max(_falling(self.levels, size), self.cache_bandwidth or 0.0)
        return size / (rate or self.bandwidth)

    def pools(self, compared: int, added: int, window: int) -> float:
        """Seconds in which windows of so many numbers compare so many, and add so many."""
        pairs = ((compared, _rising(self.compared, window)), (added, _rising(self.added, window)))
        return sum(count / rate for count, rate in pairs if rate)


def _falling(levels: tuple[Level, ...], size: int) -> float:
    """The rate of a size, at most, where larger ones are slower: that of the one below it."""
    below = [number for number, level in enumerate(levels) if level.size <= size]
    return max((level.rate for level in levels[max(below, default=0) :]), default=0.0)


def _rising(levels: tuple[Level, ...], size: int) -> float:
    """Where larger ones are faster: that of the one above it; 0 where none is."""
    above = [number for number, level in enumerate(levels) if level.size >= size]
    return max((level.rate for level in levels[: above[0] + 1]), default=0.0) if above else 0.0


class Cost(NamedTuple):
    """What layers of a sort take: so many times the least seconds of their products, and of their
    bytes, and seconds each. layers: of how many it was learned."""

    compute: float
    memory: float
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
