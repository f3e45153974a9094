"""Unpooling: the way back from a max pool."""

from math import prod
from typing import Annotated

from cnncalc.layers.base import (
    COLLAPSED,
    INDEX,
    LONGEST_CYCLE,
    OWN,
    Across,
    Arithmetic,
    Kept,
    Layer,
    Ops,
    Shape,
    ShapeError,
    Stage,
    TorchModule,
    Window,
    kept_output,
    times,
)
from cnncalc.layers.convolution.conv import Spread
from cnncalc.layers.fields import LayerInput
from cnncalc.layers.pooling.pool import MaxPool


class MaxUnpool(Layer, kind="max_unpool"):
    """Each value goes where an earlier max pool took its own from, between zeros (Zeiler 2011,
    Badrinarayanan 2017). The places are found again in the map that the pool read, which takes its
    comparisons: k-1 for a window of k. No gradient goes to that map.

        - max_unpool: pool1

    pool: the earlier `max_pool`
    """

    role = "move"

    pool: Annotated[MaxPool, LayerInput("max_pool")]

    def output_shape(self, *inputs: Shape) -> Shape:
        arriving, pooled = inputs
        if self.pool.torch(pooled).before:
            fact = "no way leads back from padding that is uneven, or more than half a window"
            raise ShapeError(fact, "its `padding` in numbers", field="pool", code="CNN402")
        made = self.pool.output_shape(pooled)
        if arriving != made:
            fact = f"the pool made {times(made)}, got {times(arriving)}"
            raise ShapeError(fact, "as many channels and the size of its output", code="CNN403")
        return pooled

    def ops(self, *inputs: Shape) -> Ops:
        return self.pool.ops(inputs[1])

    def kept(self, *inputs: Shape) -> tuple[Kept, ...]:
        return (Kept("index", prod(inputs[0]), width=INDEX),)

    def window(self, *inputs: Shape) -> Window:
        slides = self.pool.slides(inputs[1])
        if max(slide.stride for slide in slides) > LONGEST_CYCLE:
            return COLLAPSED
        spreads = (Spread(s.output, s.kernel, s.stride, s.dilation, s.before, 0) for s in slides)
        return Window(tuple(spread.axis for spread in spreads))

    def across(self, *inputs: Shape) -> Across:
        return OWN

    def stages(self, *inputs: Shape) -> tuple[Stage, ...]:
        """The map pooled once more, and zeros, in which what arrives is put."""
        (index,) = self.kept(*inputs)
        return (
            Stage(Kept("largest", index.each), (), held=True),
            Stage(index, (), held=True),
            Stage(Kept("zeros", prod(inputs[1])), (), held=True),
            Stage(kept_output(inputs[1]), keeps=(index,)),
        )

    def torch(self, *inputs: Shape) -> TorchModule:
        return TorchModule("MaxUnpool", self.pool.torch(inputs[1]).arguments)

    def arithmetic(self, *inputs: Shape) -> Arithmetic:
        return Arithmetic(space=tuple(str(size) for size in inputs[1][1:]))
