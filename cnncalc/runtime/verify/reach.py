"""First and last input that each output of a network reaches, found by running it.

Every layer of the lowered network runs as PyTorch has it, along one spatial axis at a time, with
two changes that keep what it reaches and lose its numbers: all weights are ones, and the largest
value stands in for the sum. The input is its own positions, 0, 1, 2, ...; what comes out is then
the last position that each output reaches, and of their negatives the first. A weight of 0, padding
and what is left out are minus infinity. This is exact, in all channels, whatever the depth; and
since a window is a box, its axes can be run one by one. Sizes, strides, paddings and groups are
read off the modules and their tensors, never off the spec. Channels that reach the same are run
once.

A field is that of an unbounded input. So the network runs on a canvas: its input with a margin, a
multiple of every stride, that no field leaves; output i is found again behind its share of it.

Left out, as the analysis leaves it out: what passes through a global pool, the statistics of norms
and attention, all of which see everything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from torch import nn

from cnncalc.runtime.verify.channel_reach import Reached, alike, concatenated, largest, ramp
from cnncalc.runtime.verify.module_reach import Direction, OpaqueError, padded, through
from cnncalc.runtime.verify.trace import Trace, Traced, Value

Found = Reached | None | str
"""What a value reaches; None: no place in the input is left, after a flatten or a global pool; or
why it cannot be told."""


def reached(trace: Trace, axis: int, margin: int) -> Iterator[tuple[Value, Found]]:
    """What each value of a pass reaches along an axis; on both sides of the input is a `margin`."""
    last = {read: number for number, call in enumerate(trace.calls) for read in call.reads}
    values: dict[Value, Found] = {}
    made = {call.makes for call in trace.calls if call.makes not in call.reads}
    for value, shape in trace.shapes.items():
        if value not in made:
            values[value] = _input(shape, axis, margin)
            yield value, values[value]
    for number, call in enumerate(trace.calls):
        if call.makes not in call.reads:  # else a module that hands on the very tensor
            values[call.makes] = _made(call, trace, axis, [values[read] for read in call.reads])
            yield call.makes, values[call.makes]
        for read in call.reads:
            if last[read] == number:
                values.pop(read, None)


def _input(shape: tuple[int, ...], axis: int, margin: int) -> Found:
    if len(shape) - 2 <= axis:
        return None
    return ramp(-margin, shape[axis + 2] + margin, shape[1])


def _made(call: Traced, trace: Trace, axis: int, read: Sequence[Found]) -> Found:
    unknown = next((each for each in read if isinstance(each, str)), None)
    if unknown is not None:
        return unknown
    shapes = trace.shapes[call.reads[0]], trace.shapes[call.makes]
    at = Direction(axis, *shapes, len(call.reads))
    given = [each for each in read if not isinstance(each, str)]
    try:
        if call.name in JOINS:
            return JOINS[call.name](at, [trace.shapes[value] for value in call.reads], given)
        if given[0] is None:
            return None
        if isinstance(call.function, nn.Module):
            return through(call.function, given[0], at)
        if call.name == "pad":
            return padded(given[0], at, call.arguments[0])
        raise OpaqueError(f"`{call.name}`")
    except OpaqueError as error:
        return str(error)


# -- joins -------------------------------------------------------------------------------------

Shapes = Sequence[tuple[int, ...]]


def behind_one_another(
    at: Direction, shapes: Shapes, read: Sequence[Reached | None]
) -> Reached | None:
    """All channels; those without a place reach nothing."""
    first = next((x for x in read if x is not None), None)
    if first is None:
        return None
    _in_step(read)
    return concatenated(
        [first.nothing(shape[1]) if x is None else x for x, shape in zip(read, shapes, strict=True)]
    )


def together(at: Direction, shapes: Shapes, read: Sequence[Reached | None]) -> Reached | None:
    """Value by value. What is repeated over the map is a gate, and left out."""
    pairs = zip(read, shapes, strict=True)
    local = [x for x, shape in pairs if x is not None and shape[2:] == at.made[2:]]
    if not local:
        return None
    _in_step(local)
    most = local[0].times(at.made[1])
    for x in local[1:]:
        most = largest(most, x.times(at.made[1]))
    return most


def _in_step(read: Sequence[Reached | None]) -> None:
    """Over a canvas, branches of one size differ in it where their outputs are not equally far
    apart in the input. Raises OpaqueError."""
    if len({x.length for x in read if x is not None}) > 1:
        raise OpaqueError("branches of different strides")


def product(at: Direction, shapes: Shapes, read: Sequence[Reached | None]) -> Reached | None:
    """Each step of the second with all its features; the first, a matrix, is seen whole, and left
    out."""
    return None if read[1] is None else alike(read[1].whole, at.made[1])


Join = Callable[[Direction, Shapes, Sequence[Reached | None]], Reached | None]

JOINS: dict[str, Join] = {
    "cat": behind_one_another,
    **dict.fromkeys(("add", "sub", "mul", "div", "maximum", "minimum", "Average"), together),
    "Matmul": product,
}
