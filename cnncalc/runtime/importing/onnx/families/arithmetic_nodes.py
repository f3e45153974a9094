"""Sums, products and the like."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from cnncalc.importing.program import Argument, Ref, Sizes
from cnncalc.runtime.importing.onnx.node_call import NodeCall
from cnncalc.runtime.importing.onnx.program_writing import UnreadError


def _two(call: NodeCall) -> tuple[Argument, Argument]:
    """Both operands, as tensors where a number would have other dimensions."""
    one, other = call.operand(0), call.operand(1)
    if not isinstance(one, Ref) and not isinstance(other, Ref):
        return call.ref(0), other
    made = call.made()
    if not isinstance(other, Ref) and call.sizes(0) != made:
        other = call.ref(1)
    if not isinstance(one, Ref) and call.sizes(1) != made:
        one = call.ref(0)
    return one, other


def add(call: NodeCall) -> None:
    """A sum."""
    one, other = _two(call)
    if not isinstance(one, Ref):
        one, other = other, one
    call.give("add", self=one, other=other, alpha=1)


def multiply(call: NodeCall) -> None:
    """A product."""
    one, other = _two(call)
    if not isinstance(one, Ref):
        one, other = other, one
    call.give("mul", self=one, other=other)


def subtract(call: NodeCall) -> None:
    """A difference."""
    one, other = _two(call)
    if isinstance(one, Ref):
        call.give("sub", self=one, other=other, alpha=1)
    else:
        call.give("rsub", self=other, other=one, alpha=1)


def divide(call: NodeCall) -> None:
    """A quotient."""
    if not call.writing.dtype(call.inputs[0]).startswith(("float", "bfloat")):
        raise UnreadError("a quotient of whole numbers")
    one, other = _two(call)
    if isinstance(one, Ref):
        call.give("div", self=one, other=other)
    elif one == 1:
        call.give("reciprocal", self=other)
    else:
        turned = call.step("reciprocal", call.made(), self=other)
        call.give("mul", self=turned, other=one)


def power(call: NodeCall) -> None:
    """To a power."""
    one, exponent = _two(call)
    if not isinstance(one, Ref):
        raise UnreadError("a number to a power that the network computes")
    call.give("pow", self=one, exponent=exponent)


def together(call: NodeCall, operator: str) -> Argument:
    """One after another, all but the last: what the last one is joined to."""
    found: Argument = call.ref(0)
    sizes = call.sizes(0)
    for place in range(1, len(call.inputs) - 1):
        sizes = broadcast(sizes, call.sizes(place))
        more: dict[str, Argument] = {"alpha": 1} if operator == "add" else {}
        found = call.step(operator, sizes, self=found, other=call.ref(place), **more)
    return found


def several(call: NodeCall, operator: str) -> None:
    """A sum of however many, or the largest or smallest of them."""
    if len(call.inputs) == 1:
        call.same_as(call.ref())
        return
    last = call.operand(len(call.inputs) - 1)
    first = call.operand(0) if len(call.inputs) == 2 else last
    if isinstance(last, Ref) and not isinstance(first, Ref):
        several(replace(call, inputs=call.inputs[::-1]), operator)
    elif operator == "add":
        call.give("add", self=together(call, "add"), other=last, alpha=1)
    elif isinstance(last, Ref):
        call.give(operator, self=together(call, operator), other=last)
    else:
        bounds = {"maximum": (last, None), "minimum": (None, last)}[operator]
        call.give("clamp", self=together(call, operator), min=bounds[0], max=bounds[1])


def mean(call: NodeCall) -> None:
    """Of several tensors."""
    count = len(call.inputs)
    if count == 1:
        call.same_as(call.ref())
        return
    first, last = together(call, "add"), call.ref(count - 1)
    total = call.step("add", call.made(), self=first, other=last, alpha=1)
    call.give("div", self=total, other=count)


def broadcast(one: Sizes, other: Sizes) -> Sizes:
    """The sizes of what two tensors make together, value by value."""
    rank = max(len(one), len(other))
    a, b = ((1,) * (rank - len(each)) + each for each in (one, other))
    return tuple(y if x == 1 else x for x, y in zip(a, b, strict=True))


def where(call: NodeCall) -> None:
    """One or the other."""
    call.give("where", condition=call.ref(0), self=call.ref(1), other=call.ref(2))


def compared(call: NodeCall, operator: str) -> None:
    """True or false, value by value."""
    call.give(operator, self=call.ref(0), other=call.operand(1))


OPERATORS = {
    "Add": add,
    "Sub": subtract,
    "Mul": multiply,
    "Div": divide,
    "Pow": power,
    "Sum": partial(several, operator="add"),
    "Max": partial(several, operator="maximum"),
    "Min": partial(several, operator="minimum"),
    "Mean": mean,
    "Where": where,
    "Equal": partial(compared, operator="eq"),
    "Less": partial(compared, operator="lt"),
    "Greater": partial(compared, operator="gt"),
}
