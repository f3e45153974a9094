"""Activations, and what else looks at each value by itself."""

from __future__ import annotations

from functools import partial

from cnncalc.importing.program import Argument
from cnncalc.runtime.importing.onnx.node_call import NodeCall, number
from cnncalc.runtime.importing.onnx.program_writing import UnreadError

SELU = (1.6732632, 1.0507010)
"""Its two numbers, which are no choice of anyone's, to 32 bits."""


def plainly(call: NodeCall, operator: str) -> None:
    """Without arguments."""
    call.give(operator, self=call.ref())


def of_numbers(call: NodeCall, operator: str, **names: tuple[str, float]) -> None:
    """With numbers; `names`: for each argument the attribute that it is, and what else it is."""
    call.give(operator, self=call.ref(), **{n: _or(call, *each) for n, each in names.items()})


def _or(call: NodeCall, attribute: str, usual: float) -> float:
    return float(usual if call[attribute] is None else call[attribute])


def elu(call: NodeCall) -> None:
    """Exponential below zero."""
    call.give("elu", self=call.ref(), alpha=_or(call, "alpha", 1), scale=1, input_scale=1)


def selu(call: NodeCall) -> None:
    """With the numbers that its paper derives."""
    given = _or(call, "alpha", SELU[0]), _or(call, "gamma", SELU[1])
    if max(abs(a - b) for a, b in zip(given, SELU, strict=True)) > 1e-4:
        raise UnreadError(f"it has numbers of its own, {given[0]} and {given[1]}")
    plainly(call, "selu")


def gelu(call: NodeCall) -> None:
    """Exact, or by the tangent."""
    call.give("gelu", self=call.ref(), approximate=call["approximate"] or "none")


def softplus(call: NodeCall) -> None:
    """The logarithm of 1 + exp(x)."""
    call.give("softplus", self=call.ref(), beta=1, threshold=20)


def hard_sigmoid(call: NodeCall) -> None:
    """A line within bounds; the one of slope 1/6 has a name."""
    slope, shift = _or(call, "alpha", 0.2), _or(call, "beta", 0.5)
    if abs(slope - 1 / 6) < 1e-6 and shift == 0.5:
        plainly(call, "hardsigmoid")
        return
    sizes = call.sizes()
    scaled = call.step("mul", sizes, self=call.ref(), other=slope)
    moved = call.step("add", sizes, self=scaled, other=shift, alpha=1)
    call.give("clamp", self=moved, min=0.0, max=1.0)


def swish(call: NodeCall) -> None:
    """Times its own sigmoid."""
    if _or(call, "alpha", 1) != 1:
        raise UnreadError("a factor within it")
    plainly(call, "silu")


def prelu(call: NodeCall) -> None:
    """Of one slope, or one for each channel."""
    slopes, rank = call.sizes(1), call.rank()
    wide = (1,) * (rank - len(slopes)) + slopes
    count = wide[1] if rank > 1 else 1
    if wide != (1, count, *(1,) * (rank - 2)) and set(wide) != {1}:
        raise UnreadError("slopes for more than each channel")
    weight = call.weight(1)
    if slopes != (count,):
        weight = call.step("reshape", (count,), self=weight, shape=(count,))
    call.give("prelu", self=call.ref(), weight=weight)


def clip(call: NodeCall) -> None:
    """Within bounds."""
    bounds: dict[str, Argument] = {}
    for place, name in enumerate(("min", "max"), start=1):
        found = None if name in call.attributes else call.array(place)
        bounds[name] = call[name] if found is None else number(found)
    call.give("clamp", self=call.ref(), **bounds)


def shrink(call: NodeCall) -> None:
    """Zero around zero."""
    width, shift = _or(call, "lambd", 0.5), _or(call, "bias", 0)
    if shift not in (0, width):
        raise UnreadError(f"it moves by {shift} and leaves out {width}")
    call.give("softshrink" if shift else "hardshrink", self=call.ref(), lambd=width)


def softmax(call: NodeCall, operator: str) -> None:
    """Along a dimension."""
    call.give(operator, self=call.ref(), dim=call.axis(), dtype=None)


def dropout(call: NodeCall) -> None:
    """In training alone."""
    ratio = call.array(1)
    training = call.array(2)
    if training is not None and training.any():
        raise UnreadError("values are dropped at random in inference")
    if any(call.outputs[1:]):
        raise UnreadError("what it drops is read")
    rate = number(ratio) if ratio is not None else _or(call, "ratio", 0.5)
    call.give("dropout", input=call.ref(), p=float(rate), train=False)


FLOATS = ("float16", "bfloat16", "float32", "float64")
WHOLE = ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")


def cast(call: NodeCall) -> None:
    """The same numbers of another type, where that has them."""
    had, has = call.writing.dtype(call.inputs[0]), call.writing.dtype(call.outputs[0])
    if all(each in FLOATS for each in (had, has)) or all(each in WHOLE for each in (had, has)):
        call.same_as(call.ref())
        return
    call.give("to", self=call.ref(), dtype=has, non_blocking=False, copy=False, memory_format=None)


def identity(call: NodeCall) -> None:
    """The tensor itself."""
    call.same_as(call.ref())


PLAIN = {
    "Relu": "relu",
    "Sigmoid": "sigmoid",
    "Tanh": "tanh",
    "HardSwish": "hardswish",
    "Mish": "mish",
    "Softsign": "softsign",
    "Abs": "abs",
    "Exp": "exp",
    "Log": "log",
    "Sqrt": "sqrt",
    "Reciprocal": "reciprocal",
    "Neg": "neg",
    "Erf": "erf",
    "Sin": "sin",
    "Cos": "cos",
    "Atan": "atan",
    "Floor": "floor",
    "Ceil": "ceil",
    "Round": "round",
    "Sign": "sign",
}
"""Operators without arguments, and what ATen calls them."""

OPERATORS = {
    **{name: partial(plainly, operator=operator) for name, operator in PLAIN.items()},
    "LeakyRelu": partial(of_numbers, operator="leaky_relu", negative_slope=("alpha", 0.01)),
    "Celu": partial(of_numbers, operator="celu", alpha=("alpha", 1)),
    "ThresholdedRelu": partial(
        of_numbers, operator="threshold", threshold=("alpha", 1), value=("", 0)
    ),
    "Elu": elu,
    "Selu": selu,
    "Gelu": gelu,
    "Softplus": softplus,
    "HardSigmoid": hard_sigmoid,
    "Swish": swish,
    "PRelu": prelu,
    "Clip": clip,
    "Shrink": shrink,
    "Softmax": partial(softmax, operator="softmax"),
    "LogSoftmax": partial(softmax, operator="log_softmax"),
    "Dropout": dropout,
    "Cast": cast,
    "Identity": identity,
}
