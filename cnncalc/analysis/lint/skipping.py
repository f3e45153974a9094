"""Strides that step over the map."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from cnncalc.analysis.lint.rule import rule
from cnncalc.analysis.lint.subject import Advice, Subject, advice, places, size
from cnncalc.layers.base import times
from cnncalc.layers.moving.reshape import Crop, Pad
from cnncalc.network.graph import Node

Reads = tuple[tuple[int, frozenset[int]], ...]
"""Along each axis a stride, and which positions of each stretch so long are read."""


@rule(
    "CNN904",
    "warning",
    "a stride that steps over pixels",
    """The windows of a layer leave positions of its input between them, and nothing else reads
    those either: most of what the layers before it computed there is thrown away. A 1x1 convolution
    with stride 2 drops three positions of four. Beside a branch that reads them all, as in the
    shortcut of a residual block, nothing is lost and nothing is said. Stride in a layer whose
    window is at least as large, as ResNet's version 1.5 does.""",
    """
input: 3x32x32
layers:
  - conv: {filters: 16, kernel: 3, padding: half}
  - relu
  - conv: {filters: 32, kernel: 1, stride: 2}
""",
    """
input: 3x32x32
layers:
  - conv: {filters: 16, kernel: 3, padding: half}
  - relu
  - conv: {filters: 32, kernel: 3, stride: 2, padding: half}
""",
)
def skipping(subject: Subject) -> Iterator[Advice]:
    """Positions of a map that nothing reads: where one branch strides over them and another reads
    them, as shortcuts do, nothing is lost."""
    blamed: list[Node] = []
    for source, readers in subject.readers.items():
        patterns = {_reads(subject, node) for node in readers}
        if len(patterns) != 1 or None in patterns or source in subject.heads:
            continue
        if not _is_shifted(subject, source):
            blamed.append(readers[0])
    for nodes in places(blamed):
        yield _skipped(subject, nodes)


def _is_shifted(subject: Subject, node: Node) -> bool:
    """Whether it is a map moved by `pad` or `crop`, of which others read another part."""
    shared = False
    while isinstance(node.layer, Pad | Crop):
        node = node.inputs[0]
        shared |= len(subject.readers[node]) > 1
    return shared


def _reads(subject: Subject, node: Node) -> Reads | None:
    """What a layer reads of each stretch of its input; None: all of it."""
    found = tuple(
        (s.stride, frozenset((tap * s.dilation - s.before) % s.stride for tap in range(s.kernel)))
        for s in subject.slides[node]
        if s.stride < s.size and s.kernel < LARGEST
    )
    return found if any(len(read) < stride for stride, read in found) else None


LARGEST = 4096
"""Windows beyond this are not followed tap by tap."""


def _skipped(subject: Subject, nodes: list[Node]) -> Advice:
    node = nodes[0]
    reads = _reads(subject, node) or ()
    stretch, read = prod(s for s, _ in reads), prod(len(r) for _, r in reads)
    windows = subject.slides[node]
    kernel, stride = times(s.kernel for s in windows), size(s.stride for s in windows)
    message = (
        f"a window of {kernel} at stride {stride} reads {read} of {stretch} positions of "
        f"{times(node.shapes[0][1:])}; nothing reads the others"
    )
    hint = f"`kernel: {stride}` or more, or stride in a layer with such a window"
    if any(s.dilation > 1 for s in windows):
        hint = "`dilation: 1`, or a dilation that shares no factor with the stride"
    return advice(nodes, message, hint)
