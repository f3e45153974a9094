"""Weights that several layers use: the lines that make their modules one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cnncalc.lowering.classes import PartClass
from cnncalc.lowering.code import (
    SELF,
    Assign,
    Attribute,
    Call,
    Effect,
    Expression,
    Statement,
    Subscript,
    Value,
)
from cnncalc.network.graph import Node
from cnncalc.network.names import is_identifier
from cnncalc.network.parts import Part


def ties(root: Part, classes: Sequence[PartClass]) -> Iterator[Statement]:
    """Statements for the constructor of the network, to run last."""
    if any(node.shares for node in _nodes(root)):
        shared = _Shared(root, classes)
        for child in root.children:
            yield from shared.ties(child, root)


class _Shared:
    """A network with layers that share. reached: how the module of the part at a path is reached;
    parts, classes: the part there, and the class that it has, if it has one."""

    def __init__(self, root: Part, classes: Sequence[PartClass]) -> None:
        self.reached = dict(_reached(root, SELF))
        self.parts = {part.path: part for part in _all(root)}
        self.classes = {part: made for made in classes for part in made.parts}

    def ties(self, part: Part, around: Part) -> Iterator[Statement]:
        """Those for a part and what is in it."""
        original = _original(part)
        if original and self.alike(part, self.parts[original]):
            owner = self.reached[around.path]
            yield _assigned(part, around, owner, self.reached[original])
            return
        if part.node and part.node.shares:
            yield from _weights(part.node, part.node.shares, self.reached)
        for child in part.children:
            yield from self.ties(child, part)

    def alike(self, part: Part, other: Part) -> bool:
        """Whether the module of one part can be that of another: it is called alike, and calls
        alike what is in it."""
        if (part.numbered, part.chain) != (other.numbered, other.chain):
            return False
        if len(part.children) != len(other.children):
            return False
        if _body(self.classes.get(part)) != _body(self.classes.get(other)):
            return False
        return all(map(self.alike, part.children, other.children))


def _body(made: PartClass | None) -> object:
    """What the `forward` of a class is."""
    return made and (made.base, made.inputs, [line.statement for line in made.lines])


def _all(part: Part) -> Iterator[Part]:
    yield part
    for child in part.children:
        yield from _all(child)


def _reached(part: Part, module: Expression) -> Iterator[tuple[str, Expression]]:
    """The path of a part and of each in it, and how its module is reached."""
    yield part.path, module
    for child in part.children:
        yield from _reached(child, _child(part, module, child))


def _child(part: Part, module: Expression, child: Part) -> Expression:
    if part.path and part.numbered:
        return Subscript(module, (Value(int(child.name)),))
    return Attribute(module, child.name)


def _original(part: Part) -> str | None:
    """The path of the part whose modules may be this one's too: each of its layers shares with the
    layer that stands there in the same place."""
    first = next(_nodes(part), None)
    shared = first.shares if first else None
    if part.wire or part.function or first is None or shared is None:
        return None
    within = first.path[len(part.path) :]
    if not shared.path.endswith(within):
        return None
    path = shared.path[: len(shared.path) - len(within)] if within else shared.path
    alike = all(
        node.shares and node.shares.path == path + node.path[len(part.path) :] and _alike(node)
        for node in _nodes(part)
    )
    return path if alike and path else None


def _alike(node: Node) -> bool:
    other = node.shares
    assert node.layer
    assert other
    assert other.layer
    return node.layer.torch(*node.shapes) == other.layer.torch(*other.shapes)


def _nodes(part: Part) -> Iterator[Node]:
    return (each.node for each in _all(part) if each.node)


def _weights(node: Node, other: Node, reached: Mapping[str, Expression]) -> Iterator[Statement]:
    """Tensor by tensor, where the modules differ."""
    own = node.own
    for weight in node.weights:
        if weight in own:
            continue
        target, source = (_tensor(reached[each.path], weight.name) for each in (node, other))
        yield Assign((target,), (source,))


def _tensor(module: Expression, name: str) -> Expression:
    for attribute in name.split("."):
        module = Attribute(module, attribute)
    return module


def _assigned(part: Part, around: Part, owner: Expression, original: Expression) -> Statement:
    """A part's module becomes another's."""
    module = _child(around, owner, part)
    if isinstance(module, Subscript) or is_identifier(part.name):
        return Assign((module,), (original,))
    return Effect(Call(Attribute(owner, "add_module"), (Value(part.name), original)))
