"""Squares of pixels as channels."""

from collections.abc import Iterator
from itertools import product
from typing import Annotated

from cnncalc.layers.base import (
    Across,
    Arithmetic,
    Axis,
    Layer,
    Reads,
    Shape,
    ShapeError,
    Stage,
    TorchModule,
    Window,
    kept_output,
    times,
)
from cnncalc.layers.fields import Choice, Positive
from cnncalc.layers.stages import rearranged

SquareOrder = Annotated[str, Choice("channels", "rows", "columns")]

FINEST = 8
"""The factor up to which channels that are pixels are told apart."""


def image(layer: Layer, shape: Shape, instead: str) -> tuple[int, int, int]:
    """Channels, height and width. Raises ShapeError, and says what takes other maps."""
    if len(shape) != 3:
        fact = f"`{layer.kind}` reads an image, got {times(shape)}"
        raise ShapeError(fact, instead)
    return shape[0], shape[1], shape[2]


def squares(factor: int, order: str, channels: int) -> Iterator[tuple[tuple[int, int], range]]:
    """Each place in a square of pixels, row and column, and which channels hold what stands there:
    of `channels` such squares, one behind the other."""
    for row, column in product(range(factor), repeat=2):
        number = column * factor + row if order == "columns" else row * factor + column
        if order == "channels":
            held = range(number, channels * factor**2, factor**2)
        else:
            held = range(number * channels, (number + 1) * channels)
        yield (row, column), held


class PixelUnshuffle(Layer, kind="pixel_unshuffle"):
    """Pixels become channels: each square of factor x factor pixels is one, what `pixel_shuffle`
    undoes.

        - pixel_unshuffle: {factor: 2, order: columns}

    factor: how much smaller each side becomes
    order: `channels` keeps the pixels of a channel together, as PyTorch does; else all channels of
        a pixel are, and pixels come by `rows` (TensorFlow, ONNX) or `columns` (Liu 2021)
    """

    role = "move"

    factor: Positive
    order: SquareOrder = "channels"

    def output_shape(self, *inputs: Shape) -> Shape:
        factor = self.factor
        channels, height, width = image(self, inputs[0], "`conv` strides over any map")
        if height % factor or width % factor:
            below, right = -height % factor, -width % factor
            fact = f"squares of {factor}x{factor} do not cover {height}x{width} evenly"
            hint = f"a map padded by `pad: [[0, {below}], [0, {right}]]`"
            raise ShapeError(fact, hint, field="factor", code="CNN402")
        return channels * factor**2, height // factor, width // factor

    def window(self, *inputs: Shape) -> Window:
        return Window((Axis(1, self.factor, (range(self.factor),)),) * 2)

    def across(self, *inputs: Shape) -> Across | None:
        """Each place in the squares has channels of its own."""
        if self.factor > FINEST:
            return None
        in_turn = self.order == "channels"
        order = "rows" if in_turn else self.order
        return Across(
            tuple(
                Reads(held, range(1), 1, axes=tuple(self.one_at(each) for each in place))
                for place, held in squares(self.factor, order, inputs[0][0])
            ),
            turns=self.factor**2 if in_turn else 1,
        )

    def one_at(self, place: int) -> Axis:
        """Of `factor` neighbouring pixels the one at `place`."""
        return Axis(1, self.factor, (range(place, place + 1),))

    def stages(self, *inputs: Shape) -> tuple[Stage, ...]:
        if self.order == "channels":
            return super().stages(*inputs)
        return rearranged(kept_output(self.output_shape(*inputs)))

    def torch(self, *inputs: Shape) -> TorchModule:
        if self.order == "channels":
            arguments: dict[str, object] = {"downscale_factor": self.factor}
            return TorchModule("nn.PixelUnshuffle", arguments, positional=1)
        arguments = {"factor": self.factor, "columns": self.order == "columns"}
        return TorchModule("PixelsToChannels", arguments)

    def arithmetic(self, *inputs: Shape) -> Arithmetic:
        channels, height, width = inputs[0]
        factor = self.factor
        space = (f"{height}/{factor}", f"{width}/{factor}")
        return Arithmetic(f"{channels}*{factor}*{factor}", space)
