"""Which activations are alive at once in inference, as PyTorch runs the lowered network."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod

from cnncalc.network.graph import Graph, Node


def stores_of(graph: Graph) -> Mapping[Node, Node]:
    """For each node the one whose output holds its numbers: that of a view is its input's."""
    stores: dict[Node, Node] = {node: node for node in graph.inputs.values()}
    for node in graph.layers:
        is_view = node.layer is not None and node.layer.view
        stores[node] = stores[node.inputs[0]] if is_view else node
    return stores


def most_alive(graph: Graph, width: int) -> int:
    """The most bytes alive at once in inference, for one sample: a layer's output comes to life
    beside its inputs, and dies when nothing holds it any more."""
    stores = stores_of(graph)
    given = {stores[node] for node in graph.inputs.values()}
    dying: dict[int, list[Node]] = {}
    for node, number in _last_held(graph, stores).items():
        if node not in given:
            dying.setdefault(number, []).append(node)
    most = alive = width * sum(prod(node.shape) for node in given)
    for number, node in enumerate(graph.layers):
        if stores[node] is node:
            alive += width * prod(node.shape)
        kept = node.layer.kept(*node.shapes) if node.layer else ()
        indices = sum(each.size(1, width) for each in kept if each.width and each.of == "own")
        most = max(most, alive + indices)
        alive -= width * sum(prod(each.shape) for each in dying.get(number, ()))
    return most


def _last_held(graph: Graph, stores: Mapping[Node, Node]) -> Mapping[Node, int]:
    """For each store the number of the last layer during which it is held.

    By a layer that reads it; by each part of the network that reads it, while it runs: a module
    holds what it was called with; and by the part in which it is made, where several steps of that
    read it, or a join of more than two: it has a name there.
    """
    parts = _Parts(graph)
    last: dict[Node, int] = {}
    for number, node in enumerate(graph.layers):
        for read in node.inputs:
            outer = next((part for part in _around(node) if not _within(read, part)), None)
            end = number if outer is None else parts.ends[outer]
            last[stores[read]] = max(last.get(stores[read], 0), end)
    for node, reading in graph.readers().items():
        for part in _around(node) if node.layer else ():
            inside = [reader for reader in reading if _within(reader, part)]
            if inside and parts.name(node, part, inside):
                last[stores[node]] = max(last[stores[node]], parts.ends[part])
    for head in (graph.output, *graph.outputs.values()):
        last[stores[head]] = len(graph.layers)
    return last


class _Parts:
    """The parts of a network, which are modules once it is lowered.

    ends: of each the number of its last layer; steps: what it runs, in order; places: where each
        of these stands; the whole is `""`
    """

    def __init__(self, graph: Graph) -> None:
        self.groups = graph.groups
        self.ends: dict[str, int] = {}
        self.steps: dict[str, list[str]] = {}
        self.places: dict[str, dict[str, int]] = {}
        for number, node in enumerate(graph.layers):
            for part in _around(node):
                self.ends[part] = number
                steps, places = self.steps.setdefault(part, []), self.places.setdefault(part, {})
                if (step := _step(node, part)) not in places:
                    places[step] = len(steps)
                    steps.append(step)

    def name(self, node: Node, part: str, reading: list[Node]) -> bool:
        """Whether the output of a layer has a name of its own in a part that it is in, and so is
        held to the end of that: not where the next step reads it, or the branches that come next
        and what joins them."""
        step, places = _step(node, part), self.places[part]
        found = {_step(reader, part): reader for reader in reading if _step(reader, part) != step}
        if step.isdigit() or not found:  # of a repeat: each run's output takes the last one's name
            return False
        if self.is_branch(step, part):
            return not all(_is_operator(reader) for reader in reading)
        last = max(places[name] for name in found)
        between = self.steps[part][places[step] + 1 : last]
        if len(found) > 1 and not found.keys() >= {*between}:
            return True
        return not all(self.is_branch(other, part) for other in between)

    def is_branch(self, step: str, part: str) -> bool:
        """Whether a step of a part is a branch of a join."""
        group = self.groups.get(f"{part}.{step}" if part else step)
        return group is not None and group.kind == "branch"


def _is_operator(node: Node) -> bool:
    """Whether a layer is written as an operator of two inputs, branches that are called in place:
    neither has a name."""
    return len(node.inputs) == 2 and bool(node.layer and node.layer.torch(*node.shapes).operator)


def _around(node: Node) -> list[str]:
    """The parts of the network that a layer is in, the outermost first."""
    names = node.path.split(".")
    return [".".join(names[:depth]) for depth in range(len(names))]


def _within(node: Node, part: str) -> bool:
    return bool(node.layer) and (not part or node.path.startswith(f"{part}."))


def _step(node: Node, part: str) -> str:
    """What a layer is in a part that it is in, or what it belongs to there."""
    return node.path[len(part) + 1 if part else 0 :].partition(".")[0]
