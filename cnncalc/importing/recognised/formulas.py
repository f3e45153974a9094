"""Activations, norms and poolings that are written out."""

from __future__ import annotations

from math import prod
from typing import Any

from cnncalc.importing.program import Argument, Operation, Program, Ref, several
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

X = Whatever("x")


def recognised(program: Program) -> Program:
    """With each known formula as one operation."""
    return rewritten(program, FORMULAS)


def _one(operator: str, **fixed: Any) -> Any:
    """What builds an operation of what matched, under the names it has."""

    def build(_: Web, operation: Operation, found: Found) -> Operation:
        arguments = {"self": found["x"], **fixed}
        return operation._replace(operator=operator, arguments=arguments)

    return build


def _normalized(web: Web, operation: Operation, found: Found) -> Operation | None:
    norm = web.operation(found["norm"])
    if norm is None or norm.operator not in ("linalg_vector_norm", "norm"):
        return None
    arguments = dict(norm.arguments)
    if next(norm.refs()) != found["x"] or not arguments.get("keepdim"):
        return None
    order = arguments.get("ord", arguments.get("p"))
    given = {
        "self": found["x"],
        "dim": arguments.get("dim"),
        "p": 2.0 if order is None else order,
        "eps": found["eps"],
    }
    return operation._replace(operator="normalize", arguments=given)


def _root_mean_square(web: Web, operation: Operation, found: Found) -> Operation | None:
    sizes = web.sizes(found["x"])
    mean = web.operation(found["mean"])
    if sizes is None or mean is None or mean.operator != "mean" or not mean.arguments["keepdim"]:
        return None
    dim = mean.arguments["dim"]
    if dim not in ((-1,), (len(sizes) - 1,)):
        return None
    squared = web.operation(next(mean.refs()))
    if squared is None or next(squared.refs()) != found["x"]:
        return None
    if squared.operator == "mul" and len(set(squared.refs())) > 1:
        return None
    if squared.operator == "pow" and squared.arguments["exponent"] != 2:
        return None
    if squared.operator not in ("pow", "square", "mul"):
        return None
    arguments = {
        "input": found["x"],
        "normalized_shape": sizes[-1:],
        "weight": found.get("weight"),
        "eps": found["eps"],
    }
    return operation._replace(operator="rms_norm", arguments=arguments)


def _scaled_norm(web: Web, operation: Operation, found: Found) -> Operation | None:
    """A learned factor behind a norm without one."""
    norm, weight = web.operation(found["norm"]), web.stored(found["weight"])
    if norm is None or weight is None or weight.sort != "parameter":
        return None
    if norm.operator != "rms_norm" or norm.arguments.get("weight") is not None:
        return None
    if weight.sizes != norm.arguments["normalized_shape"]:
        return None
    arguments = {**norm.arguments, "weight": found["weight"]}
    return operation._replace(operator="rms_norm", arguments=arguments)


PADDED_VIEWS = ("pad", "constant_pad_nd", "view", "reshape", "unsqueeze")


