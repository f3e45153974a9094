"""What a layer moves at least: its inputs, its output and its weights, each once."""

from __future__ import annotations

from math import prod

from cnncalc.network.graph import Node
from cnncalc.network.precision import Precision


def maps(node: Node) -> int:
    """Numbers that a layer reads and gives, of one sample; a view moves none."""
    if node.layer is None or node.layer.view:
        return 0
    return sum(map(prod, node.shapes)) + prod(node.shape)


def weights(node: Node) -> int:
    """Numbers of the weights that it reads, its own or another's."""
    if node.layer is None or node.layer.view:
        return 0
    return sum(weight.size for weight in node.weights)


def traffic(node: Node, batch: int) -> int:
    """Numbers it moves for a batch."""
    return batch * maps(node) + weights(node)


def moved(node: Node, batch: int, precision: Precision) -> int:
    """Bytes it moves for a batch."""
    return batch * maps(node) * precision.of_maps + weights(node) * precision.of_weights


def held(node: Node, precision: Precision) -> int:
    """Bytes of its own weights and buffers."""
    return sum(weight.size * (weight.width or precision.of_weights) for weight in node.own)
