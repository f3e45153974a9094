"""Every small window: kernel 1-5, stride 1-3, padding 0-2, dilation 1-3, on inputs of 1-8."""

from itertools import product
from random import Random
from typing import NamedTuple


class Case(NamedTuple):
    """One axis of a sliding window."""

    size: int
    kernel: int
    stride: int
    padding: int
    dilation: int


GRID = [Case(*case) for case in product(range(1, 9), range(1, 6), (1, 2, 3), (0, 1, 2), (1, 2, 3))]


def crossed(rank: int, count: int, dilated: bool = True) -> list[Case]:
    """`count` windows over maps of `rank` axes, each axis drawn from the grid by itself."""
    draw = Random(rank)
    axes = GRID if dilated else [case for case in GRID if case.dilation == 1]
    return [Case(*zip(*draw.sample(axes, rank), strict=True)) for _ in range(count)]