def _local_response(web: Web, operation: Operation, found: Found) -> Operation | None:
    """F.local_response_norm: x / (k + alpha * mean of squares over neighbouring channels)^beta."""
    pool = web.operation(found["pool"])
    while pool is not None and pool.operator in ("squeeze", "view", "reshape", "unsqueeze"):
        pool = web.operation(next(pool.refs()))
    if pool is None or not pool.operator.startswith("avg_pool"):
        return None
    window = pool.arguments["kernel_size"]
    size = window[0] if isinstance(window, tuple) else window
    if not isinstance(window, tuple) or not isinstance(size, int) or prod_of(window) != size:
        return None
    source = web.operation(next(pool.refs()))
    while source is not None and source.operator in PADDED_VIEWS:
        if source.operator in ("pad", "constant_pad_nd"):
            sides = source.arguments["pad"]
            expected = (size // 2, (size - 1) // 2)
            if not isinstance(sides, tuple) or tuple(sides[-2:]) != expected or any(sides[:-2]):
                return None
        source = web.operation(next(source.refs()))
    if source is None or set(source.refs()) != {found["x"]}:
        return None
    if source.operator not in ("mul", "square") and not (
        source.operator == "pow" and source.arguments["exponent"] == 2
    ):
        return None
    arguments = {
        "self": found["x"],
        "size": size,
        "alpha": found["alpha"],
        "beta": found["beta"],
        "k": found["k"],
    }
    return operation._replace(operator="local_response_norm", arguments=arguments)


def prod_of(window: tuple[Any, ...]) -> int:
    """How many places a window has."""
    return prod(window)


def _global_response(web: Web, operation: Operation, found: Found) -> Operation | None:
    """x + weight * x * n + bias, n the norm of each channel over the mean of all channels'."""
    norm, mean = web.operation(found["norm"]), web.operation(found["mean"])
    weight, bias = web.stored(found["weight"]), web.stored(found["bias"])
    if norm is None or mean is None or weight is None or bias is None:
        return None
    if norm.operator not in ("linalg_vector_norm", "norm") or next(norm.refs()) != found["x"]:
        return None
    if mean.operator != "mean" or next(mean.refs()) != found["norm"]:
        return None
    sizes = web.sizes(found["x"])
    over = norm.arguments.get("dim")
    axis = mean.arguments.get("dim")
    if sizes is None or not isinstance(over, tuple) or not isinstance(axis, tuple):
        return None
    rank = len(sizes)
    channel = int(axis[0]) % rank  # type: ignore[arg-type]
    space = {number % rank for number in over}  # type: ignore[operator]
    if space != set(range(1, rank)) - {channel} or prod(weight.sizes) != sizes[channel]:
        return None
    arguments: dict[str, Argument] = {
        "self": found["x"],
        "dim": channel,
        "weight": found["weight"],
        "bias": found["bias"],
        "eps": found["eps"],
    }
    return operation._replace(operator="global_response_norm", arguments=arguments)


def _power_pool(web: Web, operation: Operation, found: Found) -> Operation | None:
    """F.lp_pool: the root of the sum of powers in each window."""
    pool = web.operation(found["pool"])
    if pool is None or not pool.operator.startswith("avg_pool"):
        return None
    source = web.operation(next(pool.refs()))
    norm, count = found["norm"], found["count"]
    window = pool.arguments["kernel_size"]
    if source is None or not isinstance(norm, float) or not isinstance(window, tuple):
        return None
    places = prod_of(window)
    if source.operator == "square" or source.arguments.get("exponent") == 2:
        power: Any = 2.0
    else:
        power = source.arguments.get("exponent")
    if source.operator not in ("pow", "square") or not isinstance(power, int | float):
        return None
    if abs(1 / norm - power) > 1e-6 or count != places or any(several(pool.arguments["padding"])):
        return None
    arguments = {
        "self": next(source.refs()),
        "kernel_size": window,
        "stride": pool.arguments["stride"],
        "padding": pool.arguments["padding"],
        "ceil_mode": pool.arguments["ceil_mode"],
        "norm_type": float(power),
    }
    rank = pool.operator.removeprefix("avg_pool")
    return operation._replace(operator=f"lp_pool{rank}", arguments=arguments)


def _mean_pool(web: Web, operation: Operation, found: Found) -> Operation | None:
    """A generalised mean of each channel, by a trained exponent."""
    exponent = web.stored(found["p"])
    mean = web.operation(found["mean"])
    if exponent is None or prod(exponent.sizes) != 1 or mean is None:
        return None
    arguments = {"self": found["x"], "p": found["p"], "eps": found["eps"]}
    over = mean.arguments.get("dim")
    sizes = web.sizes(found["x"])
    if mean.operator != "mean" or not isinstance(over, tuple) or sizes is None:
        return None
    if {n % len(sizes) for n in over} != set(range(2, len(sizes))):  # type: ignore[operator]
        return None
    arguments["keep"] = mean.arguments["keepdim"]
    return operation._replace(operator="gem_pool", arguments=arguments)


EPS, NORM, MEAN = Number("eps"), Whatever("norm"), Whatever("mean")
WEIGHT, BIAS = SeenOtherwise(Whatever("weight")), SeenOtherwise(Whatever("bias"))
POOL = Whatever("pool")

FORMULAS = (
    Formula(
        made("mul", X, made("sigmoid", made("mul", X, Number("a", (1.702,))))), _one("quick_gelu")
    ),
    Formula(made("mul", X, made("sigmoid", X)), _one("silu")),
    Formula(made("mul", X, made("tanh", made("softplus", X, beta=1, threshold=20))), _one("mish")),
    Formula(made("square", made("relu", X)), _one("relu_squared")),
    Formula(made("pow", made("relu", X), exponent=2), _one("relu_squared")),
    Formula(
        made("div", made("relu6", made("add", X, Number("b", (3,)))), Number("c", (6,))),
        _one("hardsigmoid"),
    ),
    Formula(
        made(
            "div",
            made("hardtanh", made("add", X, Number("b", (3,))), min_val=0, max_val=6),
            Number("c", (6,)),
        ),
        _one("hardsigmoid"),
    ),
    Formula(made("mul", X, made("hardsigmoid", X)), _one("hardswish")),
    Formula(made("sub", X, made("tanh", X)), _one("tanh_shrink")),
    Formula(made("div", X, SeenOtherwise(made("clamp_min clamp", NORM, EPS))), _normalized),
    Formula(made("mul", X, made("rsqrt", made("add", Whatever("mean"), EPS))), _root_mean_square),
    Formula(made("mul", Whatever("norm"), Whatever("weight")), _scaled_norm),
    Formula(
        made(
            "div",
            X,
            made(
                "pow",
                made("add", made("mul", POOL, Number("alpha")), Number("k")),
                Number("beta"),
            ),
        ),
        _local_response,
    ),
    Formula(
        made(
            "add",
            made(
                "add",
                X,
                made(
                    "mul",
                    made("mul", X, made("div", NORM, made("add", MEAN, EPS))),
                    WEIGHT,
                ),
            ),
            BIAS,
        ),
        _global_response,
    ),
    Formula(
        made(
            "add",
            X,
            made(
                "addcmul",
                BIAS,
                WEIGHT,
                made("mul", X, made("div", NORM, made("add", MEAN, EPS))),
            ),
        ),
        _global_response,
    ),
    Formula(
        made(
            "pow",
            made(
                "mul",
                made("mul", made("sign", POOL), made("relu", made("abs", POOL))),
                Number("count"),
            ),
            Number("norm"),
        ),
        _power_pool,
    ),
    Formula(
        made(
            "pow",
            MEAN,
            made("reciprocal", Whatever("p")),
        ),
        lambda web, operation, found: _gem(web, operation, found),
    ),
)


def _gem(web: Web, operation: Operation, found: Found) -> Operation | None:
    inner = made("mean", made("pow", made("clamp clamp_min", X, EPS), Whatever("p")))
    mean = found["mean"]
    if not isinstance(mean, Ref) or not web.match(inner, mean, found):
        return None
    return _mean_pool(web, operation, found)
