"""Sizes that another size gives, and which inputs an interpolation to them mixes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from math import frexp, gcd, ldexp

from cnncalc.layers.base import ALONE, LONGEST_CYCLE, Axis, Layer, Problem, Shape, ShapeError, times
from cnncalc.layers.windows import axes, spatial
from cnncalc.records import NamedTuple

LONGEST_AXIS = 2**16
"""Outputs of an axis beyond which it is not followed how PyTorch's numbers round."""


def sizes_like(layer: Layer, like: Shape, shape: Shape) -> tuple[int, ...]:
    """The spatial sizes of another layer's output, for what `layer` reads. Raises ShapeError."""
    sizes = spatial(layer, shape)
    if len(like) != len(shape):
        fact = f"`like` is a {times(like)} with {axes(len(like) - 1)}, the input has {len(sizes)}"
        raise ShapeError(fact, "name a layer with as many axes", field="like", code="CNN403")
    return like[1:]


def one_way(layer: Layer, ways: tuple[str, ...]) -> Iterator[Problem]:
    """A size is given in one way, and in one alone."""
    given = [name for name in ways if getattr(layer, name) is not None]
    if not given:
        *others, last = (f"`{name}`" for name in ways)
        fact = f"`{layer.kind}` wants its {', '.join(others)} or {last}"
        yield Problem(ways[0], fact, f"`{layer.kind}: {{{ways[0]}: 2}}`, say")
    for name in given[1:]:
        yield Problem(name, f"`{given[0]}` says the size already", f"leave out `{name}`")


class Resized(NamedTuple):
    """An axis of `size` inputs made one of `output`.

    scale: the factor, where it was given; None: the sizes give it
    corners: whether first and last output stand on first and last input, instead of all outputs
        with equal room on both sides
    """

    size: int
    output: int
    scale: int | float | None = None
    corners: bool = False

    @property
    def rate(self) -> tuple[int, int] | None:
        """The distance of neighbouring outputs in inputs, `step / period`; None where it is no
        short fraction."""
        if self.corners:
            step, period = self.size - 1, self.output - 1
        elif self.scale is None:
            step, period = self.size, self.output
        else:
            return _inverse(self.scale)
        common = gcd(step, period)
        return (step // common, period // common) if common else (0, 1)

    def axis(self, mode: str) -> Axis | None:
        """What each output mixes; None where it cannot be followed."""
        if self.corners and min(self.size, self.output) == 1:
            return _alone(self)
        if self.size == self.output and mode == "linear":
            return ALONE  # PyTorch copies, whatever the scale
        rate = self.rate
        if rate is None or rate[1] > LONGEST_CYCLE:
            return None
        step, period = rate
        if mode == "nearest":
            if not _rounds_well(
                self.output, step, period, 1 / self.scale if self.scale else step / period
            ):
                return None
            return Axis(period, step, tuple(_mixed(mode, p * step, period) for p in range(period)))
        lead = 0 if self.corners else step - period  # twice how far output 0 stands behind input 0
        places = (2 * step * phase + lead for phase in range(period))
        return Axis(period, step, tuple(_mixed(mode, place, 2 * period) for place in places))


def _alone(axis: Resized) -> Axis | None:
    """Corners of one input or one output: all outputs stand on the first input."""
    if axis.output > LONGEST_CYCLE:
        return None
    return Axis(axis.output, axis.size, (range(1),) * axis.output)


def _inverse(scale: int | float) -> tuple[int, int] | None:
    """`1 / scale` as a fraction in lowest terms; None where it has none that is short."""
    if isinstance(scale, int):
        return 1, scale
    for step in range(1, LONGEST_CYCLE + 1):
        period = round(scale * step)
        if period and period / step == scale:
            return step, period
    return None


def _mixed(mode: str, place: int, whole: int) -> range:
    """The inputs that an output at `place / whole` mixes: its neighbours, or the one it is on."""
    before, rest = divmod(place, whole)
    if mode == "nearest" or not rest:
        return range(before, before + 1)
    return range(before, before + 2) if mode == "linear" else range(before - 1, before + 3)


@lru_cache(maxsize=256)
def _rounds_well(output: int, step: int, period: int, rate: float) -> bool:
    """Whether PyTorch, which finds the nearest input with numbers of 24 bits, finds the right one
    for every output."""
    if period & (period - 1) == 0 and step * output < 2**24:
        return True
    short = single(rate)
    return output <= LONGEST_AXIS and all(
        int(single(place * short)) == place * step // period for place in range(output)
    )


def single(number: float) -> float:
    """The nearest number of 24 bits."""
    mantissa, exponent = frexp(number)
    return ldexp(round(ldexp(mantissa, 24)), exponent - 24)
