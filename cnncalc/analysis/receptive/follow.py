"""The pass: what each node sees, and its channels where something asks for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cnncalc.analysis.receptive.axis import ITSELF
from cnncalc.analysis.receptive.channels import Channels, Reader, all_alike, channels_of
from cnncalc.analysis.receptive.joined import Receptive, aligned, alike, joined, through
from cnncalc.analysis.receptive.ranges import covers
from cnncalc.layers.base import EVERY, OWN, Across, Shape
from cnncalc.network.graph import Graph, Node


def receptive_fields(graph: Graph) -> dict[Node, Receptive]:
    """The receptive field of each node, the inputs' own included."""
    return _follow(graph, set()).wholes


def channel_fields(graph: Graph, nodes: Iterable[Node]) -> dict[Node, Channels]:
    """What the channels of some nodes see."""
    wanted = set(nodes)
    known = _follow(graph, wanted).channels
    return {node: known[node] for node in wanted}


MOST = 1_000_000
"""Ranges and fields, in a whole network, beyond which channels are no longer told apart."""

EACH = 8
"""How many ranges a field counts for."""


class _Known:
    """What is known so far.

    images: the spatial sizes of the network's inputs
    wholes: what each node sees
    channels: what the channels do of those nodes of which something asks for them
    """

    def __init__(self, images: list[Shape]) -> None:
        self.images = images
        self.wholes: dict[Node, Receptive] = {}
        self.channels: dict[Node, Channels] = {}
        self.room = MOST

    def tell(self, node: Node, channels: Channels) -> None:
        """What the channels of a node see."""
        self.channels[node] = channels
        self.room -= len(channels.ranges.ends) - 1 + EACH * (len(channels.fields) - 1)


def _follow(graph: Graph, wanted: set[Node]) -> _Known:
    """All nodes, and the channels of those that are wanted."""
    across = {node: node.layer.across(*node.shapes) for node in graph.layers if node.layer}
    parted = {node for node, told in across.items() if told and not _reads_all(node, told)}
    asked = _asked(graph, across, wanted | parted)
    known = _Known([node.shape[1:] for node in graph.inputs.values()])
    for node in graph.inputs.values():
        known.wholes[node] = itself = Receptive((ITSELF,) * (len(node.shape) - 1))
        known.channels[node] = all_alike(node.shape[0], itself)
    for node, told in across.items():
        if known.room <= 0 and told is not EVERY and node in asked and _differ(node, known):
            told = None
        if told and node in parted:
            known.tell(node, channels := _channels(node, told, known))
            known.wholes[node] = alike(node, channels.fields)
            continue
        known.wholes[node] = _whole(node, known)
        if told is None and (node in parted or across[node] is None):
            known.wholes[node] = _loose(node, known)
        if node in asked:
            known.tell(node, _channels(node, told, known))
    return known


def _reads_all(node: Node, across: Across) -> bool:
    """Whether what its inputs see is what it sees, its window apart."""
    if across is EVERY or across is OWN:
        return True
    return covers(across, node.shape[0], [shape[0] for shape in node.shapes])


def _asked(graph: Graph, across: Mapping[Node, Across | None], nodes: set[Node]) -> set[Node]:
    """The nodes whose channels must be known for those of `nodes` to be."""
    asked = set(nodes)
    for node in reversed(graph.layers):
        if across[node] is None or (node in asked and across[node] is not EVERY):
            asked.update(node.inputs)
    return asked


def _whole(node: Node, known: _Known) -> Receptive:
    """What a layer sees that reads all channels of its inputs."""
    assert node.layer
    window = node.layer.window(*node.shapes)
    if node.layer.joins:
        branches = [(source, known.wholes[source]) for source in node.inputs]
        read = joined(node, branches, known.images, node.layer.whole)
    else:
        read = aligned(known.wholes[node.inputs[0]])
    return through(read, window, window.axes)


def _loose(node: Node, known: _Known) -> Receptive:
    """What a layer sees that may read any channels of its inputs."""
    whole = known.wholes[node]
    return whole._replace(at_most=True) if whole.axes and _differ(node, known) else whole


def _differ(node: Node, known: _Known) -> bool:
    """Whether channels that a layer may read see one thing and another, or perhaps."""
    fields = [known.channels[source].fields for source in node.inputs]
    return any(len(each) > 1 or each[0].at_most for each in fields)


def _channels(node: Node, across: Across | None, known: _Known) -> Channels:
    """What the channels of a layer see."""
    assert node.layer
    if across is EVERY:
        return all_alike(node.shape[0], aligned(known.wholes[node]))
    if across is None:
        return all_alike(node.shape[0], aligned(_loose(node, known)))
    inputs = tuple(known.channels[source] for source in node.inputs)
    window = node.layer.window(*node.shapes)
    return channels_of(Reader(node, node.layer, window, across, inputs, known.images))
