"""Poolings, and values of those along some dimensions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from math import inf

from cnncalc.importing.program import Argument, Sizes
from cnncalc.runtime.importing.onnx.families.convolution_nodes import padded, rank_of, sides_of
from cnncalc.runtime.importing.onnx.node_call import NodeCall
from cnncalc.runtime.importing.onnx.program_writing import UnreadError


def _window(call: NodeCall, value: float, counted: bool = False) -> dict[str, Argument]:
    """What all poolings have. Where both sides are not alike, the last windows reach beyond the
    end, as `ceil_mode` has it, if that gives as many of them and nothing there is `counted`; else
    an operation before it pads."""
    kernel = call.per_axis("kernel_shape", 1)
    stride, dilation = call.per_axis("strides", 1), call.per_axis("dilations", 1)
    sides = sides_of(call, kernel, stride, dilation)
    reach = [(size - 1) * apart + 1 for size, apart in zip(kernel, dilation, strict=True)]
    begin = tuple(before for before, _ in sides)
    uneven = any(before != after for before, after in sides)
    ceil_ = bool(call["ceil_mode"])
    if uneven and not counted and _ceils(call, begin, reach, stride):
        seen, padding, ceil_ = call.ref(), begin, True
    else:
        seen, padding = padded(call, sides, value)
    return {
        "self": seen,
        "kernel_size": kernel,
        "stride": stride,
        "padding": padding,
        "ceil_mode": ceil_,
    }


def _ceils(call: NodeCall, begin: Sizes, reach: Sequence[int], stride: Sizes) -> bool:
    """Whether windows that begin within the map, or before it, are as many as the file says."""
    axes = zip(call.sizes()[2:], call.made()[2:], begin, reach, stride, strict=True)
    for size, made, before, window, step in axes:
        count = -(-(size + 2 * before - window) // step) + 1
        count -= (count - 1) * step >= size + before
        if count != made or 2 * before > window:
            return False
    return True


def max_pool(call: NodeCall) -> None:
    """The largest value of each window, and where it is."""
    rank = rank_of(call)
    window = _window(call, -inf) | {"dilation": call.per_axis("dilations", 1)}
    several = len([name for name in call.outputs if name]) > 1
    call.give(f"max_pool{rank}d_with_indices" if several else f"max_pool{rank}d", **window)


def average_pool(call: NodeCall) -> None:
    """The mean of each window."""
    rank = rank_of(call)
    counted = bool(call["count_include_pad"])
    window = _window(call, 0.0, counted)
    if set(call.per_axis("dilations", 1)) != {1}:
        raise UnreadError("its window is dilated")
    if window["self"] != call.ref() and not counted:
        raise UnreadError("its padding differs from side to side and does not count")
    window |= {"count_include_pad": counted}
    if rank > 1:
        window |= {"divisor_override": None}
    call.give(f"avg_pool{rank}d", **window)


def lp_pool(call: NodeCall) -> None:
    """The p-norm of each window; of magnitudes, which PyTorch leaves out where p is odd."""
    rank, order = rank_of(call), call["p"] or 2
    if order % 2:
        raise UnreadError(f"a norm of magnitudes by an odd power, {order}")
    kernel = call.per_axis("kernel_shape", 1)
    stride = call.per_axis("strides", 1)
    sides = sides_of(call, kernel, stride, (1,) * rank)
    if any(map(any, sides)) or set(call.per_axis("dilations", 1)) != {1}:
        raise UnreadError("a norm of windows that are padded or dilated")
    call.give(
        f"lp_pool{rank}d",
        self=call.ref(),
        kernel_size=kernel,
        stride=stride,
        padding=(0,) * rank,
        ceil_mode=bool(call["ceil_mode"]),
        norm_type=float(order),
    )


def global_average_pool(call: NodeCall) -> None:
    """The mean of each channel."""
    call.give(
        f"adaptive_avg_pool{rank_of(call)}d", self=call.ref(), output_size=(1,) * rank_of(call)
    )


def _space(call: NodeCall) -> tuple[int, ...]:
    return tuple(range(2, call.rank()))


def global_max_pool(call: NodeCall) -> None:
    """The largest value of each channel."""
    call.give("amax", self=call.ref(), dim=_space(call), keepdim=True)


def global_lp_pool(call: NodeCall) -> None:
    """The p-norm of each channel."""
    _norm(call, float(call["p"] or 2), _space(call), keep=True)


def _norm(call: NodeCall, order: float, over: tuple[int, ...], keep: bool) -> None:
    call.give("linalg_vector_norm", self=call.ref(), ord=order, dim=over, keepdim=keep, dtype=None)


def _over(call: NodeCall) -> tuple[int, ...]:
    """The dimensions of a reduction: all of them unless given; none where the file wants that."""
    rank, given = call.rank(), call.whole_numbers("axes", 1)
    if not given:
        return () if call["noop_with_empty_axes"] else tuple(range(rank))
    if any(not -rank <= each < rank for each in given):
        raise UnreadError(f"it is along dimensions {given} of {rank}")
    return tuple(sorted({each % rank for each in given}))


def _keeps(call: NodeCall) -> bool:
    return bool(call["keepdims"] != 0)


def reduced(call: NodeCall, operator: str, typed: bool) -> None:
    """One value of those along some dimensions."""
    over = _over(call)
    if not over:
        call.same_as(call.ref())
        return
    more: dict[str, Argument] = {"dtype": None} if typed else {}
    call.give(operator, self=call.ref(), dim=over, keepdim=_keeps(call), **more)


def reduced_norm(call: NodeCall, order: float) -> None:
    """The p-norm along some dimensions."""
    _norm(call, order, _over(call), _keeps(call))


def sum_of_squares(call: NodeCall) -> None:
    """Along some dimensions."""
    squares = call.step("pow", call.sizes(), self=call.ref(), exponent=2)
    call.give("sum", self=squares, dim=_over(call), keepdim=_keeps(call), dtype=None)


OPERATORS = {
    "MaxPool": max_pool,
    "AveragePool": average_pool,
    "LpPool": lp_pool,
    "GlobalAveragePool": global_average_pool,
    "GlobalMaxPool": global_max_pool,
    "GlobalLpPool": global_lp_pool,
    "ReduceMean": partial(reduced, operator="mean", typed=True),
    "ReduceSum": partial(reduced, operator="sum", typed=True),
    "ReduceMax": partial(reduced, operator="amax", typed=False),
    "ReduceMin": partial(reduced, operator="amin", typed=False),
    "ReduceLogSumExp": partial(reduced, operator="logsumexp", typed=False),
    "ReduceL1": partial(reduced_norm, order=1.0),
    "ReduceL2": partial(reduced_norm, order=2.0),
    "ReduceSumSquare": sum_of_squares,
}
