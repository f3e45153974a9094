"""What the rules look at: a network, and how its layers hang together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cnncalc.analysis.summary import Row, Summary
from cnncalc.diagnostics import Note, Span
from cnncalc.layers.base import Shape, times
from cnncalc.layers.windows import Slide, Sliding
from cnncalc.network.graph import Definition, Graph, Node
from cnncalc.records import NamedTuple


class Subject(NamedTuple):
    """A network under review.

    rows: each layer's numbers; readers: the layers that read a node, in order
    slides: the windows of a layer that slides, one per spatial axis; of any other none
    heads: the outputs of the network; params, macs: of the whole, one sample
    unused: what its spec defines and never uses
    """

    graph: Graph
    summary: Summary
    rows: Mapping[Node, Row]
    readers: Mapping[Node, tuple[Node, ...]]
    slides: Mapping[Node, tuple[Slide, ...]]
    heads: frozenset[Node]
    params: int
    macs: int
    unused: tuple[Definition, ...]

    def only_reader(self, node: Node) -> Node | None:
        """The layer that alone reads `node`, behind dropout; None where there are more or none."""
        while node not in self.heads and len(self.readers[node]) == 1:
            node = self.readers[node][0]
            if not passes(node):
                return node
        return None

    def row_macs(self, node: Node) -> int:
        """MACs of one sample."""
        return self.rows[node].ops.macs // self.summary.batch

    def image(self) -> Shape | None:
        """The spatial sizes of the only input; None where there are several, or none has a size."""
        inputs = list(self.graph.inputs.values())
        return inputs[0].shape[1:] or None if len(inputs) == 1 else None


def subject(summary: Summary) -> Subject:
    """The network of a summary."""
    graph = summary.graph
    return Subject(
        graph,
        summary,
        {row.node: row for row in summary.rows},
        {node: tuple(found) for node, found in graph.readers().items()},
        _slides(graph),
        frozenset((graph.output, *graph.outputs.values())),
        summary.totals.params.total,
        summary.totals.ops.macs // summary.batch,
        graph.unused(),
    )


def _slides(graph: Graph) -> dict[Node, tuple[Slide, ...]]:
    """The windows of each node; of what is alike, found once."""
    known: dict[tuple[int, Shape], tuple[Slide, ...]] = {}
    found: dict[Node, tuple[Slide, ...]] = dict.fromkeys(graph.nodes, ())
    for node in graph.layers:
        if isinstance(node.layer, Sliding):
            key = id(node.layer), node.shapes[0]
            if key not in known:
                known[key] = node.layer.slides(node.shapes[0])
            found[node] = known[key]
    return found


class Advice(NamedTuple):
    """What a rule has to say of one place."""

    span: Span
    message: str
    hint: str
    notes: tuple[Note, ...] = ()


def advice(nodes: list[Node], message: str, hint: str) -> Advice:
    """Of layers that are written at one place; the first stands for all."""
    first = nodes[0]
    notes = tuple(reversed(first.calls))
    if len(nodes) > 1:
        notes = (Note(f"written once, {len(nodes)} layers: first `{first.path}`"), *notes)
    return Advice(first.span, message, hint, notes)


def places(nodes: Iterable[Node]) -> list[list[Node]]:
    """Layers that are written at the same place, together."""
    found: dict[Span, list[Node]] = {}
    for node in nodes:
        found.setdefault(node.span, []).append(node)
    return list(found.values())


# -- what a layer is to its neighbours ------------------------------------------------------


def passes(node: Node) -> bool:
    """Whether it hands on what it reads, as dropout does once the network is trained."""
    return bool(node.layer and node.layer.passes)


def is_nonlinear(node: Node) -> bool:
    """Whether it is an activation, and not the identity."""
    return bool(node.layer and node.layer.role == "activation")


def is_pointwise(node: Node) -> bool:
    """Whether each of its positions comes from the same position of its only input."""
    if node.layer is None or len(node.inputs) != 1 or isinstance(node.layer, Sliding):
        return False
    window = node.layer.window(*node.shapes)
    return window.local and not window.axes


def behind(node: Node) -> Node:
    """What a layer reads, dropout left out."""
    source = node.inputs[0]
    while source.layer and passes(source):
        source = source.inputs[0]
    return source


def size(sizes: Iterable[int]) -> str:
    """`3`, or `1x7` where the axes differ, as a spec takes it."""
    found = tuple(sizes)
    return str(found[0]) if len(set(found)) == 1 else times(found)


SIDES = {1: ("step",), 2: ("row", "column"), 3: ("frame", "row", "column")}
"""What the positions along each spatial axis are called."""
