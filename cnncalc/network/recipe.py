"""`train`: how a network is trained, as values. Nothing here trains, or reads YAML."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from cnncalc.diagnostics import Span
from cnncalc.layers.fields import (
    Choice,
    FieldError,
    FieldType,
    Flag,
    Fraction,
    NonNegative,
    NonNegativeNumber,
    OptionalPositive,
    Positive,
    Real,
    Whole,
    shown,
)
from cnncalc.records import NamedTuple


class Above(Real):
    """A number above 0."""

    def __init__(self) -> None:
        super().__init__(0)
        self.wants = "a number above 0"

    def accept(self, value: Any) -> float:
        """A float."""
        number = super().accept(value)
        if not number:
            raise FieldError(f"wants {self.wants}, got {shown(value)}")
        return number


class Proportion(Real):
    """A number from 0 to below 1."""

    def __init__(self) -> None:
        super().__init__(0, 1)
        self.wants = "a number from 0 to below 1"

    def accept(self, value: Any) -> float:
        """A float."""
        number = super().accept(value)
        if number == 1:
            raise FieldError(f"wants {self.wants}, got {shown(value)}")
        return number


class Epochs(FieldType):
    """Rising numbers of epochs."""

    wants = "epochs in rising order (`[80, 120]`)"

    def accept(self, value: Any) -> tuple[int, ...]:
        """A tuple of ints."""
        epochs = value if isinstance(value, tuple) else (value,)
        for epoch in epochs:
            Whole(1).accept(epoch)
        if not epochs or list(epochs) != sorted(set(epochs)):
            raise FieldError(f"wants {self.wants}, got `{shown(value)}`")
        return epochs


PositiveNumber = Annotated[float, Above()]
OptionalNumber = Annotated[float | None, Above()]
Momentum = Annotated[float, Proportion()]
OptionalMomentum = Annotated[float | None, Proportion()]
Angle = Annotated[float, Real(0, 180)]


class NamedPart(NamedTuple):
    """A layer, a group of layers or a head of the network, by its path."""

    path: str
    span: Span


class Factor(NamedTuple):
    """A number for a part of the network, or for a class by its name."""

    path: str
    value: float
    span: Span


# -- optimizers -----------------------------------------------------------------------------


class Sgd(NamedTuple):
    """Stochastic gradient descent.

    momentum: the share of the last step that is taken again
    nesterov: whether the gradient is taken where the momentum leads to
    """

    momentum: Momentum = 0.9
    nesterov: Flag = False


class Rmsprop(NamedTuple):
    """Steps divided by a running mean of the gradient's size (Tieleman & Hinton 2012).

    decay: of the running mean, a step
    momentum: the share of the last step that is taken again
    epsilon: added to the divisor
    """

    decay: Momentum = 0.99
    momentum: Momentum = 0.0
    epsilon: PositiveNumber = 1e-8


class Adadelta(NamedTuple):
    """Steps of the size of the steps before (Zeiler 2012).

    decay: of the running means, a step
    epsilon: added to dividend and divisor
    """

    decay: Momentum = 0.9
    epsilon: PositiveNumber = 1e-6


class Adam(NamedTuple):
    """Running means of the gradient and of its square (Kingma & Ba 2015).

    beta1, beta2: decay of the one and of the other, a step
    epsilon: added to the divisor
    """

    beta1: Momentum = 0.9
    beta2: Momentum = 0.999
    epsilon: PositiveNumber = 1e-8


class Adamw(NamedTuple):
    """Adam, with a weight decay apart from the gradient (Loshchilov & Hutter 2019).

    beta1, beta2: decay of the running means, a step
    epsilon: added to the divisor
    """

    beta1: Momentum = 0.9
    beta2: Momentum = 0.999
    epsilon: PositiveNumber = 1e-8


Optimizer = Sgd | Rmsprop | Adadelta | Adam | Adamw

OPTIMIZERS: dict[str, type[Optimizer]] = {
    "sgd": Sgd,
    "rmsprop": Rmsprop,
    "adadelta": Adadelta,
    "adam": Adam,
    "adamw": Adamw,
}

LEARNING_RATES = {Sgd: 0.01, Rmsprop: 1e-3, Adadelta: 1.0, Adam: 1e-3, Adamw: 1e-3}
"""What the learning rate is where a recipe does not say."""


# -- schedules ------------------------------------------------------------------------------


class Constant(NamedTuple):
    """The learning rate stays.

    warmup: epochs in which the rate rises from 0, step by step
    """

    warmup: NonNegativeNumber = 0.0


class Steps(NamedTuple):
    """The learning rate falls after certain epochs.

    after: epochs done when it falls
    factor: that it is multiplied with
    warmup: epochs in which the rate rises from 0, step by step
    """

    after: Annotated[tuple[int, ...], Epochs()] = ()
    factor: PositiveNumber = 0.1
    warmup: NonNegativeNumber = 0.0


class Exponential(NamedTuple):
    """The learning rate falls again and again.

    every: epochs from one fall to the next
    factor: that it is multiplied with
    warmup: epochs in which the rate rises from 0, step by step
    """

    every: Positive = 1
    factor: PositiveNumber = 0.94
    warmup: NonNegativeNumber = 0.0


class Cosine(NamedTuple):
    """The learning rate falls with every step along half a cosine (Loshchilov & Hutter 2017).

    final: share of the rate that is left at the end
    warmup: epochs in which the rate rises from 0, step by step
    """

    final: Fraction = 0.0
    warmup: NonNegativeNumber = 0.0


class Plateau(NamedTuple):
    """The learning rate falls when what is watched has not become better for a while.

    patience: epochs without a better value
    factor: that the rate is multiplied with
    lowest: share of the rate that it does not fall below
    warmup: epochs in which the rate rises from 0, step by step
    """

    patience: Positive = 5
    factor: PositiveNumber = 0.1
    lowest: Fraction = 0.0
    warmup: NonNegativeNumber = 0.0


Schedule = Constant | Steps | Exponential | Cosine | Plateau

SCHEDULES: dict[str, type[Schedule]] = {
    "constant": Constant,
    "steps": Steps,
    "exponential": Exponential,
    "cosine": Cosine,
    "plateau": Plateau,
}


# -- what has fields of its own -------------------------------------------------------------


class WeightDecay(NamedTuple):
    """What weights lose.

    rate: times the weight, added to its gradient (adamw: times the learning rate, off the weight)
    norms: whether the factors of normalisations, and of `layer_scale`, decay, too
    biases: whether biases do, those of normalisations among them
    """

    rate: NonNegativeNumber = 0.0
    norms: Flag = True
    biases: Flag = True


class EarlyStopping(NamedTuple):
    """When to stop.

    patience: epochs without a better value of what is watched
    """

    patience: Positive = 10


class Augment(NamedTuple):
    """Chance changes of what is trained on; what a change leaves empty is black, or silent.
    Sequences know `shift` and what follows `colour`, images what comes before `speed`, and `noise`.

    flip: mirrored by half a chance, from left to right (`horizontal`), upside down, or each
    shift: moved by up to this share of the size, each way; of a sequence, of its length
    crop: moved by up to so many whole pixels each way: a crop from an image with that margin
    rotation: turned by up to so many degrees each way
    zoom: made larger or smaller by up to this share
    shear: slanted by up to so many degrees each way
    elastic: bent: each of 3x3 places moves by chance, with this deviation in pixels, and what lies
        between them smoothly with them
    shade: made lighter or darker: all values times 1 - shade to 1 + shade
    colour: each channel lighter or darker by itself, likewise
    speed: played faster or slower by up to this share: resampled, so that the pitch moves, too
    stretch: faster or slower by up to this share, at the same pitch
    pitch: higher or lower by up to so many semitones, at the same speed
    compression: levels below the loudest value, in decibels, made smaller by up to this share
    noise: normal noise is added, of up to this deviation; pixels go from 0 to 1
    mixup: each becomes a mean of itself and another of its batch, and so does what is wanted of it;
        the share is drawn for each batch from Beta(mixup, mixup) (Zhang et al. 2018)
    cutmix: a box of each, of a sequence a stretch, is another's of its batch, and that share of
        what is wanted of it; the share is drawn from Beta(cutmix, cutmix) (Yun et al. 2019)
    """

    flip: Annotated[str, Choice("none", "horizontal", "vertical", "both")] = "none"
    shift: Momentum = 0.0
    crop: NonNegative = 0
    rotation: Angle = 0.0
    zoom: Momentum = 0.0
    shear: Annotated[float, Real(0, 80)] = 0.0
    elastic: NonNegativeNumber = 0.0
    shade: Fraction = 0.0
    colour: Fraction = 0.0
    speed: Annotated[float, Real(0, 0.9)] = 0.0
    stretch: Annotated[float, Real(0, 0.9)] = 0.0
    pitch: Annotated[float, Real(0, 24)] = 0.0
    compression: Momentum = 0.0
    noise: NonNegativeNumber = 0.0
    mixup: NonNegativeNumber = 0.0
    cutmix: NonNegativeNumber = 0.0


class Adversarial(NamedTuple):
    """How a generator trains against a discriminator (Goodfellow et al. 2014).

    loss: what each makes small: `logistic`, the cross-entropy of real and drawn, of which the
        generator's is the one that does not saturate; `hinge` (Lim & Ye 2017); `squares`, of the
        distance to 1 for real and 0 for drawn (Mao et al. 2017)
    steps: steps of the discriminator for each of the generator
    """

    loss: Annotated[str, Choice("logistic", "hinge", "squares")] = "logistic"
    steps: Positive = 1


# -- the whole ------------------------------------------------------------------------------


class Recipe(NamedTuple):
    """How a network is trained.

    epochs: passes over the training images
    steps: steps after which training ends, whatever the epoch
    batch: images at a time; on several devices or processes, of each of them
    accumulate: batches whose gradients are gathered for one step, which is then that of them all
    optimizer: what makes a step of gradients
    learning_rate: at the beginning, after the warm-up; each optimizer has a default of its own
    schedule: how the learning rate changes
    weight_decay: what weights lose
    loss: `cross_entropy` for classes; for numbers, and images drawn again, the mean of squares
        (`mse`), of absolute differences (`mae`), of the one below 1 and the other above (`huber`)
    adversarial: how it trains against a discriminator, of a generator
    label_smoothing: share of the target that is spread over all classes
    class_weights: what each class counts in the loss of training: by its name, those without one 1;
        `balanced`, as much as all others, however many images it has
    auxiliary: heads that are trained too, and the weight of their loss
    clip_value: bound of each value of the gradient
    clip_norm: bound of the gradient's length, all weights together
    max_norm: bound of the length of each unit's weights, held after every step
    ema: decay, a step, of a running mean of the weights, which is validated, tested and used in
        their place
    freeze: parts that do not train; their normalisations keep their statistics
    rates: parts, and the factor of the learning rate there
    augment: chance changes of the images, or sequences
    normalise: what values are before the network reads them: less the mean of their channel and
        over its deviation (`deviation`), less the mean alone (`mean`), less 0.5 (`half`: a byte x
        becomes x/255 - 0.5), from -1 to 1 (`symmetric`: x/127.5 - 1), or as they are (`none`)
    resize: whether images of another size are resized to the input
    recolour: whether grey images are given three channels, coloured ones one, as the input wants
    validation: share of the training images that is kept apart to validate with
    watch: what makes an epoch better: `error`, the share of wrong answers, or `loss`, both on the
        validation images
    early_stopping: when to stop before the last epoch
    precision: of the arithmetic; weights are float32 throughout. On a GPU, `tf32` multiplies them
        with 10 bits behind the point, `float32` with all 23
    recompute: groups that keep what they read alone, and run once more in the backward pass; `all`
        of them
    seed: of everything that is drawn by chance
    """

    epochs: Positive = 10
    steps: OptionalPositive = None
    batch: Positive = 64
    accumulate: Positive = 1
    optimizer: Optimizer = Adam()
    learning_rate: OptionalNumber = None
    schedule: Schedule = Constant()
    weight_decay: WeightDecay = WeightDecay()
    loss: Annotated[str | None, Choice("cross_entropy", "mse", "mae", "huber")] = None
    adversarial: Adversarial | None = None
    label_smoothing: Momentum = 0.0
    class_weights: Literal["balanced"] | tuple[Factor, ...] | None = None
    auxiliary: tuple[Factor, ...] = ()
    clip_value: OptionalNumber = None
    clip_norm: OptionalNumber = None
    max_norm: OptionalNumber = None
    ema: OptionalMomentum = None
    freeze: tuple[NamedPart, ...] = ()
    rates: tuple[Factor, ...] = ()
    augment: Augment = Augment()
    normalise: Annotated[str, Choice("deviation", "mean", "half", "symmetric", "none")] = (
        "deviation"
    )
    resize: Flag = False
    recolour: Flag = False
    validation: Momentum = 0.1
    watch: Annotated[str | None, Choice("error", "loss")] = None
    early_stopping: EarlyStopping | None = None
    precision: Annotated[str, Choice("float32", "tf32", "bfloat16", "float16")] = "float32"
    recompute: tuple[NamedPart, ...] = ()
    seed: NonNegative = 0

    @property
    def rate(self) -> float:
        """The learning rate."""
        return self.learning_rate or LEARNING_RATES[type(self.optimizer)]


KINDS: dict[str, dict[str, Any]] = {"optimizer": OPTIMIZERS, "schedule": SCHEDULES}
"""The fields of a recipe that are of one kind or another."""

GROUPS: dict[str, Any] = {
    "weight_decay": WeightDecay,
    "early_stopping": EarlyStopping,
    "adversarial": Adversarial,
    "augment": Augment,
}
"""The fields that have fields of their own; all but `augment` can be written as their first one."""


PARTS = ("freeze", "recompute")
"""The fields of a recipe that name parts of the network."""

FIXED = {"half": (0.5, 1.0), "symmetric": (0.5, 0.5), "none": (0.0, 1.0)}
"""Mean and deviation of the ways to normalise that do not look at the images."""

FACTORS: dict[str, Real] = {"rates": Real(0), "auxiliary": Real(0), "class_weights": Above()}
"""The fields of a recipe that give numbers to names, and the types of these numbers."""

BALANCED = "balanced"
"""What `class_weights` may be instead."""


def field_types(section: Any) -> dict[str, FieldType]:
    """The types of the fields that hold one value, by name."""
    from typing import get_type_hints  # evaluates what is written above: only where one is read

    hints = get_type_hints(section, include_extras=True)
    return {
        name: annotation.__metadata__[0]
        for name, annotation in hints.items()
        if hasattr(annotation, "__metadata__")
    }


def documented(section: Any) -> dict[str, str]:
    """What the docstring of a section says of each field. From Python 3.13 on it has no margin."""
    from inspect import cleandoc  # as above

    lines = r"^([a-z0-9_, ]+): (.*(?:\n    .*)*)"
    return {
        name: " ".join(text.split())
        for names, text in re.findall(lines, cleandoc(section.__doc__), re.MULTILINE)
        for name in names.split(", ")
    }


def kind_of(section: object) -> str:
    """`sgd` of a `Sgd`."""
    return type(section).__name__.lower()


def plain(recipe: Recipe) -> dict[str, Any]:
    """The recipe in dictionaries, lists, numbers and words, as a spec would write it."""
    return {name: _plain(name, value) for name, value in recipe._asdict().items()}


def _plain(name: str, value: Any) -> Any:
    if name in KINDS:
        return {"kind": kind_of(value)} | _listed(value._asdict())
    if name in GROUPS:
        return value and _listed(value._asdict())
    if name in PARTS:
        return [part.path for part in value]
    if name in FACTORS and isinstance(value, tuple):
        return {factor.path: factor.value for factor in value}
    return value


def _listed(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: list(v) if isinstance(v, tuple) else v for name, v in fields.items()}
