"""A module of another program of which only numbers are known."""

from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar

from cnncalc.layers.base import (
    UNKNOWN,
    Layer,
    Ops,
    Problem,
    Shape,
    TorchModule,
    Weight,
    Window,
)
from cnncalc.layers.fields import Positive, Whole, Words
from cnncalc.layers.sizes import WholeShape

MOST = 10**18
"""Of what is stated."""

Stated = Annotated[int, Whole(0, MOST)]

BESIDES = ("second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
"""What it reads besides what arrives."""


class ForeignModule(Layer, kind="foreign"):
    """A module that no layer says, in numbers that are stated, not computed: what `import
    --placeholder` writes. Nothing checks them, and what they do not tell is unknown.

        - foreign: {module: "transformers:Router", output: 64x7x7, params: 4_160, macs: 200_704}

    module: what it is called where it comes from
    output: the shape of what it gives
    params: how many parameters it has
    macs: of one sample, as PyTorch counts them
    buffers: numbers that it keeps besides
    number: which of the module's outputs it is, from 1; its params, macs and buffers stand with
        the first
    first: what it reads; what arrives, unless given
    second: what it reads besides
    third: the same
    fourth: the same
    fifth: the same
    sixth: the same
    seventh: the same
    eighth: the same
    """

    role = "cells"
    stated = True
    branches: ClassVar[Mapping[str, bool]] = {"first": True, **dict.fromkeys(BESIDES, False)}

    module: Words
    output: WholeShape
    params: Stated
    macs: Stated
    buffers: Stated = 0
    number: Positive = 1

    def check(self) -> Iterator[Problem]:
        if self.number > 1:
            for name in ("params", "macs", "buffers"):
                if getattr(self, name):
                    fact = f"`{name}` stand with the first output, and this is output {self.number}"
                    yield Problem(name, fact, f"`{name}: 0`")

    def output_shape(self, *inputs: Shape) -> Shape:
        return self.output

    def weights(self, *inputs: Shape) -> tuple[Weight, ...]:
        params = (Weight("params", (self.params,)),) if self.params else ()
        buffers = (Weight("buffers", (self.buffers,), buffer=True),) if self.buffers else ()
        return params + buffers

    def ops(self, *inputs: Shape) -> Ops:
        return Ops(macs=self.macs)

    def window(self, *inputs: Shape) -> Window:
        return UNKNOWN

    def torch(self, *inputs: Shape) -> TorchModule:
        """A class that nobody has: nothing runs it."""
        return TorchModule("Foreign", self.values())
