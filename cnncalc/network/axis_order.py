"""Inputs whose sizes look like another order of axes: a batch in front, channels last, none."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.layers.base import Layer, Shape, times
from cnncalc.layers.fields import counted
from cnncalc.layers.windows import Sliding
from cnncalc.network.copied import tallied
from cnncalc.network.graph import Graph, Node
from cnncalc.records import NamedTuple

COLOURS = (1, 3)
"""Channels of images, grey and coloured."""

LAST = (*COLOURS, 4)
"""Channels that stand last where they are few: those, and colours with opacity."""


class Misread(NamedTuple):
    """An input that says something else than it seems to: what it says, and how to write what it
    seems to."""

    node: Node
    says: str
    instead: str


def misread(graph: Graph) -> Iterator[Misread]:
    """The inputs of a network that look misread."""
    for node in graph.inputs.values():
        found = misread_input(node) or _no_channels(graph, node)
        if found:
            yield found


def misread_input(node: Node) -> Misread | None:
    """An input whose sizes alone look misread."""
    return _channels_last(node) or _batch_in_front(node)


def misread_by(node: Node, layer: Layer) -> Misread | None:
    """`7x7` under a kernel of 3: an input that looks misread where `layer` reads it."""
    if len(node.shape) != 2 or node.shape[0] != node.shape[1] or not isinstance(layer, Sliding):
        return None
    size = node.shape[0]
    says = f"is a signal of {_channels(size)}, {counted(size, 'step')} long"
    return Misread(node, says, f"channels stand first, of a map too: `1x{times(node.shape)}`")


def _batch_in_front(node: Node) -> Misread | None:
    """`16x3x224x224`."""
    if len(node.shape) != 4 or node.shape[1] not in COLOURS or min(node.shape[2:]) <= 1:
        return None
    batch, frames, *image = node.shape
    says = f"is {_channels(batch)}, {counted(frames, 'frame')} of {times(image)}"
    instead = (
        f"if {batch} is the batch, leave it out: `{times(node.shape[1:])}`; "
        f"`analyze --batch {batch}` counts for so many"
    )
    return Misread(node, says, instead)


def _channels_last(node: Node) -> Misread | None:
    """`224x224x3`; with a batch in front `16x224x224x3`."""
    *others, last = node.shape
    if len(others) not in (2, 3) or last not in LAST or min(others[-2:]) <= last:
        return None
    if len(others) == 3 and others[0] in COLOURS:
        return None
    says = f"is {_channels(others[0])} of {times(node.shape[1:])}"
    instead = f"channels stand first: `{times((last, *others[-2:]))}`"
    if len(others) == 3:
        batch = others[0]
        instead += f"; if {batch} is the batch, leave it out: `analyze --batch {batch}` counts it"
    return Misread(node, says, instead)


def _no_channels(graph: Graph, node: Node) -> Misread | None:
    """The same, of those that slide over more than one step at a time."""
    if len(node.shape) != 2 or node.shape[0] != node.shape[1]:
        return None
    for reader, _ in tallied(graph.layers):  # no copy reads an input
        if node in reader.inputs and reader.layer and _is_wide(reader.layer, node.shape):
            return misread_by(node, reader.layer)
    return None


def _is_wide(layer: Layer, shape: Shape) -> bool:
    return isinstance(layer, Sliding) and layer.slides(shape)[0].extent > 1


def _channels(number: int) -> str:
    return counted(number, "channel")
