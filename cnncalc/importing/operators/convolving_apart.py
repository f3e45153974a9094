"""Convolutions over as many axes as a map has, of each of several maps of a sample."""

from __future__ import annotations

from dataclasses import replace

from cnncalc.importing.layouts import BATCH, Atom, joined, size
from cnncalc.importing.making import Called, Making, UnsayableError
from cnncalc.importing.operators import convolving
from cnncalc.importing.operators.taking_parts import selected
from cnncalc.importing.program_values import Laid
from cnncalc.importing.regrouping import of_sample, regrouped

MOST_MAPS = 32


def conv3d(making: Making, call: Called) -> Laid:
    """Over clips; where a sample has several, one convolution after another, which share their
    weights. Raises UnsayableError."""
    seen = call.seen()
    extra = of_sample(seen.layout[0])
    if not extra or len(seen.layout) != 5:
        return convolving.conv3d(making, call)
    samples = tuple(atom for atom in seen.layout[0] if atom.axis == BATCH)
    if seen.layout[0][: len(samples)] != samples or size(extra) > MOST_MAPS:
        raise UnsayableError(f"a convolution over three axes of {size(extra)} maps of a sample")
    _, channels, *space = seen.layout
    moved = regrouped(making, seen, [joined((*extra, *channels)), *space])
    split = Laid(moved.draft, (samples, of_sample(moved.layout[0]), *moved.layout[1:]))
    parts = [
        convolving.conv3d(
            making, replace(call, given={**call.given, "input": selected(making, split, 1, place)})
        )
        for place in range(size(extra))
    ]
    draft = making.layer("concat", {}, [part.draft for part in parts])
    each, *rest = parts[0].layout[1:]
    maps = Atom(0, size(each), len(parts))
    return Laid(draft, ((*samples, maps), each, *rest))


OPERATORS = {"conv3d": conv3d}
