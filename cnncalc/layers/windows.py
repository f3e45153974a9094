"""Sliding-window arithmetic, shared by convolutions and poolings."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod
from typing import TypeVar

from cnncalc.layers.base import (
    Arithmetic,
    Axis,
    Layer,
    Shape,
    ShapeError,
    Window,
    products,
    times,
)
from cnncalc.layers.fields import Sides, Size, counted, shown
from cnncalc.records import NamedTuple

Part = TypeVar("Part")


def per_axis(value: int | tuple[Part, ...], rank: int, field: str) -> tuple[int | Part, ...]:
    """`value` for each of `rank` axes. Raises ShapeError when it was given for another number."""
    if isinstance(value, int):
        return (value,) * rank
    if len(value) != rank:
        hint = f"write one size, or {rank}: `{shown(value[:1] * rank)}`"
        fact = f"`{field}` has {counted(len(value), 'size')}, the input has {axes(rank)}"
        raise ShapeError(fact, hint, field=field)
    return value


def edges(
    value: int | tuple[int | tuple[int, int], ...], rank: int, field: str
) -> list[tuple[int, int]]:
    """Before and after, per axis, of a number for both or of a pair. Raises ShapeError."""
    sides = per_axis(value, rank, field)
    return [side if isinstance(side, tuple) else (side, side) for side in sides]


def axes(rank: int) -> str:
    """`no spatial axes`, `1 spatial axis`, `2 spatial axes`."""
    return f"{rank or 'no'} spatial {'axis' if rank == 1 else 'axes'}"


def spatial(layer: Layer, shape: Shape) -> tuple[int, ...]:
    """The spatial sizes of `shape`. Raises ShapeError for a vector and for more than three."""
    if not 1 <= len(shape) - 1 <= 3:
        fact = f"`{layer.kind}` reads a map of one to three spatial axes, got {times(shape)}"
        raise ShapeError(fact, "put it before `flatten`, or give the global pool `keep: true`")
    return shape[1:]


class Slide(NamedTuple):
    """A window sliding along one axis."""

    size: int
    kernel: int
    stride: int
    dilation: int
    before: int
    after: int
    ceil: bool = False

    @property
    def extent(self) -> int:
        """Inputs from the first to the last tap: `dilation * (kernel - 1) + 1`."""
        return self.dilation * (self.kernel - 1) + 1

    @property
    def room(self) -> int:
        """How far the window can move: `W - F + 2P`; negative when it is too large."""
        return self.size - self.extent + self.before + self.after

    @property
    def rest(self) -> int:
        """Positions of the padded input behind the last window: where `(W - F + 2P) / S` is not
        whole, the layer does not fit."""
        return self.room % self.stride

    @property
    def rounds_up(self) -> bool:
        """Whether a last, partial window is added: under `ceil`, if it starts inside the input or
        its left padding, as PyTorch does."""
        return (
            self.ceil
            and self.rest > 0
            and (self.room // self.stride + 1) * self.stride < self.size + self.before
        )

    @property
    def output(self) -> int:
        """`(W - F + 2P) / S + 1`, rounded."""
        return self.room // self.stride + 1 + self.rounds_up

    @property
    def unread(self) -> int:
        """`rest`, unless a partial window reads it."""
        return 0 if self.rounds_up else self.rest

    @property
    def overhang(self) -> int:
        """Positions behind the input that the last window reads."""
        reach = (self.output - 1) * self.stride + self.extent - self.before
        return max(reach - self.size, 0)

    @property
    def beyond(self) -> int:
        """Of these, those behind the padding too."""
        return max(self.overhang - self.after, 0)

    @property
    def lost(self) -> int:
        """Of the unread positions, those that hold input, not padding, beyond the gap that a
        stride larger than the window leaves between windows anyway."""
        return max(0, self.unread - self.after - max(0, self.stride - self.extent))

    @property
    def same(self) -> bool:
        """Whether its padding is what `same` has."""
        return [(self.before, self.after)] == padded(
            "same", (self.size,), (self.kernel,), (self.stride,), (self.dilation,)
        )

    @property
    def axis(self) -> Axis:
        """What each output reads."""
        first = -self.before
        return Axis(1, self.stride, (range(first, first + self.extent, self.dilation),))

    @property
    def met(self) -> int:
        """Pairs of an output and a tap of its window that meets the input, along one axis."""
        taps = range(-self.before, self.extent - self.before, self.dilation)
        return sum(max(0, self._last(tap) - max(0, -(tap // self.stride)) + 1) for tap in taps)

    def _last(self, tap: int) -> int:
        """The last output of which the tap that is there in the first one's window meets the
        input."""
        return min(self.output - 1, (self.size - 1 - tap) // self.stride)

    @property
    def formula(self) -> str:
        """`(227 - 11 + 2*0)/4 + 1`; with the rounding, as Python writes it, where it needs one."""
        extent = f"({self.dilation}*({self.kernel} - 1) + 1)" if self.dilation > 1 else self.kernel
        even = self.before == self.after
        padding = f"2*{self.before}" if even else f"({self.before} + {self.after})"
        room = f"({self.size} - {extent} + {padding})"
        if not self.rest:
            return f"{room}/{self.stride} + 1"
        if self.rounds_up:
            return f"ceil({room}/{self.stride}) + 1"
        return f"floor({room}/{self.stride}) + 1"


def padded(
    padding: Sides,
    sizes: tuple[int, ...],
    kernel: tuple[int, ...],
    stride: tuple[int, ...],
    dilation: tuple[int, ...],
) -> list[tuple[int, int]]:
    """Padding before and after, per axis, from numbers or a word.

    `half` is (F-1)/2 on each side; `same` makes the output ceil(W/S), the odd pixel after, as
    TensorFlow does; `causal` puts F-1 before a sequence, so that no output sees a later step.
    """
    if padding == "valid":
        return [(0, 0)] * len(sizes)
    extents = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
    if padding == "half":
        if any(extent % 2 == 0 for extent in extents):
            fact = f"`half` pads (F-1)/2, which is not whole for a window of {times(extents)}"
            hint = "an odd `kernel`, or the padding in numbers"
            raise ShapeError(fact, hint, field="padding", code="CNN402")
        return [(extent // 2, extent // 2) for extent in extents]
    if padding == "same":
        totals = [
            max((-(-size // s) - 1) * s + extent - size, 0)
            for size, s, extent in zip(sizes, stride, extents, strict=True)
        ]
        return [(total // 2, total - total // 2) for total in totals]
    if padding == "causal":
        if len(sizes) != 1:
            fact = f"`causal` pads before the steps of a sequence, the input has {axes(len(sizes))}"
            hint = "per axis `[before, after]`, or `same`"
            raise ShapeError(fact, hint, field="padding", code="CNN402")
        return [(extents[0] - 1, 0)]
    assert not isinstance(padding, str)
    return edges(padding, len(sizes), "padding")


def window_arguments(slides: tuple[Slide, ...]) -> dict[str, object]:
    """Kernel and stride as PyTorch's modules take them."""
    return {
        "kernel_size": tuple(slide.kernel for slide in slides),
        "stride": tuple(slide.stride for slide in slides),
    }


