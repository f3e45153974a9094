"""How far into its receptive field an output looks: the spread of its gradient over the input."""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt

from cnncalc.analysis.receptive import Receptive
from cnncalc.layers.base import Axis
from cnncalc.network.graph import Node

Spread = tuple[float, ...]
"""Along each axis."""


def spread(node: Node, receptive: Mapping[Node, Receptive]) -> Spread | None:
    """The standard deviation of where the gradient of one output goes, in inputs along each axis,
    where weights are random: each window adds that of a place in it (Luo et al., "Understanding the
    effective receptive field in deep convolutional neural networks", NIPS 2016). None where that
    does not hold: behind a join, whose branches have shares that no window tells, a window of given
    weights, a step over all places."""
    total: list[float] = []
    while node.layer is not None:
        (source, *others), field = node.inputs, receptive[node]
        if others or not field.axes or field.everything:
            return None
        axes, before = node.layer.window(*node.shapes).axes, receptive[source].axes
        if axes and not (before and _is_even(node, axes)):
            return None
        for number, axis in enumerate(axes):
            total += [0.0] * (len(axes) - len(total))
            stride = before[number].stride if before else 1
            total[number] += stride**2 * _variance(axis)
        node = source
    return tuple(map(sqrt, total)) or None


def _is_even(node: Node, axes: tuple[Axis, ...]) -> bool:
    """Whether all places of a window count alike, over many draws of the weights."""
    assert node.layer
    if any(axis.period > 1 for axis in axes):
        return False
    if all(len(axis.taps[0]) == 1 for axis in axes):
        return True
    given = any(weight.buffer for weight in node.weights)
    return node.layer.role in ("weighted", "pool") and not given


def _variance(axis: Axis) -> float:
    """Of a place among the taps of a window."""
    taps = axis.taps[0]
    return taps.step**2 * (len(taps) ** 2 - 1) / 12
