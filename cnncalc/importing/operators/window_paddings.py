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
) -> Any:
    """`same` where it is what that makes of a map of these sizes, else each axis with its two."""
    found = []
    for size, window, step, apart in zip(sizes, kernel, stride, dilation, strict=True):
        total = max((-(-size // step) - 1) * step + (window - 1) * apart + 1 - size, 0)
        found.append((total // 2, total - total // 2))
    return "same" if found == list(sides) else tuple(sides)
