"""Operations of one forward pass of one sample."""

from __future__ import annotations

from cnncalc.layers.base import NO_OPS, Ops, Shape
from cnncalc.network.graph import Graph, Node


def count_ops(graph: Graph) -> dict[Node, Ops]:
    """The operations of each layer, by sort."""
    found: dict[Node, Ops] = {}
    alike: dict[tuple[int, tuple[Shape, ...]], Ops] = {}  # a layer is one object for all that are
    for node in graph.layers:
        key = (id(node.layer), node.shapes)
        if key not in alike:
            alike[key] = node.layer.ops(*node.shapes) if node.layer else NO_OPS
        found[node] = alike[key]
    return found
