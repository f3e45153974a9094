"""Strides that step over the map."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from cnncalc.analysis.lint.subject import Finding, Subject, finding, places, slides
from cnncalc.graph import Node
from cnncalc.layers.base import times

Reads = tuple[tuple[int, frozenset[int]], ...]
"""Along each axis a stride, and which positions of each stretch so long are read."""


def skipping(subject: Subject) -> Iterator[Finding]:
    """Positions of a map that nothing reads: where one branch strides over them and another reads
    them, as shortcuts do, nothing is lost."""
    blamed = []
    for source, readers in subject.readers.items():
        if readers and source not in subject.heads:
            patterns = {_reads(node) for node in readers}
            if len(patterns) == 1 and None not in patterns:
                blamed += readers
    for nodes in places(blamed):
        yield _skipped(nodes)


def _reads(node: Node) -> Reads | None:
    """What a layer reads of each stretch of its input; None: all of it."""
    found = tuple(
        (s.stride, frozenset((tap * s.dilation - s.before) % s.stride for tap in range(s.kernel)))
        for s in slides(node)
        if s.stride < s.size and s.kernel < LARGEST
    )
    return found if any(len(read) < stride for stride, read in found) else None


LARGEST = 4096
"""Windows beyond this are not followed tap by tap."""


def _skipped(nodes: list[Node]) -> Finding:
    node = nodes[0]
    reads = _reads(node) or ()
    stretch, read = prod(s for s, _ in reads), prod(len(r) for _, r in reads)
    windows = slides(node)
    kernel, stride = (times(getattr(s, name) for s in windows) for name in ("kernel", "stride"))
    message = (
        f"a window of {kernel} at stride {stride} reads {read} of {stretch} positions of "
        f"{times(node.shapes[0][1:])}; nothing reads the others"
    )
    dilated = any(s.dilation > 1 for s in windows)
    hint = f"`kernel: {max(s.stride for s in windows)}` or more, or stride in a layer that has it"
    if dilated:
        hint = "`dilation: 1`, or a dilation that shares no factor with the stride"
    return finding(nodes, message, hint)
