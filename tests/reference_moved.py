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
