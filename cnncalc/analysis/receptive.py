"""The receptive field: which inputs of the network each output of a node can see.

Along an axis, outputs repeat in cycles: where a node was upsampled or transposed, neighbouring
outputs see windows of different size (their phase), and after `period` outputs the same windows
return, `step` inputs further on. A network without upsampling has period 1 throughout, and then
output i sees the inputs `[step*i + a, step*i + b]`: the (r, a, b) of Araujo, Norris & Sim,
"Computing Receptive Fields of Convolutional Neural Networks", Distill 2019.

Fields are those of an unbounded input: where one reaches beyond the border, it sees padding. Axes
are followed each by itself: a field is exact along each, save where some outputs of one branch of
a join see nothing along another axis, and a later stride reads none but those.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from math import gcd, lcm
from typing import NamedTuple

from cnncalc.layers.base import LONGEST_CYCLE, Axis, Shape
from cnncalc.network.graph import Graph, Node

Interval = tuple[int, int]


class AxisField(NamedTuple):
    """What the outputs of a node see along one axis.

    Output `period * t + p` sees the inputs from `step * t + low` to `step * t + high`, both
    included, where `(low, high) = phases[p]`; None: it sees no input at all.
    """

    period: int
    step: int
    phases: tuple[Interval | None, ...]

    def sees(self, output: int) -> Interval | None:
        """First and last input that an output sees."""
        turn, phase = divmod(output, self.period)
        seen = self.phases[phase]
        return (self.step * turn + seen[0], self.step * turn + seen[1]) if seen else None

    def through(self, taps: range) -> Interval | None:
        """First and last input seen through several outputs.

        The phases met recur after `period / gcd(period, gap)` taps, each time further on: the
        first of them hold the minimum, the last the maximum.
        """
        if not taps:
            return None
        recurring = self.period // gcd(self.period, taps.step)
        first = [seen for tap in taps[:recurring] if (seen := self.sees(tap))]
        if not first:
            return None
        last = [seen for tap in taps[-recurring:] if (seen := self.sees(tap))]
        return min(low for low, _ in first), max(high for _, high in last)

    @property
    def size(self) -> int:
        """How many inputs an output sees, first to last; of several phases, the most."""
        return max((seen[1] - seen[0] + 1 for seen in self.phases if seen), default=0)

    @property
    def stride(self) -> int | float:
        """How far apart in the input the windows of neighbouring outputs are, on average."""
        whole, rest = divmod(self.step, self.period)
        return self.step / self.period if rest else whole

    @property
    def offset(self) -> int | None:
        """The first input that output 0 sees; negative where it is padding."""
        return self.phases[0][0] if self.phases[0] else None


class Receptive(NamedTuple):
    """What a node sees.

    axes: its field along each spatial axis; None where it has lost its place in the input (after
        global pooling or a flatten), or cannot be told
    everything: whether it sees the whole input, be it through a gate; a gate may be a strip, that
        sees the whole of an axis
    misaligned: for a join, how many pixels apart its branches are centred, the most of all axes
        along which they do not all look back from the same place
    """

    axes: tuple[AxisField, ...] | None
    everything: bool = False
    misaligned: float = 0


def receptive_fields(graph: Graph) -> dict[Node, Receptive]:
    """The receptive field of each node, the inputs' own included."""
    fields: dict[Node, Receptive] = {}
    images = [node.shape[1:] for node in graph.inputs.values()]
    for node in graph.nodes:
        fields[node] = _of(node, fields, images)
    return fields


def _of(node: Node, fields: Mapping[Node, Receptive], images: list[Shape]) -> Receptive:
    if node.layer is None:
        return Receptive((_ITSELF,) * (len(node.shape) - 1))
    read = [fields[source] for source in node.inputs]
    joined = _join(node, read, images) if node.layer.joins else _aligned(read[0])
    window = node.layer.window(*node.shapes)
    everything = window.everything or joined.everything
    if not window.local or joined.axes is None:
        return _EVERYTHING if everything else _NOWHERE
    if not window.axes:
        return joined if joined.everything == everything else joined._replace(everything=everything)
    seen = [_slide(field, axis) for field, axis in zip(joined.axes, window.axes, strict=True)]
    known = tuple(field for field in seen if field)
    return Receptive(_together(known) if len(known) == len(seen) else None, everything)


_NOWHERE, _EVERYTHING = Receptive(None), Receptive(None, True)


