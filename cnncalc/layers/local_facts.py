"""What follows from a layer and the shapes that it reads, found once for all that are alike."""

from __future__ import annotations

from functools import cached_property

from cnncalc.layers.base import EVERY, NO_OPS, POINTWISE, Across, Layer, Ops, Shape, Weight, Window


class LocalFacts:
    """A layer and the shapes that it reads: what the layer says of them, asked when wanted. None
    stands for an input of the network, which reads none."""

    def __init__(self, layer: Layer | None, shapes: tuple[Shape, ...]) -> None:
        self.layer = layer
        self.shapes = shapes

    def __reduce__(self) -> tuple[type[LocalFacts], tuple[Layer | None, tuple[Shape, ...]]]:
        return LocalFacts, (self.layer, self.shapes)

    @cached_property
    def weights(self) -> tuple[Weight, ...]:
        """Its parameters and buffers."""
        return self.layer.weights(*self.shapes) if self.layer else ()

    @cached_property
    def sizes(self) -> tuple[int, int]:
        """How many numbers its parameters hold, and how many its buffers."""
        return sizes(self.weights)

    @cached_property
    def ops(self) -> Ops:
        """Its operations."""
        return self.layer.ops(*self.shapes) if self.layer else NO_OPS

    @cached_property
    def macts(self) -> int:
        """Numbers that come of its MACs."""
        return self.layer.macts(*self.shapes) if self.layer else 0

    @cached_property
    def window(self) -> Window:
        """Which inputs each output reads."""
        return self.layer.window(*self.shapes) if self.layer else POINTWISE

    @cached_property
    def across(self) -> Across | None:
        """Which channels each channel of its output reads; None: any."""
        return self.layer.across(*self.shapes) if self.layer else EVERY

    @cached_property
    def lost(self) -> tuple[int, ...]:
        """Per spatial axis, how many of its inputs no window ever reads."""
        return self.layer.lost(*self.shapes) if self.layer else ()


def sizes(weights: tuple[Weight, ...]) -> tuple[int, int]:
    """How many numbers the parameters among some weights hold, and how many the buffers."""
    buffers = sum(weight.size for weight in weights if weight.buffer)
    return sum(weight.size for weight in weights) - buffers, buffers
