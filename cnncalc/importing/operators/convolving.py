"""Convolutions and linear layers."""

from __future__ import annotations

from typing import Any

from cnncalc.importing.layouts import BATCH, Row, whole
from cnncalc.importing.making import Called, Making, UnsayableError
from cnncalc.importing.operators.arithmetic import summed
from cnncalc.importing.operators.computed_weights import LearnedAs, learned_as
from cnncalc.importing.program import several
from cnncalc.importing.program_values import Held, Laid, once
from cnncalc.importing.regrouping import (
    as_channels,
    of_sample,
    regrouped,
    same,
)


def per_axis(value: Any, rank: int) -> tuple[int, ...]:
    """A size for each axis, of one for all."""
    values = several(value)
    return values * rank if len(values) == 1 else values


class Over:
    """A window over the last `rank` axes of a map; what stands before them beside the channels, as
    the clips of a batch do, is an axis along which it is one wide."""

    def __init__(self, making: Making, seen: Laid, rank: int) -> None:
        first, *rest = seen.layout
        extra = of_sample(first)
        if len(rest) != rank + 1 or any(a.axis == BATCH for row in rest for a in row):
            raise UnsayableError(f"its input has no axes as a window over {rank} wants them")
        self.rank, self.extra = rank, extra
        self.batch = tuple(atom for atom in first if atom.axis == BATCH)
        if extra and first[: len(self.batch)] != self.batch:
            raise UnsayableError("its samples lie between the parts of one")
        channels, *space = rest
        rows: list[Row] = [channels, *([extra] if extra else []), *space]
        self.moved = regrouped(making, seen, rows)
        self.draft = self.moved.draft

    def size(self, value: Any, beside: int = 1) -> Any:
        """A field with a number for each axis; `beside` along the further one."""
        values = per_axis(value, self.rank)
        return same((beside, *values) if self.extra else values)

    def seen(self, making_draft: Any) -> Laid:
        """What the window makes, as the operation gives it."""
        shape = making_draft.shape
        axes = [whole(axis, size) for axis, size in enumerate(shape)]
        if not self.extra:
            return Laid(making_draft, (self.batch, *axes))
        return Laid(making_draft, ((*self.batch, *axes[1]), axes[0], *axes[2:]))


def _convolution(making: Making, call: Called, rank: int) -> Laid:
    over = Over(making, call.seen(), rank)
    weight, bias = learned_as(call), call.weight("bias")
    kernel = weight.sizes[2:]
    padding = call["padding"]
    if isinstance(padding, str):
        fields: dict[str, Any] = {"padding": padding}
        if padding == "same" and over.extra:
            raise UnsayableError("`same` padding of a window that is taken many times")
    else:
        fields = {"padding": over.size(padding, 0)}
    fields |= {
        "filters": weight.sizes[0],
        "kernel": over.size(kernel),
        "stride": over.size(call["stride"]),
        "dilation": over.size(call["dilation"]),
        "groups": call["groups"],
        "bias": bias is not None,
        **weight.fields,
    }
    taps = _same_taps(weight, call["groups"]) if bias is None and not over.extra else None
    if taps is not None:
        kept = {name: fields[name] for name in ("stride", "padding", "dilation")}
        return over.seen(making.layer("fixed_filter", {"taps": taps, **kept}, [over.draft]))
    order = ("filters", "kernel", "stride", "padding", "dilation", "groups", "bias")
    told = {name: fields[name] for name in (*order, *weight.fields)}
    return over.seen(making.layer("conv", told, [over.draft], {**weight.weights, "bias": bias}))


def _same_taps(weight: LearnedAs, groups: int) -> Any:
    """The numbers of a window that no training changes, and which is the same over each channel;
    None for any other."""
    value = weight.weights.get("weight")
    if value is None or value.trained or weight.fields or weight.sizes[:2] != (groups, 1):
        return None
    once_each = value._replace(layout=tuple(map(once, value.layout)))
    array = once_each.array()
    if array is None or (array != array[:1]).any():
        return None
    return _as_tuples(array[0, 0].tolist())


