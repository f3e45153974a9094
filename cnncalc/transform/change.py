"""What a transformation finds in a network: layers that change together, and layers it leaves."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from pathlib import PurePath

from cnncalc.language.writing.edited_text import Edit, Text
from cnncalc.network.graph import Graph, Node
from cnncalc.records import NamedTuple
from cnncalc.transform.match import Intention

ItemKey = tuple[int, int]
"""The place of the item that a layer was written as."""


def item(node: Node) -> ItemKey:
    """The item a layer was written as: its calls and repeats have it in common."""
    return node.span.line, node.span.column


class JointChange(NamedTuple):
    """Layers that change together: an item that is written once cannot change in one call only.

    done: the layers that the transformation is about, to be counted and named
    removed: layers that go
    flattened: layers before which a `flatten` is put
    becomes: what each layer, besides those, becomes; what it is depends on the transformation
    """

    done: tuple[Node, ...]
    removed: frozenset[Node]
    becomes: Mapping[Node, object]
    flattened: frozenset[Node] = frozenset()


class Reason(NamedTuple):
    """Why layers stay as they are; each `{}` of the text stands for one of the nodes."""

    text: str
    nodes: tuple[Node, ...] = ()

    def __str__(self) -> str:
        return self.text.format(*map(_place, self.nodes))


def _place(node: Node) -> str:
    """`conv1` (alexnet.yaml:16)."""
    return f"`{node.path}` ({PurePath(node.span.source.name).name}:{node.span.line})"


class Left(NamedTuple):
    """Layers of one item that stay as they are, and why."""

    nodes: tuple[Node, ...]
    reason: Reason


class Changeable(NamedTuple):
    """What can change, and what cannot."""

    changes: tuple[JointChange, ...]
    left: tuple[Left, ...]


class Transformation(NamedTuple):
    """A rewriting of a network that keeps what it computes.

    done: what is said of the layers it is about, one and several
    suffix: what it adds to the network's name; `undoes`: the suffix that it takes away instead
    nothing: what is said where there is nothing to do
    find: what can change; write: the edits for it, raises UnwritableError
    difference: what the changed network differs in
    """

    name: str
    done: tuple[str, str]
    suffix: str
    undoes: str | None
    nothing: str
    find: Callable[[Graph], Changeable]
    write: Callable[[Text, Sequence[JointChange]], list[Edit]]
    difference: Callable[[Sequence[JointChange]], Intention]


class Together:
    """Sets of things that belong together."""

    def __init__(self) -> None:
        self._above: dict[Hashable, Hashable] = {}

    def root(self, thing: Hashable) -> Hashable:
        """One thing that stands for all it belongs with."""
        while (above := self._above.get(thing, thing)) != thing:
            self._above[thing] = self._above.get(above, above)
            thing = above
        return thing

    def join(self, things: Iterable[Hashable]) -> None:
        """These belong together."""
        first, *rest = things
        for thing in rest:
            self._above[self.root(thing)] = self.root(first)


def by_item(nodes: Collection[Node]) -> dict[ItemKey, list[Node]]:
    """Layers by the item they were written as."""
    found: dict[ItemKey, list[Node]] = {}
    for node in nodes:
        found.setdefault(item(node), []).append(node)
    return found


def left_by_item(reasons: Mapping[Node, Reason]) -> tuple[Left, ...]:
    """Layers that are left, item by item, for the reason of the first of each."""
    return tuple(Left(tuple(nodes), reasons[nodes[0]]) for nodes in by_item(reasons).values())
