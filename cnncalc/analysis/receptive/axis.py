"""A receptive field along one axis: what one output sees there, read on by a layer, or united.

Along an axis, outputs repeat in cycles: where a node was upsampled or transposed, neighbouring
outputs see windows of different size (their phase), and after `period` outputs the same windows
return, `step` inputs further on. A network without upsampling has period 1 throughout, and then
output i sees the inputs `[step*i + a, step*i + b]`: the (r, a, b) of Araujo, Norris & Sim,
"Computing Receptive Fields of Convolutional Neural Networks", Distill 2019.
"""

from __future__ import annotations

from functools import lru_cache
from math import gcd, lcm

from cnncalc.layers.base import LONGEST_CYCLE, Axis
from cnncalc.records import NamedTuple

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
    def blind(self) -> AxisField:
        """Nothing, in its place."""
        return self._replace(phases=(None,) * self.period)

    @property
    def offset(self) -> int | None:
        """The first input that output 0 sees; negative where it is padding."""
        return self.phases[0][0] if self.phases[0] else None

    @property
    def centre(self) -> float | None:
        """The middle of what output 0 sees, from the middle of the first input; those of the
        outputs behind it are a stride further on each."""
        seen = self.phases[0]
        return (seen[0] + seen[1]) / 2 if seen else None


FARTHEST = 10**15
"""Inputs between neighbouring windows beyond which a field is not followed."""

ITSELF = AxisField(1, 1, ((0, 0),))


def slide(field: AxisField, axis: Axis) -> AxisField | None:
    """The field of a layer that reads `field` through the taps of `axis`; None where its cycles are
    too long, or its windows too far apart, to follow."""
    if field.period > 1 or axis.period > 1 or field.phases[0] is None:
        return _slide(field, axis)
    step, taps = field.step, axis.taps[0]
    if not taps or step * axis.step > FARTHEST:
        return _slide(field, axis)
    low, high = field.phases[0]
    return AxisField(1, step * axis.step, ((low + step * taps[0], high + step * taps[-1]),))


@lru_cache(maxsize=4096)
def _slide(field: AxisField, axis: Axis) -> AxisField | None:
    """As `slide`, of any period."""
    turns = field.period // gcd(field.period, axis.step)
    if axis.period * turns > LONGEST_CYCLE or field.step * axis.step > FARTHEST:
        return None
    phases = tuple(
        field.through(range(taps.start + turn * axis.step, taps.stop + turn * axis.step, taps.step))
        for turn in range(turns)
        for taps in axis.taps
    )
    return AxisField(axis.period * turns, field.step * axis.step * turns // field.period, phases)


def union(fields: tuple[AxisField, ...]) -> tuple[AxisField | None, float]:
    """The smallest field that holds all of `fields`, and how far apart their centres are; None
    where their strides differ. Fields that all look back from the output's own place, as causal
    convolutions do, are not apart."""
    first = fields[0]
    if all(field == first for field in fields):
        return first, 0
    causal = {(field.sees(0) or (0, 1))[1] for field in fields} == {0}
    fields = tuple(field for field in fields if field.size) or fields  # nothing has no stride
    period = lcm(*(field.period for field in fields))
    steps = {field.step * (period // field.period) for field in fields}
    if len(steps) > 1 or period > LONGEST_CYCLE:
        return None, 0
    phases: list[Interval | None] = []
    apart = 0.0
    for output in range(period):
        seen = [interval for field in fields if (interval := field.sees(output))]
        centres = [low + high for low, high in seen]
        causal &= len({high for _, high in seen}) <= 1
        apart = max(apart, (max(centres) - min(centres)) / 2 if seen else 0)
        phases.append((min(s[0] for s in seen), max(s[1] for s in seen)) if seen else None)
    return AxisField(period, steps.pop(), tuple(phases)), 0 if causal else apart
