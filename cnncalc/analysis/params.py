"""Parameters: the numbers that training fits, and the buffers it only keeps."""

from __future__ import annotations

from cnncalc.layers.base import Shape
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
    found: dict[Node, Params] = {}
    alike: dict[tuple[int, tuple[Shape, ...], bool], Params] = {}  # a layer is one object for all
    for node in graph.layers:
        if node.shares:
            found[node] = _of(node)
            continue
        key = (id(node.layer), node.shapes, node.frozen)
        if key not in alike:
            alike[key] = _of(node)
        found[node] = alike[key]
    return found


def _of(node: Node) -> Params:
    weights = node.own
    if not weights:
        return NONE
    buffers = sum(weight.size for weight in weights if weight.buffer)
    params = sum(weight.size for weight in weights if not weight.buffer)
    return Params(0, params, buffers) if node.frozen else Params(params, 0, buffers)


NONE = Params()
