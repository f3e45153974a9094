"""The depth of a network, as papers count it: layers with weights on the longest path."""

from __future__ import annotations

from collections.abc import Sequence

from cnncalc.network.copied import Copies, at, pieces
from cnncalc.network.graph import Node, ends


def weight_layers(nodes: Sequence[Node], last: Node) -> int:
    """Convolutions and linear layers on the longest way through `nodes`, in the order in which they
    run, to `last`; an attention counts two, a recurrent layer one for each that it stacks."""
    longest = _Longest()
    for piece in pieces(nodes):
        if isinstance(piece, Copies):
            reads, gives = ends(piece, nodes)
            added = longest[gives] - longest[reads]
            longest.added |= dict.fromkeys(at(nodes, piece.origin), added)
        else:
            before = max([longest[source] for source in piece.inputs], default=0)
            longest[piece] = before + (piece.layer.weight_layers if piece.layer else 0)
    return longest[last]


class _Longest(dict[Node, int]):
    """The longest way to each node; to one that is not among them, 0. To one in a copy it is longer
    than in the original by as much as that adds, for each copy."""

    def __init__(self) -> None:
        super().__init__()
        self.added: dict[Node, int] = {}

    def __missing__(self, node: Node) -> int:
        copy = node.copy
        if copy is None or copy.of not in self.added:
            return 0
        return self[copy.of] + copy.number * self.added[copy.of]
