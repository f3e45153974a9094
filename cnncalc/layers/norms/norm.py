"""Normalisation, and a scale, trained or fixed."""

from collections.abc import Mapping
from math import prod
from typing import Annotated, ClassVar

from cnncalc.layers.base import (
    EVERY,
    INDEX,
    OWN,
    POINTWISE,
    STATISTICS,
    Across,
    Flattening,
    How,
    Kept,
    Layer,
    Ops,
    Reads,
    Shape,
    ShapeError,
    Stage,
    Statistics,
    TorchModule,
    Weight,
    Window,
    kept_input,
    kept_output,
    times,
)
from cnncalc.layers.fields import (
    Choice,
    Flag,
    NonNegativeNumber,
    Number,
    OptionalFlag,
    Positive,
    Real,
    counted,
)
from cnncalc.layers.groups import grouped_channels
from cnncalc.layers.norms.affine import (
    affine_connections,
    affine_ops,
    affine_weights,
    affine_wrapper,
    scaled,
    shifted,
)
from cnncalc.layers.stages import (
    added,
    by_number,
    by_weights,
    divided,
    local,
    moved,
    multiplied,
    several,
    squared,
    weighed,
)
from cnncalc.layers.windows import spatial


def scale_and_shift(*shape: int) -> tuple[Weight, ...]:
    """A trained factor and a trained summand."""
    return Weight("weight", shape), Weight("bias", shape)


def standardising(values: int, groups: int) -> Ops:
    """Taking `values` in equal `groups` to mean 0 and variance 1.

    A group of n: n-1 additions and 1 division for the mean; n subtractions, n squares, n-1
    additions and 1 division for the variance; 1 addition and 1 root for the deviation; n divisions.
    """
    return Ops(
        additions=3 * values - groups,
        multiplications=values,
        divisions=values + 2 * groups,
        powers=groups,
    )


def moments(each: int, fixed: int = 0) -> tuple[Kept, ...]:
    """As many means, and inverses of the deviations."""
    return Kept("means", each, fixed), Kept("deviations", each, fixed)


def linear(values: int) -> Ops:
    """A factor and a summand for each value."""
    return Ops(multiplications=values, additions=values)


class BatchNorm(Layer, kind="batch_norm"):
    """Each channel to mean 0 and variance 1 over the batch, then scaled and shifted. At test time
    the statistics are fixed and it is linear: 1 multiplication and 1 addition for each value.

        - batch_norm

    affine: whether each channel has a trained scale and shift
    eps: added to the variance
    momentum: share of a new batch in the running statistics
    track: whether running statistics are kept for test time; else those of what arrives are taken
    scale: whether there is the scale; as `affine` says, unless given
    shift: whether there is the shift; likewise
    """

    role = "norm"
    axes_alike: ClassVar[tuple[int, ...]] = (2, 3)
    cast = "statistics"
    working: ClassVar[How | None] = "standard"

    affine: Flag = True
    eps: NonNegativeNumber = 1e-5
    momentum: NonNegativeNumber = 0.1
    track: Flag = True
    scale: OptionalFlag = None
    shift: OptionalFlag = None
    standardizes = True
    module: ClassVar[str] = "BatchNorm"
    defaults: ClassVar[Mapping[str, object]] = {
        "eps": 1e-5,
        "momentum": 0.1,
        "affine": True,
        "track_running_stats": True,
    }

    @property
    def flattening(self) -> Flattening:
        return "single" if self.track else ""

    def output_shape(self, *inputs: Shape) -> Shape:
        if prod(inputs[0][1:]) == 1 and not self.track:
            fact = f"`{self.kind}` without `track` has one number a channel of {times(inputs[0])}"
            raise ShapeError(fact, "`track: true`, or `layer_norm`", code="CNN402")
        return inputs[0]

    def weights(self, *inputs: Shape) -> tuple[Weight, ...]:
        channels = inputs[0][0]
        trained = affine_weights(self, channels)
        running = (
            Weight("running_mean", (channels,), buffer=True),
            Weight("running_var", (channels,), buffer=True),
            Weight("num_batches_tracked", (), buffer=True, width=INDEX),
        )
        return trained + running if self.track else trained

    def ops(self, *inputs: Shape) -> Ops:
        values = prod(inputs[0])
        if self.track:
            return linear(values)
        return standardising(values, inputs[0][0]).plus(affine_ops(self, values))

    def kept(self, *inputs: Shape) -> tuple[Kept, ...]:
        return kept_input(inputs[0]), *moments(0, inputs[0][0])

    def connections(self, *inputs: Shape) -> int:
        return affine_connections(self, prod(inputs[0]))

    def statistics(self, *inputs: Shape) -> Statistics:
        return Statistics((1, inputs[0][0], *(1 for _ in inputs[0][1:])), self.track)

    def window(self, *inputs: Shape) -> Window:
        return POINTWISE if self.track else STATISTICS

    def across(self, *inputs: Shape) -> Across:
        return OWN

    def stages_at_rest(self, *inputs: Shape) -> tuple[Stage, ...]:
        """What it has tracked is there."""
        if not self.track:
            return self.stages(*inputs)
        return tuple(stage._replace(keeps=()) for stage in self.stages(*inputs))

    def torch(self, *inputs: Shape) -> TorchModule:
        rank = max(len(inputs[0]) - 1, 1)
        arguments = {
            "num_features": inputs[0][0],
            "eps": self.eps,
            "momentum": self.momentum,
            "affine": scaled(self) or shifted(self),
            "track_running_stats": self.track,
        }
        return TorchModule(
            f"nn.{self.module}{rank}d",
            arguments,
            wrapper=affine_wrapper(self),
            positional=1,
            defaults=self.defaults,
        )


