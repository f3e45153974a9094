"""How far an output looks behind joins: what of its gradient goes through which branch.

Over random weights the squares of a gradient add up where branches meet, each with the gain of what
lies in it. A convolution multiplies them by the variance of its weights times the number that an
output sums; a batch norm divides by the variance of what it reads; an activation takes the mean
square of its slope. These follow from the moments of what a network of random weights makes of
noise: those of sums and norms are exact, an activation's are those of normal numbers, a pool's are
taken to stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from math import exp, isclose, pi, prod, sqrt

from cnncalc.layers.base import Layer
from cnncalc.network.graph import Node
from cnncalc.records import NamedTuple

DRAWS = 1 / 3, 2.0
"""Variances of weights, times the numbers that an output sums: PyTorch's default, and He's."""


class Drawn(NamedTuple):
    """Channels alike: how many, and mean and variance of their numbers."""

    channels: int
    mean: float
    variance: float


class Energy(NamedTuple):
    """Of a gradient, in all places of channels alike: how much, and that times the squared distance
    along each axis."""

    whole: float
    spread: tuple[float, ...]

    def times(self, gain: float, variances: Sequence[float] = ()) -> Energy:
        """So much of it, moved on by windows in which a place has these variances."""
        moved = variances or (0.0,) * len(self.spread)
        pairs = zip(self.spread, moved, strict=True)
        return Energy(self.whole * gain, tuple(gain * (s + self.whole * v) for s, v in pairs))

    def plus(self, other: Energy) -> Energy:
        """Both."""
        pairs = zip(self.spread, other.spread, strict=True)
        return Energy(self.whole + other.whole, tuple(a + b for a, b in pairs))


Windows = Mapping[Node, tuple[float, ...]]
"""Of each layer, the variance of a place in its window, in inputs along each axis."""


def behind_joins(node: Node, windows: Windows) -> tuple[float, ...] | None:
    """The standard deviation of where the gradient of an output goes, along each axis. None where
    layers are in the way of which nothing is known, or where it depends on how weights are drawn:
    behind branches that no norm brings to one scale."""
    order = _before(node)
    if not _independent(order):
        return None
    first, second = (_spread(order, windows, draw) for draw in DRAWS)
    if first is None or second is None:
        return None
    same = all(isclose(a, b, rel_tol=1e-6) for a, b in zip(first, second, strict=True))
    return first if same else None


def _before(node: Node) -> list[Node]:
    """What it reads, and what that reads, each behind its own inputs; itself the last."""
    found: dict[Node, None] = {}
    waiting = [(node, False)]
    while waiting:
        one, ready = waiting.pop()
        if ready:
            found[one] = None
        elif one not in found:
            waiting.append((one, True))
            waiting += [(source, False) for source in one.inputs]
    return list(found)


def _independent(order: Sequence[Node]) -> bool:
    """Whether no two branches of a sum come from the same weights: these would not be random to
    each other."""
    last: dict[Node, frozenset[Node]] = {}
    for node in order:
        before = [last[source] for source in node.inputs]
        every = frozenset().union(*before)
        summed = node.layer is not None and node.layer.gathers == "sum"
        if summed and len(every) < sum(map(len, before)):
            return False
        weighted = node.layer is None or node.layer.role == "weighted"
        last[node] = frozenset([node]) if weighted else every
    return True


def _spread(order: Sequence[Node], windows: Windows, draw: float) -> tuple[float, ...] | None:
    drawn: dict[Node, list[Drawn]] = {}
    for node in order:
        made = _made(node, [drawn[source] for source in node.inputs], draw)
        if made is None:
            return None
        drawn[node] = made
    rank = len(windows[order[-1]])
    energies = {order[-1]: [Energy(d.channels, (0.0,) * rank) for d in drawn[order[-1]]]}
    arrived = Energy(0.0, (0.0,) * rank)
    for node in reversed(order):
        energy = energies.pop(node)
        if node.layer is None:
            arrived = _sum([arrived, *energy])
            continue
        for source, share in _back(node, energy, drawn, windows[node], draw):
            known = energies.get(source)
            both = [a.plus(b) for a, b in zip(known, share, strict=True)] if known else share
            energies[source] = both
    return tuple(sqrt(one / arrived.whole) for one in arrived.spread)


def _sum(energies: Sequence[Energy]) -> Energy:
    first, *others = energies
    for other in others:
        first = first.plus(other)
    return first


# -- forward: moments -----------------------------------------------------------------------


def _made(node: Node, read: list[list[Drawn]], draw: float) -> list[Drawn] | None:
    """What a layer makes; None where nobody knows."""
    layer = node.layer
    if layer is None:
        return [Drawn(node.shape[0], 0.0, 1.0)]
    if layer.gathers == "stack":
        return [each for one in read for each in one]
    if layer.gathers == "sum":
        return _added(read)
    (one,) = read if len(read) == 1 else ([],)
    if layer.role == "weighted" and one:
        return [Drawn(node.shape[0], 0.0, draw * _mean(one).variance)]
    gains = [_passed(layer, each, node) for each in one]
    return [made for made, _ in gains if made] if one and all(m for m, _ in gains) else None


def _added(read: list[list[Drawn]]) -> list[Drawn]:
    """Branches summed: sort by sort of channels, where all have the same; else on average."""
    alike = len({tuple(d.channels for d in one) for one in read}) == 1
    rows = zip(*read, strict=True) if alike else [tuple(map(_mean, read))]
    return [
        Drawn(row[0].channels, sum(d.mean for d in row), sum(d.variance for d in row))
        for row in rows
    ]


def _mean(drawn: Sequence[Drawn]) -> Drawn:
    """All channels, on average."""
    channels = sum(each.channels for each in drawn)
    mean, variance = (
        sum(each.channels * each[number] for each in drawn) / channels for number in (1, 2)
    )
    return Drawn(channels, mean, variance)


def _passed(layer: Layer, read: Drawn, node: Node) -> tuple[Drawn | None, float]:
    """What it makes of channels, each by itself, and its gain."""
    if layer.passes:
        return read, 1.0
    if layer.standardizes:
        return read._replace(mean=0.0, variance=1.0), 1 / read.variance
    if layer.working == "curve":
        mean, variance, slope = _bent(layer, read.mean, read.variance)
        return read._replace(mean=mean, variance=variance), slope
    if layer.role == "pool" and layer.working in ("largest", "mean"):
        taps = prod(len(axis.taps[0]) for axis in layer.window(*node.shapes).axes)
        return read, 1 / taps if layer.working == "mean" else 1.0
    return None, 0.0


STEPS = 600
REACH = 8.0
"""Points at which an activation is tried, and standard deviations to each side."""


@lru_cache(256)
def _bent(layer: Layer, center: float, spread: float) -> tuple[float, float, float]:
    """Of normal numbers: mean and variance of what is made, the mean square of the slope."""
    width, step = sqrt(spread), 2 * REACH / STEPS
    mean = square = slope = 0.0
    for weight, x in _normal(step):
        y, more = layer.bent(center + width * x), layer.bent(center + width * (x + step / 2))
        mean, square = mean + weight * y, square + weight * y * y
        slope += weight * ((more - y) / (width * step / 2)) ** 2
    return mean, max(square - mean * mean, 1e-12), slope


def _normal(step: float) -> Iterator[tuple[float, float]]:
    """Points in the middle of steps, and how much of a normal distribution lies in each."""
    for number in range(STEPS):
        x = -REACH + (number + 0.5) * step
        yield step * exp(-x * x / 2) / sqrt(2 * pi), x


# -- backward: energies ---------------------------------------------------------------------


def _back(
    node: Node,
    energy: list[Energy],
    drawn: Mapping[Node, list[Drawn]],
    variances: tuple[float, ...],
    draw: float,
) -> Iterator[tuple[Node, list[Energy]]]:
    """What of a layer's energy arrives at each of what it reads."""
    layer, read = node.layer, node.inputs
    assert layer is not None
    if layer.gathers == "stack":
        at = 0
        for source in read:
            yield source, energy[at : at + len(drawn[source])]
            at += len(drawn[source])
    elif layer.gathers == "sum":
        for source in read:
            alike = len(drawn[source]) == len(energy)
            yield source, energy if alike else _shared(_sum(energy), drawn[source])
    elif layer.role == "weighted":
        yield read[0], _shared(_sum(energy).times(draw, variances), drawn[read[0]])
    else:
        gains = [_passed(layer, each, node)[1] for each in drawn[read[0]]]
        pairs = zip(energy, gains, strict=True)
        yield read[0], [each.times(gain, variances) for each, gain in pairs]


def _shared(energy: Energy, drawn: Sequence[Drawn]) -> list[Energy]:
    """As much for each channel."""
    channels = sum(each.channels for each in drawn)
    return [energy.times(each.channels / channels) for each in drawn]
