"""Memory: what inference and training keep."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import NamedTuple

from cnncalc.analysis.liveness import most_alive
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


def memory(graph: Graph, batch: int, width: int = 4) -> Memory:
    """Bytes for a batch of numbers of `width` bytes."""
    weights = parameters = 0
    for node in graph.layers:
        found = node.own
        weights += sum(weight.size for weight in found)
        if not node.frozen:
            parameters += sum(weight.size for weight in found if not weight.buffer)
    return Memory(
        weights * width,
        weights * width + most_alive(graph, width) * batch,
        (weights + 2 * parameters) * width + retained(graph, batch, width),
    )


def retained(graph: Graph, batch: int, width: int) -> int:
    """Bytes that a forward pass in training keeps for the backward, each tensor once; the inputs
    and outputs of the network are there anyway."""
    stores = _stores(graph)
    shared = dict.fromkeys(graph.inputs.values(), width)
    shared |= {stores[head]: width for head in (graph.output, *graph.outputs.values())}
    own = 0
    differentiated = _differentiated(graph)
    for node in differentiated:
        assert node.layer
        for kept in node.layer.kept(*node.shapes):
            wanted = [node.inputs[number] for number in kept.gradient_of]
            if wanted and not any(source in differentiated for source in wanted):
                continue
            if kept.of == "own":
                own += kept.size(batch, width)
            else:
                held = stores[node if kept.of == "output" else node.inputs[kept.number]]
                shared[held] = max(shared.get(held, 0), kept.width or width)
    return own + batch * sum(prod(node.shape) * each for node, each in shared.items())


def _stores(graph: Graph) -> Mapping[Node, Node]:
    """For each node the one whose output holds its numbers in training."""
    stores: dict[Node, Node] = {node: node for node in graph.inputs.values()}
    for node in graph.layers:
        view = node.layer is not None and node.layer.view_in_training
        stores[node] = stores[node.inputs[0]] if view else node
    return stores


def _differentiated(graph: Graph) -> Mapping[Node, None]:
    """The layers whose output depends on a parameter that trains, in order."""
    found: dict[Node, None] = {}
    for node in graph.layers:
        trains = any(not (w.buffer or node.origin(w).frozen) for w in node.weights)
        if trains or any(source in found for source in node.inputs):
            found[node] = None
    return found
