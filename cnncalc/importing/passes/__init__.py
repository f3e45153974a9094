"""A sketch to one that says the same in fewer layers: several as the one that they are."""

from __future__ import annotations

from collections.abc import Callable

from cnncalc.importing.drafts import Sketch
from cnncalc.importing.passes.attention_projections import projected
from cnncalc.importing.passes.blurs import blurred
from cnncalc.importing.passes.crops import cropped
from cnncalc.importing.passes.lone_windows import lone_windows
from cnncalc.importing.passes.many_summands import summed_at_once
from cnncalc.importing.passes.padded_windows import padded_windows
from cnncalc.importing.passes.pixels_by_slices import pixels_by_slices
from cnncalc.importing.passes.rolled_windows import rolled_windows
from cnncalc.importing.passes.unread_layers import without_unread
from cnncalc.importing.passes.whole_map_vectors import vectors

PASSES: tuple[Callable[[Sketch], Sketch], ...] = (
    without_unread,
    vectors,
    blurred,
    padded_windows,
    projected,
    rolled_windows,
    lone_windows,
    pixels_by_slices,
    cropped,
    summed_at_once,
    without_unread,
)


def settled(sketch: Sketch) -> Sketch:
    """The sketch after each of the passes; one with blockers as it is."""
    if not sketch.blockers:
        for each in PASSES:
            sketch = each(sketch)
    return sketch
