"""The way out of a shape that does not fit, where it takes the wiring to see it."""

from __future__ import annotations

from cnncalc.language.expansion.frame import Run
from cnncalc.language.text.tree import Scalar
from cnncalc.language.written.syntax import Branch, JoinCall, LayerCall
from cnncalc.later_patterns import pattern
from cnncalc.layers.base import ShapeError
from cnncalc.network.graph import Node

FARTHEST = 64
"""Layers back that are looked at."""

_ARRIVING = pattern(r"\bin_channels\b")


def way_out(error: ShapeError, nodes: tuple[Node, ...], run: Run) -> str | None:
    """The hint of a join's error by what leads to its branches; else the error's own."""
    if isinstance(run.item.call, JoinCall):
        if len({len(node.shape) for node in nodes}) > 1:
            return _pooled(nodes) or error.hint
        return _measured(run.item.call, nodes, run) or error.hint
    return error.hint


def _pooled(nodes: tuple[Node, ...]) -> str | None:
    """Where a vector was pooled, the pool can keep its axes."""
    for node in nodes:
        here, then = node, ""
        for _ in range(FARTHEST):
            if len(here.shape) > 1 or here.layer is None:
                break
            if "keep" in here.layer.fields:
                return f"`flatten` the map, or `keep: true` at `{here.path}`{then}"
            if here.layer.role == "weighted":
                then = f", with a 1x1 `conv` for each `{here.kind}`"
            here = here.inputs[0]
    return None


def _measured(call: JoinCall, nodes: tuple[Node, ...], run: Run) -> str | None:
    """`in_channels` is what arrives at the layer that says it, not at the block around it."""
    entered = run.frame.entered.shape if run.frame.entered else None
    if entered is None or isinstance(call.branches, Scalar) or len(call.branches) != len(nodes):
        return None
    for branch, node in zip(call.branches, nodes, strict=True):
        arrives = _said(branch, node)
        others = {other.shape[0] for other in nodes if other is not node}
        if arrives and arrives != entered[0] and entered[0] in others:
            return f"`in_channels` is {arrives} here, `channels(input)` is {entered[0]}"
    return None


def _said(branch: Branch, node: Node) -> int | None:
    """What `in_channels` is in the last layer of a branch that says it."""
    if isinstance(branch.body, Scalar):
        return None
    said = {
        item.span
        for item in branch.body
        if isinstance(item.call, LayerCall)
        and any(
            isinstance(v, Scalar) and _ARRIVING.search(v.text) for v in item.call.fields.values()
        )
    }
    here = node
    for _ in range(FARTHEST):
        if not here.inputs:
            return None
        if here.span in said:
            return here.inputs[0].shape[0]
        here = here.inputs[0]
    return None
