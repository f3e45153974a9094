"""Dropout."""

from math import prod

from cnncalc.layers.base import OWN, Across, Kept, Layer, Shape, TorchModule
from cnncalc.layers.fields import Flag, Fraction
from cnncalc.layers.windows import spatial


class Dropout(Layer, kind="dropout"):
    """In training, a share of the values at random becomes 0 and the rest grow to make up for it;
    at test time nothing happens.

        - dropout: 0.5

    rate: share that becomes 0
    spatial: whether whole channels do, instead of single values
    """

    view = True
    passes = True
    role = "move"
    flattening = "any"

    rate: Fraction
    spatial: Flag = False

    def output_shape(self, *inputs: Shape) -> Shape:
        if self.spatial:
            spatial(self, inputs[0])
        return inputs[0]

    @property
    def view_in_training(self) -> bool:
        return not self.rate

    def kept(self, *inputs: Shape) -> tuple[Kept, ...]:
        """The mask, in the network's numbers; a GPU has a byte for each."""
        if self.rate in (0, 1):
            return (Kept("zero", 0, 1),) if self.rate else ()
        return (Kept("mask", inputs[0][0] if self.spatial else prod(inputs[0])),)

    def across(self, *inputs: Shape) -> Across:
        return OWN

    def torch(self, *inputs: Shape) -> TorchModule:
        name = f"nn.Dropout{len(inputs[0]) - 1}d" if self.spatial else "nn.Dropout"
        return TorchModule(name, {"p": self.rate}, positional=1)
