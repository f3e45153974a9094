"""What a small device keeps of a network in flash: its weights, as integers."""

from __future__ import annotations

from cnncalc.analysis.arena import folds, is_alone
from cnncalc.layers.base import Weight
from cnncalc.network.graph import Graph, Node

BIAS = 4
"""Bytes of a bias, as wide as the sums that it is added to. A weight has one."""

COMPUTED = ("original", "original1")
"""What PyTorch calls the tensor that is as large as the weight computed from it."""


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
    return sum(weight.size * _width(weight) for weight in node.own)


def _width(weight: Weight) -> int:
    """Bytes of one of its numbers; none of what a computed weight, or PyTorch's count of batches,
    is only made of."""
    *home, name = weight.name.split(".")
    if not weight.shape or ("parametrizations" in home and name not in COMPUTED):
        return 0
    return BIAS if name.startswith("bias") or name.endswith("bias") else 1