class InstanceNorm(BatchNorm, kind="instance_norm"):
    """Each channel of each sample to mean 0 and variance 1; the statistics count as operations.

        - instance_norm: {affine: true}

    affine: whether each channel has a trained scale and shift
    track: whether running statistics are kept, and used at test time
    """

    working = None
    axes_alike = ()

    affine: Flag = False
    track: Flag = False
    module = "InstanceNorm"
    defaults: ClassVar[Mapping[str, object]] = {
        "eps": 1e-5,
        "momentum": 0.1,
        "affine": False,
        "track_running_stats": False,
    }

    @property
    def flattening(self) -> Flattening:
        return ""

    def statistics(self, *inputs: Shape) -> Statistics:
        return Statistics(("N", inputs[0][0], *(1 for _ in inputs[0][1:])), self.track)

    def output_shape(self, *inputs: Shape) -> Shape:
        if prod(spatial(self, inputs[0])) == 1 and not self.track:
            fact = f"`instance_norm` averages over positions, and {times(inputs[0])} has only one"
            raise ShapeError(fact, "`batch_norm` or `layer_norm`", code="CNN402")
        return inputs[0]

    def stages(self, *inputs: Shape) -> tuple[Stage, ...]:
        """What each channel has is repeated for each sample, whose statistics are then tracked by
        their means."""
        channels = inputs[0][0]
        tracked = Stage(Kept("tracked", 0, channels), ("running_mean",), blind=True)
        means = (tracked,) if self.track else ()
        return *self.repeated(channels), *self.normed(inputs[0]), *means

    def stages_at_rest(self, *inputs: Shape) -> tuple[Stage, ...]:
        norms = self.normed(inputs[0])
        if self.track:
            norms = tuple(norm._replace(keeps=()) for norm in norms)
        return *self.repeated(inputs[0][0]), *norms

    def normed(self, shape: Shape) -> tuple[Stage, ...]:
        """The norm, of what is repeated for each sample, and of a copy of what does not lie sample
        by sample and channel by channel."""
        repeated = tuple(stage.makes.name for stage in self.repeated(shape[0]))
        kept = self.kept(shape)
        norm = Stage(kept_output(shape), ("input", *repeated), kept, cast="statistics")
        laid = Kept("laid", prod(shape))
        of_it = tuple(local("laid") if each.of == "input" else each for each in kept)
        copied = moved(laid, "input"), norm._replace(reads=("laid", *repeated), keeps=of_it)
        otherwise = (each._replace(when=(0, ("turned", "steps"))) for each in copied)
        return norm._replace(when=(0, ("",))), *otherwise

    def repeated(self, channels: int) -> tuple[Stage, ...]:
        """What each channel has, for each sample."""
        trained = ("weight", scaled(self)), ("bias", shifted(self))
        running = ("running_mean", "running_var") if self.track else ()
        return (
            *(Stage(Kept(name, channels), (), held=True, cast="weights") for name in running),
            *(
                Stage(Kept(name, channels), (), trained=(name,), held=True)
                for name, has in trained
                if has
            ),
        )

    def kept(self, *inputs: Shape) -> tuple[Kept, ...]:
        """PyTorch takes the channels of all samples for those of one, and repeats for it what each
        channel has."""
        channels = inputs[0][0]
        factors = (Kept("weight", channels),) if scaled(self) else ()
        running = ("running_mean", "running_var") if self.track else ()
        repeated = (Kept(name, channels) for name in running)
        return kept_input(inputs[0]), *moments(channels), *factors, *repeated


