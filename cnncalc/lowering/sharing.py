"""Weights that several layers use: the lines that make their modules one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cnncalc.lowering.code import (
    SELF,
    Assign,
    Attribute,
    Call,
    Expression,
    Item,
    Run,
    Statement,
    Value,
)
from cnncalc.lowering.names import is_identifier
from cnncalc.lowering.parts import Part
from cnncalc.network.graph import Node


def ties(root: Part) -> Iterator[Statement]:
    """Statements for the constructor of the network, to run last."""
    if not any(node.shares for node in _nodes(root)):
        return
    reached = dict(_reached(root, SELF))
    for child in root.children:
        yield from _ties(child, root, reached)


def _reached(part: Part, module: Expression) -> Iterator[tuple[str, Expression]]:
    """The path of a part and of each in it, and how its module is reached."""
    yield part.path, module
    for child in part.children:
        yield from _reached(child, _child(part, module, child))


def _child(part: Part, module: Expression, child: Part) -> Expression:
    if part.path and part.numbered:
        return Item(module, (Value(int(child.name)),))
    return Attribute(module, child.name)


def _ties(part: Part, around: Part, reached: Mapping[str, Expression]) -> Iterator[Statement]:
    original = _original(part)
    if original:
        yield _assigned(part, around, reached[around.path], reached[original])
        return
    if part.node and part.node.shares:
        yield from _weights(part.node, part.node.shares, reached)
    for child in part.children:
        yield from _ties(child, part, reached)


def _original(part: Part) -> str | None:
    """The path of the part whose modules are this one's too: each of its layers shares with the
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
    if part.node:
        yield part.node
    for child in part.children:
        yield from _nodes(child)


def _weights(node: Node, other: Node, reached: Mapping[str, Expression]) -> Iterator[Statement]:
    """Tensor by tensor, where the modules differ."""
    for weight in node.weights:
        target, source = (_tensor(reached[each.path], weight.name) for each in (node, other))
        yield Assign((target,), (source,))


def _tensor(module: Expression, name: str) -> Expression:
    for attribute in name.split("."):
        module = Attribute(module, attribute)
    return module


def _assigned(part: Part, around: Part, owner: Expression, original: Expression) -> Statement:
    """A part's module becomes another's."""
    module = _child(around, owner, part)
    if isinstance(module, Item) or is_identifier(part.name):
        return Assign((module,), (original,))
    return Run(Call(Attribute(owner, "add_module"), (Value(part.name), original)))
