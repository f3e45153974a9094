"""The pass: what each node sees, and its channels where something asks for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from cnncalc.analysis.receptive.axis import ITSELF
from cnncalc.analysis.receptive.channels import Channels, Reader, all_alike, channels_of
from cnncalc.analysis.receptive.copies import Fields
from cnncalc.analysis.receptive.joined import Receptive, aligned, alike, joined, through
from cnncalc.analysis.receptive.ranges import covers
from cnncalc.layers.base import EVERY, OWN
from cnncalc.layers.local_facts import LocalFacts
from cnncalc.network.copied import Copies, at, pieces
from cnncalc.network.graph import Graph, Node

MOST = 1_000_000
"""Ranges and fields, in a whole network, beyond which channels are no longer told apart."""

EACH = 8
"""How many ranges a field counts for."""


def receptive_fields(graph: Graph) -> Fields:
    """The receptive field of each node, the inputs' own included; those of copies are found when
    someone asks for them."""
    wholes = Fields()
    known = _Known(graph, wholes)
    parted = set(_parted(graph.layers))
    asked = _asked(parted)
    asked_of = asked | {node.copy.of for node in asked if node.copy}
    for node in graph.inputs.values():
        wholes[node] = Receptive((ITSELF,) * (len(node.shape) - 1))
        if node in asked:
            known.tell(node)
    for piece in pieces(graph.layers):
        nodes: Iterable[Node] = (piece,) if isinstance(piece, Node) else ()
        if isinstance(piece, Copies):
            run = at(graph.layers, piece.origin)
            if not asked_of.isdisjoint(run) or not wholes.copy_run(piece, graph.layers):
                nodes = at(graph.layers, piece.places)
        for node in nodes:
            if node not in parted:
                wholes[node] = _whole(node, known)
            if node in asked:
                known.tell(node)
            if node in parted:
                wholes[node] = _of_all(node, known)
    return wholes


def channel_fields(
    graph: Graph, receptive: Mapping[Node, Receptive], nodes: Iterable[Node]
) -> dict[Node, Channels]:
    """What the channels of some nodes see, of which it is known what they see as a whole."""
    known = _Known(graph, receptive)
    wanted = set(nodes)
    asked = _asked(wanted)
    for node in graph.nodes:
        if node in asked:
            known.tell(node)
    return {node: known.channels[node] for node in wanted}


class _Known:
    """What is known so far.

    wholes: what nodes see
    channels: what the channels do of those nodes of which something asks for them
    room: ranges and fields that there may still be
    """

    def __init__(self, graph: Graph, wholes: Mapping[Node, Receptive]) -> None:
        self.images = [node.shape[1:] for node in graph.inputs.values()]
        self.wholes = wholes
        self.channels: dict[Node, Channels] = {}
        self.room = MOST

    def tell(self, node: Node) -> None:
        """What the channels of a node see, of whose inputs it is known."""
        self.channels[node] = channels = _channels(node, self)
        self.room -= len(channels.ranges.ends) - 1 + EACH * (len(channels.fields) - 1)


def _parted(layers: Sequence[Node]) -> Iterator[Node]:
    """The layers of which what their inputs see is not what they see, their windows apart: they
    read some of the channels alone."""
    known: dict[LocalFacts, bool] = {}

    def is_parted(node: Node) -> bool:
        if node.local not in known:
            known[node.local] = not _reads_all(node)
        return known[node.local]

    for piece in pieces(layers):
        if isinstance(piece, Node):
            if is_parted(piece):
                yield piece
        elif any(map(is_parted, at(layers, piece.origin))):
            yield from filter(is_parted, at(layers, piece.places))


def _reads_all(node: Node) -> bool:
    """Whether what its inputs see is what it sees, its window apart."""
    across = node.local.across
    if across is EVERY or across is OWN:
        return True
    return across is not None and covers(across, node.shape[0], [s[0] for s in node.shapes])


def _asked(nodes: Iterable[Node]) -> set[Node]:
    """The nodes of whose channels it must be known what they see, for those of `nodes` to be."""
    asked, ahead = set[Node](), list(nodes)
    while ahead:
        node = ahead.pop()
        if node not in asked:
            asked.add(node)
            ahead += () if node.local.across is EVERY else node.inputs
    return asked


def _whole(node: Node, known: _Known) -> Receptive:
    """What a layer sees that reads all channels of its inputs."""
    assert node.layer
    window = node.local.window
    if node.layer.joins:
        branches = [(source, known.wholes[source]) for source in node.inputs]
        read = joined(node, branches, known.images, node.layer.whole)
    else:
        read = aligned(known.wholes[node.inputs[0]])
        if read.turned and node.local.across is EVERY and window.local:
            read = read._replace(everything=True, turned=False)
    return through(read, window, window.axes)


def _channels(node: Node, known: _Known) -> Channels:
    """What the channels of a node see; not told apart where that is not known, or not any more."""
    across = node.local.across
    if node.layer is None or across is EVERY:
        return all_alike(node.shape[0], aligned(known.wholes[node]))
    inputs = tuple(known.channels[source] for source in node.inputs)
    if across and (known.room > 0 or not _differ(inputs)):
        window = node.local.window
        return channels_of(Reader(node, node.layer, window, across, inputs, known.images))
    whole = aligned(known.wholes.get(node) or _whole(node, known))
    apart = across is None and node.local.window.axes  # each some of what is there
    if whole.axes and (apart or _differ(inputs)):
        whole = whole._replace(at_most=True)
    return all_alike(node.shape[0], whole)


def _of_all(node: Node, known: _Known) -> Receptive:
    """What the channels of a node, of which it is known what they see, do together."""
    inputs = [known.channels[source] for source in node.inputs]
    if node.local.across is None and not _differ(inputs):
        return _whole(node, known)
    return alike(node, known.channels[node].fields)


def _differ(inputs: Sequence[Channels]) -> bool:
    """Whether some channels see one thing and some another, or perhaps."""
    return any(len(each.fields) > 1 or each.fields[0].at_most for each in inputs)
