"""A network on a small device as plain text: its bytes, and what is there at the peak."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.analysis.arena import Arena
from cnncalc.analysis.small_device import OnSmallDevice
from cnncalc.report.grid import aligned
from cnncalc.report.units import memory
from cnncalc.text import line

SHOWN = 6
"""Tensors of a peak, the largest first."""


def to_text(found: OnSmallDevice) -> str:
    """A network."""
    least, lite = found.least, found.lite
    rows = [
        ("flash", memory(found.flash), "weights of 1 byte, biases of 4"),
        ("least", memory(least.peak), "activations at once, in place where they may be"),
        ("arena", memory(lite.planned), "TensorFlow Lite Micro's, each tensor in its place"),
    ]
    shape = f"{line(found.graph.name)}   int8, one sample"
    parts = [shape, *(f"  {text}" for text in aligned(rows, {0, 2}))]
    for name, arena in (("least", least), ("arena", lite)):
        parts += ["", *_peak(name, arena)]
    return "".join(f"{part}\n" for part in parts)


def _peak(name: str, arena: Arena) -> Iterator[str]:
    if arena.at is None:
        return
    node, size = arena.steps[arena.at]
    yield f"{name}: {memory(size)} at once while `{line(node.path)}` runs"
    held = arena.held
    rows = [
        (line(each.node.path), memory(each.size), "padded input" if each.padded else "output")
        for each in held[:SHOWN]
    ]
    yield from (f"  {text}" for text in aligned(rows, {0, 2}))
    if len(held) > SHOWN:
        yield f"  and {len(held) - SHOWN} more"
