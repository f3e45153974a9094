"""The graph under construction: nodes are added here, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.diagnostics import Diagnostics, Note, Span
from cnncalc.graph import Group, Node
from cnncalc.layers.base import Layer, Shape, ShapeError, times
from cnncalc.spec.frame import UNKNOWN, Frame, Run, Tensor

MOST_LAYERS = 1_000_000


class TooLargeError(Exception):
    """The network expands beyond bounds; it is reported."""


class Assembly:
    """Nodes and groups so far.

    originals: while an item with `share` runs, the nodes whose weights its nodes use
    """

    def __init__(self, diagnostics: Diagnostics, strict_fit: bool) -> None:
        self.diagnostics = diagnostics
        self.strict_fit = strict_fit
        self.layers: list[Node] = []
        self.groups: dict[str, Group] = {}
        self.originals: Iterator[Node] | None = None

    def group(self, path: str, kind: str, repeat: int, first: int) -> None:
        """Note a named part that began at node `first`, unless it is empty."""
        if len(self.layers) > first:
            self.groups[path] = Group(path, kind, repeat, first, len(self.layers))

    def add(self, layer: Layer, inputs: tuple[Tensor, ...], run: Run, path: str) -> Tensor:
        """A node for `layer`; unknown where what it reads is, or where it cannot read it."""
        nodes = tuple(tensor for tensor in inputs if isinstance(tensor, Node))
        if len(nodes) < len(inputs):
            return UNKNOWN
        span, frame = run.item.span, run.frame
        if len(self.layers) >= MOST_LAYERS:
            message = f"the network has more than {MOST_LAYERS:,} layers"
            self.diagnostics.error("CNN508", span, message, notes=frame.calls)
            raise TooLargeError
        shapes = tuple(node.shape for node in nodes)
        try:
            shape = layer.output_shape(*shapes)
        except ShapeError as error:
            self.shape_error(error, nodes, frame, span)
            return UNKNOWN
        if self.strict_fit and any(layer.rest(*shapes)):
            self.does_not_fit(layer, shapes, frame, span)
        shares = self.original(layer, shapes, frame, span) if self.originals else None
        node = Node(path, layer, nodes, shape, span, frame.calls, run.frozen, shares)
        self.layers.append(node)
        return node

    def shape_error(
        self, error: ShapeError, nodes: tuple[Node, ...], frame: Frame, span: Span
    ) -> None:
        """Say what arrived, and from where."""
        origins = [
            Note(f"{times(node.shape)} comes from `{node.path}`", node.span) for node in nodes
        ]
        self.diagnostics.error(
            error.code, span, error.fact, error.hint, [*origins, *reversed(frame.calls)]
        )

    def does_not_fit(
        self, layer: Layer, shapes: tuple[Shape, ...], frame: Frame, span: Span
    ) -> None:
        """Under `fit: strict`, a rest is an error."""
        rest = max(layer.rest(*shapes))
        lines = f"the last {rest} rows or columns are" if rest > 1 else "the last row or column is"
        message = f"`{layer.kind}` does not fit {times(shapes[0])}: {lines} never read"
        hint = "change `kernel`, `stride` or `padding` until (W - F + 2P)/S is whole"
        self.diagnostics.error("CNN405", span, message, hint, reversed(frame.calls))

    def original(
        self, layer: Layer, shapes: tuple[Shape, ...], frame: Frame, span: Span
    ) -> Node | None:
        """The node whose weights the new one uses; None, reported, where they do not fit."""
        assert self.originals is not None
        node = next(self.originals, None)
        fault = _cannot_share(node, layer, shapes)
        if fault or node is None:
            hint = "what shares weights must read as many channels, in the same layers"
            notes = reversed(frame.calls)
            message = f"shared weights do not fit: {fault}"
            self.diagnostics.error("CNN308", span, message, hint, notes)
            return None
        return node.shares or node


def _cannot_share(node: Node | None, layer: Layer, shapes: tuple[Shape, ...]) -> str | None:
    """Why `layer` cannot use the weights of `node`; None where it can."""
    if node is None or node.layer is None:
        return f"`{layer.kind}` has no counterpart there"
    if type(node.layer) is not type(layer):
        return f"`{layer.kind}` here is `{node.kind}` there"
    theirs, ours = node.layer.weights(*node.shapes), layer.weights(*shapes)
    if len(theirs) != len(ours):
        return f"`{layer.kind}` has {len(ours)} weights here and {len(theirs)} there"
    for there, here in zip(theirs, ours, strict=True):
        if there != here:
            return f"`{here.name}` is {times(here.shape)} here and {times(there.shape)} there"
    return None
