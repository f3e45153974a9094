"""Convolutions."""

from __future__ import annotations

from collections.abc import Sequence

from cnncalc.importing.program import Argument, Ref, Sizes
from cnncalc.runtime.importing.onnx.node_call import NodeCall
from cnncalc.runtime.importing.onnx.program_writing import UnreadError

Sides = list[tuple[int, int]]
"""Before and behind, of each axis of space."""


def sides_of(call: NodeCall, kernel: Sizes, stride: Sizes, dilation: Sizes) -> Sides:
    """The padding of a window, as it is said or as `auto_pad` has it."""
    how = call["auto_pad"] or "NOTSET"
    space = call.sizes()[2:]
    if how == "VALID":
        return [(0, 0)] * len(space)
    if how == "NOTSET":
        pads = call["pads"] or (0,) * (2 * len(space))
        return list(zip(pads[: len(space)], pads[len(space) :], strict=True))
    if how not in ("SAME_UPPER", "SAME_LOWER"):
        raise UnreadError(f"its `auto_pad` is `{how}`")
    found = []
    for size, window, step, apart in zip(space, kernel, stride, dilation, strict=True):
        total = max((-(-size // step) - 1) * step + (window - 1) * apart + 1 - size, 0)
        less, more = total // 2, total - total // 2
        found.append((less, more) if how == "SAME_UPPER" else (more, less))
    return found


def padded(call: NodeCall, sides: Sides, value: float = 0.0) -> tuple[Ref, tuple[int, ...]]:
    """What a window moves over, and the padding that is left to it: where both sides are not alike,
    an operation before it pads."""
    if all(before == after >= 0 for before, after in sides):
        return call.ref(), tuple(before for before, _ in sides)
    sizes = call.sizes()
    space = (s + b + a for s, (b, a) in zip(sizes[2:], sides, strict=True))
    around = tuple(each for side in reversed(sides) for each in side)
    ref = call.step(
        "pad", (*sizes[:2], *space), self=call.ref(), pad=around, mode="constant", value=value
    )
    return ref, (0,) * len(sides)


def rank_of(call: NodeCall) -> int:
    """The axes of space, 1 to 3."""
    rank = call.rank() - 2
    if rank not in (1, 2, 3):
        raise UnreadError(f"it has {rank} axes of space")
    return rank


def conv(call: NodeCall) -> None:
    """A convolution over one to three axes."""
    rank = rank_of(call)
    kernel = call.sizes(1)[2:]
    stride, dilation = call.per_axis("strides", 1), call.per_axis("dilations", 1)
    sides = sides_of(call, kernel, stride, dilation)
    seen: Ref = call.ref()
    padding: Argument = "same"
    if not _is_same(sides, kernel, stride, dilation):
        seen, padding = padded(call, sides)
    call.give(
        f"conv{rank}d",
        input=seen,
        weight=call.weight(1),
        bias=call.weight(2),
        stride=stride,
        padding=padding,
        dilation=dilation,
        groups=call["group"] or 1,
    )


def _is_same(sides: Sides, kernel: Sizes, stride: Sizes, dilation: Sizes) -> bool:
    """Whether the padding is what PyTorch calls `same`, and cannot be said by a number."""
    totals = [(size - 1) * apart for size, apart in zip(kernel, dilation, strict=True)]
    same = [(total // 2, total - total // 2) for total in totals]
    return set(stride) == {1} and sides == same and any(b != a for b, a in sides)


def conv_transpose(call: NodeCall) -> None:
    """A transposed convolution: what its output lacks at the end is cut, what it has more is
    `output_padding`."""
    rank = rank_of(call)
    kernel = call.sizes(1)[2:]
    stride, dilation = call.per_axis("strides", 1), call.per_axis("dilations", 1)
    more = call["output_padding"] or (0,) * rank
    full = [
        (size - 1) * step + (window - 1) * apart + 1
        for size, window, step, apart in zip(
            call.sizes()[2:], kernel, stride, dilation, strict=True
        )
    ]
    made = call.made()
    if any(call[name] for name in ("output_shape",)) or call["auto_pad"] not in (None, "NOTSET"):
        begin = _begins(call, full, more)
    else:
        begin = (call["pads"] or (0,) * 2 * rank)[:rank]
    ends = [size - one - start for size, one, start in zip(full, made[2:], begin, strict=True)]
    padding = tuple(begin)
    output_padding = tuple(max(b - e, 0) for b, e in zip(begin, ends, strict=True))
    cut = [max(e - b, 0) for b, e in zip(begin, ends, strict=True)]
    arguments: dict[str, Argument] = {
        "input": call.ref(),
        "weight": call.weight(1),
        "bias": call.weight(2),
        "stride": stride,
        "padding": padding,
        "output_padding": output_padding,
        "groups": call["group"] or 1,
        "dilation": dilation,
    }
    if not any(cut):
        call.give(f"conv_transpose{rank}d", **arguments)
        return
    sizes = (*made[:2], *(one + less for one, less in zip(made[2:], cut, strict=True)))
    whole = call.step(f"conv_transpose{rank}d", sizes, **arguments)
    around = tuple(each for less in reversed(cut) for each in (0, -less))
    call.give("pad", self=whole, pad=around, mode="constant", value=0.0)


def _begins(call: NodeCall, full: Sequence[int], more: Sequence[int]) -> tuple[int, ...]:
    """What is cut before, where the file says how large the output is."""
    found = []
    for size, extra, made in zip(full, more, call.made()[2:], strict=True):
        total = max(size + extra - made, 0)
        less = total // 2
        found.append(less if call["auto_pad"] == "SAME_UPPER" else total - less)
    return tuple(found)


OPERATORS = {"Conv": conv, "ConvTranspose": conv_transpose}
