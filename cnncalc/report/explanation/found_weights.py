"""What a file has for a layer, in a line below its arithmetic."""

from __future__ import annotations

from statistics import fmean, pstdev

from cnncalc.layers.base import times
from cnncalc.text import line
from cnncalc.worked.array import Array


def found_weights(found: Array, file: str) -> str:
    """Its size, from where to where it reaches, and how it is spread."""
    low, high = min(found.numbers), max(found.numbers)
    spread = f"mean {fmean(found.numbers):.3g}, deviation {pstdev(found.numbers):.3g}"
    reach = f"from {low:.3g} to {high:.3g}, {spread}"
    return f"\nweight {times(found.shape)} of {line(file)}: {reach}\n"