def _as_tuples(values: Any) -> Any:
    return tuple(map(_as_tuples, values)) if isinstance(values, list) else values


def _transposed(making: Making, call: Called, rank: int) -> Laid:
    over = Over(making, call.seen(), rank)
    weight, bias = learned_as(call), call.weight("bias")
    fields = {
        "filters": weight.sizes[1] * call["groups"],
        "kernel": over.size(weight.sizes[2:]),
        "stride": over.size(call["stride"]),
        "padding": over.size(call["padding"], 0),
        "dilation": over.size(call["dilation"]),
        "groups": call["groups"],
        "bias": bias is not None,
        "output_padding": over.size(call["output_padding"], 0),
        **weight.fields,
    }
    weights = {**weight.weights, "bias": bias}
    return over.seen(making.layer("conv_transpose", fields, [over.draft], weights))


def conv1d(making: Making, call: Called) -> Laid:
    """Over sequences."""
    return _convolution(making, call, 1)


def conv2d(making: Making, call: Called) -> Laid:
    """Over images."""
    return _convolution(making, call, 2)


def conv3d(making: Making, call: Called) -> Laid:
    """Over clips."""
    return _convolution(making, call, 3)


def conv_transpose1d(making: Making, call: Called) -> Laid:
    """Over sequences."""
    return _transposed(making, call, 1)


def conv_transpose2d(making: Making, call: Called) -> Laid:
    """Over images."""
    return _transposed(making, call, 2)


def conv_transpose3d(making: Making, call: Called) -> Laid:
    """Over clips."""
    return _transposed(making, call, 3)


def convolution(making: Making, call: Called) -> Laid:
    """Any of them."""
    rank = len(learned_as(call).sizes) - 2
    return (_transposed if call["transposed"] else _convolution)(making, call, rank)


def linear(making: Making, call: Called) -> Laid:
    """Over the last dimension, of whichever axis that is."""
    bias = call["bias"]
    if not isinstance(bias, Laid):
        return linear_over(making, call.seen(), learned_as(call), call.weight("bias"))
    return summed(making, linear_over(making, call.seen(), learned_as(call), None), bias)


def linear_over(making: Making, seen: Laid, weight: LearnedAs, bias: Held | None) -> Laid:
    """A linear layer over the last dimension of a tensor."""
    channels_last = as_channels(making, seen, len(seen.layout) - 1)
    draft = channels_last.draft
    fields: dict[str, Any] = {"units": weight.sizes[0], "bias": bias is not None}
    if len(draft.shape) > 2:
        fields["per"] = "position"
    fields |= weight.fields
    made = making.layer("linear", fields, [draft], {**weight.weights, "bias": bias})
    return Laid(made, (*channels_last.layout[:-1], whole(0, weight.sizes[0])))


def addmm(making: Making, call: Called) -> Laid:
    """A linear layer whose weight has the inputs first."""
    if call["beta"] != 1 or call["alpha"] != 1:
        raise UnsayableError("a factor within `addmm`")
    weight = call.weight("mat2")
    assert weight is not None
    seen = call["mat1"]
    if not isinstance(seen, Laid):
        raise UnsayableError("a product of weights alone")
    return linear_over(making, seen, _turned(weight), call.weight("self"))


def mm_of_weight(making: Making, seen: Laid, weight: Held) -> Laid:
    """`x @ weight`."""
    if len(weight.sizes) != 2:
        raise UnsayableError("a product with several learned matrices")
    return linear_over(making, seen, _turned(weight), None)


def _turned(weight: Held) -> LearnedAs:
    """A matrix that has the inputs first, the other way round."""
    turned = Held(weight.tensor, weight.layout[::-1], weight.begin)
    return LearnedAs(turned.sizes, {}, {"weight": turned})


OPERATORS = {
    "conv1d": conv1d,
    "conv2d": conv2d,
    "conv_transpose1d": conv_transpose1d,
    "conv_transpose2d": conv_transpose2d,
    "conv_transpose3d": conv_transpose3d,
    "convolution": convolution,
    "linear": linear,
    "addmm": addmm,
}
