"""Where the spec says what was compared."""

from __future__ import annotations

from collections.abc import Iterable

from cnncalc.layers.base import times
from cnncalc.network.graph import Node
from cnncalc.verification import Deviation


def place(node: Node) -> str:
    """`specs/lenet/lenet5.yaml:14`."""
    return f"{node.span.source.name}:{node.span.line}"


def finding(node: Node, what: str, spec: object, network: object) -> Deviation:
    """A difference of one layer."""
    return Deviation(node.path, place(node), what, str(spec), str(network))


def shape(sizes: Iterable[int]) -> str:
    """`64x112x112`; of a single number, that."""
    return times(sizes) or "a number"
