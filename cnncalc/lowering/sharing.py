"""Weights that several layers use: the lines that make their modules one."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.graph import Node
from cnncalc.lowering.names import attribute, is_identifier
from cnncalc.lowering.parts import Part


def ties(part: Part) -> Iterator[str]:
    """Statements for the constructor of the network, to run last."""
    original = _original(part)
    if original:
        yield _assigned(part.path, original)
        return
    if part.node and part.node.shares:
        yield from _weights(part.node, part.node.shares)
    for child in part.children:
        yield from ties(child)


def _original(part: Part) -> str | None:
    """The path of the part whose modules are this one's too: each of its layers shares with the
    layer that stands there in the same place."""
    nodes = list(_nodes(part))
    shared = nodes[0].shares if nodes else None
    if part.wire or part.function or shared is None or not part.path:
        return None
    within = nodes[0].path[len(part.path) :]
    if not shared.path.endswith(within):
        return None
    path = shared.path[: len(shared.path) - len(within)] if within else shared.path
    alike = all(
        node.shares and node.shares.path == path + node.path[len(part.path) :] and _alike(node)
        for node in nodes
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


def _weights(node: Node, other: Node) -> Iterator[str]:
    """Tensor by tensor, where the modules differ."""
    assert node.layer
    for weight in node.weights:
        yield f"{_reached(node.path)}.{weight.name} = {_reached(other.path)}.{weight.name}"


def _assigned(path: str, original: str) -> str:
    around, _, last = path.rpartition(".")
    name = attribute(last)
    owner = _reached(around) if around else "self"
    if name.isdecimal():
        return f"{owner}[{name}] = {_reached(original)}"
    if is_identifier(name):
        return f"{owner}.{name} = {_reached(original)}"
    return f'{owner}.add_module("{name}", {_reached(original)})'


def _reached(path: str) -> str:
    """The module at a path, as an expression."""
    text = "self"
    for part in path.split("."):
        name = attribute(part)
        if name.isdecimal():
            text = f"{text}[{name}]"
        else:
            text = f"{text}.{name}" if is_identifier(name) else f'getattr({text}, "{name}")'
    return text
