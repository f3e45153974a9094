"""Pooling to a given size: the whole map, or a grid of windows that cover it."""

from math import gcd, prod
from typing import ClassVar

from cnncalc.layers.base import (
    COLLAPSED,
    EVERYTHING,
    LONGEST_CYCLE,
    OWN,
    Across,
    Arithmetic,
    Axis,
    Kept,
    Layer,
    Ops,
    Shape,
    TorchModule,
    Window,
    kept_input,
    products,
)
from cnncalc.layers.fields import Flag, OpenSize
from cnncalc.layers.pooling.pool import averaging, comparing, with_index
from cnncalc.layers.windows import per_axis, spatial


class GlobalPool(Layer):
    """One number for each channel.

    keep: whether the spatial axes stay, each of size 1; else the output is a vector
    """

    role = "pool"

    keep: Flag = False
    module: ClassVar[str]

    def output_shape(self, *inputs: Shape) -> Shape:
        ones = tuple(1 for _ in spatial(self, inputs[0]))
        return (inputs[0][0], *ones) if self.keep else inputs[0][:1]

    def window(self, *inputs: Shape) -> Window:
        return EVERYTHING

    def across(self, *inputs: Shape) -> Across:
        return OWN

    def torch(self, *inputs: Shape) -> TorchModule:
        rank = len(inputs[0]) - 1
        name = f"nn.{self.module}{rank}d"
        pooled = TorchModule(name, {"output_size": (1,) * rank}, positional=1)
        if self.keep:
            return pooled
        return TorchModule("nn.Sequential", parts=(pooled, TorchModule("nn.Flatten")))

    def arithmetic(self, *inputs: Shape) -> Arithmetic:
        ones = tuple("1" for _ in inputs[0][1:])
        return Arithmetic(space=ones) if self.keep else Arithmetic(products(inputs[0][0], *ones))


class GlobalAvgPool(GlobalPool, kind="global_avg_pool"):
    """The mean of each channel. N-1 additions and 1 division for a map of N positions.

    - global_avg_pool
    """

    module = "AdaptiveAvgPool"

    def ops(self, *inputs: Shape) -> Ops:
        return averaging(prod(inputs[0]), inputs[0][0])


class GlobalMaxPool(GlobalPool, kind="global_max_pool"):
    """The largest value of each channel. N-1 comparisons for a map of N positions.

    - global_max_pool
    """

    module = "AdaptiveMaxPool"

    def ops(self, *inputs: Shape) -> Ops:
        return comparing(prod(inputs[0]), inputs[0][0])

    def kept(self, *inputs: Shape) -> tuple[Kept, ...]:
        return with_index(kept_input(inputs[0]), inputs[0][0])


def adaptive_axis(size: int, output: int) -> Axis:
    """Output i reads the inputs from floor(i*size/output) to ceil((i+1)*size/output), exclusive."""
    common = gcd(size, output)
    period, step = output // common, size // common
    taps = (range(i * step // period, -(-(i + 1) * step // period)) for i in range(period))
    return Axis(period, step, tuple(taps))


class AdaptivePool(Layer):
    """Pools whatever arrives to one size, by windows that cover it and may overlap by one.

    size: the output's size; `none` keeps an axis as it is
    """

    role = "pool"

    size: OpenSize
    module: ClassVar[str]

    def sizes(self, shape: Shape) -> tuple[int, ...]:
        """The output's spatial sizes. Raises ShapeError."""
        own = spatial(self, shape)
        wanted = per_axis(self.size, len(own), "size")
        return tuple(
            size if found is None else found for size, found in zip(own, wanted, strict=True)
        )

    def output_shape(self, *inputs: Shape) -> Shape:
        return (inputs[0][0], *self.sizes(inputs[0]))

    def reads(self, shape: Shape) -> int:
        """Values all windows hold together. M windows cover N positions once and share one at each
        of the M-1 boundaries between them, save the gcd(N, M)-1 that fall between positions."""
        pairs = zip(shape[1:], self.sizes(shape), strict=True)
        return shape[0] * prod(size + output - gcd(size, output) for size, output in pairs)

    def window(self, *inputs: Shape) -> Window:
        sizes = self.sizes(inputs[0])
        if set(sizes) == {1}:
            return EVERYTHING
        pairs = list(zip(inputs[0][1:], sizes, strict=True))
        if any(output // gcd(size, output) > LONGEST_CYCLE for size, output in pairs):
            return COLLAPSED
        return Window(tuple(adaptive_axis(size, output) for size, output in pairs))

    def across(self, *inputs: Shape) -> Across:
        return OWN

    def torch(self, *inputs: Shape) -> TorchModule:
        sizes = self.sizes(inputs[0])
        name = f"nn.{self.module}{len(sizes)}d"
        open_sizes = len(sizes) > 1  # PyTorch keeps no axis of a signal
        wanted = per_axis(self.size, len(sizes), "size") if open_sizes else sizes
        return TorchModule(name, {"output_size": wanted}, positional=1)


class AdaptiveAvgPool(AdaptivePool, kind="adaptive_avg_pool"):
    """Means over a grid of windows of a given size. k-1 additions and 1 division for a window of k.

    - adaptive_avg_pool: 7
    """

    module = "AdaptiveAvgPool"

    def ops(self, *inputs: Shape) -> Ops:
        return averaging(self.reads(inputs[0]), prod(self.output_shape(*inputs)))

    def kept(self, *inputs: Shape) -> tuple[Kept, ...]:
        """A single mean needs nothing."""
        return () if set(self.sizes(inputs[0])) == {1} else (kept_input(inputs[0]),)


class AdaptiveMaxPool(AdaptivePool, kind="adaptive_max_pool"):
    """Largest values over a grid of windows of a given size. k-1 comparisons for a window of k.

    - adaptive_max_pool: 7
    """

    module = "AdaptiveMaxPool"

    def ops(self, *inputs: Shape) -> Ops:
        return comparing(self.reads(inputs[0]), prod(self.output_shape(*inputs)))

    def kept(self, *inputs: Shape) -> tuple[Kept, ...]:
        return with_index(kept_input(inputs[0]), prod(self.output_shape(*inputs)))
