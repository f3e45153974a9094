"""What a small device keeps of a network in flash: its weights, as integers."""

from __future__ import annotations

from cnncalc.analysis.arena import folds, is_alone
from cnncalc.layers.base import Weight
from cnncalc.layers.parametrized import computes
from cnncalc.network.graph import Graph, Node

BIAS = 4
"""Bytes of a bias, as wide as the sums that it is added to. A weight has one."""


def count_flash(graph: Graph) -> dict[Node, int]:
    """The bytes of each layer's weights. A norm that is folded into the layer before it leaves
    biases there, if there are none; one that is not is a factor and a bias for each channel."""
    alone = is_alone(graph)
    return {
        node: _of_norm(node, alone(node)) if folds(node) else _of(node) for node in graph.layers
    }


def _of_norm(node: Node, alone: bool) -> int:
    """Of a norm by running statistics."""
    before = node.inputs[0]
    folded = alone and before.layer is not None and before.layer.role == "weighted"
    if node.shares or (folded and any(weight.name == "bias" for weight in before.weights)):
        return 0
    return node.shape[0] * (BIAS if folded else BIAS + 1)


def _of(node: Node) -> int:
    """Of a weight that is computed from others, its own size: that of the largest of them."""
    computed: dict[str, int] = {}
    for weight in node.own:
        if matrix := computes(weight):
            computed[matrix] = max(computed.get(matrix, 0), weight.size)
    plain = (weight for weight in node.own if not computes(weight))
    return sum(computed.values()) + sum(weight.size * _width(weight) for weight in plain)


def _width(weight: Weight) -> int:
    """Bytes of one of its numbers; of what PyTorch counts its batches with, none."""
    if not weight.shape:
        return 0
    first = weight.name.rpartition(".")[2]
    return BIAS if first.startswith("bias") or first.endswith("bias") else 1
