"""Outputs of a transposed convolution that no input reaches."""

from __future__ import annotations

from collections.abc import Iterator
from math import gcd, prod

from cnncalc.analysis.lint.rule import rule
from cnncalc.analysis.lint.subject import Advice, Subject, advice, places, size
from cnncalc.layers.base import LONGEST_CYCLE, times
from cnncalc.layers.convolution.conv import ConvTranspose, Spread
from cnncalc.network.graph import Node
from cnncalc.numbers import exact


@rule(
    "CNN924",
    "warning",
    "outputs that are the bias alone",
    """A transposed convolution spreads each input over the output, a stride apart. Where the stride
    is larger than the kernel, or shares a factor with the dilation, no window meets some rows and
    columns: they hold the bias alone, whatever the input, and what follows sees a grid.""",
    """
input: 16x8x8
layers:
  - conv_transpose: {filters: 8, kernel: 3, stride: 2, dilation: 2}
""",
    """
input: 16x8x8
layers:
  - conv_transpose: {filters: 8, kernel: 3, stride: 2}
""",
)
def bias_only(subject: Subject) -> Iterator[Advice]:
    """Transposed convolutions with outputs that no input reaches."""
    for nodes in places(n for n in subject.graph.layers if _unreached(n)):
        yield _told(nodes)


def _spreads(node: Node) -> tuple[Spread, ...]:
    """The windows of a transposed convolution that can be followed; of any other layer none."""
    if not isinstance(node.layer, ConvTranspose):
        return ()
    found = node.layer.spreads(node.shapes[0])
    return found if max(spread.stride for spread in found) <= LONGEST_CYCLE else ()


def _unreached(node: Node) -> int:
    """How many of its positions no window meets, were the map without end."""
    spreads = _spreads(node)
    met = prod(_met(spread) for spread in spreads)
    return prod(spread.output for spread in spreads) - met


def _met(spread: Spread) -> int:
    """Outputs along an axis whose phase has a tap."""
    phases = spread.axis.taps
    rounds, rest = divmod(spread.output, len(phases))
    return rounds * sum(map(bool, phases)) + sum(map(bool, phases[:rest]))


def _told(nodes: list[Node]) -> Advice:
    spreads, shape = _spreads(nodes[0]), nodes[0].shape
    strides = size(spread.stride for spread in spreads)
    dilations = size(spread.dilation for spread in spreads)
    why = f"a stride of {strides} and a dilation of {dilations}"
    message = (
        f"{exact(_unreached(nodes[0]))} of {exact(prod(shape[1:]))} positions of {times(shape)} "
        f"are the bias alone: {why} pass them by with a kernel of "
        f"{size(spread.kernel for spread in spreads)}"
    )
    hint = f"a kernel of at least the stride: `kernel: {strides}`"
    if any(gcd(spread.stride, spread.dilation) > 1 for spread in spreads):
        hint = "`dilation: 1`, or one that shares no factor with the stride"
    return advice(nodes, message, hint)
