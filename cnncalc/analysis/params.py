"""Parameters: the numbers that training fits, and the buffers it only keeps."""

from __future__ import annotations

from cnncalc.layers.local_facts import sizes
from cnncalc.network.graph import Graph, Node
from cnncalc.records import NamedTuple


class Params(NamedTuple):
    """How many numbers a node's weights hold."""

    trainable: int = 0
    frozen: int = 0
    buffers: int = 0

    @property
    def total(self) -> int:
        """Parameters, trainable or not; buffers are none."""
        return self.trainable + self.frozen


def count_params(graph: Graph) -> dict[Node, Params]:
    """The params of each layer. Weights that several layers share count where they stand first."""
    return {node: params_of(node) for node in graph.layers}


def params_of(node: Node) -> Params:
    """Those of a layer, but for what it shares with one before it."""
    params, buffers = sizes(node.own) if node.shares else node.local.sizes
    return Params(0, params, buffers) if node.frozen else Params(params, 0, buffers)
