"""What shows the same numbers in other dimensions."""

from __future__ import annotations

from math import prod

from cnncalc.importing.program import Ref
from cnncalc.runtime.importing.onnx.node_call import NodeCall
from cnncalc.runtime.importing.onnx.program_writing import UnreadError


def reshape(call: NodeCall) -> None:
    """In other dimensions, in the same order."""
    had, has = call.sizes(), call.made()
    if prod(had) != prod(has):
        raise UnreadError(f"{had} has not as many numbers as {has}")
    reshaped(call, call.ref())


def reshaped(call: NodeCall, ref: Ref) -> None:
    """A tensor as large as the node's output."""
    call.give("reshape", self=ref, shape=call.made())


def transpose(call: NodeCall) -> None:
    """The dimensions in another order, the reverse unless said."""
    order = call["perm"] or tuple(reversed(range(call.rank())))
    if sorted(order) != list(range(call.rank())):
        raise UnreadError(f"{tuple(order)} is no order of its dimensions")
    call.give("permute", self=call.ref(), dims=tuple(order))


def expand(call: NodeCall) -> None:
    """Sizes of 1 repeated."""
    if call.made() == call.sizes():
        call.same_as(call.ref())
        return
    call.give("expand", self=call.ref(), size=call.made(), implicit=False)


def tile(call: NodeCall) -> None:
    """Everything repeated."""
    times = call.array(1)
    assert times is not None
    call.give("repeat", self=call.ref(), repeats=tuple(map(int, times)))


OPERATORS = {
    **dict.fromkeys(("Reshape", "Flatten", "Squeeze", "Unsqueeze"), reshape),
    "Transpose": transpose,
    "Expand": expand,
    "Tile": tile,
}
