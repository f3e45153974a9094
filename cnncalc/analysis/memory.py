"""Memory: what layers move, what inference and training keep."""

from __future__ import annotations

from math import prod
from typing import NamedTuple

from cnncalc.analysis.liveness import INDEX, most_alive, stores_of
from cnncalc.network.graph import Graph, Node


class Memory(NamedTuple):
    """Bytes of a network at work, as its tensors need them: no workspace of a library, no allocator
    rounding.

    weights: parameters and buffers
    inference: weights, and the most activations alive at once
    training: weights, gradients, momentum, and what the forward pass keeps for the backward
    """

    weights: int
    inference: int
    training: int


def traffic(node: Node, batch: int) -> int:
    """Numbers a layer reads and writes at least: its inputs, its weights, its output."""
    if node.layer is None or node.layer.view:
        return 0
    weights = sum(weight.size for weight in node.weights)
    return batch * (sum(map(prod, node.shapes)) + prod(node.shape)) + weights


def memory(graph: Graph, batch: int, width: int = 4) -> Memory:
    """Bytes for a batch of numbers of `width` bytes."""
    weights = parameters = 0
    for node in graph.layers:
        if node.layer and node.shares is None:
            found = node.weights
            weights += sum(weight.size for weight in found)
            if not node.frozen:
                parameters += sum(weight.size for weight in found if not weight.buffer)
    numbers, indices = _kept(graph)
    return Memory(
        weights * width,
        weights * width + most_alive(graph, width) * batch,
        (weights + 2 * parameters + numbers * batch) * width + indices * batch * INDEX,
    )


def _kept(graph: Graph) -> tuple[int, int]:
    """Numbers and indices that the forward pass keeps for the backward, for one sample."""
    stores = stores_of(graph)
    kept: set[Node] = set(graph.inputs.values())
    indices = 0
    for node in graph.layers:
        assert node.layer
        if node.layer.indexed:
            indices += prod(node.shape)
        if node.layer.saves == "output":
            kept.add(stores[node])
        elif node.layer.saves == "input":
            kept.update(stores[read] for read in node.inputs)
    kept.add(stores[graph.output])
    return sum(prod(node.shape) for node in kept), indices