class ByValue(Layer):
    """A norm that takes the values at each position, or of a sample, together.

    over: `channels`, those at each position by themselves, or `all` values of the sample together
    affine: whether each value normalised together has trained parameters of its own
    """

    role = "norm"
    cast = "full"
    flattening = "single"

    over: Annotated[str, Choice("channels", "all")] = "channels"
    affine: Flag = True

    def together(self, shape: Shape) -> Shape:
        """The shape of what is normalised together."""
        return shape if self.over == "all" else shape[:1]

    def groups(self, shape: Shape) -> int:
        """How often that is done."""
        return prod(shape) // prod(self.together(shape))

    def stages(self, *inputs: Shape) -> tuple[Stage, ...]:
        """Over the channels alone, they come out behind one another."""
        *before, last = super().stages(*inputs)
        turned = self.over == "channels" and len(inputs[0]) > 1
        return *before, last._replace(order="turned" if turned else "")

    def across(self, *inputs: Shape) -> Across:
        return OWN if self.over == "all" else EVERY

    def statistics(self, *inputs: Shape) -> Statistics:
        space = inputs[0][1:]
        return Statistics(("N", 1, *(space if self.over == "channels" else (1 for _ in space))))

    def window(self, *inputs: Shape) -> Window:
        return STATISTICS if self.over == "all" else POINTWISE


class LayerNorm(ByValue, kind="layer_norm"):
    """The values of a sample to mean 0 and variance 1, then scaled and shifted; the statistics
    count as operations.

        - layer_norm: all

    affine: whether each value normalised together has a trained scale and shift
    eps: added to the variance
    scale: whether there is the scale; as `affine` says, unless given
    shift: whether there is the shift; likewise
    """

    affine: Flag = True
    eps: NonNegativeNumber = 1e-5
    scale: OptionalFlag = None
    shift: OptionalFlag = None

    def weights(self, *inputs: Shape) -> tuple[Weight, ...]:
        return affine_weights(self, *self.together(inputs[0]))

    def ops(self, *inputs: Shape) -> Ops:
        values = prod(inputs[0])
        return standardising(values, self.groups(inputs[0])).plus(affine_ops(self, values))

    def kept(self, *inputs: Shape) -> tuple[Kept, ...]:
        return kept_input(inputs[0]), *moments(self.groups(inputs[0]))

    def connections(self, *inputs: Shape) -> int:
        return affine_connections(self, prod(inputs[0]))

    def torch(self, *inputs: Shape) -> TorchModule:
        together = self.together(inputs[0])
        arguments = {
            "normalized_shape": together,
            "eps": self.eps,
            "elementwise_affine": scaled(self) or shifted(self),
        }
        name = "nn.LayerNorm" if together == inputs[0] else "ChannelNorm"
        return TorchModule(name, arguments, wrapper=affine_wrapper(self))


