"""Norms and activations in the parts of which ONNX's older versions have them."""

from __future__ import annotations

from math import pi, prod, sqrt
from typing import Any

from cnncalc.importing.program import Argument, Operation, Program
from cnncalc.importing.recognised.formula_patterns import (
    Formula,
    Found,
    Number,
    SeenOtherwise,
    Web,
    Whatever,
    made,
    rewritten,
)

X, WEIGHT, BIAS, EPS = Whatever("x"), Whatever("weight"), Whatever("bias"), Number("eps")


def recognised(program: Program) -> Program:
    """With each that is known as one operation."""
    return rewritten(program, FORMULAS)


def _gelu(approximate: str) -> Any:
    def build(_: Web, operation: Operation, found: Found) -> Operation:
        arguments: dict[str, Argument] = {"self": found["x"], "approximate": approximate}
        return operation._replace(operator="gelu", arguments=arguments)

    return build


def _last_alone(web: Web, mean: Operation | None, of: Argument) -> bool:
    """Whether a mean is taken along the last dimension, which stays."""
    sizes = web.sizes(of)
    if sizes is None or mean is None or not mean.arguments["keepdim"]:
        return False
    return mean.arguments["dim"] in ((-1,), (len(sizes) - 1,))


def _layer_norm(web: Web, operation: Operation, found: Found) -> Operation | None:
    sizes, weight, bias = (
        web.sizes(found["x"]),
        web.stored(found["weight"]),
        web.stored(found["bias"]),
    )
    mean, spread = web.operation(found["mean"]), web.operation(found["spread"])
    if sizes is None or weight is None or bias is None:
        return None
    if weight.sizes != sizes[-1:] or bias.sizes != sizes[-1:]:
        return None
    if mean is None or mean.operator != "mean" or next(mean.refs()) != found["x"]:
        return None
    if not _last_alone(web, mean, found["x"]) or not _last_alone(web, spread, found["x"]):
        return None
    arguments: dict[str, Argument] = {
        "input": found["x"],
        "normalized_shape": sizes[-1:],
        "weight": found["weight"],
        "bias": found["bias"],
        "eps": found["eps"],
        "cudnn_enable": False,
    }
    return operation._replace(operator="layer_norm", arguments=arguments)


def _group_norm(web: Web, operation: Operation, found: Found) -> Operation | None:
    """Groups of channels as the channels of an instance norm, and what is learned behind it."""
    sizes, norm = operation.outputs[0].sizes, web.operation(found["norm"])
    weight, bias = web.stored(found["weight"]), web.stored(found["bias"])
    if norm is None or norm.operator != "instance_norm" or weight is None or bias is None:
        return None
    if norm.arguments["weight"] is not None or norm.arguments["bias"] is not None:
        return None
    grouped = web.sizes(norm.arguments["input"])
    seen = web.shown(norm.arguments["input"])
    if grouped is None or len(grouped) < 3 or web.sizes(seen) != sizes or len(sizes) < 2:
        return None
    alike = grouped[0] == sizes[0] and prod(grouped) == prod(sizes) and not sizes[1] % grouped[1]
    each = all(_per_channel(stored.sizes, sizes) for stored in (weight, bias))
    if not alike or not each:
        return None
    arguments: dict[str, Argument] = {
        "input": seen,
        "num_groups": grouped[1],
        "weight": found["weight"],
        "bias": found["bias"],
        "eps": norm.arguments["eps"],
        "cudnn_enabled": False,
    }
    return operation._replace(operator="group_norm", arguments=arguments)


def _per_channel(own: tuple[int, ...], sizes: tuple[int, ...]) -> bool:
    """Whether a stored tensor, perhaps seen otherwise, has a number for each channel."""
    return prod(own) == sizes[1] == max(own, default=1)


def _root_two(name: str, *reads: Any) -> Any:
    return made("div", *reads, Number(name, (sqrt(2),))), made(
        "mul", *reads, Number(name, (sqrt(0.5),))
    )


HALF, ONE = Number("half", (0.5,)), Number("one", (1,))
ERRORS = [made("add", made("erf", inner), ONE) for inner in _root_two("root", X)]
CUBED = (
    made("pow", X, exponent=3),
    made("mul", X, made("mul", X, X)),
    made("mul", made("mul", X, X), X),
)
TANGENTS = [
    made(
        "add",
        made(
            "tanh",
            made(
                "mul",
                made("add", X, made("mul", cube, Number("cubic", (0.044715,)))),
                Number("width", (sqrt(2 / pi),)),
            ),
        ),
        ONE,
    )
    for cube in CUBED
]
CENTRED = made("sub", X, Whatever("mean"))
SPREAD = Whatever("spread")
SQUARED = ("pow", "square", "mul")


def _halved(factor: Any) -> list[Any]:
    """A tensor times half of a factor, in whatever order."""
    return [
        made("mul", made("mul", X, factor), HALF),
        made("mul", made("mul", X, HALF), factor),
        made("mul", X, made("mul", factor, HALF)),
    ]


def _normed(web: Web, operation: Operation, found: Found) -> Operation | None:
    spread = web.operation(found["spread"])
    squares = web.operation(next(spread.refs())) if spread and spread.operator == "mean" else None
    if squares is None or squares.operator not in SQUARED:
        return None
    if squares.operator == "pow" and squares.arguments["exponent"] != 2:
        return None
    if squares.operator == "mul" and len(set(squares.refs())) > 1:
        return None
    if not web.match(CENTRED, next(squares.refs()), found):
        return None
    return _layer_norm(web, operation, found)


DEVIATION = made("sqrt", made("add", SPREAD, EPS))

FORMULAS = (
    *(Formula(each, _gelu("none")) for error in ERRORS for each in _halved(error)),
    *(Formula(each, _gelu("tanh")) for tangent in TANGENTS for each in _halved(tangent)),
    Formula(
        made("add", made("mul", made("div", CENTRED, DEVIATION), WEIGHT), BIAS),
        _normed,
    ),
    Formula(
        made(
            "add",
            made("mul", SeenOtherwise(Whatever("norm")), SeenOtherwise(WEIGHT)),
            SeenOtherwise(BIAS),
        ),
        _group_norm,
    ),
)
