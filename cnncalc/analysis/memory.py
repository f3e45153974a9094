"""Memory, in numbers held: what layers move, what inference and training keep."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import NamedTuple

from cnncalc.graph import Graph, Node


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
    weights = sum(weight.size for weight in node.layer.weights(*node.shapes))
    return batch * (sum(map(prod, node.shapes)) + prod(node.shape)) + weights


def memory(graph: Graph, batch: int, width: int = 4) -> Memory:
    """Bytes for a batch of numbers of `width` bytes."""
    weights = parameters = 0
    for node in graph.layers:
        if node.layer and node.shares is None:
            found = node.layer.weights(*node.shapes)
            weights += sum(weight.size for weight in found)
            if not node.frozen:
                parameters += sum(weight.size for weight in found if not weight.buffer)
    alive = _most_alive(graph) * batch
    numbers, indices = _kept(graph)
    return Memory(
        weights * width,
        (weights + alive) * width,
        (weights + 2 * parameters + numbers * batch) * width + indices * batch * 8,
    )


def _stores(graph: Graph) -> Mapping[Node, Node]:
    """For each node the one whose output holds its numbers: that of a view is its input's."""
    stores: dict[Node, Node] = {node: node for node in graph.inputs.values()}
    for node in graph.layers:
        is_view = node.layer is not None and node.layer.view
        stores[node] = stores[node.inputs[0]] if is_view else node
    return stores


def _most_alive(graph: Graph) -> int:
    """The most numbers alive at once in inference, for one sample: a layer's output comes to life
    beside its inputs, and dies when its last reader is done."""
    stores = _stores(graph)
    last: dict[Node, int] = {}
    for number, node in enumerate(graph.layers):
        last.update((stores[read], number) for read in node.inputs)
    for head in (graph.output, *graph.outputs.values()):
        last[stores[head]] = len(graph.layers)
    given = {stores[node] for node in graph.inputs.values()}
    alive = most = 0
    alive = sum(prod(node.shape) for node in given)
    for number, node in enumerate(graph.layers):
        if stores[node] is node:
            alive += prod(node.shape)
            most = max(most, alive)
        dead = {stores[read] for read in node.inputs if last[stores[read]] == number}
        alive -= sum(prod(each.shape) for each in dead - given)
    return max(most, alive)


def _kept(graph: Graph) -> tuple[int, int]:
    """Numbers and indices that the forward pass keeps for the backward, for one sample."""
    stores = _stores(graph)
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
