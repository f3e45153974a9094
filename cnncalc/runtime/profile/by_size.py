"""What a CPU reaches by size: products of matrices, convolutions, memory that is new."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from math import prod

import torch
from torch import Tensor
from torch.nn.functional import conv2d, linear

from cnncalc.layers.windows import Slide
from cnncalc.machine import AtPlaces, Level
from cnncalc.records import NamedTuple
from cnncalc.runtime.profile.best import best
from cnncalc.runtime.profile.device import Device

SIDES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 1024)
"""The smallest of a product's."""

LONG_SIDES = ((512, 512), (1024, 1024))
HEADS = 16
"""The other two; and how many products are made at once, as attention makes them, of `HEAD`."""

HEAD = 256

PLACES = (4, 7, 10, 14, 20, 28, 40, 56, 112)
"""Sides of the map that comes of a convolution."""

CHANNELS = {
    1: (32, 64, 96, 128, 192, 256, 384, 512, 1024, 2048),
    3: (16, 32, 48, 64, 96, 128, 160, 192, 256, 384, 512, 768, 1024),
}
"""By the window's side."""

FULL = 16
"""Channels that fill what processors work on at once."""

MOST = 2**30
"""Operations, above which a convolution reaches what the largest do."""

LONG = 0.05
"""Seconds, above which larger ones are not tried: of numbers that a CPU has no operations for, they
would take minutes and reach no more."""

ALONE = (3, 5, 7)
ALONE_ON = ((64, 112), (256, 56), (384, 28))
"""Windows that read one channel each, the channels and sides of their maps."""

BLOCKS = (16, 8, 4)
FILLED_ON = 56
"""How many channels may be worked on at once, and the side of the map where that is tried."""

RAGGED = (1, 2, 3, 4, 6, 8)
RAGGED_ON = (7, 14, 28, 56)
"""So many blocks and one channel more, and the sides of their maps."""

FRESH = (2**26, 5 * 2**23, 33 * 2**20, 2**24, 2**22)
"""Bytes of a tensor whose memory may be new: larger ones first, which find nothing left behind."""

SLOWER = 2
"""So many times as long as into memory that is there takes what is written into new memory."""

BRIEF = 0.004
ROUNDS = 8
"""Seconds and number of rounds, at least."""


class BySize(NamedTuple):
    """Fields of `Ceilings`."""

    multiplied: tuple[Level, ...] = ()
    linear: tuple[Level, ...] = ()
    windows: tuple[AtPlaces, ...] = ()
    pointwise: tuple[AtPlaces, ...] = ()
    turned: tuple[AtPlaces, ...] = ()
    block: int = 0
    ragged: tuple[AtPlaces, ...] = ()
    fresh: tuple[Level, ...] = ()


def by_size(device: Device, last: bool) -> BySize:
    """All of it, in a few seconds.

    last: whether maps have their channels last
    """
    maps = _Maps(device, last)
    block = maps.block()
    return BySize(
        tuple(Level(side**2, maps.alone(side)) for side in ALONE),
        tuple(_multiplied(device)),
        tuple(maps.rows(3)),
        tuple(maps.rows(1)),
        tuple(_Maps(device, last=True).rows(1)),
        block,
        tuple(maps.ragged(block)) if block else (),
        tuple(sorted(_fresh(device))),
    )


@cache
def _drawn(dtype: torch.dtype) -> Tensor:
    return torch.randn(2**24).to(dtype)


def _numbers(device: Device, *shape: int) -> Tensor:
    """A tensor of numbers that were drawn once: that takes longer than to multiply them."""
    return _drawn(device.type)[: prod(shape)].view(shape)


class _Timed(NamedTuple):
    """So many operations, or runs, in so many seconds."""

    operations: int
    seconds: float


def _levels(sizes: Iterable[tuple[int, Iterable[_Timed]]]) -> Iterator[Level]:
    """The highest rate at each size, from small to large until all take long."""
    for size, each in sizes:
        runs = [*each]
        yield Level(size, max(run.operations / run.seconds for run in runs))
        if min(run.seconds for run in runs) > LONG:
            return


def _multiplied(device: Device) -> Iterator[Level]:
    """Operations a second of matrix products, by the smallest side."""
    return _levels((side, _products(device, side)) for side in SIDES)


def _products(device: Device, side: int) -> Iterator[_Timed]:
    """Matrix products with such a side, which one of the three is."""
    for left, right in LONG_SIDES:
        if side <= min(left, right):
            for rows, reads, writes in (
                (side, left, right),
                (left, side, right),
                (left, right, side),
            ):
                yield _linear(device, rows, reads, writes)
    if side <= HEAD:
        for rows, reads, writes in (HEAD, side, HEAD), (HEAD, HEAD, side):
            yield _at_once(device, rows, reads, writes)


