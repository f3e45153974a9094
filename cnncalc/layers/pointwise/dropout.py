"""Dropout, and noise: what happens in training alone."""

from math import prod

from cnncalc.layers.base import (
    OWN,
    Across,
    Kept,
    Layer,
    Shape,
    Stage,
    TorchModule,
    kept_output,
)
from cnncalc.layers.fields import Flag, Fraction, NonNegativeNumber
from cnncalc.layers.stages import added, several
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
    same_layout = True
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
        """The mask, in the network's numbers; of single values a GPU has a byte for each."""
        if self.rate in (0, 1):
            return (Kept("zero", 0, 1),) if self.rate else ()
        return (Kept("mask", inputs[0][0] if self.spatial else prod(inputs[0])),)

    def across(self, *inputs: Shape) -> Across:
        return OWN

    def stages(self, *inputs: Shape) -> tuple[Stage, ...]:
        """Of single values, a CUDA device has a kernel of its own, whose mask has bytes."""
        (drop,) = super().stages(*inputs)
        if self.rate in (0, 1) or self.spatial:
            return (drop,)
        (mask,) = drop.keeps
        kernel = drop._replace(keeps=(mask._replace(width=1),), device="cuda")
        return drop._replace(device="cpu"), kernel

    def torch(self, *inputs: Shape) -> TorchModule:
        name = f"nn.Dropout{len(inputs[0]) - 1}d" if self.spatial else "nn.Dropout"
        return TorchModule(name, {"p": self.rate}, positional=1)


class AlphaDropout(Dropout, kind="alpha_dropout"):
    """In training, a share of the values at random becomes what `selu` falls to, and all are scaled
    and shifted to the mean and variance they had (Klambauer 2017); at test time nothing happens.

        - alpha_dropout: 0.1

    rate: share that becomes so
    spatial: whether whole channels do, instead of single values
    """

    def stages(self, *inputs: Shape) -> tuple[Stage, ...]:
        """The mask, and what is added for it."""
        if self.rate in (0, 1):
            return super().stages(*inputs)
        (mask,) = self.kept(*inputs)
        shift = mask._replace(name="shift")
        drawn = (Stage(each, (), held=True) for each in (mask, shift))
        return *drawn, Stage(kept_output(inputs[0]), keeps=(mask,), alike=True)

    def torch(self, *inputs: Shape) -> TorchModule:
        name = "nn.FeatureAlphaDropout" if self.spatial else "nn.AlphaDropout"
        return TorchModule(name, {"p": self.rate}, positional=1)


class InTraining(Layer):
    """What at test time is not there."""

    view = True
    passes = True
    role = "move"
    flattening = "any"

    def across(self, *inputs: Shape) -> Across:
        return OWN


class DropPath(InTraining, kind="drop_path"):
    """Stochastic depth (Huang 2016): in training, a share of the samples at random becomes 0 as a
    whole, and the rest grow to make up for it; at test time nothing happens. It ends the branch of
    a residual block.

        - drop_path: 0.1

    rate: share of the samples
    """

    rate: Fraction

    @property
    def view_in_training(self) -> bool:
        return not self.rate

    def kept(self, *inputs: Shape) -> tuple[Kept, ...]:
        return (Kept("mask", 1),) if self.rate else ()

    def stages(self, *inputs: Shape) -> tuple[Stage, ...]:
        """What is drawn is held beside the mask that it becomes."""
        drawn = (Stage(Kept("drawn", 1), (), held=True),) if 0 < self.rate < 1 else ()
        return *drawn, *super().stages(*inputs)

    def torch(self, *inputs: Shape) -> TorchModule:
        return TorchModule("DropPath", self.values(), positional=1)


class GaussianNoise(InTraining, kind="gaussian_noise"):
    """In training, a number drawn from a normal distribution is added to each value; at test time
    nothing happens.

        - gaussian_noise: 0.1

    deviation: the distribution's standard deviation; its mean is 0
    """

    deviation: NonNegativeNumber

    @property
    def view_in_training(self) -> bool:
        return not self.deviation

    def stages(self, *inputs: Shape) -> tuple[Stage, ...]:
        """What is drawn, and that times the deviation."""
        values = prod(inputs[0])
        besides = several(values, 1)
        if self.view_in_training:
            return super().stages(*inputs)
        drawn = Stage(Kept("noise", values), (), besides=besides)
        return drawn, added(Kept("output", values), "input")

    def torch(self, *inputs: Shape) -> TorchModule:
        return TorchModule("GaussianNoise", self.values(), positional=1)
