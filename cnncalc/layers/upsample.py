"""Upsampling by a whole factor."""

from math import prod
from typing import Annotated

from cnncalc.layers.base import (
    COLLAPSED,
    LONGEST_CYCLE,
    NO_OPS,
    OWN,
    Across,
    Arithmetic,
    Axis,
    Layer,
    Ops,
    Shape,
    ShapeError,
    TorchModule,
    Window,
    times,
)
from cnncalc.layers.fields import Choice, Size
from cnncalc.layers.windows import per_axis, spatial

LINEAR = {1: "linear", 2: "bilinear", 3: "trilinear"}


class Upsample(Layer, kind="upsample"):
    """A map made larger by repeating its values or by mixing neighbours. Mixing k values takes k
    multiplications and k-1 additions: k is 2 per axis for `linear`, 4 for `cubic`.

        - upsample: {scale: 2, mode: linear}

    scale: how much larger each side becomes
    mode: `nearest` repeats; `linear` and (images only) `cubic` mix, with corners not aligned
    """

    role = "move"

    scale: Size
    mode: Annotated[str, Choice("nearest", "linear", "cubic")] = "nearest"

    def scales(self, shape: Shape) -> tuple[int, ...]:
        """The factor of each spatial axis. Raises ShapeError."""
        return per_axis(self.scale, len(spatial(self, shape)), "scale")

    def output_shape(self, *inputs: Shape) -> Shape:
        scales = self.scales(inputs[0])
        if self.mode == "cubic" and len(scales) != 2:
            fact = f"`cubic` upsampling reads an image, got {times(inputs[0])}"
            raise ShapeError(fact, "`mode: linear`", field="mode")
        pairs = zip(inputs[0][1:], scales, strict=True)
        return (inputs[0][0], *(size * scale for size, scale in pairs))

    def ops(self, *inputs: Shape) -> Ops:
        if self.mode == "nearest":
            return NO_OPS
        output = self.output_shape(*inputs)
        mixed = (2 if self.mode == "linear" else 4) ** (len(output) - 1)
        return Ops(multiplications=mixed, additions=mixed - 1).scaled(prod(output))

    def window(self, *inputs: Shape) -> Window:
        scales = self.scales(inputs[0])
        if max(scales) > LONGEST_CYCLE:
            return COLLAPSED
        return Window(
            tuple(
                Axis(scale, 1, tuple(self.taps(scale, phase) for phase in range(scale)))
                for scale in scales
            )
        )

    def taps(self, scale: int, phase: int) -> range:
        """Inputs that the outputs of one phase mix: the neighbours of its centre, which lies
        (2*phase + 1 - scale) / (2*scale) behind an input."""
        behind = 2 * phase + 1 - scale
        if self.mode == "nearest" or behind == 0:
            return range(1)
        nearest = -1 if behind < 0 else 0
        return (
            range(nearest, nearest + 2)
            if self.mode == "linear"
            else range(nearest - 1, nearest + 3)
        )

    def across(self, *inputs: Shape) -> Across:
        return OWN

    def torch(self, *inputs: Shape) -> TorchModule:
        scales = tuple(float(scale) for scale in self.scales(inputs[0]))
        if self.mode == "nearest":
            arguments: dict[str, object] = {"scale_factor": scales, "mode": "nearest"}
            return TorchModule("nn.Upsample", arguments, defaults={"mode": "nearest"})
        mode = LINEAR[len(scales)] if self.mode == "linear" else "bicubic"
        arguments = {"scale_factor": scales, "mode": mode, "align_corners": False}
        return TorchModule("nn.Upsample", arguments, defaults={"mode": "nearest"})

    def arithmetic(self, *inputs: Shape) -> Arithmetic:
        pairs = zip(inputs[0][1:], self.scales(inputs[0]), strict=True)
        return Arithmetic(space=tuple(f"{size}*{scale}" for size, scale in pairs))
