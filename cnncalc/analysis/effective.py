"""How far into its receptive field an output looks: the spread of its gradient over the input."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import sqrt

from cnncalc.analysis.energies import behind_joins
from cnncalc.analysis.receptive import Receptive
from cnncalc.layers.base import Axis
from cnncalc.network.graph import Node

Spread = tuple[float, ...]
"""Along each axis."""


def spreads(
    nodes: Iterable[Node], receptive: Mapping[Node, Receptive]
) -> dict[Node, Spread | None]:
    """Of some nodes the standard deviation of where the gradient of one output goes, in inputs
    along each axis, where weights are random: each window adds that of a place in it (Luo et al.,
    "Understanding the effective receptive field in deep convolutional neural networks", NIPS
    2016). None where that does not hold: behind a join, whose branches have shares that no window
    tells, a window of given weights, a step over all places."""
    variances: dict[Node, Spread | None] = {}
    found = {}
    for node in nodes:
        total = _variance_of(node, receptive, variances)
        found[node] = tuple(map(sqrt, total)) if total else None
    return found


def _variance_of(
    node: Node, receptive: Mapping[Node, Receptive], known: dict[Node, Spread | None]
) -> Spread | None:
    """That of where its gradient goes, and of all nodes before it, which become known."""
    ahead = []
    while node not in known and node.layer is not None and len(node.inputs) == 1:
        ahead.append(node)
        (node,) = node.inputs
    known.setdefault(node, () if node.layer is None else None)
    total = known[node]
    for each in reversed(ahead):
        total = known[each] = None if total is None else _grown(total, each, receptive)
    return total


def _grown(before: Spread, node: Node, receptive: Mapping[Node, Receptive]) -> Spread | None:
    """With the window of a layer behind it."""
    field, (source,) = receptive[node], node.inputs
    if node.layer is None or not field.axes or field.everything:
        return None
    axes, read = node.layer.window(*node.shapes).axes, receptive[source].axes
    if axes and not (read and _is_even(node, axes)):
        return None
    total = [*before, *[0.0] * (len(axes) - len(before))]
    for number, axis in enumerate(axes):
        stride = read[number].stride if read else 1
        total[number] += stride**2 * _variance(axis)
    return tuple(total)


def spread(node: Node, receptive: Mapping[Node, Receptive]) -> Spread | None:
    """As `spreads` has it of a node, and behind joins too, which takes time as the network has
    layers: each branch has the share that its gain gives it, in training. None where nothing is
    known: a window of given weights, a step over all places, branches that no norm brings to one
    scale."""
    windows: dict[Node, Spread] = {}
    waiting, joined = [node], False
    while waiting:
        one = waiting.pop()
        if one in windows:
            continue
        found = _places(one, receptive)
        if found is None:
            return None
        windows[one], joined = found, joined or len(one.inputs) > 1
        waiting += one.inputs
    if not joined:
        return spreads([node], receptive)[node]
    shared = any(one.shares for one in windows)
    return None if shared else behind_joins(node, windows)


def _places(node: Node, receptive: Mapping[Node, Receptive]) -> Spread | None:
    """The variance of a place in a layer's window, in inputs along each axis, none of what has no
    axes; None where places do not count alike."""
    if node.layer is None:
        return (0.0,) * (len(node.shape) - 1)
    field = receptive[node]
    if not field.axes or field.everything:
        return None
    axes, before = node.layer.window(*node.shapes).axes, receptive[node.inputs[0]].axes
    if axes and not (before and _is_even(node, axes)):
        return None
    if not axes:
        return (0.0,) * len(field.axes)
    strides = [one.stride for one in before or ()]
    pairs = zip(axes, strides, strict=True)
    return tuple(stride**2 * _variance(axis) for axis, stride in pairs)


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