class RmsNorm(ByValue, kind="rms_norm"):
    """The values of a sample divided by the root of their mean square, then scaled (Zhang &
    Sennrich 2019); the mean square counts as operations.

        - rms_norm

    affine: whether each value normalised together has a trained factor
    eps: added to the mean square; unless given, the least that the type of the numbers adds to 1
    """

    affine: Flag = True
    eps: Annotated[float | None, Real(0)] = None

    def weights(self, *inputs: Shape) -> tuple[Weight, ...]:
        return (Weight("weight", self.together(inputs[0])),) if self.affine else ()

    def ops(self, *inputs: Shape) -> Ops:
        """A group of n: n squares, n-1 additions and 1 division for the mean; 1 addition and 1 root
        for the divisor; n divisions. Then, if `affine`, 1 multiplication for each value."""
        values, groups = prod(inputs[0]), self.groups(inputs[0])
        return Ops(
            additions=values,
            multiplications=2 * values if self.affine else values,
            divisions=values + groups,
            powers=groups,
        )

    def kept(self, *inputs: Shape) -> tuple[Kept, ...]:
        """The inverses of the roots, and what the factors multiply; fused, the first alone."""
        read = kept_input(inputs[0])._replace(gradient_of=(0,))
        roots = Kept("roots", self.groups(inputs[0]), gradient_of=(0,))
        normal = (Kept("normal", prod(inputs[0])),) if self.affine else ()
        return read, roots, *normal

    def connections(self, *inputs: Shape) -> int:
        return prod(inputs[0]) if self.affine else 0

    def stages(self, *inputs: Shape) -> tuple[Stage, ...]:
        """The squares, their means and the inverses of their roots; what is normal by these, and
        the factors. Of places apart the channels are laid out at last."""
        read, roots, *_ = self.kept(*inputs)
        output = kept_output(inputs[0])
        apart = self.over == "channels" and len(inputs[0]) > 1
        normal = output._replace(name="normal")
        scaled = output._replace(name="scaled") if apart else output
        found = [
            squared(Kept("squares", output.each), "input", read),
            Stage(Kept("means", roots.each), ("squares",)),
            Stage(
                roots,
                ("means",),
                (roots,),
                held=True,
                beside=("squares",),
                behind=several(roots.each, 2),
            ),
            multiplied(normal, "input", "roots", (read, roots))._replace(cast="full"),
        ]
        if self.affine:
            found.append(by_weights(scaled, "normal", (local("normal"),)))
        if apart:
            read_last = found[-1].makes.name
            found.append(moved(output, read_last)._replace(order="turned"))
        elif not self.affine:
            found[-1] = found[-1]._replace(makes=output)
        return tuple(found)

    def torch(self, *inputs: Shape) -> TorchModule:
        together = self.together(inputs[0])
        arguments = {
            "normalized_shape": together,
            "eps": self.eps,
            "elementwise_affine": self.affine,
        }
        name = "nn.RMSNorm" if together == inputs[0] else "ChannelRmsNorm"
        defaults = {"eps": None, "elementwise_affine": True}
        return TorchModule(name, arguments, positional=1, defaults=defaults)


class GroupNorm(Layer, kind="group_norm"):
    """Groups of channels of each sample to mean 0 and variance 1, then scaled and shifted; the
    statistics count as operations.

        - group_norm: 32

    groups: parts the channels are split into
    affine: whether each channel has a trained scale and shift
    eps: added to the variance
    scale: whether there is the scale; as `affine` says, unless given
    shift: whether there is the shift; likewise
    """

    role = "norm"
    axes_alike = (2, 3)
    cast = "full"
    flattening = "single"

    groups: Positive
    affine: Flag = True
    eps: NonNegativeNumber = 1e-5
    scale: OptionalFlag = None
    shift: OptionalFlag = None

    def output_shape(self, *inputs: Shape) -> Shape:
        if grouped_channels(inputs[0], self.groups) * prod(inputs[0][1:]) == 1:
            fact = f"{counted(self.groups, 'group')} of {times(inputs[0])}: one value each"
            raise ShapeError(fact, "fewer `groups`", field="groups", code="CNN402")
        return inputs[0]

    def weights(self, *inputs: Shape) -> tuple[Weight, ...]:
        return affine_weights(self, inputs[0][0])

    def ops(self, *inputs: Shape) -> Ops:
        values = prod(inputs[0])
        return standardising(values, self.groups).plus(affine_ops(self, values))

    def kept(self, *inputs: Shape) -> tuple[Kept, ...]:
        """A shift needs none of it."""
        kept = kept_input(inputs[0]), *moments(self.groups)
        return kept if scaled(self) else tuple(each._replace(gradient_of=(0,)) for each in kept)

    def connections(self, *inputs: Shape) -> int:
        return affine_connections(self, prod(inputs[0]))

    def statistics(self, *inputs: Shape) -> Statistics:
        return Statistics(("N", self.groups, *(1 for _ in inputs[0][1:])))

    def window(self, *inputs: Shape) -> Window:
        return STATISTICS

    def across(self, *inputs: Shape) -> Across:
        return OWN

    def stages(self, *inputs: Shape) -> tuple[Stage, ...]:
        """A shift alone is added afterwards."""
        (norm,) = super().stages(*inputs)
        norm = norm._replace(dense=True)
        if scaled(self) or not shifted(self):
            return (norm,)
        normal = norm.makes._replace(name="normal")
        plain = norm._replace(makes=normal, trained=False, held=True)
        return plain, weighed(norm.makes, "normal")

    def torch(self, *inputs: Shape) -> TorchModule:
        arguments = {"num_groups": self.groups, "num_channels": inputs[0][0], "eps": self.eps}
        defaults: dict[str, object] = {"eps": 1e-5}
        if shifted(self) and not scaled(self):
            return TorchModule("ShiftedGroupNorm", arguments, positional=2, defaults=defaults)
        return TorchModule(
            "nn.GroupNorm",
            arguments | {"affine": scaled(self)},
            wrapper=affine_wrapper(self),
            positional=2,
            defaults=defaults | {"affine": True},
        )


