"""The depth of a network, as papers count it: layers with weights on the longest path."""

from __future__ import annotations

from collections.abc import Iterable

from cnncalc.network.graph import Node


def weight_layers(nodes: Iterable[Node], last: Node) -> int:
    """Convolutions and linear layers on the longest way through `nodes`, in the order in which they
    run, to `last`; an attention counts two, a recurrent layer one for each that it stacks."""
    longest: dict[Node, int] = {}
    for node in nodes:
        before = max((longest.get(source, 0) for source in node.inputs), default=0)
        longest[node] = before + (node.layer.weight_layers if node.layer else 0)
    return longest.get(last, 0)
