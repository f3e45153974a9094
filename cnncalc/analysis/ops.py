"""Operations of one forward pass of one sample."""

from __future__ import annotations

from cnncalc.graph import Graph, Node
from cnncalc.layers.base import NO_OPS, Ops


def count_ops(graph: Graph) -> dict[Node, Ops]:
    """The operations of each layer, by sort."""
    return {node: node.layer.ops(*node.shapes) if node.layer else NO_OPS for node in graph.layers}
