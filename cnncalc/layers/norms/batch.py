"""Norms over the batch that keep less than batch norm does."""

from math import prod
from typing import ClassVar

from cnncalc.layers.base import (
    INDEX,
    OWN,
    Across,
    Flattening,
    Kept,
    Layer,
    Ops,
    Shape,
    Stage,
    Statistics,
    TorchModule,
    Weight,
    kept_output,
)
from cnncalc.layers.fields import Flag, NonNegativeNumber
from cnncalc.layers.norms.norm import linear
from cnncalc.layers.stages import added


class MeanOnlyBatchNorm(Layer, kind="mean_only_batch_norm"):
    """Each channel to mean 0 over the batch, then shifted; its variance stays (Salimans & Kingma
    2016, who set it behind weight norm). At test time the mean is fixed: 1 addition for each value.

        - mean_only_batch_norm

    shift: whether each channel has a trained shift
    momentum: share of a new batch in the running mean
    """

    role = "norm"
    flattening: ClassVar[Flattening] = "single"

    shift: Flag = True
    momentum: NonNegativeNumber = 0.1

    def weights(self, *inputs: Shape) -> tuple[Weight, ...]:
        channels = inputs[0][:1]
        running = Weight("running_mean", channels, buffer=True)
        count = Weight("num_batches_tracked", (), buffer=True, width=INDEX)
        return *((Weight("bias", channels),) if self.shift else ()), running, count

    def ops(self, *inputs: Shape) -> Ops:
        return Ops(additions=prod(inputs[0]))

    def across(self, *inputs: Shape) -> Across:
        return OWN

    def statistics(self, *inputs: Shape) -> Statistics:
        return Statistics((1, inputs[0][0], *(1 for _ in inputs[0][1:])), running=True)

    def stages(self, *inputs: Shape) -> tuple[Stage, ...]:
        """The mean, what shifts by it, and the shifted."""
        channels = inputs[0][0]
        reads = ("input", "by")
        by = Stage(Kept("by", 0, channels), ("mean",), held=True)
        return (
            Stage(Kept("mean", 0, channels), held=True),
            by._replace(trained=True, cast="weights") if self.shift else by,
            Stage(kept_output(inputs[0]), reads, handed=reads, spread=True, alike=True),
        )

    def stages_at_rest(self, *inputs: Shape) -> tuple[Stage, ...]:
        by = Stage(Kept("by", 0, inputs[0][0]), (), held=True, cast="weights")
        return by, Stage(kept_output(inputs[0]), ("input", "by"), alike=True)

    def torch(self, *inputs: Shape) -> TorchModule:
        arguments = {"channels": inputs[0][0], "momentum": self.momentum, "shift": self.shift}
        defaults = {"momentum": 0.1, "shift": True}
        return TorchModule("MeanOnlyBatchNorm", arguments, positional=1, defaults=defaults)


class FrozenBatchNorm(Layer, kind="frozen_batch_norm"):
    """A batch norm that learns no more: its statistics, scale and shift are buffers, in training as
    at test time. Detectors begin with one. 1 multiplication and 1 addition for each value.

        - frozen_batch_norm

    eps: added to the variance
    """

    role = "norm"
    flattening: ClassVar[Flattening] = "single"

    eps: NonNegativeNumber = 1e-5

    def weights(self, *inputs: Shape) -> tuple[Weight, ...]:
        names = ("weight", "bias", "running_mean", "running_var")
        return tuple(Weight(name, inputs[0][:1], buffer=True) for name in names)

    def ops(self, *inputs: Shape) -> Ops:
        return linear(prod(inputs[0]))

    def kept(self, *inputs: Shape) -> tuple[Kept, ...]:
        return (Kept("scale", 0, inputs[0][0], gradient_of=(0,)),)

    def connections(self, *inputs: Shape) -> int:
        return 2 * prod(inputs[0])

    def across(self, *inputs: Shape) -> Across:
        return OWN

    def statistics(self, *inputs: Shape) -> Statistics:
        return Statistics((1, inputs[0][0], *(1 for _ in inputs[0][1:])), running=True, fixed=True)

    def stages(self, *inputs: Shape) -> tuple[Stage, ...]:
        """The scale, the shift, and both applied."""
        (scale,) = self.kept(*inputs)
        product = Kept("product", prod(inputs[0]))
        return (
            Stage(scale, (), held=True, cast="weights"),
            Stage(scale._replace(name="shift"), (), held=True, cast="weights"),
            Stage(product, keeps=(scale,), cast="weights"),
            added(kept_output(inputs[0]), "product"),
        )

    def torch(self, *inputs: Shape) -> TorchModule:
        arguments = {"channels": inputs[0][0], "eps": self.eps}
        return TorchModule("FrozenBatchNorm", arguments, positional=1, defaults={"eps": 1e-5})
