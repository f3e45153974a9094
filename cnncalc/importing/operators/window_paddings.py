"""The padding of a window as a spec says it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cnncalc.importing.making import Called

PADDING = "padding"


def uneven(call: Called) -> bool:
    """Whether it is one for before and one for behind."""
    given = call[PADDING]
    return isinstance(given, tuple) and any(isinstance(each, tuple) for each in given)


def uneven_padding(
    sides: Sequence[tuple[int, int]],
    sizes: Sequence[int],
    kernel: Sequence[int],
    stride: Sequence[int],
    dilation: Sequence[int],
    moves_on: bool = False,
) -> Any:
    """`same` or `causal` where it is what these make of a map of these sizes, the latter of a
    convolution, which `moves_on` in time; else each axis with its two."""
    found = []
    for size, window, step, apart in zip(sizes, kernel, stride, dilation, strict=True):
        total = max((-(-size // step) - 1) * step + (window - 1) * apart + 1 - size, 0)
        found.append((total // 2, total - total // 2))
    if found == list(sides):
        return "same"
    causal = [((window - 1) * apart, 0) for window, apart in zip(kernel, dilation, strict=True)]
    return "causal" if moves_on and causal == list(sides) and len(sides) == 1 else tuple(sides)
