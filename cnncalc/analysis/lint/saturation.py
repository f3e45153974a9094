"""Activations that flatten out, one behind the other."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.analysis.lint.subject import Finding, Subject, finding, is_nonlinear
from cnncalc.graph import Node
from cnncalc.layers.activation import ACTIVATIONS
from cnncalc.layers.norm import BatchNorm, GroupNorm, LayerNorm

STEEPEST = {"sigmoid": 1 / 4, "hard_sigmoid": 1 / 6, "tanh": 1.0, "arctan": 1.0}
"""The slope of an activation where it is steepest; all four flatten out on both sides."""

SATURATING = tuple(ACTIVATIONS[kind] for kind in STEEPEST)
LEAST = 1e-9
MOST = 4
"""In a row; LeNet-5 has four."""


def vanishing(subject: Subject) -> Iterator[Finding]:
    """More saturating activations in a row than gradients come through: no normalisation, no
    shortcut and no other activation between them."""
    counts: dict[Node, tuple[int, float]] = {}
    for node in subject.graph.nodes:
        counts[node] = _counted(node, counts)
    for node, (count, steepest) in counts.items():
        ends = not any(counts[reader][0] >= count for reader in subject.readers[node])
        if count > MOST and ends and isinstance(node.layer, SATURATING):
            yield _flat(node, count, steepest)


def _counted(node: Node, counts: dict[Node, tuple[int, float]]) -> tuple[int, float]:
    """Saturating activations since the last reset, and the product of their steepest slopes."""
    if node.layer is None or len(node.inputs) != 1:
        return 0, 1.0
    count, slope = counts[node.inputs[0]]
    if isinstance(node.layer, SATURATING):
        return count + 1, slope * STEEPEST[node.kind]
    if is_nonlinear(node) or isinstance(node.layer, BatchNorm | LayerNorm | GroupNorm):
        return 0, 1.0
    return count, slope


def _flat(node: Node, count: int, steepest: float) -> Finding:
    fact = "1 only where all read 0"
    if steepest < 1:
        fact = f"1/{1 / steepest:,.0f} at most" if steepest > LEAST else "next to nothing"
    message = (
        f"{count} saturating activations in a row, no normalisation or shortcut between: the "
        f"product of their slopes is {fact}, and gradients vanish"
    )
    hint = f"`relu` in place of `{node.kind}`, or `batch_norm` before each"
    return finding([node], message, hint)
