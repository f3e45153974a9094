"""At how many places of the tree of modules one is found, whose weights several layers use."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from cnncalc.network.graph import Graph, Node, within


def places(graph: Graph) -> Mapping[Node, int]:
    """Of each layer's module, more than one where it stands in several others."""
    if not any(node.shares for node in graph.layers):
        return dict.fromkeys(graph.layers, 1)
    tree = _Tree(graph)
    return {node: tree.visits(node.path) for node in graph.layers}


class _Tree:
    """The modules by the paths that they are found at.

    inside: the layers in each part; readers: the paths of what reads each
    same: the path at which the module at one stands first; around: those that one stands in
    visited: how often a walk comes by, as far as it is known
    """

    def __init__(self, graph: Graph) -> None:
        self.inside: dict[str, list[Node]] = defaultdict(list)
        for node in graph.layers:
            for part in _parts(node.path):
                self.inside[part].append(node)
        self.readers = {node: [r.path for r in found] for node, found in graph.readers().items()}
        for head in graph.heads.values():
            self.readers[head].append("")
        self.same = {node.path: first_of(node).path for node in graph.layers}
        self.same |= {part: self.alias(part) for part in self.inside}
        self.around: dict[str, set[str]] = defaultdict(set)
        for path, first in self.same.items():
            parent = path.rpartition(".")[0]
            self.around[first].add(self.same.get(parent, ""))
        self.visited = {"": 1}

    def alias(self, part: str) -> str:
        """The path of the part whose module this one's is: layer by layer, and it hands on the
        same."""
        nodes = self.inside[part]
        rest = nodes[0].path[len(part) :]
        other = first_of(nodes[0]).path.removesuffix(rest)
        same = all(first_of(node).path == other + node.path[len(part) :] for node in nodes)
        alike = same and other in self.inside and self.handed(part) == self.handed(other)
        return other if alike else part

    def handed(self, part: str) -> set[str]:
        """Where in a part the layers stand that others than its own read."""
        return {
            node.path[len(part) :]
            for node in self.inside[part]
            if any(not within(reader, part) for reader in self.readers[node])
        }

    def visits(self, path: str) -> int:
        """How often a walk over the children of each module, each once, comes by."""
        first = self.same.get(path, "")
        if first not in self.visited:
            self.visited[first] = sum(map(self.visits, self.around[first]))
        return self.visited[first]


def _parts(path: str) -> Iterator[str]:
    """`stage1`, `stage1.0`, of `stage1.0.conv`."""
    return (path[:place] for place, sign in enumerate(path) if sign == ".")


def first_of(node: Node) -> Node:
    """The layer whose module it has too."""
    while node.shares and not node.lender and _alike(node, node.shares):
        node = node.shares
    return node


def _alike(node: Node, other: Node) -> bool:
    assert node.layer
    assert other.layer
    return node.layer.torch(*node.shapes) == other.layer.torch(*other.shapes)
