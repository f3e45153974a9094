"""Operations of one forward pass of one sample."""

from __future__ import annotations

from cnncalc.layers.base import Ops
from cnncalc.network.graph import Graph, Node


def count_ops(graph: Graph) -> dict[Node, Ops]:
    """The operations of each layer, by sort."""
    return {node: node.local.ops for node in graph.layers}