def _at_once(device: Device, rows: int, reads: int, writes: int) -> _Timed:
    left = _numbers(device, HEADS, rows, reads)
    right = _numbers(device, HEADS, reads, writes)
    seconds = best(device, lambda: left @ right, BRIEF, ROUNDS)
    return _Timed(2 * HEADS * rows * reads * writes, seconds)


def _linear(device: Device, rows: int, reads: int, writes: int) -> _Timed:
    given = _numbers(device, rows, reads)
    weight = _numbers(device, writes, reads)
    seconds = best(device, lambda: linear(given, weight), BRIEF, ROUNDS)
    return _Timed(2 * rows * reads * writes, seconds)


class _Filters(NamedTuple):
    """Of a convolution with a padding of half a window; side: of the map that comes of it."""

    filters: int
    channels: int
    side: int
    window: int
    stride: int = 1
    groups: int = 1

    @property
    def operations(self) -> int:
        """Two for each product, of which none is with a padding."""
        half = self.window // 2
        slide = Slide(self.side * self.stride, self.window, self.stride, 1, half, half)
        return 2 * self.groups * self.filters * self.channels * slide.met**2


class _Maps:
    """Convolutions of maps, channels first or last."""

    def __init__(self, device: Device, last: bool) -> None:
        self.device = device
        self.last = last

    def seconds(self, of: _Filters) -> float:
        """Of one run."""
        maps = self.map(of.channels * of.groups, of.side * of.stride)
        filters = of.filters * of.groups
        weight = _numbers(self.device, filters, of.channels, of.window, of.window)

        def action() -> Tensor:
            return conv2d(maps, weight, None, of.stride, of.window // 2, 1, of.groups)

        return best(self.device, action, BRIEF, ROUNDS)

    def map(self, channels: int, side: int) -> Tensor:
        """One that is mostly zeros, as behind a rectifier."""
        found = (_numbers(self.device, 1, channels, side, side) - 1.5).relu()
        return found.to(memory_format=torch.channels_last) if self.last else found

    def run(self, of: _Filters) -> _Timed:
        """One."""
        return _Timed(of.operations, self.seconds(of))

    def rows(self, window: int) -> Iterator[AtPlaces]:
        """By places, and by weights."""
        for side in PLACES:
            sizes = (
                ((channels * window) ** 2, map(self.run, _shapes(channels, side, window)))
                for channels in CHANNELS[window]
                if _Filters(channels, channels, side, window).operations <= MOST
            )
            yield AtPlaces(side**2, tuple(_levels(sizes)))

    def alone(self, window: int) -> float:
        """Operations a second of windows that read one channel each."""
        each = (_Filters(1, 1, side, window, groups=channels) for channels, side in ALONE_ON)
        return max(run.operations / run.seconds for run in map(self.run, each))

    def block(self) -> int:
        """How many channels are always worked on at once: one more takes as long as twice."""
        for block in BLOCKS:
            more, twice = (_Filters(n, n, FILLED_ON, 3) for n in (block + 1, 2 * block))
            if self.seconds(more) >= self.seconds(twice):
                return block
        return 0

    def ragged(self, block: int) -> Iterator[AtPlaces]:
        """How often in a second windows of 3x3 run, by places and by channels that fill no
        block."""
        for side in RAGGED_ON:
            channels = [times * block + 1 for times in RAGGED]
            once = ((n, [_Timed(1, self.seconds(_Filters(n, n, side, 3)))]) for n in channels)
            yield AtPlaces(side**2, tuple(_levels(once)))


def _shapes(channels: int, side: int, window: int) -> Iterator[_Filters]:
    """As many weights, or a little fewer, in several shapes."""
    for filters, reads in ((1, 1), (2, 0.5), (0.5, 2)):
        yield _Filters(int(channels * filters), int(channels * reads), side, window)
    if window > 1:
        yield _Filters(channels, channels, side, window, 2)
        larger = max(FULL, channels * window // (window + 2) // FULL * FULL)
        yield _Filters(larger, larger, side, window + 2)


def _fresh(device: Device) -> Iterator[Level]:
    """From a size on, memory is new whenever it is taken."""
    for size in FRESH:
        again, new = _written(device, size)
        if new > SLOWER * again:
            yield Level(size, size / new)


def _written(device: Device, size: int) -> tuple[float, float]:
    """Seconds of writing into memory that is there, and into what may be new."""
    numbers = size // device.type.itemsize
    there = torch.empty(numbers, dtype=device.type)
    again = best(device, lambda: there.fill_(1), BRIEF, ROUNDS)
    new = best(device, lambda: torch.empty_like(there).fill_(1), BRIEF, ROUNDS)
    return again, new
