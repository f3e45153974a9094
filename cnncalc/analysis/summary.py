"""All numbers of a network: one row per layer, and the totals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import prod
from typing import Any

from cnncalc.analysis.depth import weight_layers
from cnncalc.analysis.params import Params, params_of
from cnncalc.analysis.receptive import Receptive, receptive_fields
from cnncalc.display import as_document, as_html, as_text
from cnncalc.layers.base import Ops
from cnncalc.layers.fields import counted
from cnncalc.network.copied import Copied, at, pieces, tallied
from cnncalc.network.graph import Graph, Node
from cnncalc.network.precision import FP32, Precision
from cnncalc.records import NamedTuple


class Row(NamedTuple):
    """The numbers of one layer, or of a group of layers together.

    node: the layer; of a group, the one whose output is the group's
    layers: how many there are; activations: numbers in their outputs
    nodes: all the layers it stands for
    lost: per spatial axis, how many of its inputs the layer never reads
    """

    node: Node
    layers: int
    params: Params
    ops: Ops
    activations: int
    receptive: Receptive
    nodes: Sequence[Node]
    lost: tuple[int, ...]

    @property
    def connections(self) -> int:
        """Multiplications with a weight, and biases, of one sample; few ask, so none are kept."""
        return sum(node.layer.connections(*node.shapes) for node in self.nodes if node.layer)

    @property
    def dot_product(self) -> int | None:
        """How long the dot product is that each output of a layer is; None where they are none, or
        of several lengths."""
        layer = self.node.layer if self.layers == 1 else None
        if layer is None or layer.role != "weighted":
            return None
        each, rest = divmod(layer.ops(*self.node.shapes).macs, prod(self.node.shape))
        return None if rest else each or None

    @property
    def stated(self) -> bool:
        """Whether of a layer of it only the numbers that it states are known."""
        if self.layers == 1:
            return bool(self.node.layer and self.node.layer.stated)
        return any(node.layer.stated for node, _ in tallied(self.nodes) if node.layer)

    @property
    def weight_layers(self) -> int:
        """Layers with weights on the longest path through it."""
        return weight_layers(self.nodes, self.node)

    def __str__(self) -> str:
        return as_text(self)

    def __repr__(self) -> str:
        several = f" and {self.layers - 1:,} more" if self.layers > 1 else ""
        return f"<Row {self.node.path!r}{several}: {_counted(self)}>"


class Totals(NamedTuple):
    """The numbers of the whole network.

    receptive: that of the last node, on the way to the output, whose field is still local; without
        axes where the places of a later map cannot be told, though that may see the whole input
    weight_layers: layers with weights on the longest path to the output, its depth
    """

    layers: int
    params: Params
    ops: Ops
    activations: int
    receptive: Receptive | None
    weight_layers: int


class Summary(NamedTuple):
    """The analysis of a graph; operations and activations are for a batch of `batch` samples. As
    text it is the table of `cnncalc analyze`, in a notebook too.

    rows: the numbers of each layer, in order; totals: of all together
    receptive: the field of every node, the inputs' too
    precision: which numbers it works with, for what is told in bytes
    """

    graph: Graph
    batch: int
    rows: Sequence[Row]
    totals: Totals
    receptive: Mapping[Node, Receptive]
    precision: Precision = FP32

    @property
    def whole(self) -> Row:
        """All layers together, with the field of the network."""
        totals, graph = self.totals, self.graph
        counts = totals.layers, totals.params, totals.ops, totals.activations
        return Row(graph.output, *counts, totals.receptive or Receptive(()), graph.layers, ())

    def part(self, first: int, last: int) -> Row:
        """The layers from one to another, the last exclusive, together."""
        rows, end = self.rows[first:last], self.rows[last - 1]
        nodes = self.graph.layers[first:last]
        return Row(end.node, *_summed(rows), end.receptive, nodes, ())

    def to_dict(self) -> dict[str, Any]:
        """The JSON document of `cnncalc analyze --format json --depth all`."""
        return as_document(self)

    def __str__(self) -> str:
        return as_text(self)

    def __repr__(self) -> str:
        layers = counted(self.totals.layers, "layer")
        return f"<Summary {self.graph.name!r}: {layers}, {_counted(self.totals)}>"

    def _repr_html_(self) -> str:
        return as_html(self)


def analyze(graph: Graph, batch: int = 1, precision: Precision = FP32) -> Summary:
    """Every number of `graph`: shapes, params, operations, receptive fields."""
    receptive = receptive_fields(graph)
    rows: Copied[Row] = Copied()
    for piece in pieces(graph.layers):
        if isinstance(piece, Node):
            rows.append(_row(piece, batch, receptive))
        elif graph.layers[piece.origin.start] in receptive.moves:
            made = _CopiedRows(graph.layers, receptive, piece.first, at(rows, piece.origin))
            rows.copy(piece.size, piece.times, made.row)
        else:
            for node in at(graph.layers, piece.places):
                rows.append(_row(node, batch, receptive))
    last = _last_local(graph, receptive)
    totals = Totals(*_summed(rows), last, weight_layers(graph.layers, graph.output))
    return Summary(graph, batch, rows, totals, receptive, precision)


def _row(node: Node, batch: int, receptive: Mapping[Node, Receptive]) -> Row:
    local = node.local
    ops = local.ops.scaled(batch) if batch > 1 else local.ops
    made = prod(node.shape) * batch
    return Row(node, 1, params_of(node), ops, made, receptive[node], (node,), local.lost)


class _CopiedRows(NamedTuple):
    """The rows of the layers from `first` on, which are copies of those of a run."""

    layers: Sequence[Node]
    receptive: Mapping[Node, Receptive]
    first: int
    run: Sequence[Row]

    def row(self, number: int) -> Row:
        """One of them."""
        node, row = self.layers[self.first + number], self.run[number % len(self.run)]
        return row._replace(node=node, receptive=self.receptive[node], nodes=(node,))


def together(rows: Sequence[Row]) -> Row:
    """Several rows as one: its place and field are the last one's."""
    nodes = tuple(node for row in rows for node in row.nodes)
    return Row(rows[-1].node, *_summed(rows), rows[-1].receptive, nodes, ())


