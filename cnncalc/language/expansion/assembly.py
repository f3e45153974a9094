"""The graph under construction: nodes are added here, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from cnncalc.diagnostics import Diagnostics, Note, Span
from cnncalc.language.expansion.frame import UNKNOWN, Run, Tensor
from cnncalc.language.written.syntax import LayerCall
from cnncalc.layers.base import Layer, Shape, ShapeError, times
from cnncalc.layers.local_facts import LocalFacts
from cnncalc.network.axis_order import Misread, misread_by, misread_input
from cnncalc.network.copied import Copied
from cnncalc.network.graph import Group, Node

if TYPE_CHECKING:
    from cnncalc.language.expansion.sharing import Originals

MOST_LAYERS = 1_000_000
LARGEST_MAP = 10**15
"""The largest size of a tensor along any axis."""
LETTERS_A_STEP = 64
"""Letters of a path that take a step: what stands deep and is called long takes memory."""


_Known = tuple[LocalFacts, Shape | ShapeError]
"""What follows from a layer in its place, and the shape of its output, or why there is none."""


class TooLargeError(Exception):
    """The network expands beyond bounds; it is reported."""


class Assembly:
    """Nodes and groups so far.

    misread_input: the first input that looks misread
    originals: while an item with `share` runs, the nodes whose weights its nodes use
    """

    def __init__(self, diagnostics: Diagnostics, strict_fit: bool) -> None:
        self.diagnostics = diagnostics
        self.strict_fit = strict_fit
        self.layers: Copied[Node] = Copied()
        self.groups: dict[str, Group] = {}
        self.misread_input: Misread | None = None
        self.originals: Originals | None = None
        self._known: dict[tuple[int, tuple[Shape, ...]], _Known] = {}

    def look_at(self, inputs: Iterable[Node]) -> None:
        """Note the first input that looks misread: what cannot be read further down is hinted at
        there."""
        self.misread_input = next(filter(None, map(misread_input, inputs)), None)

    def group(
        self,
        path: str,
        kind: str,
        repeat: int,
        first: int,
        arguments: Mapping[str, object] = {},
        outputs: Mapping[str, object] = {},
    ) -> None:
        """Note a named part that began at node `first`, unless it is empty."""
        last = len(self.layers)
        if last > first:
            self.groups[path] = Group(path, kind, repeat, first, last, arguments, outputs)

    def add(self, layer: Layer, inputs: tuple[Tensor, ...], run: Run, path: str) -> Tensor:
        """A node for `layer`; unknown where what it reads is, or where it cannot read it."""
        nodes = tuple(tensor for tensor in inputs if isinstance(tensor, Node))
        if len(nodes) < len(inputs):
            return UNKNOWN
        if len(self.layers) >= MOST_LAYERS:
            self.error("CNN508", run, f"the network has more than {MOST_LAYERS:,} layers")
            raise TooLargeError
        local, shape = self.known(layer, tuple([node.shape for node in nodes]))
        if isinstance(shape, ShapeError):
            self.shape_error(shape, layer, nodes, run)
            return UNKNOWN
        if len(path) > LETTERS_A_STEP:
            calls = run.frame.calls
            self.diagnostics.spend(len(path) // LETTERS_A_STEP, run.item.span, calls)
        if self.strict_fit and any(layer.rest(*local.shapes)):
            self.does_not_fit(layer, local.shapes, run)
        shares = self.originals.match(layer, local.shapes, run) if self.originals else None
        item, frame = run.item, run.frame
        node = Node(path, layer, nodes, shape, item.span, frame.calls, run.frozen, shares, local)
        self.layers.append(node)
        return node

    def known(
        self, layer: Layer, shapes: tuple[Shape, ...]
    ) -> tuple[LocalFacts, Shape | ShapeError]:
        """What is known of a layer that reads `shapes`, and the shape of its output, or why there
        is none; for what is alike, found once."""
        key = (id(layer), shapes)
        found = self._known.get(key)
        if found is None:
            self._known[key] = found = LocalFacts(layer, shapes), _shape(layer, shapes)
        return found

    def shape_error(
        self, error: ShapeError, layer: Layer, nodes: tuple[Node, ...], run: Run
    ) -> None:
        """Say what arrived, and from where; at the field that is at fault, if it is one. Where an
        input looks misread, that is the way out."""
        from cnncalc.language.expansion.ways_out import way_out  # few networks are wrong

        notes = [Note(f"{times(node.shape)} comes from `{node.path}`", node.span) for node in nodes]
        at = _field(error.field, run)
        if at.line != run.item.span.line:
            notes.insert(0, Note(f"of this `{run.item.kind}`", run.item.span))
        hint = way_out(error, nodes, run)
        if found := self.misread(layer, nodes):
            shape = times(found.node.shape)
            notes.append(Note(f"the input {shape} {found.says}", found.node.span))
            hint = found.instead
        calls = reversed(run.frame.calls)
        self.diagnostics.error(error.code, at, error.fact, hint, [*notes, *calls])

    def misread(self, layer: Layer, nodes: tuple[Node, ...]) -> Misread | None:
        """An input of the network that looks misread, by itself or where `layer` reads it."""
        by_layer = (misread_by(node, layer) for node in nodes if node.layer is None)
        return self.misread_input or next(filter(None, by_layer), None)

    def does_not_fit(self, layer: Layer, shapes: tuple[Shape, ...], run: Run) -> None:
        """Under `fit: strict`, a rest is an error."""
        rest = max(layer.rest(*shapes))
        lines = f"the last {rest} rows or columns are" if rest > 1 else "the last row or column is"
        message = f"`{layer.kind}` does not fit {times(shapes[0])}: {lines} never read"
        hint = "change `kernel`, `stride` or `padding` until (W - F + 2P)/S is whole"
        self.error("CNN405", run, message, hint)

    def error(self, code: str, run: Run, message: str, hint: str | None = None) -> None:
        """A fault of the item that runs, with the calls that led to it."""
        self.diagnostics.error(code, run.item.span, message, hint, reversed(run.frame.calls))


def _field(name: str | None, run: Run) -> Span:
    """Where a field of the item is written; the item's kind, where it is not."""
    call = run.item.call
    fields = call.fields if isinstance(call, LayerCall) else {}
    if name and name in run.own:
        return run.own[name].span
    return fields[name].span if name and name in fields else run.item.span


def _shape(layer: Layer, shapes: tuple[Shape, ...]) -> Shape | ShapeError:
    """What a layer makes of `shapes`."""
    try:
        shape = layer.output_shape(*shapes)
    except ShapeError as error:
        return error
    if max(shape) > LARGEST_MAP:
        fact = f"an output of {times(shape)} is beyond 10^15 along an axis"
        return ShapeError(fact, code="CNN402")
    return shape
