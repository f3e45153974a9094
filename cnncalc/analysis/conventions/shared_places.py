"""At how many places of the tree of modules one is found, whose weights several layers use."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from cnncalc.network.graph import Graph, Node, within


def places(graph: Graph) -> Mapping[Node, int]:
    """Of each layer's module, more than one where it stands in several others."""
    if not any(node.shares for node in graph.layers):
        return dict.fromkeys(graph.layers, 1)
    tree = _Tree(graph)
    return {node: tree.visits(node.path) for node in graph.layers}


class _Tree:
    """The modules by the paths that they are found at. same: the path at which one stands first."""

    def __init__(self, graph: Graph) -> None:
        paths = {node.path: node for node in graph.layers}
        around = {path[:place] for path in paths for place, sign in enumerate(path) if sign == "."}
        self.same = {path: _first(node).path for path, node in paths.items()}
        self.same |= {path: _alias(path, graph) for path in around}
        self.within: dict[str, set[str]] = defaultdict(set)
        for path in self.same:
            self.within[self.same[path]].add(self.same.get(path.rpartition(".")[0], ""))

    def visits(self, path: str) -> int:
        """How often a walk over the children of each module, each once, comes by."""
        return sum(self.visits(each) for each in self.within[self.same[path]]) if path else 1


def _first(node: Node) -> Node:
    """The layer whose module it has too."""
    while node.shares and not node.lender and _alike(node, node.shares):
        node = node.shares
    return node


def _alike(node: Node, other: Node) -> bool:
    assert node.layer
    assert other.layer
    return node.layer.torch(*node.shapes) == other.layer.torch(*other.shapes)


def _alias(path: str, graph: Graph) -> str:
    """The path of the part that is the one at `path` too, layer by layer."""
    nodes = [node for node in graph.layers if within(node.path, path)]
    rest = nodes[0].path[len(path) :]
    other = _first(nodes[0]).path.removesuffix(rest)
    same = all(_first(node).path == other + node.path[len(path) :] for node in nodes)
    return other if same and other else path
