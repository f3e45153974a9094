"""Which layers of a transformed network stand for which of the original's."""

from __future__ import annotations

from collections.abc import Callable, Collection

from cnncalc.network.graph import Graph, Node
from cnncalc.records import NamedTuple


class Counterpart(NamedTuple):
    """A layer of the original and the one that does its work in the transformed network.

    norm: the batch norm whose work it does too
    """

    old: Node
    new: Node
    norm: Node | None = None


Agrees = Callable[[Node, Node], bool]
"""Whether a transformed layer is what the original one ought to have become."""


class Intention(NamedTuple):
    """What of a network is meant to change: every other layer stays, and reads what it read.

    removed: layers that go; what read them reads what they read
    flattened: layers before which a `flatten` is put
    agrees: whether a layer has become what it ought to
    """

    removed: Collection[Node]
    flattened: Collection[Node]
    agrees: Agrees


def matched(old: Graph, new: Graph, difference: Intention) -> tuple[Counterpart, ...] | None:
    """The layers side by side; None where the networks differ in more than is meant."""
    becomes = dict(zip(old.inputs.values(), new.inputs.values(), strict=False))
    if list(old.inputs) != list(new.inputs) or any(a.shape != b.shape for a, b in becomes.items()):
        return None
    found = []
    rest = iter(new.layers)
    for node in old.layers:
        if node in difference.removed:
            becomes[node] = becomes[node.inputs[0]]
            continue
        reads = tuple(becomes[source] for source in node.inputs)
        if node in difference.flattened:
            flat = next(rest, None)
            if flat is None or flat.kind != "flatten" or flat.inputs != reads:
                return None
            reads = (flat,)
        image = next(rest, None)
        shares = becomes[node.shares] if node.shares else None
        alike = image and (image.inputs, image.shares, image.frozen) == (reads, shares, node.frozen)
        if image is None or not alike or not difference.agrees(node, image):
            return None
        becomes[node] = image
        found.append(Counterpart(node, image))
    heads = {name: becomes[node] for name, node in old.heads.items()}
    if next(rest, None) or heads != new.heads or old.last != new.last:
        return None
    return tuple(found)


def same(old: Node, new: Node) -> bool:
    """Whether a layer has stayed what it was."""
    return old.layer == new.layer and old.shape == new.shape
