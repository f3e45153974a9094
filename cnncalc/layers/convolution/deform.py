"""Convolution whose taps are moved."""

from collections.abc import Iterator, Mapping
from math import gcd, prod
from typing import ClassVar

from cnncalc.layers.base import (
    EVERYTHING,
    Across,
    Arithmetic,
    Kept,
    Ops,
    Problem,
    Reads,
    Shape,
    ShapeError,
    Stage,
    TorchModule,
    Weight,
    Window,
    kept_input,
    kept_output,
    kept_weight,
    times,
)
from cnncalc.layers.convolution.conv import DEFAULTS
from cnncalc.layers.fields import Flag, Padding, Positive, Size, arriving
from cnncalc.layers.groups import check_groups, grouped_channels
from cnncalc.layers.parametrized import weights
from cnncalc.layers.stages import looked_up, moved, multiplied, shifted_and_divided
from cnncalc.layers.windows import Slide, Sliding, slides_over, window_arguments


class DeformConv(Sliding, kind="deform_conv"):
    """A convolution whose taps are moved, each at each place, by offsets that arrive, to between
    the pixels (Dai 2017), and weighed by a `mask` besides (Zhu 2019). For each value that a tap
    finds 4 multiplications and 3 additions, and 1 multiplication by the mask; MACs and biases are
    a convolution's.

        - deform_conv: {filters: 64, kernel: 3, padding: half, offsets: offsets, mask: mask}

    filters: number of filters, the output's channels
    kernel: size of the window, before taps are moved
    stride: step of the window
    padding: on each side; `half` keeps the size at stride 1, `same` makes it ceil(W/S)
    dilation: distance between the taps of the kernel
    groups: parts the channels are split into, each read by its own share of the filters
    bias: whether each filter has a bias
    map: what is convolved; what arrives, unless given
    offsets: 2 channels for each tap of the window, down and to the right, of the output's size;
        several times as many move as many parts of the channels, each in its own way
    mask: 1 channel for each tap, and for each part; all are 1, unless given
    """

    role = "weighted"
    drawn = True
    branches: ClassVar[Mapping[str, bool]] = {"map": True, "offsets": False, "mask": False}

    filters: Positive
    kernel: Size
    stride: Size = 1
    padding: Padding = 0
    dilation: Size = 1
    groups: Positive = 1
    bias: Flag = True

    def check(self) -> Iterator[Problem]:
        yield from check_groups(self.filters, self.groups)

    def slides(self, shape: Shape) -> tuple[Slide, ...]:
        return slides_over(self, shape, self.kernel, self.stride, self.padding, self.dilation)

    def output_shape(self, *inputs: Shape) -> Shape:
        image = inputs[0]
        if len(image) != 3:
            fact = f"`deform_conv` reads an image, got {times(image)}"
            raise ShapeError(fact, "channels, height, width")
        grouped_channels(image, self.groups)
        space = self.slid(image)
        self.check_moves(inputs, space)
        return (self.filters, *space)

    def check_moves(self, inputs: tuple[Shape, ...], space: tuple[int, ...]) -> None:
        """Offsets for each tap and place, and factors for each. Raises ShapeError."""
        taps = self.taps(inputs[0])
        if len(inputs) < 2:
            hint = f"`offsets: [{{conv: ...}}]`, a branch that makes {times((2 * taps, *space))}"
            raise ShapeError("`deform_conv` wants to know the offsets", hint)
        channels, *size = inputs[1]
        if channels % (2 * taps) or tuple(size) != space:
            wanted = f"`deform_conv` wants offsets of {times((2 * taps, *space))}"
            fact = f"{wanted}, got {times(inputs[1])}"
            raise ShapeError(fact, "2 channels for each tap of the kernel", code="CNN403")
        parts = channels // (2 * taps)
        if inputs[0][0] % parts:
            fact = f"offsets of {parts} parts do not divide {arriving(inputs[0][0])}"
            hint = f"offsets of {2 * taps * gcd(inputs[0][0], parts)} channels"
            raise ShapeError(fact, hint, code="CNN404")
        mask = (parts * taps, *space)
        if len(inputs) > 2 and inputs[2] != mask:
            fact = f"`deform_conv` wants a mask of {times(mask)}, got {times(inputs[2])}"
            raise ShapeError(fact, "1 channel for each 2 of the offsets", code="CNN403")

    def taps(self, image: Shape) -> int:
        """Of the window, in a channel."""
        return prod(slide.kernel for slide in self.slides(image))

    def found(self, *inputs: Shape) -> int:
        """Values that the taps find, of all channels at all places."""
        return inputs[0][0] * self.taps(inputs[0]) * prod(self.output_shape(*inputs)[1:])

    def weights(self, *inputs: Shape) -> tuple[Weight, ...]:
        kernel = [slide.kernel for slide in self.slides(inputs[0])]
        shape = self.filters, inputs[0][0] // self.groups, *kernel
        return weights(self, shape, self.filters, self.bias)

    def ops(self, *inputs: Shape) -> Ops:
        found, output = self.found(*inputs), prod(self.output_shape(*inputs))
        return Ops(
            macs=found * self.filters // self.groups,
            multiplications=found * (4 + len(inputs[2:])),
            additions=found * 3 + (output if self.bias else 0),
        )

    def kept(self, *inputs: Shape) -> tuple[Kept, ...]:
        """What was found, to learn the weight; the rest to learn where to look."""
        found = self.found(*inputs)
        moved = (0, 1)
        looked = (
            kept_input(inputs[0])._replace(gradient_of=moved),
            Kept("places", prod(inputs[1]), gradient_of=moved),
        )
        if len(inputs) == 2:
            return *looked, Kept("found", found)
        mask = kept_input(inputs[2], 2)._replace(gradient_of=moved)
        return *looked, mask, Kept("found", found, gradient_of=(2,)), Kept("masked", found)

    def scratch(self, *inputs: Shape) -> int:
        """What the taps find, and where they look."""
        return self.found(*inputs) * len(inputs[1:]) + prod(inputs[1])

    def stages(self, *inputs: Shape) -> tuple[Stage, ...]:
        """Where to look, from -1 to 1 along each axis, what is found there, that by the mask, and
        the products with the weight."""
        read, places, *mask = self.kept(*inputs)
        found = mask[-2] if len(mask) > 1 else mask[-1]
        places_each = places.each // 2
        stages = [
            *self.looking(places_each),
            Stage(Kept("stacked", places.each), ("across", "down"), handed=("across", "down")),
            moved(places, "stacked", held=True),
            looked_up(found._replace(gradient_of=()), "places", (read, places)),
        ]
        if len(inputs) > 2:
            given, found, masked = mask
            stages.append(multiplied(masked, "found", "input 3", (given, found)))
        last = stages[-1].makes
        output = kept_output(self.output_shape(*inputs))
        keeps = last, kept_weight("weight", always=True)
        return *stages, Stage(output, (last.name,), keeps, trained=True, cast="half")

    def looking(self, each: int) -> Iterator[Stage]:
        """The rows and columns, then how far down and across these are."""
        for name in ("rows", "columns"):
            yield Stage(Kept(name, each), ("input 2",), held=True)
        for name, far in (("rows", "down"), ("columns", "across")):
            between = f"{name}, doubled", f"{name}, and 1"
            makes = Kept(far, each)
            *before, last = shifted_and_divided(makes, name, *between)
            yield from (*before, last._replace(held=True))

    def window(self, *inputs: Shape) -> Window:
        return EVERYTHING

    def rest(self, *inputs: Shape) -> tuple[int, ...]:
        return ()

    def lost(self, *inputs: Shape) -> tuple[int, ...]:
        return ()

    def across(self, *inputs: Shape) -> Across:
        """A group of filters reads its channels, and the offsets of the parts that these are in."""
        filters = self.filters // self.groups
        return Across(
            tuple(
                Reads(range(group * filters, (group + 1) * filters), taps, number=number)
                for group in range(self.groups)
                for number, taps in enumerate(self.read_by(group, *inputs))
            )
        )

    def read_by(self, group: int, *inputs: Shape) -> Iterator[range]:
        """Of each input, the channels that a group of filters reads."""
        channels = inputs[0][0] // self.groups
        first, behind = group * channels, (group + 1) * channels
        yield range(first, behind)
        parts = inputs[1][0] // (2 * self.taps(inputs[0]))
        each = inputs[0][0] // parts
        for given, *_ in inputs[1:]:
            width = given // parts
            yield range(first // each * width, -(-behind // each) * width)

    def torch(self, *inputs: Shape) -> TorchModule:
        slides = self.slides(inputs[0])
        arguments = {
            "in_channels": inputs[0][0],
            "out_channels": self.filters,
            **window_arguments(slides),
            "padding": tuple(slide.before for slide in slides),
            "dilation": tuple(slide.dilation for slide in slides),
            "groups": self.groups,
            "bias": self.bias,
        }
        return TorchModule("DeformConv2d", arguments, positional=3, defaults=DEFAULTS)

    def arithmetic(self, *inputs: Shape) -> Arithmetic:
        reads = inputs[0][0] // self.groups
        return self.dot_products(inputs[0], self.output_shape(*inputs), reads)
