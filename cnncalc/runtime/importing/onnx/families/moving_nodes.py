"""Parts of a tensor, tensors behind one another, values around it, other places."""

from __future__ import annotations

from cnncalc.importing.program import Argument, Ref, Sizes
from cnncalc.runtime.importing.onnx.families.view_nodes import reshaped
from cnncalc.runtime.importing.onnx.node_call import NodeCall, number
from cnncalc.runtime.importing.onnx.program_writing import UnreadError


def concat(call: NodeCall) -> None:
    """Behind one another along a dimension, but for what holds nothing."""
    filled = [place for place in range(len(call.inputs)) if 0 not in call.sizes(place)]
    if len(filled) == 1:
        call.same_as(call.ref(filled[0]))
        return
    tensors = tuple(call.ref(place) for place in filled or range(len(call.inputs)))
    call.give("cat", tensors=tensors, dim=call.axis())


def split(call: NodeCall) -> None:
    """In parts along a dimension."""
    axis = call.axis(usual=0)
    sizes = tuple(call.made(place)[axis] for place in range(len(call.outputs)))
    call.give("split_with_sizes", self=call.ref(), split_sizes=sizes, dim=axis)


def slice_(call: NodeCall) -> None:
    """Between two places of some dimensions, one after the other."""
    starts, ends = call.whole_numbers("starts", 1), call.whole_numbers("ends", 2)
    if starts is None or ends is None or len(starts) != len(ends):
        raise UnreadError("its places are not given for each dimension")
    rank = call.rank()
    axes = call.whole_numbers("axes", 3) or tuple(range(len(starts)))
    steps = call.whole_numbers("steps", 4) or (1,) * len(starts)
    sizes, ref = list(call.sizes()), call.ref()
    todo = []
    for axis, start, end, step in zip(axes, starts, ends, steps, strict=True):
        if not -rank <= axis < rank or step == 0:
            raise UnreadError(f"it is along dimension {axis} of {rank}, in steps of {step}")
        places = range(*slice(start, end, step).indices(sizes[axis]))
        if places != range(sizes[axis]):
            todo.append((axis % rank, places, sizes[axis]))
    if not todo:
        call.same_as(ref)
        return
    for number_, (axis, places, count) in enumerate(todo):
        operator, arguments = _between(axis, places, count)
        sizes[axis] = len(places)
        if number_ == len(todo) - 1:
            call.give(operator, self=ref, **arguments)
        else:
            ref = call.step(operator, tuple(sizes), self=ref, **arguments)


def _between(axis: int, places: range, count: int) -> tuple[str, dict[str, Argument]]:
    if places.step > 0:
        start, end, step = places.start, max(places.stop, places.start), places.step
        return "slice", {"dim": axis, "start": start, "end": end, "step": step}
    if places == range(count - 1, -1, -1):
        return "flip", {"dims": (axis,)}
    raise UnreadError("a part of a dimension is taken backwards")


MODES = {"constant": "constant", "reflect": "reflect", "edge": "replicate", "wrap": "circular"}


def pad(call: NodeCall) -> None:
    """Numbers around a tensor, or values of its own."""
    mode = MODES.get(call["mode"] or "constant")
    given = call.whole_numbers("pads", 1)
    if mode is None or given is None:
        raise UnreadError(f"it pads by `{call['mode']}`")
    rank = call.rank()
    axes = call.whole_numbers("axes", 3) or tuple(range(rank))
    if len(given) != 2 * len(axes):
        raise UnreadError(f"{len(given)} sides of {len(axes)} dimensions")
    sides = [(0, 0)] * rank
    for place, axis in enumerate(axes):
        sides[axis] = (given[place], given[place + len(axes)])
    value = call.array(2)
    fill = call["value"] if value is None else number(value)
    if not any(map(any, sides)):
        call.same_as(call.ref())
        return
    padded = [place for place, side in enumerate(sides) if any(side)]
    first = padded[0]
    if mode != "constant" and not max(rank - 3, 1) <= first:
        raise UnreadError("values of its own around samples, or along more than three dimensions")
    around = tuple(each for side in reversed(sides[first:]) for each in side)
    if mode == "constant":
        call.give("pad", self=call.ref(), pad=around, mode=mode, value=float(fill or 0))
    elif first > 1:
        call.give("pad", self=call.ref(), pad=around, mode=mode, value=None)
    else:
        _pad_alone(call, around, mode)


def _pad_alone(call: NodeCall, around: Sizes, mode: str) -> None:
    """Values of its own around what has no channels: it is one channel then."""
    had, has = ((each[0], 1, *each[1:]) for each in (call.sizes(), call.made()))
    seen = call.step("reshape", had, self=call.ref(), shape=had)
    reshaped(call, call.step("pad", has, self=seen, pad=around, mode=mode, value=None))


def depth_to_space(call: NodeCall) -> None:
    """Channels to places of a map, the slower or the faster ones of them."""
    block, (batch, channels, height, width) = call["blocksize"], _map(call)
    if call["mode"] == "CRD":
        call.give("pixel_shuffle", self=call.ref(), upscale_factor=block)
        return
    rest = channels // block**2
    apart = (batch, block, block, rest, height, width)
    turned = (batch, rest, height, block, width, block)
    _moved(call, apart, (0, 3, 4, 1, 5, 2), turned)


def space_to_depth(call: NodeCall) -> None:
    """Places of a map to channels, which stand behind those of the place."""
    block, (batch, channels, height, width) = call["blocksize"], _map(call)
    apart = (batch, channels, height // block, block, width // block, block)
    turned = (batch, block, block, channels, height // block, width // block)
    _moved(call, apart, (0, 3, 5, 1, 2, 4), turned)


def _map(call: NodeCall) -> Sizes:
    if call.rank() != 4:
        raise UnreadError("it is no map of channels")
    return call.sizes()


def _moved(call: NodeCall, apart: Sizes, order: Sizes, turned: Sizes) -> None:
    split_: Ref = call.step("reshape", apart, self=call.ref(), shape=apart)
    reshaped(call, call.step("permute", turned, self=split_, dims=order))


OPERATORS = {
    "Concat": concat,
    "Split": split,
    "Slice": slice_,
    "Pad": pad,
    "DepthToSpace": depth_to_space,
    "SpaceToDepth": space_to_depth,
}
