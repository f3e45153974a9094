"""Convolutions that eat the map away."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from cnncalc.analysis.lint.rule import rule
from cnncalc.analysis.lint.subject import Advice, Subject, advice, is_pointwise
from cnncalc.layers.base import times
from cnncalc.layers.convolution.conv import Conv
from cnncalc.network.graph import Node

MOST = 2
"""Unpadded convolutions in a row that are common: U-Net has two on each level."""


@rule(
    "CNN903",
    "warning",
    "unpadded convolutions shrink the map",
    """Without padding a convolution makes the map smaller by F-1, and the pixels at its rim count
    for less and less. One or two in a row between poolings are common; more shrink the map too fast
    to build anything deep. Zero padding of (F-1)/2, `half`, keeps the size.""",
    """
input: 3x32x32
layers:
  - repeat: 3
    layers: [{conv: {filters: 16, kernel: 3}}, relu]
""",
    """
input: 3x32x32
layers:
  - repeat: 3
    layers: [{conv: {filters: 16, kernel: 3, padding: half}}, relu]
""",
)
def shrinking(subject: Subject) -> Iterator[Advice]:
    """Unpadded convolutions in a row, no stride or padding between them."""
    runs: dict[Node, tuple[Node, int]] = {}
    for node in subject.graph.layers:
        before = runs.get(node.inputs[0]) if len(node.inputs) == 1 else None
        if _shrinks(subject, node):
            first, count = before or (node, 0)
            runs[node] = (first, count + 1)
        elif before and is_pointwise(node):
            runs[node] = before
        elif before and before[1] > MOST:
            yield _eaten(before[0], node.inputs[0], before[1])
    ends = (node for node in subject.heads if node in runs and runs[node][1] > MOST)
    for node in ends:
        yield _eaten(runs[node][0], node, runs[node][1])


def _shrinks(subject: Subject, node: Node) -> bool:
    """Whether it is an unpadded convolution of stride 1, and not the whole map in one window."""
    if not isinstance(node.layer, Conv) or prod(node.shape[1:]) == 1:
        return False
    windows = subject.slides[node]
    unpadded = all(s.stride == 1 and s.before == s.after == 0 for s in windows)
    return unpadded and any(s.extent > 1 for s in windows)


def _eaten(first: Node, last: Node, count: int) -> Advice:
    before, after = first.shapes[0][1:], last.shape[1:]
    left = prod(after) / prod(before)
    message = (
        f"{count} unpadded convolutions in a row shrink {times(before)} to {times(after)}: "
        f"{left:.0%} of the positions are left"
    )
    return advice([first], message, f"`padding: half` keeps {times(before)}")
