"""A layer of any kind in a small network, without a spec."""

from __future__ import annotations

from typing import Literal

from cnncalc.analysis.retained import Recording
from cnncalc.diagnostics import Source, Span
from cnncalc.layers.base import Layer, Shape
from cnncalc.layers.convolution.conv import Conv
from cnncalc.layers.convolution.linear import Linear
from cnncalc.network.graph import Graph, Node

WIDTH = 4
NOWHERE = Span(Source("", ""), 1, 1, 1, 1)

Way = Literal["first", "last", "between", "twice", "some", "others"]
"""Where it stands: on the inputs themselves; behind layers that train; between two; behind itself;
where only its first input has a gradient, or all others."""

WAYS: tuple[Way, ...] = ("first", "last", "between", "twice", "some", "others")


class Placing:
    """A network as it grows."""

    def __init__(self) -> None:
        self.inputs: dict[str, Node] = {}
        self.layers: list[Node] = []

    def arriving(self, shape: Shape) -> Node:
        """One more input."""
        name = f"x{len(self.inputs)}"
        self.inputs[name] = Node(name, None, (), shape, NOWHERE)
        return self.inputs[name]

    def put(self, layer: Layer, *reads: Node) -> Node:
        """One more layer. Raises ShapeError."""
        shape = layer.output_shape(*(node.shape for node in reads))
        node = Node(f"layer{len(self.layers)}", layer, reads, shape, NOWHERE)
        self.layers.append(node)
        return node

    def graph(self, output: Node) -> Graph:
        """All of it."""
        named = self.inputs if len(self.inputs) > 1 else {"": next(iter(self.inputs.values()))}
        return Graph("placed", "", "", "", named, (*self.layers,), output, {}, {}, NOWHERE)


def mixing(shape: Shape, channels: int) -> Layer:
    """What trains, and reads any map."""
    return Conv(channels, 1) if len(shape) > 1 else Linear(channels)


def placed(layer: Layer, shapes: tuple[Shape, ...], way: Way) -> Graph:
    """The layer where it should stand. Raises ShapeError where it cannot."""
    network = Placing()
    reads = []
    for number, shape in enumerate(shapes):
        node = network.arriving(shape)
        behind = way in ("last", "between", "twice") or (way == "others") == bool(number)
        if behind and way != "first" and not layer.indices:
            node = network.put(mixing(shape, shape[0]), node)
        reads.append(node)
    made = network.put(layer, *reads)
    if way == "twice" and not layer.indices:
        made = network.put(layer, made, *reads[1:])
    if way not in ("first", "last"):
        made = network.put(mixing(made.shape, 3), made)
    return network.graph(made)


def trains(graph: Graph) -> bool:
    """Whether a gradient of what it gives reaches a parameter."""
    return any(head.wanted for head in Recording(WIDTH).network(graph))
