"""All numbers of a network: one row per layer, and the totals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import prod
from typing import Any

from cnncalc.analysis.depth import weight_layers
from cnncalc.analysis.ops import count_ops
from cnncalc.analysis.params import Params, count_params
from cnncalc.analysis.receptive import Receptive, receptive_fields
from cnncalc.display import as_document, as_html, as_text
from cnncalc.layers.base import Ops
from cnncalc.layers.fields import counted
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
    nodes: tuple[Node, ...]
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
        return any(node.layer.stated for node in self.nodes if node.layer)

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
    rows: tuple[Row, ...]
    totals: Totals
    receptive: Mapping[Node, Receptive]
    precision: Precision = FP32

    @property
    def whole(self) -> Row:
        """All layers together, with the field of the network."""
        totals, graph = self.totals, self.graph
        counts = totals.layers, totals.params, totals.ops, totals.activations
        return Row(graph.output, *counts, totals.receptive or Receptive(()), graph.layers, ())

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
    params, ops, receptive = count_params(graph), count_ops(graph), receptive_fields(graph)
    rows = tuple(
        Row(
            node,
            1,
            params[node],
            ops[node].scaled(batch) if batch > 1 else ops[node],
            prod(node.shape) * batch,
            receptive[node],
            (node,),
            node.layer.lost(*node.shapes) if node.layer else (),
        )
        for node in graph.layers
    )
    last = _last_local(graph, receptive)
    totals = Totals(*_summed(rows), last, weight_layers(graph.layers, graph.output))
    return Summary(graph, batch, rows, totals, receptive, precision)


def together(rows: tuple[Row, ...]) -> Row:
    """Several rows as one: its place and field are the last one's."""
    nodes = tuple(node for row in rows for node in row.nodes)
    return Row(rows[-1].node, *_summed(rows), rows[-1].receptive, nodes, ())


def _summed(rows: tuple[Row, ...]) -> tuple[int, Params, Ops, int]:
    """Layers, params, operations and activations of several rows, or of none."""
    return (
        sum(row.layers for row in rows),
        Params(*_sums(row.params for row in rows)),
        Ops(*_sums(row.ops for row in rows)),
        sum(row.activations for row in rows),
    )


def _sums(values: Iterable[tuple[int, ...]]) -> list[int]:
    return [sum(column) for column in zip(*values, strict=True)]


def _counted(numbers: Row | Totals) -> str:
    return f"{counted(numbers.params.total, 'param')}, {counted(numbers.ops.macs, 'MAC')}"


def _last_local(graph: Graph, receptive: Mapping[Node, Receptive]) -> Receptive | None:
    """The field of the last node that leads to the output and still has a place in the input, if
    that is known."""
    leads = {graph.output}
    for node in reversed(graph.layers):
        if node in leads:
            if receptive[node].axes:
                return receptive[node]
            if _is_unknown_map(node, receptive[node]) and _has_places(graph):
                return Receptive(None, receptive[node].everything)
            leads.update(node.inputs)
    return None


def _is_unknown_map(node: Node, receptive: Receptive) -> bool:
    """Whether a node has places, or had some, and it cannot be told what they see."""
    if node.layer and node.layer.stated:
        return True
    return len(node.shape) > 1 and receptive.axes is None and not receptive.gate


def _has_places(graph: Graph) -> bool:
    """Whether there are any in the input."""
    return any(len(node.shape) > 1 for node in graph.inputs.values())
