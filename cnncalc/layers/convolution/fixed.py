"""Filters that are given, not learned: the same for each channel."""

from math import comb, prod
from typing import Annotated, Any

from cnncalc.layers.around import (
    OF_THE_MAP,
    PaddingMode,
    check_reach,
    kept_of_map,
    put_first,
    torch_padding,
)
from cnncalc.layers.base import (
    OWN,
    Across,
    Arithmetic,
    Kept,
    Ops,
    Shape,
    ShapeError,
    Stage,
    TorchModule,
    Weight,
)
from cnncalc.layers.fields import (
    FieldError,
    FieldType,
    Padding,
    Real,
    Size,
    Whole,
    shown,
)
from cnncalc.layers.stages import expanded
from cnncalc.layers.windows import Slide, Sliding, axes, slides_over, spatial

Taps = tuple[Any, ...]
"""Numbers along one axis, or parts alike that each are such."""

NAMED: dict[str, Taps] = {
    "sobel_x": ((-1.0, 0.0, 1.0), (-2.0, 0.0, 2.0), (-1.0, 0.0, 1.0)),
    "sobel_y": ((-1.0, -2.0, -1.0), (0.0, 0.0, 0.0), (1.0, 2.0, 1.0)),
    "laplace": ((0.0, 1.0, 0.0), (1.0, -4.0, 1.0), (0.0, 1.0, 0.0)),
}
"""Filters that have a name."""

MOST = 4096
"""Numbers of one filter."""

WIDEST = 16
"""Coefficients of a blur along an axis."""


class FilterTaps(FieldType):
    """The numbers of a window over one, two or three axes, or the name of one."""

    words = tuple(NAMED)
    wants = "numbers, row by row (`[[1, 0, -1]]`), or " + ", ".join(f"`{word}`" for word in NAMED)
    number = Real()

    def accept(self, value: Any) -> str | Taps:
        """A word, or floats in tuples."""
        if isinstance(value, str) and value in self.words:
            return str(value)
        if isinstance(value, str | bool):
            raise FieldError(f"wants {self.wants}, got `{shown(value)}`")
        found = self.part(value if isinstance(value, tuple) else (value,), 3)
        sizes = extent(found)
        if sizes is None or not all(sizes):
            raise FieldError("wants as many numbers in each row", "a 0 where there is none")
        if prod(sizes) > MOST:
            raise FieldError(f"wants at most {MOST:,} numbers, got {prod(sizes):,}")
        return found

    def part(self, value: tuple[Any, ...], deepest: int) -> Taps:
        """A row, or parts that each are one."""
        if not deepest:
            raise FieldError("wants numbers over three axes at most")
        return tuple(
            self.part(each, deepest - 1) if isinstance(each, tuple) else self.number.accept(each)
            for each in value
        )


def extent(taps: Taps) -> tuple[int, ...] | None:
    """The sizes of a window, axis by axis; None where its parts differ."""
    if not any(isinstance(part, tuple) for part in taps):
        return (len(taps),)
    inner = {extent(part) if isinstance(part, tuple) else None for part in taps}
    first = inner.pop()
    return None if inner or first is None else (len(taps), *first)