def _aligned(receptive: Receptive) -> Receptive:
    """What is seen by a layer behind a join, which says itself how far its branches are apart."""
    return receptive._replace(misaligned=0) if receptive.misaligned else receptive


def _together(axes: tuple[AxisField, ...]) -> tuple[AxisField, ...]:
    """The fields along all axes: what sees nothing along one of them sees nothing at all."""
    if all(field.size for field in axes):
        return axes
    return tuple(field._replace(phases=(None,) * field.period) for field in axes)


FARTHEST = 10**15
"""Inputs between neighbouring windows beyond which a field is not followed."""

_ITSELF = AxisField(1, 1, ((0, 0),))


@lru_cache(maxsize=4096)
def _slide(field: AxisField, axis: Axis) -> AxisField | None:
    """The field of a layer that reads `field` through the taps of `axis`; None where its cycles are
    too long, or its windows too far apart, to follow."""
    turns = field.period // gcd(field.period, axis.step)
    if axis.period * turns > LONGEST_CYCLE or field.step * axis.step > FARTHEST:
        return None
    phases = tuple(
        field.through(range(taps.start + turn * axis.step, taps.stop + turn * axis.step, taps.step))
        for turn in range(turns)
        for taps in axis.taps
    )
    return AxisField(axis.period * turns, field.step * axis.step * turns // field.period, phases)


def _join(node: Node, read: list[Receptive], images: list[Shape]) -> Receptive:
    """The union of the branches. One that sees everything, or that each place reads all of, is a
    gate: it scales or shifts all places alike, and the local field is that of the others."""
    assert node.layer
    branches = list(zip(node.inputs, read, strict=True))
    gates = [
        number in node.layer.whole or _is_gate(node, source, field)
        for number, (source, field) in enumerate(branches)
    ]
    local = [field.axes for field, gate in zip(read, gates, strict=True) if not gate]
    everything = any(gates) or any(field.everything for field in read)
    placed = [branch for number, branch in enumerate(branches) if number not in node.layer.whole]
    if any(_is_repeated_part(node, source, field, images) for source, field in placed):
        return Receptive(None, any(field.everything for field in read))
    if not local or any(axes is None for axes in local):
        return Receptive(None, everything)
    axes = [_union(fields) for fields in zip(*(a for a in local if a is not None), strict=True)]
    known = tuple(field for field, _ in axes if field)
    if len(known) < len(axes):
        return Receptive(None, everything)
    return Receptive(known, everything, max((apart for _, apart in axes), default=0))


def _is_gate(node: Node, source: Node, field: Receptive) -> bool:
    """Whether a branch is the same for every place: it sees all, or is repeated over the map."""
    return (field.axes is None and field.everything) or source.shape[1:] != node.shape[1:]


def _is_repeated_part(node: Node, source: Node, field: Receptive, images: list[Shape]) -> bool:
    """Whether a branch is repeated along an axis and yet does not see all of it: each place then
    sees that part of the input besides its own, which no field can tell."""
    if field.axes is None:
        return False
    sizes = zip(source.shape[1:], node.shape[1:], field.axes, strict=True)
    repeated = [axis for axis, (has, whole, _) in enumerate(sizes) if has != whole]
    return any(
        (seen := field.axes[axis].sees(0)) is None or seen[0] > 0 or seen[1] < image[axis] - 1
        for axis in repeated
        for image in images
        if len(image) > axis
    )


def _union(fields: tuple[AxisField, ...]) -> tuple[AxisField | None, float]:
    """The smallest field that holds all of `fields`, and how far apart their centres are; None
    where their strides differ. Fields that all look back from the output's own place, as causal
    convolutions do, are not apart."""
    first = fields[0]
    if all(field == first for field in fields):
        return first, 0
    period = lcm(*(field.period for field in fields))
    steps = {field.step * (period // field.period) for field in fields}
    if len(steps) > 1 or period > LONGEST_CYCLE:
        return None, 0
    phases: list[Interval | None] = []
    apart = 0.0
    causal = {(field.sees(0) or (0, 1))[1] for field in fields} == {0}
    for output in range(period):
        seen = [interval for field in fields if (interval := field.sees(output))]
        centres = [low + high for low, high in seen]
        causal &= len({high for _, high in seen}) <= 1
        apart = max(apart, (max(centres) - min(centres)) / 2 if seen else 0)
        phases.append((min(s[0] for s in seen), max(s[1] for s in seen)) if seen else None)
    return AxisField(period, steps.pop(), tuple(phases)), 0 if causal else apart