class Sliding(Layer):
    """A layer whose window slides over its input's spatial axes."""

    @property
    def blank(self) -> bool:
        """Whether its padding says nothing of the map."""
        return True

    def slides(self, shape: Shape) -> tuple[Slide, ...]:
        """Its window along each spatial axis of `shape`. Raises ShapeError."""
        raise NotImplementedError

    def slid(self, shape: Shape) -> tuple[int, ...]:
        """The spatial sizes of its output. Raises ShapeError when the window is too large."""
        slides = self.slides(shape)
        if any(slide.output < 1 for slide in slides):
            window = times(slide.extent for slide in slides)
            sizes = [slide.size + slide.before + slide.after for slide in slides]
            fact = f"a window of {window} does not fit into {times(sizes)}"
            if list(shape[1:]) != sizes:
                fact += f" ({times(shape[1:])} with padding)"
            raise ShapeError(fact, "a smaller `kernel`, or `padding: same`", code="CNN402")
        return tuple(slide.output for slide in slides)

    def dot_products(self, shape: Shape, writes: Iterable[object], *reads: object) -> Arithmetic:
        """The formulas of outputs that each are a dot product with the window.

        writes: the sizes of the output
        reads: channels that each reads, where it is more than its own
        """
        slides = self.slides(shape)
        taps = products(*reads, *(slide.kernel for slide in slides))
        space = tuple(slide.formula for slide in slides)
        return Arithmetic(space=space, macs=f"{products(*writes)} * ({taps})")

    def window(self, *inputs: Shape) -> Window:
        """The taps of its kernel."""
        return Window(tuple(slide.axis for slide in self.slides(inputs[0])))

    def met(self, shape: Shape) -> int:
        """Pairs of an output and a tap of its window that meets the map, of one channel."""
        return prod(slide.met for slide in self.slides(shape))

    def needed_reads(self, *inputs: Shape) -> int:
        slides = self.slides(inputs[0])
        return inputs[0][0] * prod(min(s.size, s.output * s.kernel) for s in slides)

    def rest(self, *inputs: Shape) -> tuple[int, ...]:
        """What is left behind the last window, per axis."""
        return tuple(slide.unread for slide in self.slides(inputs[0]))

    def lost(self, *inputs: Shape) -> tuple[int, ...]:
        """Of that, what is no padding."""
        return tuple(slide.lost for slide in self.slides(inputs[0]))


def slides_over(
    layer: Layer,
    shape: Shape,
    kernel: Size,
    stride: Size,
    padding: Sides,
    dilation: Size = 1,
    ceil: bool = False,
) -> tuple[Slide, ...]:
    """One Slide per spatial axis of `shape`. Raises ShapeError."""
    sizes = spatial(layer, shape)
    rank = len(sizes)
    kernels = per_axis(kernel, rank, "kernel")
    strides = per_axis(stride, rank, "stride")
    dilations = per_axis(dilation, rank, "dilation")
    pads = padded(padding, sizes, kernels, strides, dilations)
    return tuple(
        Slide(size, k, s, d, before, after, ceil)
        for size, k, s, d, (before, after) in zip(
            sizes, kernels, strides, dilations, pads, strict=True
        )
    )