class LocalResponseNorm(Layer, kind="local_response_norm"):
    """Each value divided by (k + alpha * m)^beta, m the mean square over `size` neighbouring
    channels (Krizhevsky 2012). For each value `size` additions, 2 multiplications, 2 divisions and
    1 power; a square is taken once.

        - local_response_norm: {size: 5, alpha: 1e-4, beta: 0.75, k: 2}

    size: number of neighbouring channels
    alpha: factor of the mean square
    beta: exponent
    k: added to the mean square
    """

    role = "contrast"

    size: Positive
    alpha: Number = 1e-4
    beta: Number = 0.75
    k: Number = 1.0

    def output_shape(self, *inputs: Shape) -> Shape:
        spatial(self, inputs[0])
        return inputs[0]

    def ops(self, *inputs: Shape) -> Ops:
        each = Ops(additions=self.size, multiplications=2, divisions=2, powers=1)
        return each.scaled(prod(inputs[0]))

    def kept(self, *inputs: Shape) -> tuple[Kept, ...]:
        """The squares, with a padding of channels; what is taken to a power, and that power."""
        channels, *sizes = inputs[0]
        values = prod(inputs[0])
        squares = Kept("squares", (channels + self.size - 1) * prod(sizes))
        return kept_input(inputs[0]), squares, Kept("sums", values), Kept("divisors", values)

    def across(self, *inputs: Shape) -> Across:
        before = self.size // 2
        return Across((Reads(taps=range(-before, self.size - before), step=1),))

    def stages(self, *inputs: Shape) -> tuple[Stage, ...]:
        read, squares, sums, divisors = self.kept(*inputs)
        each = sums.each
        return (
            multiplied(Kept("squared", each), "input", "input", (read,)),
            Stage(squares, ("squared",)),
            Stage(Kept("means", each), ("squares",), (squares,)),
            by_number(Kept("scaled", each), "means"),
            added(sums, "scaled"),
            squared(divisors, "sums", sums)._replace(beside=("means",)),
            divided(Kept("output", each), "input", "divisors", (read, divisors)),
        )

    def torch(self, *inputs: Shape) -> TorchModule:
        defaults = {"alpha": 1e-4, "beta": 0.75, "k": 1.0}
        return TorchModule("nn.LocalResponseNorm", self.values(), positional=1, defaults=defaults)


class LayerScale(Layer, kind="layer_scale"):
    """One trained factor for each channel (Touvron 2021), or for all. 1 multiplication for each
    value.

        - layer_scale: 1e-6

    init: what the factors start from
    shared: whether one factor is for all channels
    """

    role = "scale"
    flattening = "single"

    init: Number = 1e-6
    shared: Flag = False

    def weights(self, *inputs: Shape) -> tuple[Weight, ...]:
        return (Weight("weight", (self.factors(inputs[0]),)),)

    def factors(self, shape: Shape) -> int:
        """How many there are."""
        return 1 if self.shared else shape[0]

    def ops(self, *inputs: Shape) -> Ops:
        return Ops(multiplications=prod(inputs[0]))

    def kept(self, *inputs: Shape) -> tuple[Kept, ...]:
        return (kept_input(inputs[0]),)

    def connections(self, *inputs: Shape) -> int:
        return prod(inputs[0])

    def across(self, *inputs: Shape) -> Across:
        return OWN

    def stages(self, *inputs: Shape) -> tuple[Stage, ...]:
        return (by_weights(kept_output(inputs[0]), "input", self.kept(*inputs)),)

    def torch(self, *inputs: Shape) -> TorchModule:
        return TorchModule("LayerScale", {"channels": self.factors(inputs[0]), "init": self.init})


class Scale(Layer, kind="scale"):
    """Each value times a fixed number; Inception-ResNet scales its residuals so (Szegedy 2016).
    1 multiplication for each value.

        - scale: 0.17

    factor: the fixed number
    """

    same_layout = True
    role = "scale"
    flattening = "any"

    factor: Number

    def ops(self, *inputs: Shape) -> Ops:
        return Ops(multiplications=prod(inputs[0]))

    def across(self, *inputs: Shape) -> Across:
        return OWN

    def torch(self, *inputs: Shape) -> TorchModule:
        return TorchModule("Scale", self.values())
