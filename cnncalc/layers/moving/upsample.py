"""Interpolation: a map of another size."""

from collections.abc import Iterator
from math import prod
from typing import Annotated

from cnncalc.layers.base import (
    COLLAPSED,
    NO_OPS,
    OWN,
    Across,
    Arithmetic,
    Axis,
    Layer,
    Ops,
    Problem,
    Shape,
    ShapeError,
    TorchModule,
    Window,
    times,
)
from cnncalc.layers.fields import Choice, Flag, OptionalFactors, OptionalLikeness, OptionalSize
from cnncalc.layers.moving.sampling import Resized, one_way, sizes_like
from cnncalc.layers.windows import per_axis, spatial

LINEAR = {1: "linear", 2: "bilinear", 3: "trilinear"}
Factor = int | float
WAYS = ("scale", "size", "like")
"""Fields that say how large the output is."""


class Upsample(Layer, kind="upsample"):
    """A map of another size by repeating its values or by mixing neighbours. Mixing k values takes
    k multiplications and k-1 additions: k is 2 per axis for `linear`, 4 for `cubic`.

        - upsample: {scale: 2, mode: linear}

    scale: how much larger each side becomes; of a fraction, the size is rounded down
    mode: `nearest` repeats; `linear` and (images only) `cubic` mix
    size: the output's size, instead of `scale`
    like: the earlier layer whose size the output has, instead of `scale`
    align_corners: whether the corners of what is mixed stay where they are, instead of the edges
    """

    role = "move"
    axes_alike = (2, 3)
    cast = "full"

    scale: OptionalFactors = None
    mode: Annotated[str, Choice("nearest", "linear", "cubic")] = "nearest"
    size: OptionalSize = None
    like: OptionalLikeness = None
    align_corners: Flag = False

    def check(self) -> Iterator[Problem]:
        yield from one_way(self, WAYS)
        if self.align_corners and self.mode == "nearest":
            yield Problem("align_corners", "`nearest` mixes no corners", "`mode: linear`")

    def resized(self, shape: Shape) -> tuple[Resized, ...]:
        """How each spatial axis changes. Raises ShapeError."""
        sizes = spatial(self, shape)
        if self.scale is not None:
            pairs = zip(sizes, factors(self.scale, len(sizes)), strict=True)
            return tuple(Resized(n, int(n * by), by, self.align_corners) for n, by in pairs)
        if self.like is not None:
            wanted = sizes_like(self, self.like, shape)
        else:
            wanted = per_axis(self.size or 1, len(sizes), "size")
        sides = zip(sizes, wanted, strict=True)
        return tuple(Resized(n, output, None, self.align_corners) for n, output in sides)

    def output_shape(self, *inputs: Shape) -> Shape:
        axes = self.resized(inputs[0])
        if self.mode == "cubic" and len(axes) != 2:
            fact = f"`cubic` upsampling reads an image, got {times(inputs[0])}"
            raise ShapeError(fact, "`mode: linear`", field="mode")
        output = (inputs[0][0], *(axis.output for axis in axes))
        if min(output) < 1:
            fact = f"the scale leaves nothing of {times(inputs[0])}"
            raise ShapeError(fact, "a larger `scale`", field="scale", code="CNN402")
        return output

    def ops(self, *inputs: Shape) -> Ops:
        if self.mode == "nearest":
            return NO_OPS
        output = self.output_shape(*inputs)
        mixed = (2 if self.mode == "linear" else 4) ** (len(output) - 1)
        return Ops(multiplications=mixed, additions=mixed - 1).scaled(prod(output))

    def window(self, *inputs: Shape) -> Window:
        found: list[Axis] = []
        for each in self.resized(inputs[0]):
            axis = each.axis(self.mode)
            if axis is None:
                return COLLAPSED
            found.append(axis)
        return Window(tuple(found))

    def across(self, *inputs: Shape) -> Across:
        return OWN

    def torch(self, *inputs: Shape) -> TorchModule:
        axes = self.resized(inputs[0])
        arguments: dict[str, object] = {"size": tuple(axis.output for axis in axes)}
        if self.scale is not None:
            arguments = {"scale_factor": tuple(float(axis.scale or 1) for axis in axes)}
        arguments["mode"] = self.mode
        if self.mode != "nearest":
            arguments["mode"] = LINEAR[len(axes)] if self.mode == "linear" else "bicubic"
            arguments["align_corners"] = self.align_corners
        return TorchModule("nn.Upsample", arguments, defaults={"mode": "nearest"})

    def arithmetic(self, *inputs: Shape) -> Arithmetic:
        return Arithmetic(space=tuple(map(formula, self.resized(inputs[0]))))


def factors(scale: Factor | tuple[Factor, ...], rank: int) -> tuple[Factor, ...]:
    """The factor of each axis. Raises ShapeError."""
    return per_axis(scale, rank, "scale") if isinstance(scale, tuple) else (scale,) * rank


def formula(axis: Resized) -> str:
    """The size of an axis as it comes about."""
    if isinstance(axis.scale, float):
        return f"floor({axis.size}*{axis.scale!r})"
    return str(axis.output) if axis.scale is None else f"{axis.size}*{axis.scale}"