class Filtered(Sliding):
    """The same window of fixed numbers over each channel. MACs are one for each and output."""

    role = "pool"
    cast = "half"
    one_backward = True

    @property
    def mode(self) -> str:
        """What the padding is."""
        return str(self.values()["padding_mode"])

    @property
    def blank(self) -> bool:
        return self.mode not in OF_THE_MAP

    def window_of(self, rank: int) -> Taps:
        """Its weights, over so many axes."""
        raise NotImplementedError

    def kernel_of(self, shape: Shape) -> tuple[int, ...]:
        """The sizes of its window. Raises ShapeError."""
        sizes = extent(self.window_of(len(spatial(self, shape))))
        assert sizes
        return sizes

    def output_shape(self, *inputs: Shape) -> Shape:
        edges = [(slide.before, slide.after) for slide in self.slides(inputs[0])]
        check_reach(self.mode, inputs[0][1:], edges, "padding_mode")
        return (inputs[0][0], *self.slid(inputs[0]))

    def weights(self, *inputs: Shape) -> tuple[Weight, ...]:
        return (Weight("weight", self.kernel_of(inputs[0]), buffer=True),)

    def ops(self, *inputs: Shape) -> Ops:
        return Ops(macs=prod(self.output_shape(*inputs)) * prod(self.kernel_of(inputs[0])))

    def kept(self, *inputs: Shape) -> tuple[Kept, ...]:
        return self.read(*inputs), *kept_of_map(inputs[0], self.torch(*inputs).padding_mode)

    def stages(self, *inputs: Shape) -> tuple[Stage, ...]:
        """Autocast casts the window as often as there are channels, which read it as one."""
        *first, filtered = super().stages(*inputs)
        return *first, *expanded(filtered, inputs[0][0] * prod(self.kernel_of(inputs[0])))

    def across(self, *inputs: Shape) -> Across:
        return OWN

    def torch(self, *inputs: Shape) -> TorchModule:
        slides = self.slides(inputs[0])
        padding, before = torch_padding(slides, self.blank or not any(put_first(slides)))
        arguments = {
            "taps": self.window_of(len(slides)),
            "stride": tuple(slide.stride for slide in slides),
            "padding": padding,
            "dilation": tuple(slide.dilation for slide in slides),
        }
        return TorchModule("FixedFilter", arguments, before, mode=self.mode)

    def arithmetic(self, *inputs: Shape) -> Arithmetic:
        return self.dot_products(inputs[0], self.output_shape(*inputs))


class FixedFilter(Filtered, kind="fixed_filter"):
    """The same window of given numbers over each channel: what finds edges, or takes a mean. They
    are not learned, so a buffer. MACs are one for each number and output.

        - fixed_filter: {taps: sobel_x, padding: half}

    taps: the window's numbers, row by row; or `sobel_x`, `sobel_y`, `laplace`
    stride: step of the window
    padding: on each side, or before and after; `half` and `same` keep sizes
    dilation: distance between the taps
    padding_mode: `zeros`, or of the map itself, as in `pad`: `reflect`, `replicate`, `circular`
    """

    taps: Annotated[str | Taps, FilterTaps()]
    stride: Size = 1
    padding: Padding = 0
    dilation: Size = 1
    padding_mode: PaddingMode = "zeros"

    def window_of(self, rank: int) -> Taps:
        taps = NAMED[self.taps] if isinstance(self.taps, str) else self.taps
        has = len(extent(taps) or ())
        if has != rank:
            fact = f"`taps` has {axes(has)}, the input has {axes(rank)}"
            raise ShapeError(fact, "a list for each axis but the last", field="taps")
        return taps

    def slides(self, shape: Shape) -> tuple[Slide, ...]:
        kernel = self.kernel_of(shape)
        return slides_over(self, shape, kernel, self.stride, self.padding, self.dilation)


class BlurPool(Filtered, kind="blur_pool"):
    """A map made smaller without aliasing: each channel is blurred, by binomial coefficients, as it
    is thinned out (Zhang 2019); padded so that at stride 1 it keeps its size. The coefficients are
    fixed, so a buffer. MACs are one for each and output.

        - blur_pool: 3

    kernel: coefficients along each axis: 3 are 1, 2 and 1
    stride: step of the window
    padding_mode: what is padded, as in `pad`: `reflect`, `replicate`, `circular`, or `zeros`
    """

    kernel: Annotated[int, Whole(1, WIDEST)]
    stride: Size = 2
    padding_mode: PaddingMode = "reflect"

    def window_of(self, rank: int) -> Taps:
        last = self.kernel - 1
        line = tuple(comb(last, tap) / 2**last for tap in range(self.kernel))
        taps: Taps = line
        for _ in range(rank - 1):
            taps = tuple(_times(factor, taps) for factor in line)
        return taps

    def slides(self, shape: Shape) -> tuple[Slide, ...]:
        sides = (((self.kernel - 1) // 2, self.kernel // 2),) * len(spatial(self, shape))
        return slides_over(self, shape, self.kernel, self.stride, sides)


def _times(factor: float, taps: Taps) -> Taps:
    return tuple(_times(factor, t) if isinstance(t, tuple) else factor * t for t in taps)