def _summed(rows: Sequence[Row]) -> tuple[int, Params, Ops, int]:
    """Layers, params, operations and activations of several rows, or of none."""
    told = [row if times == 1 else _several(row, times) for row, times in tallied(rows)]
    return (
        sum([row.layers for row in told]),
        Params(*_sums(row.params for row in told)),
        Ops(*_sums(row.ops for row in told)),
        sum([row.activations for row in told]),
    )


def _several(row: Row, times: int) -> Row:
    """The numbers of so many like one."""
    return row._replace(
        layers=row.layers * times,
        params=Params(*[count * times for count in row.params]),
        ops=row.ops.scaled(times),
        activations=row.activations * times,
    )


def _sums(values: Iterable[tuple[int, ...]]) -> list[int]:
    return [sum(column) for column in zip(*values, strict=True)]


def _counted(numbers: Row | Totals) -> str:
    return f"{counted(numbers.params.total, 'param')}, {counted(numbers.ops.macs, 'MAC')}"


def _last_local(graph: Graph, receptive: Mapping[Node, Receptive]) -> Receptive | None:
    """The field of the last node that leads to the output and still has a place in the input, if
    that is known."""
    if not any(_is_placed(node, receptive[node]) for node, _ in tallied(graph.layers)):
        return None
    leads = {graph.output}
    for node in reversed(graph.layers):
        if node in leads:
            if receptive[node].axes:
                return receptive[node]
            if _is_unknown_map(node, receptive[node]) and _has_places(graph):
                return Receptive(None, receptive[node].everything)
            leads.update(node.inputs)
    return None


def _is_placed(node: Node, receptive: Receptive) -> bool:
    """Whether a node has places in the input, known or not."""
    return bool(receptive.axes) or _is_unknown_map(node, receptive)


def _is_unknown_map(node: Node, receptive: Receptive) -> bool:
    """Whether a node has places, or had some, and it cannot be told what they see."""
    if node.layer and node.layer.stated:
        return True
    return len(node.shape) > 1 and receptive.axes is None and not receptive.gate


def _has_places(graph: Graph) -> bool:
    """Whether there are any in the input."""
    return any(len(node.shape) > 1 for node in graph.inputs.values())
