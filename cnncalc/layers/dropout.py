"""Dropout."""

from cnncalc.layers.base import Layer, Shape, TorchModule
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
    saves = "nothing"

    rate: Fraction
    spatial: Flag = False

    def output_shape(self, *inputs: Shape) -> Shape:
        if self.spatial:
            spatial(self, inputs[0])
        return inputs[0]

    def torch(self, *inputs: Shape) -> TorchModule:
        name = f"nn.Dropout{len(inputs[0]) - 1}d" if self.spatial else "nn.Dropout"
        return TorchModule(name, {"p": self.rate})
