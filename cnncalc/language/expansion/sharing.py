"""Shared weights: which node's each new one uses while an item with `share` runs."""

from __future__ import annotations

from collections.abc import Iterable

from cnncalc.diagnostics import Diagnostics
from cnncalc.language.expansion.frame import Run
from cnncalc.layers.base import Layer, Shape, Weight, times
from cnncalc.layers.fields import counted
from cnncalc.network.graph import LENT, Node


class Originals:
    """The nodes whose weights are used, in order.

    around: those of the item with `share` that this one is run again by, if it is
    """

    def __init__(
        self, nodes: Iterable[Node], diagnostics: Diagnostics, around: Originals | None = None
    ) -> None:
        self._around = around
        self._matched = 0
        self._nodes = list(reversed(list(nodes)))
        self._diagnostics = diagnostics
        self._faulty = False

    def skip(self, count: int) -> None:
        """Leave out the next few: they are matched elsewhere."""
        del self._nodes[len(self._nodes) - min(count, len(self._nodes)) :]

    def ahead(self, count: int) -> Node | None:
        """The node that comes after so many others."""
        return self._nodes[-1 - count] if count < len(self._nodes) else None

    def match(self, layer: Layer, shapes: tuple[Shape, ...], run: Run) -> Node | None:
        """The node whose weights the new one uses; None, reported, where they do not fit."""
        if self._faulty:
            return None
        node = self._nodes.pop() if self._nodes else None
        if node and node.layer and layer.borrows(node.layer) and self._around:
            node = self._around.ahead(self._matched) or node
        self._matched += 1
        fault = _cannot_share(node, layer, shapes)
        if fault or node is None:
            self._report(f"shared weights do not fit: {fault}", run)
            return None
        return node if node.own or not node.shares else node.shares

    def end(self, run: Run) -> None:
        """Report what has found no counterpart."""
        if self._nodes and not self._faulty:
            self._report(
                f"shared weights do not fit: `{self._nodes[-1].kind}` is missing here", run
            )

    def _report(self, message: str, run: Run) -> None:
        self._faulty = True
        hint = "what shares weights must read as many channels, in the same layers"
        notes = reversed(run.frame.calls)
        self._diagnostics.error("CNN308", run.item.span, message, hint, notes)


def _cannot_share(node: Node | None, layer: Layer, shapes: tuple[Shape, ...]) -> str | None:
    """Why `layer` cannot use the weights of `node`; None where it can."""
    if node is None or node.layer is None:
        return f"`{layer.kind}` has no counterpart there"
    theirs, ours = node.weights, layer.weights(*shapes)
    if layer.borrows(node.layer):
        theirs, ours = _lent(theirs), _lent(ours)
    elif type(node.layer) is not type(layer):
        return f"`{layer.kind}` here is `{node.kind}` there"
    if len(theirs) != len(ours):
        return f"`{layer.kind}` has {counted(len(ours), 'weight')} here and {len(theirs)} there"
    for there, here in zip(theirs, ours, strict=True):
        if there != here:
            return f"`{here.name}` is {times(here.shape)} here and {times(there.shape)} there"
    return None


def _lent(weights: tuple[Weight, ...]) -> tuple[Weight, ...]:
    return tuple(weight for weight in weights if weight.name == LENT)
