"""Channels that leave tensor cores idle."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.analysis.lint.rule import rule
from cnncalc.analysis.lint.subject import Advice, Subject, advice
from cnncalc.layers.convolution.conv import Conv
from cnncalc.layers.convolution.linear import Linear
from cnncalc.layers.fields import counted
from cnncalc.network.graph import Node
from cnncalc.numbers import rounded

EIGHT = 8
"""Half-precision channels that a tensor core takes at a time (16 bytes)."""

LARGE = 100_000_000
"""MACs below which a network does not fill a GPU anyway."""

WORTH = 0.2
"""Share of the network's MACs in such layers."""


@rule(
    "CNN918",
    "note",
    "channels that are no multiple of 8",
    """Tensor cores take half-precision channels eight at a time; what is left over is padded or
    computed elsewhere, at a fraction of the speed. Said where at least a fifth of the MACs of a
    network of 100 M or more stand in such layers. The input's channels and the last layer's are
    given, and depthwise layers do not run there.""",
    """
input: 3x128x128
layers:
  - conv: {filters: 60, kernel: 3, padding: half}
  - relu
  - conv: {filters: 60, kernel: 3, padding: half}
""",
    """
input: 3x128x128
layers:
  - conv: {filters: 64, kernel: 3, padding: half}
  - relu
  - conv: {filters: 64, kernel: 3, padding: half}
""",
)
def odd_channels(subject: Subject) -> Iterator[Advice]:
    """Convolutions and fully connected layers whose channels are no multiple of 8; the image's and
    the classes' are given."""
    if subject.macs < LARGE:
        return
    touched = [node for node in subject.graph.layers if _is_odd(subject, node)]
    macs = sum(map(subject.row_macs, touched))
    if macs >= WORTH * subject.macs:
        yield _idle(subject, touched, macs)


def _is_odd(subject: Subject, node: Node) -> bool:
    reads, makes = _channels(node)
    if 1 in (reads, makes) or not node.inputs or node.inputs[0].layer is None:
        return False
    return bool(reads % EIGHT) or (bool(makes % EIGHT) and node not in subject.heads)


def _channels(node: Node) -> tuple[int, int]:
    """What each group reads and makes; 1 for a layer without a matrix product."""
    if isinstance(node.layer, Conv):
        groups = node.layer.groups
        return node.shapes[0][0] // groups, node.shape[0] // groups
    return (node.shapes[0][0], node.shape[0]) if isinstance(node.layer, Linear) else (1, 1)


def _idle(subject: Subject, touched: list[Node], macs: int) -> Advice:
    node = max(touched, key=subject.row_macs)
    reads, makes = _channels(node)
    layers = counted(len(touched), "layer")
    message = (
        f"channels that are no multiple of 8 slow down {macs / subject.macs:.0%} of the MACs on "
        f"tensor cores: {rounded(macs)} in {layers}, "
        f"most here, from {reads} to {makes}"
    )
    odd = [count for count in dict.fromkeys((reads, makes)) if count % EIGHT]
    hint = " and ".join(f"{-(-count // EIGHT) * EIGHT} in place of {count}" for count in odd)
    return advice([node], message, f"{hint}; `divisible(...)` rounds a computed number")
