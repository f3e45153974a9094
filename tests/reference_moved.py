"""What only moves values, in numpy, place by place. A batch is N x C x space."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from tests.reference_numpy import Array, Size, per_axis


def in_windows(
    sizes: Sequence[int], size: Size, shift: Size, dilation: Size
) -> Iterator[tuple[int, int, Any]]:
    """Of each place of a map its window and its position in it: `dilation` places lie between two
    positions, and all begins `shift` places further on, the map beginning again behind its end."""
    each = [per_axis(value, len(sizes)) for value in (size, dilation)]
    shifts = per_axis(shift, len(sizes))
    firsts = [
        first
        for first in np.ndindex(*sizes)
        if all(place % (s * d) < d for place, s, d in zip(first, *each, strict=True))
    ]
    for window, first in enumerate(firsts):
        for position, inside in enumerate(np.ndindex(*each[0])):
            steps = zip(first, inside, each[1], shifts, sizes, strict=True)
            yield window, position, [(f + i * d + s) % n for f, i, d, s, n in steps]


def to_windows(x: Array, size: Size, shift: Size = 0, dilation: Size = 1) -> Array:
    """N x C x windows x positions (Liu 2021)."""
    places = list(in_windows(x.shape[2:], size, shift, dilation))
    windows, positions, _ = places[-1]
    y = np.empty((*x.shape[:2], windows + 1, positions + 1))
    for window, position, place in places:
        y[:, :, window, position] = x[(..., *place)]
    return y


def from_windows(
    x: Array, sizes: Sequence[int], size: Size, shift: Size = 0, dilation: Size = 1
) -> Array:
    """The map whose windows these are."""
    y = np.empty((*x.shape[:2], *sizes))
    for window, position, place in in_windows(sizes, size, shift, dilation):
        y[(..., *place)] = x[:, :, window, position]
    return y


def number_of(row: int, column: int, factor: int, order: str) -> int:
    """Which pixel of a square of factor x factor comes when."""
    return column * factor + row if order == "columns" else row * factor + column


def pixel_unshuffle(x: Array, factor: int, order: str) -> Array:
    """Pixel (u, v) of the squares of channel c is channel c r^2 + n, where it is the n-th of its
    square; by rows or columns, channel n C + c."""
    batch, channels, height, width = x.shape
    y = np.empty((batch, channels * factor**2, height // factor, width // factor))
    for c, u, v in np.ndindex(channels, factor, factor):
        n = number_of(u, v, factor, order)
        place = c * factor**2 + n if order == "channels" else n * channels + c
        y[:, place] = x[:, c, u::factor, v::factor]
    return y


def pixel_shuffle(x: Array, factor: int, order: str) -> Array:
    """What `pixel_unshuffle` undoes."""
    batch, held, height, width = x.shape
    channels = held // factor**2
    y = np.empty((batch, channels, height * factor, width * factor))
    for c, u, v in np.ndindex(channels, factor, factor):
        y[:, c, u::factor, v::factor] = x[:, number_of(u, v, factor, order) * channels + c]
    return y


def steps_along(x: Array, axis: int) -> Array:
    """A step for each place along an axis of a sample; all else is its features."""
    steps = [x.take(place, axis + 1).reshape(len(x), -1) for place in range(x.shape[axis + 1])]
    return np.stack(steps, 2)


def reorg(x: Array, stride: int) -> Array:
    """The layer of that name of darknet (Redmon 2016), which reads its input as if it had
    stride^2 times fewer channels, each larger, and writes along in memory (`reorg_cpu`)."""
    batch, channels, height, width = x.shape
    fewer = channels // stride**2
    y = np.empty_like(x)
    for n, k, j, i in np.ndindex(batch, channels, height, width):
        offset, c = divmod(k, fewer)
        row, column = j * stride + offset // stride, i * stride + offset % stride
        wide = column + width * stride * (row + height * stride * c)
        y[n, k, j, i] = x[n].ravel()[wide]
    return y.reshape(batch, channels * stride**2, height // stride, width // stride)
