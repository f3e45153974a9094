"""Pooling: a window slides over each channel by itself. No weights."""

import math
from math import prod
from operator import sub
from typing import Annotated

from cnncalc.layers.base import (
    INDEX,
    OWN,
    Across,
    Arithmetic,
    Kept,
    Ops,
    Shape,
    ShapeError,
    Stage,
    TorchModule,
    framed,
    kept_input,
    kept_output,
    times,
)
from cnncalc.layers.fields import Choice, Flag, OptionalSize, Padding, Real, Rounding, Size
from cnncalc.layers.stages import by_number, multiplied, several, squared
from cnncalc.layers.windows import Slide, Sliding, slides_over, window_arguments


def comparing(reads: int, outputs: int) -> Ops:
    """The largest of k values takes k-1 comparisons."""
    return Ops(comparisons=reads - outputs)


def averaging(reads: int, outputs: int) -> Ops:
    """The mean of k values takes k-1 additions and 1 division."""
    return Ops(additions=reads - outputs, divisions=outputs)


def with_index(read: Kept, outputs: int) -> tuple[Kept, ...]:
    """What is read, and for each output where its value stands in it."""
    return read, Kept("index", outputs, width=INDEX)


class Pool(Sliding):
    """A window sliding over each channel by itself.

    kernel: size of the window
    stride: step of the window; the size of the window, unless given
    padding: on each side, or before and after; at most half the window, unless `half` or `same`
    rounding: `ceil` adds a last, partial window that starts inside the input or its left padding
    """

    role = "pool"

    kernel: Size
    stride: OptionalSize = None
    padding: Padding = 0
    rounding: Rounding = "floor"

    def across(self, *inputs: Shape) -> Across:
        return OWN

    def slides(self, shape: Shape) -> tuple[Slide, ...]:
        return self.dilated(shape, 1)

    def dilated(self, shape: Shape, dilation: Size) -> tuple[Slide, ...]:
        """Its window along each spatial axis, taps `dilation` apart. Raises ShapeError."""
        stride = self.kernel if self.stride is None else self.stride
        ceil = self.rounding == "ceil"
        return slides_over(self, shape, self.kernel, stride, self.padding, dilation, ceil)

    def output_shape(self, *inputs: Shape) -> Shape:
        if self.padding not in ("half", "same"):
            self.refuse(self.slides(inputs[0]))
        return (inputs[0][0], *self.slid(inputs[0]))

    def refuse(self, slides: tuple[Slide, ...]) -> None:
        """What PyTorch does not take of padding given in numbers. Raises ShapeError."""
        if any(max(slide.before, slide.after) > slide.kernel // 2 for slide in slides):
            fact = f"`padding` is more than half the window of {kernel_of(slides)}"
            raise ShapeError(fact, "`padding: same`", field="padding", code="CNN402")

    def reads(self, shape: Shape) -> int:
        """Values all its windows hold together, padding included."""
        return prod(self.output_shape(shape)) * prod(s.kernel for s in self.slides(shape))

    def arithmetic(self, *inputs: Shape) -> Arithmetic:
        return Arithmetic(space=tuple(slide.formula for slide in self.slides(inputs[0])))


class MeanPool(Pool):
    """A pool that PyTorch computes as a mean, and over a clip only where its window is no larger
    than the map, whatever the padding."""

    def refuse(self, slides: tuple[Slide, ...]) -> None:
        super().refuse(slides)
        if overlarge(slides):
            sizes = times(slide.size for slide in slides)
            fact = f"a window of {kernel_of(slides)} is larger than a map of {sizes}"
            raise ShapeError(fact, "`padding: same`", field="kernel", code="CNN402")


def kernel_of(slides: tuple[Slide, ...]) -> str:
    """`3x3`."""
    return times(slide.kernel for slide in slides)


def overlarge(slides: tuple[Slide, ...]) -> bool:
    """Whether PyTorch takes no mean over the window."""
    return len(slides) == 3 and any(slide.kernel > slide.size for slide in slides)


def in_torch(slides: tuple[Slide, ...]) -> bool:
    """Whether a PyTorch pool can pad so: evenly, and at most half the kernel."""
    return all(s.before == s.after <= s.kernel // 2 for s in slides)


def sides(slides: tuple[Slide, ...]) -> tuple[int, ...]:
    """What `F.pad` must add so that the windows, rounded down, are all of them."""
    return tuple(side for s in reversed(slides) for side in (s.before, s.overhang))


def defaults(slides: tuple[Slide, ...]) -> dict[str, object]:
    """PyTorch's, of its pools: windows side by side, no padding."""
    kernel = tuple(slide.kernel for slide in slides)
    return {"stride": kernel, "padding": 0, "ceil_mode": False}


def padding_arguments(slides: tuple[Slide, ...]) -> dict[str, object]:
    """Padding and rounding as PyTorch's pools take them."""
    return {
        "padding": tuple(slide.before for slide in slides),
        "ceil_mode": any(slide.ceil for slide in slides),
    }


class MaxPool(Pool, kind="max_pool"):
    """The largest value in each window; padding never wins. k-1 comparisons for a window of k.

        - max_pool: {kernel: 3, stride: 2, padding: 1}

    dilation: distance between the taps of the window
    """

    working = "largest"
    axes_alike = (2, 3)

    dilation: Size = 1

    def slides(self, shape: Shape) -> tuple[Slide, ...]:
        return self.dilated(shape, self.dilation)

    def ops(self, *inputs: Shape) -> Ops:
        return comparing(self.reads(inputs[0]), prod(self.output_shape(*inputs)))

    def kept(self, *inputs: Shape) -> tuple[Kept, ...]:
        return with_index(self.read(*inputs), prod(self.output_shape(*inputs)))

    def torch(self, *inputs: Shape) -> TorchModule:
        slides = self.slides(inputs[0])
        name = f"nn.MaxPool{len(slides)}d"
        window = window_arguments(slides) | {"dilation": tuple(s.dilation for s in slides)}
        own = defaults(slides) | {"dilation": 1}
        if in_torch(slides):
            arguments = window | padding_arguments(slides)
            return TorchModule(name, arguments, positional=1, defaults=own)
        before = sides(slides)
        return TorchModule(name, window, before, -math.inf, positional=1, defaults=own)


class AvgPool(MeanPool, kind="avg_pool"):
    """The mean of each window. k-1 additions and 1 division for a window of k.

        - avg_pool: 2

    count_padding: whether the zeros of the padding count as values; TensorFlow says false
    """

    working = "mean"
    axes_alike = (1, 2)

    count_padding: Flag = True

    def ops(self, *inputs: Shape) -> Ops:
        return averaging(self.reads(inputs[0]), prod(self.output_shape(*inputs)))

    def kept(self, *inputs: Shape) -> tuple[Kept, ...]:
        """Where PyTorch cannot leave the padding out, how much of each window is none, too."""
        form = self.torch(*inputs)
        if form.name.startswith("nn."):
            return (self.read(*inputs),)
        around = framed(framed(inputs[0], form.before), form.arguments["padding"])
        present = Kept("present", 0, prod(self.output_shape(*inputs)[1:]))
        return Kept("framed", prod(around)), present

    def stages(self, *inputs: Shape) -> tuple[Stage, ...]:
        """Where PyTorch cannot leave the padding out, how much of each window is none, too."""
        if self.torch(*inputs).name.startswith("nn."):
            return super().stages(*inputs)
        around, present = self.kept(*inputs)
        output = kept_output(self.output_shape(*inputs))
        first = self.padded(*inputs)
        read = first[0].makes if first else kept_input(inputs[0])
        channels = inputs[0][0]
        ones = Kept("ones", 0, read.each // channels)
        return (
            *first,
            Stage(ones, ()),
            Stage(Kept("around", 0, around.each // channels), (), beside=("ones",), held=True),
            Stage(around, (read.name,)),
            Stage(Kept("means", output.each), (around.name,), (around,)),
            Stage(present, ()),
            Stage(output, ("means",), (present,)),
        )

    def torch(self, *inputs: Shape) -> TorchModule:
        slides = self.slides(inputs[0])
        name = f"nn.AvgPool{len(slides)}d"
        window = window_arguments(slides)
        own = defaults(slides) | {"count_include_pad": True}
        if in_torch(slides) and not overlarge(slides):
            count = {"count_include_pad": self.count_padding}
            arguments = window | padding_arguments(slides) | count
            return TorchModule(name, arguments, positional=1, defaults=own)
        if not self.count_padding:
            return TorchModule("AveragePool", window | {"padding": sides(slides)})
        beyond = tuple(side for s in reversed(slides) for side in (0, s.beyond))
        before = tuple(map(sub, sides(slides), beyond))
        if any(beyond):  # of a partial window only what is padded counts
            return TorchModule("AveragePool", window | {"padding": beyond}, before)
        return TorchModule(name, window, before, positional=1, defaults=own)


class LpPool(MeanPool, kind="lp_pool"):
    """The p-norm of each window, (sum of x^p)^(1/p), or its power mean, (mean of x^p)^(1/p). k
    powers, k-1 additions and 1 root for a window of k; of a mean 1 division besides.

        - lp_pool: {kernel: 2, norm: 2}

    norm: p; 1 is the sum, a large p comes close to the maximum
    reduce: `sum`, as PyTorch does; or `mean`
    """

    working = "norm"

    norm: Annotated[float, Real(1)] = 2.0
    reduce: Annotated[str, Choice("sum", "mean")] = "sum"

    def ops(self, *inputs: Shape) -> Ops:
        reads, outputs = self.reads(inputs[0]), prod(self.output_shape(*inputs))
        divisions = outputs if self.reduce == "mean" else 0
        return Ops(additions=reads - outputs, powers=reads + outputs, divisions=divisions)

    def kept(self, *inputs: Shape) -> tuple[Kept, ...]:
        """The powers, their means, and what a root takes to have a sign."""
        read, outputs = self.read(*inputs), prod(self.output_shape(*inputs))
        made = [Kept(name, outputs) for name in ("means", "sizes", "signs", "sums")]
        return read, Kept("powers", read.each), *made

    def stages(self, *inputs: Shape) -> tuple[Stage, ...]:
        """Powers, their means with a sign, times the size of the window, and the root."""
        read, powers, means, sizes, signs, sums = self.kept(*inputs)
        first = self.padded(*inputs)
        outputs = means.each
        output = kept_output(self.output_shape(*inputs))
        root = output._replace(name="root") if self.reduce == "mean" else output
        return (
            *first,
            squared(powers, first[0].makes.name if first else "input", read),
            Stage(means, ("powers",), (powers,), held=True),
            Stage(signs, ("means",)),
            Stage(Kept("without", outputs), ("means",), (means,), behind=several(outputs, 1)),
            Stage(sizes, ("without",), (sizes,)),
            multiplied(Kept("product", outputs), "signs", "sizes", (signs, sizes)),
            by_number(sums, "product"),
            squared(root, "sums", sums),
            *((by_number(output, "root"),) if self.reduce == "mean" else ()),
        )

    def torch(self, *inputs: Shape) -> TorchModule:
        slides = self.slides(inputs[0])
        name = f"nn.LPPool{len(slides)}d"
        window = {"norm_type": self.norm} | window_arguments(slides)
        if self.reduce == "mean":
            return TorchModule("PowerMean", window, sides(slides) if any(sides(slides)) else ())
        if len(slides) == 1:  # the one pool that takes no tuple
            window |= {"kernel_size": slides[0].kernel, "stride": slides[0].stride}
        # torch takes k times the mean, so that it would overrate a partial window
        before = sides(slides)
        return TorchModule(name, window, before if any(before) else (), positional=2)
