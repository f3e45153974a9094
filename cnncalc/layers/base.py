"""What every layer kind is made of: fields, shapes, weights, operations, windows, PyTorch form."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, Literal, dataclass_transform

from cnncalc.layers.fields import FieldType
from cnncalc.records import NamedTuple

if sys.version_info >= (3, 14):
    from annotationlib import get_annotations
else:

    def get_annotations(cls: type) -> dict[str, Any]:
        """As `inspect` does, whose import takes as long as a fifth of ours."""
        found: dict[str, Any] = cls.__dict__.get("__annotations__", {})  # noqa: RUF063 (as above)
        return found


Shape = tuple[int, ...]
"""Channels, then zero to three spatial axes; no batch axis."""


Curve = Literal["", "rectifier", "squashing"]
Flattening = Literal["", "single", "any"]
Meaning = Literal["scores", "probabilities", "distances"]

Role = Literal[
    "weighted",  # products with a trained weight, and a bias: convolutions and linear layers
    "norm",  # brings what it reads to one scale
    "contrast",  # divides by what stands beside
    "scale",  # a factor, trained or fixed
    "activation",  # bends
    "pool",  # one value for a window
    "cells",  # several of these at once
    "sequence",  # a state or a weighing that runs over all steps
    "table",  # learned, whatever arrives
    "move",  # moves values, or leaves some out
    "join",  # makes one of several
]
"""What a kind does for a network."""


def times(shape: Iterable[object]) -> str:
    """`3x224x224`: a shape as specs and papers write it."""
    return "x".join(str(size) for size in shape)


def products(*sizes: object) -> str:
    """`3*11*11`."""
    return "*".join(str(size) for size in sizes)


class ShapeError(Exception):
    """A layer cannot read the shapes that arrive. `fact` says what is so, `hint` what to type."""

    def __init__(
        self, fact: str, hint: str | None = None, *, code: str = "CNN401", field: str | None = None
    ) -> None:
        super().__init__(fact)
        self.fact = fact
        self.hint = hint
        self.code = code
        self.field = field


class Problem(NamedTuple):
    """Fields of one layer that contradict each other; `field` is the one to point at."""

    field: str
    fact: str
    hint: str | None = None


INDEX = 8
"""Bytes of an index."""

FULL = 4
"""Bytes of a number of fp32."""

Cast = Literal[
    "",  # nothing: what it makes is as wide as the widest of what it reads
    "half",  # what it reads and its weights to 16 bits: products
    "full",  # what it reads to fp32: norms of a sample, powers
    "softmax",  # to fp32, save where it reads fp16 as it is
    "summed",  # nothing, but what it makes is fp32: sums and norms
    "widest",  # to the widest of what it reads
    "weights",  # nothing, but weights of fp32 make what it makes fp32
    "statistics",  # nothing: what it makes is as wide as what it reads, what it keeps is fp32
    "fp16",  # what it reads to fp16, whichever short type autocast has: cuDNN's recurrent layers
    "copied",  # nothing: weights, copied into one piece of fp16
]
"""What autocast does to what an operation reads, on a CUDA device: PyTorch's lists, and what comes
of operations that are on none of them."""


class Weight(NamedTuple):
    """A named tensor of a layer, named and shaped as PyTorch has it. A buffer is no parameter.
    width: bytes of one number; None: as many as the network's own have"""

    name: str
    shape: tuple[int, ...]
    buffer: bool = False
    width: int | None = None

    @property
    def size(self) -> int:
        """How many numbers it holds."""
        return math.prod(self.shape)


OF_WEIGHTS = (-1,)
"""What the gradient of the weights alone needs, in place of the numbers of inputs."""


class Kept(NamedTuple):
    """A tensor that a forward pass in training keeps for its backward.

    each, fixed: numbers in it, for each sample and whatever the batch is
    width: bytes of one; None: as many as the network's own numbers have
    of: whether it is an input of the layer or its output, which other layers may keep too, or a
        tensor of its own; or a weight by that name, which is there anyway unless it is cast
    number: of the inputs, which one
    gradient_of: the inputs whose gradient alone needs it, of any of them; `OF_WEIGHTS`, that of
        the layer's weights; none, where both do
    """

    name: str
    each: int
    fixed: int = 0
    width: int | None = None
    of: Literal["input", "output", "own", "weight"] = "own"
    number: int = 0
    gradient_of: tuple[int, ...] = ()

    def size(self, batch: int, width: int) -> int:
        """Its bytes, where the network's numbers have `width`."""
        return (self.each * batch + self.fixed) * (self.width or width)

    def new(self, stage: Stage, known: Container[str]) -> bool:
        """Whether it comes to be in a stage: it is what the layer has under no name yet."""
        return self.of == "own" and self.name not in known and self.name != stage.makes.name


Order = Literal[
    "",  # sample by sample, channel by channel
    "turned",  # sample by sample, the channels of each position behind one another
    "steps",  # step by step, all samples of a step behind one another, channels innermost
]
"""How the numbers of a tensor lie."""


class Stage(NamedTuple):
    """One operation of PyTorch's within a layer: what it makes of what, and what is left for its
    backward pass. Tensors have names: `input`, or `input 2` of the second; weights have none here.

    makes: what comes to be; its size is that of its gradient, too
    reads: of what, by name
    keeps: what its backward needs: an input, the output, what an earlier stage made, by that name;
        any other comes to be here
    view: whether what it makes is what it reads first, seen otherwise
    handed: of those that it reads, whose gradient is its own, as it is or seen otherwise
    spread: whether what it reads is spread to the size of what it makes, as is its gradient first
    held: whether a name holds what it makes until the layer is through
    trained: whether the gradients of the layer's weights are made in its backward: of all, or of
        those with such names
    narrow: whether the gradient of what it reads comes to be, no larger than its own: the last of
        many steps
    late: whether they, and those of what it reads, come little by little as what was kept goes
    weight: whether what it makes is a weight, seen otherwise
    besides: what comes and goes while it runs; behind: while its backward does, once all gradients
        are there, or, where it is the `gradient_of` one of those that it reads, once that one is
    beside: what a name, or a call of several stages, still holds meanwhile
    blind: whether what it makes has no gradient
    together: which of those that it reads have a gradient made in its backward, wanted or not
    dense: whether the gradient that arrives is laid out first, where it is a number seen often
    parts: whether the gradient of what it makes arrives part by part, to be put together in the end
    order: in which what it makes lies
    alike: whether that is the order of what it reads
    when: it runs only if an input lies so: of that number, in one of those orders
    spared: the orders of what it reads in which it is a copy that is none
    cast: what autocast does to what it reads
    device: on which it runs alone; autocast is that of CUDA devices
    """

    makes: Kept
    reads: tuple[str, ...] = ("input",)
    keeps: tuple[Kept, ...] = ()
    view: bool = False
    handed: tuple[str, ...] = ()
    spread: bool = False
    held: bool = False
    trained: bool | tuple[str, ...] = False
    narrow: bool = False
    late: bool = False
    weight: bool = False
    besides: tuple[Kept, ...] = ()
    behind: tuple[Kept, ...] = ()
    beside: tuple[str, ...] = ()
    blind: bool = False
    together: tuple[int, ...] = ()
    dense: bool = False
    parts: bool = False
    order: Order = ""
    alike: bool = False
    when: tuple[int, tuple[Order, ...]] | None = None
    spared: tuple[Order, ...] = ()
    cast: Cast = ""
    device: Literal["", "cpu", "cuda"] = ""

    def learning(self, trains: bool) -> Stage:
        """The same of weights that train, or without what their gradient alone needs."""
        if not any(kept.gradient_of == OF_WEIGHTS for kept in (*self.keeps, *self.behind)):
            return self
        keeps, behind = (
            tuple(
                kept._replace(gradient_of=()) if kept.gradient_of == OF_WEIGHTS else kept
                for kept in each
                if trains or kept.gradient_of != OF_WEIGHTS
            )
            for each in (self.keeps, self.behind)
        )
        return self._replace(keeps=keeps, behind=behind)

    def runs(self, orders: Sequence[Order]) -> bool:
        """Whether it does, where a layer's inputs lie in these orders."""
        return self.when is None or orders[self.when[0]] in self.when[1]


def name_of(number: int) -> str:
    """What the input of that number is called."""
    return f"input {number + 1}" if number else "input"


def cast_of(name: str) -> str:
    """What autocast's cast of a tensor or a weight is called."""
    return f"{name}, cast"


def names(count: int) -> list[str]:
    """What the inputs of a layer are called."""
    return [name_of(number) for number in range(count)]


def around(makes: Kept, read: Kept, mode: str, keeps: tuple[Kept, ...]) -> Stage:
    """A copy of the input with a padding around it. A circle is put together of parts; in its
    backward the gradient of each is added to what is left of the whole one (PyTorch's
    `CopySlices`), which is there three times then."""
    if mode != "circular":
        return Stage(makes, keeps=keeps)
    twice = Kept("parts", 2 * makes.each - read.each)
    return Stage(makes, keeps=keeps, behind=(twice,), dense=True)


def seen(makes: Kept) -> Stage:
    """The input, seen otherwise."""
    return Stage(makes, view=True, handed=("input",))


def kept_input(shape: Shape, number: int = 0, width: int | None = None) -> Kept:
    """The input of that number."""
    return Kept("input", math.prod(shape), 0, width, "input", number)


def kept_output(shape: Shape) -> Kept:
    """The output."""
    return Kept("output", math.prod(shape), of="output")


def kept_weight(name: str, always: bool = False) -> Kept:
    """A weight of that name, for the gradient of what is multiplied by it; or `always`, where one
    operation makes that and its own."""
    return Kept(name, 0, of="weight", gradient_of=() if always else (0,))


class Ops(NamedTuple):
    """Floating-point operations for one sample, by sort. A MAC is a multiplication and an addition;
    the other sorts are those outside MACs."""

    macs: int = 0
    additions: int = 0
    multiplications: int = 0
    divisions: int = 0
    comparisons: int = 0  # |x| too
    exponentials: int = 0  # exp, log, tanh, arctan, erf
    powers: int = 0  # roots and powers

    @property
    def flops(self) -> int:
        """`2 * macs` plus every other operation, one each."""
        return self.macs + sum(self)

    def scaled(self, factor: int) -> Ops:
        """Each count `factor` times."""
        return Ops(*[factor * count for count in self])

    def plus(self, other: Ops) -> Ops:
        """Both together, sort by sort."""
        return Ops(*[a + b for a, b in zip(self, other, strict=True)])


NO_OPS = Ops()


class Axis(NamedTuple):
    """What a layer's outputs read along one spatial axis.

    Outputs repeat in cycles of `period`; from one cycle to the next the reads move on by `step`
    inputs. Output `period * t + p` reads the inputs `step * t + tap` for each tap of `taps[p]`
    (none: an empty range). A convolution has period 1, an upsampling by 2 period 2.
    """

    period: int
    step: int
    taps: tuple[range, ...]


ALONE = Axis(1, 1, (range(1),))
"""Each output reads the input in its place."""


class Matrices(NamedTuple):
    """Products of two matrices that a layer makes, as linear layers do.

    macs: of one sample, of all of them
    side: the smallest side of the matrices, but for the one that a batch makes longer; 0: a kernel
    of its own makes them, that may be quicker
    rows: that one, of one sample; 0: a batch makes more such products
    """

    macs: int
    side: int
    rows: int = 0

    def smallest(self, batch: int) -> int:
        """The smallest side, with a batch."""
        return min(self.side, self.rows * batch) if self.rows else self.side


class Filters(NamedTuple):
    """What a convolution moves over a map: filters, over how many channels each, with windows of
    how many numbers; places: how often it multiplies with each, of one sample."""

    filters: int
    channels: int
    window: int
    places: int


class Window(NamedTuple):
    """Which inputs an output reads.

    axes: one per spatial axis; none: only its own position
    local: whether an output still belongs to a place in the input (not after a flatten)
    everything: whether each output reads the whole input
    turned: whether its channels are all places of the input: what reads each of them sees them all
    known: whether it is known at all
    """

    axes: tuple[Axis, ...] = ()
    local: bool = True
    everything: bool = False
    turned: bool = False
    known: bool = True


POINTWISE = Window()
UNKNOWN = Window(local=False, known=False)
COLLAPSED = Window(local=False)
TURNED = Window(local=False, turned=True)
EVERYTHING = Window(local=False, everything=True)
STATISTICS = Window(everything=True)


class Reads(NamedTuple):
    """Which channels some channels of an output read, at each position that the window names.

    The k-th of them reads the channels `tap + step * (k // repeat)`, for each tap of `taps`; what
    lies outside the input is nothing.

    outputs: which of the output's channels these are, one behind the other; all, unless given
    taps: all channels of the input, unless given
    number: of the input; all of them, unless given
    axes: what is read along each spatial axis, where it is not what the layer's window says
    """

    outputs: range | None = None
    taps: range | None = None
    step: int = 0
    repeat: int = 1
    number: int | None = None
    axes: tuple[Axis, ...] = ()


class Across(NamedTuple):
    """Which channels of its inputs each channel of a layer's output reads.

    reads: what is said twice of a channel, it reads both; one of which nothing is said is zeros
    turns: into how many equal parts the channels, so told, are split, to be taken from each in turn
    """

    reads: tuple[Reads, ...]
    turns: int = 1


EVERY = Across((Reads(),))
"""Each channel reads all."""

OWN = Across((Reads(taps=range(1), step=1),))
"""Each channel reads the one in its place."""


def grouped(channels: int, filters: int, groups: int) -> Across:
    """Each group of filters reads its own group of channels."""
    if groups == 1:
        return EVERY
    each = channels // groups
    return Across((Reads(taps=range(each), step=each, repeat=filters // groups),))


LONGEST_CYCLE = 256
"""Outputs after which reads must repeat for a receptive field to be followed; else unknown."""


OPERATORS = {"torch.add": "+", "torch.sub": "-", "torch.mul": "*", "torch.div": "/"}
"""Functions of PyTorch's that Python has signs for."""


class TorchModule(NamedTuple):
    """A layer's PyTorch form, as data.

    name: `nn.Conv2d`; a function that joins its inputs, `torch.cat`; or, without a dot, a class of
        cnncalc's own for what PyTorch lacks
    arguments: of its constructor, or of the function
    before: zeros (or `fill`) to put around its input first, in the order of `F.pad`
    mode: of that padding, as PyTorch's convolutions call it
    parts: the modules of an `nn.Sequential`
    wrapper: the function of `torch.nn.utils.parametrizations` that it passes through
    positional: how many of the arguments everybody gives by position
    defaults: PyTorch's own, which need not be written
    """

    name: str
    arguments: Mapping[str, Any] = {}
    before: tuple[int, ...] = ()
    fill: float = 0.0
    mode: str = "zeros"
    parts: tuple[TorchModule, ...] = ()
    wrapper: str = ""
    positional: int = 0
    defaults: Mapping[str, Any] = {}

    @property
    def is_function(self) -> bool:
        """Whether it is an operator or a function, without a module."""
        padding = self.name == "nn.Identity" and bool(self.before)
        return self.name.startswith("torch.") or padding

    @property
    def padding_mode(self) -> str:
        """What its input is padded with, as PyTorch calls it; by the module, unless before it."""
        return self.mode if self.before else str(self.arguments.get("padding_mode", "zeros"))

    @property
    def around(self) -> tuple[int, ...]:
        """What a copy of its input has around it, in the order of `F.pad`: put there first, or by
        the module itself, which makes no copy for zeros."""
        if self.before or self.padding_mode == "zeros":
            return self.before
        sides = reversed(self.arguments["padding"])
        return tuple(side for padding in sides for side in (padding, padding))

    @property
    def operator(self) -> str:
        """The sign that Python has for it; empty where it has none."""
        return OPERATORS.get(self.name, "")


How = Literal["products", "largest", "mean", "norm", "curve", "standard", "share", "logarithm"]
"""How one output comes about of numbers."""


class Statistics(NamedTuple):
    """What a norm takes its means and deviations of.

    shape: of the means, for a batch: `N` samples, and 1 along what they are taken over
    running: whether those of earlier batches are taken at test time: it is linear then
    fixed: whether they are in training, too
    """

    shape: tuple[int | str, ...]
    running: bool = False
    fixed: bool = False


class Arithmetic(NamedTuple):
    """The formulas of a layer's numbers, the numbers put in, as Python writes them.

    channels: of the output's channels, or a vector's length; empty where they stay as they are
    space: one for each spatial axis of the output; none where the sizes stay
    macs: of its MACs, where it has any
    """

    channels: str = ""
    space: tuple[str, ...] = ()
    macs: str = ""


_MISSING = object()


if TYPE_CHECKING:
    _Of = type["Layer"]  # which is a field below


class Field(NamedTuple):
    """A field of a layer kind. of: the class that has it of no other"""

    name: str
    type: FieldType
    default: Any
    of: _Of

    @property
    def doc(self) -> str:
        """What it means."""
        return field_docs(self.of)[self.name]

    @property
    def required(self) -> bool:
        """Whether a spec must give it."""
        return self.default is _MISSING


@dataclass_transform(frozen_default=True)
class Layer:
    """One layer kind: its fields and what follows from them and the input shapes.

    A subclass annotates its fields, the main one first. They are given by position or by name, and
    fixed from then on. Two layers are equal when kind and fields are.
    """

    kind: ClassVar[str]
    fields: ClassVar[dict[str, Field]] = {}
    joins: ClassVar[bool] = False

    branches: ClassVar[Mapping[str, bool]] = {}
    """What it may be told to read, each a field that is a branch as a join has them; and of each,
    whether it is what arrives where only others are told, or is left out."""

    whole: ClassVar[frozenset[int]] = frozenset()
    """The branches of a join of which each place of its output reads all."""

    scaling: ClassVar[tuple[str, ...]] = ()
    """Its modules that bring numbers to one scale, as a norm does, where it is none itself."""

    passes: ClassVar[bool] = False
    """Whether it hands on each number that it reads, in inference."""

    standardizes: ClassVar[bool] = False
    """Whether it takes each channel to mean 0 and variance 1, in training."""

    gathers: ClassVar[Literal["", "sum", "stack"]] = ""
    """Of a join: whether it sums its branches, or has their channels behind one another."""

    role: ClassVar[Role]

    curve: ClassVar[Curve] = ""
    """What it bends: weights before it begin by the scheme that suits it."""

    steepest: ClassVar[float] = 0.0
    """The slope where it is steepest, of what flattens out on both sides."""

    clamps: ClassVar[bool] = False
    """Whether it keeps numbers within bounds, as kernels of integers do when they store them."""

    working: ClassVar[How | None] = None
    """How an output comes about, of what can be worked out by hand."""

    stated: ClassVar[bool] = False
    """Whether its numbers are stated, and nothing else is known of it."""

    indices: ClassVar[bool] = False
    """Whether what it reads are indices."""

    axes_alike: ClassVar[tuple[int, ...]] = ()
    """Of how many axes the maps are of which its output lies in memory as its input does."""

    handed: ClassVar[bool] = False
    """Whether the gradients of what it reads are that of its output, seen otherwise."""

    cast: ClassVar[Cast] = ""
    """What autocast does to what it reads, of what is one operation."""

    reserves: ClassVar[bool] = False
    """Whether a library of a GPU keeps a space of its own for its backward, of which it alone knows
    the size."""

    one_backward: ClassVar[bool] = False
    """Whether one operation makes the gradients of what it reads and of its weights, and keeps all
    for both."""

    def __init_subclass__(cls, kind: str = "", **rest: Any) -> None:
        super().__init_subclass__(**rest)
        own = {
            name: Field(name, _field_type(annotation), cls.__dict__.get(name, _MISSING), cls)
            for name, annotation in get_annotations(cls).items()
            if hasattr(annotation, "__metadata__")
        }
        cls.fields = {**cls.fields, **own}
        if kind:  # after the fields: one of them may be called `kind`
            cls.kind = kind
            _KINDS[kind] = cls

    def __init__(self, *values: Any, **named: Any) -> None:
        given = dict(zip(self.fields, values, strict=False)) | named
        missing = [name for name, f in self.fields.items() if f.required and name not in given]
        unknown = given.keys() - self.fields.keys()
        if missing or unknown or len(values) > len(self.fields):
            raise TypeError(f"{self.kind}: missing {missing}, unknown {sorted(unknown)}")
        self.__dict__.update(given)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{self.kind} is frozen")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.values() == other.values()

    def __hash__(self) -> int:
        return hash((type(self), tuple(self.values().items())))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in self.values().items())})"

    def __str__(self) -> str:
        """As a field that holds it shows it: `max_pool (kernel 2)`."""
        given = self.values().items()
        said = (f"{k} {v}" for k, v in given if v != self.fields[k].default)
        return f"{self.kind} ({', '.join(said)})"

    def __reduce__(self) -> tuple[Any, ...]:
        """Its kind and its fields: some classes stand in no module by their name."""
        return _again, (type(self).__module__, type(self).kind, self.__dict__)

    def values(self) -> dict[str, Any]:
        """Every field's value, defaults included."""
        return {name: getattr(self, name) for name in self.fields}

    @property
    def gives(self) -> Meaning:
        """What its output is, at the end of a network that tells classes apart."""
        return "scores"

    @property
    def limits(self) -> tuple[float, float] | None:
        """Between which all lies that it gives, of what has such limits."""
        return None

    @property
    def flattening(self) -> Flattening:
        """Of which maps it makes the same before and behind a `flatten`: those of a `single`
        position, `any`, none."""
        return ""

    def resolve(self) -> Layer:
        """The layer this one stands for: itself, save for a kind that is an alias."""
        return self

    @property
    def inputs_first(self) -> bool:
        """Whether its weight has the inputs first, and behind them the units."""
        return False

    def borrows(self, other: Layer) -> bool:
        """Whether it can use the `weight` of a layer of another kind or form, and that alone: a
        bias is its own."""
        return False

    @property
    def weight_layers(self) -> int:
        """How many layers with weights it is, one behind another, as papers count a depth."""
        return 1 if self.role == "weighted" else 0

    @property
    def view(self) -> bool:
        """Whether its output, in inference, is its input, seen otherwise: it moves no number."""
        return False

    @property
    def same_layout(self) -> bool:
        """Whether its output lies in memory as its input does."""
        return self.passes

    def lies_alike(self, *inputs: Shape) -> bool:
        """The same, with these inputs."""
        axes = inputs[0][1:]
        return self.same_layout or (len(axes) in self.axes_alike and max(axes) > 1)

    @property
    def rests_ungraded(self) -> bool:
        """Whether it runs in training as at rest, where nothing that it reads or learns has a
        gradient."""
        return False

    @property
    def view_in_training(self) -> bool:
        """Whether its output is its input, seen otherwise, in training too."""
        return self.view

    @property
    def drawn(self) -> bool:
        """Whether its weight begins by a scheme that suits what bends behind it."""
        return False

    def check(self) -> Iterator[Problem]:
        """Rules across its own fields."""
        return iter(())

    def output_shape(self, *inputs: Shape) -> Shape:
        """The shape it makes of its inputs'. Raises ShapeError."""
        return inputs[0]

    def weights(self, *inputs: Shape) -> tuple[Weight, ...]:
        """Its parameters and buffers, in PyTorch's order."""
        return ()

    def constants(self, *inputs: Shape) -> tuple[Kept, ...]:
        """What it holds besides, which no file of weights has."""
        return ()

    def kept(self, *inputs: Shape) -> tuple[Kept, ...]:
        """What its forward pass in training keeps for its backward, besides weights, as PyTorch
        does it on a CPU for two samples or more."""
        return ()

    def scratch(self, *inputs: Shape) -> int:
        """Numbers that it takes as it runs, for one sample, beside its inputs and its output, where
        a planner of memory lays everything out."""
        return 0

    def stages(self, *inputs: Shape) -> tuple[Stage, ...]:
        """What PyTorch does in turn in training: a padding first, if it is put there by itself,
        then all at once."""
        output = Kept("output", math.prod(self.output_shape(*inputs)))
        if self.view_in_training:
            return (seen(output)._replace(alike=self.lies_alike(*inputs)),)
        kept = self.kept(*inputs)
        first = self.padded(*inputs)
        if first:
            looked = first[0].keeps
            kept = tuple(each for each in kept if each not in looked)
        reads = (first[0].makes.name if first else "input", *names(len(inputs))[1:])
        handed = reads if self.handed else ()
        computed = self.computed(*inputs)
        if not computed:
            kept = (*kept, *self.kept_weights_of(*inputs))
            stage = Stage(
                output, reads, kept, handed=handed, trained=True, alike=self.lies_alike(*inputs)
            )
            return *first, stage._replace(behind=self.behind(*inputs), cast=self.cast)
        weight = computed[-1].makes
        kept = tuple(each for each in kept if each.each or each.name == weight.name)
        reads, trained = (*reads, weight.name), ("bias",)
        alike = self.lies_alike(*inputs)
        last = Stage(output, reads, kept, trained=trained, alike=alike, cast=self.cast)
        return *first, *computed, last

    def kept_weights_of(self, *inputs: Shape) -> tuple[Kept, ...]:
        """The weights that products of 16 bits keep, cast: all but what is added."""
        if self.cast != "half":
            return ()
        factors = (weight.name for weight in self.weights(*inputs) if "bias" not in weight.name)
        return tuple(kept_weight(name, self.one_backward) for name in factors)

    def computed(self, *inputs: Shape) -> tuple[Stage, ...]:
        """How its weight is computed, where that is no weight of its own."""
        return ()

    def padded(self, *inputs: Shape) -> tuple[Stage, ...]:
        """The padding that is put around its input first; none, where its module does that."""
        form = self.torch(*inputs)
        shape = framed(inputs[0], form.around)
        if shape == inputs[0] or form.name == "nn.Identity":
            return ()
        kept = self.kept(*inputs)
        looked = tuple(each for each in kept if each.of == "input" and not each.number)
        padded, read = Kept("padded", math.prod(shape)), kept_input(inputs[0])
        put = around(padded, read, form.padding_mode, looked)
        return (put._replace(held=bool(form.before)),)

    def behind(self, *inputs: Shape) -> tuple[Kept, ...]:
        """What its backward takes as it runs, beside what it reads and makes."""
        return ()

    def stages_at_rest(self, *inputs: Shape) -> tuple[Stage, ...]:
        """The same in inference."""
        output = Kept("output", math.prod(self.output_shape(*inputs)))
        return (
            (seen(output)._replace(alike=self.lies_alike(*inputs)),)
            if self.view
            else self.stages(*inputs)
        )

    def without_gradients(self, stages: Sequence[Stage], *inputs: Shape) -> tuple[Stage, ...]:
        """Either, of weights that have none."""
        return tuple(stages)

    def read(self, *inputs: Shape) -> Kept:
        """What its module reads, kept: its input, or a copy with a padding around it."""
        shape = framed(inputs[0], self.torch(*inputs).around)
        if shape == inputs[0]:
            return kept_input(shape)
        return Kept("padded", math.prod(shape))

    def ops(self, *inputs: Shape) -> Ops:
        """Operations of one forward pass of one sample, in inference."""
        return NO_OPS

    def needed_macs(self, *inputs: Shape) -> int:
        """Its MACs without those of which the result is known: with the zeros of a padding, at
        steps that a mask hides."""
        return self.ops(*inputs).macs

    def fewest_macs(self, *inputs: Shape) -> int:
        """As many multiplications as its quickest algorithm in use needs."""
        return self.needed_macs(*inputs)

    def matrices(self, *inputs: Shape) -> tuple[Matrices, ...]:
        """The products of matrices that its MACs are; none where other kernels make them."""
        return ()

    def moved_filters(self, *inputs: Shape) -> Filters | None:
        """What it moves over a map, where all of its MACs come of that."""
        return None

    def needed_reads(self, *inputs: Shape) -> int:
        """How many of its inputs' numbers any output depends on, at least."""
        return sum(map(math.prod, inputs))

    def connections(self, *inputs: Shape) -> int:
        """Multiplications with a weight, and biases, each wherever it is used (LeCun 1998): its
        MACs, and a bias for each output if there is one."""
        biased = any(weight.name == "bias" for weight in self.weights(*inputs))
        biases = math.prod(self.output_shape(*inputs)) if biased else 0
        return self.ops(*inputs).macs + biases

    def macts(self, *inputs: Shape) -> int:
        """Numbers that come of its MACs, of one sample: the outputs of the convolutions, the linear
        maps and the matrix products in it."""
        return math.prod(self.output_shape(*inputs)) if self.ops(*inputs).macs else 0

    def window(self, *inputs: Shape) -> Window:
        """Which inputs each output reads."""
        return POINTWISE

    def across(self, *inputs: Shape) -> Across | None:
        """Which channels of its inputs each channel of its output reads, statistics apart; None:
        any of them."""
        return None

    def statistics(self, *inputs: Shape) -> Statistics | None:
        """What it takes means and deviations of, where it brings values to one scale."""
        return None

    def bent(self, x: float) -> float:
        """What a `curve` makes of one number."""
        raise NotImplementedError(self.kind)

    def rest(self, *inputs: Shape) -> tuple[int, ...]:
        """Per spatial axis, how far its last window stops short of the padded input's end."""
        return ()

    def lost(self, *inputs: Shape) -> tuple[int, ...]:
        """Per spatial axis, how many of its inputs no window ever reads."""
        return ()

    def torch(self, *inputs: Shape) -> TorchModule:
        """Its PyTorch form."""
        raise NotImplementedError(self.kind)

    def arithmetic(self, *inputs: Shape) -> Arithmetic:
        """The formulas of the numbers that it changes."""
        return Arithmetic()


def framed(shape: Shape, before: tuple[int, ...]) -> Shape:
    """The shape with a padding around it, in the order of `F.pad`."""
    grown = list(shape)
    for place, side in enumerate(before):
        grown[-1 - place // 2] += side
    return tuple(grown)


_KINDS: dict[str, type[Layer]] = {}
_LATER: dict[str, Callable[[], type[Layer]]] = {}


def known_kind(kind: str) -> type[Layer] | None:
    """The class of a kind, once its file is imported."""
    return _KINDS.get(kind) or (_LATER[kind]() if kind in _LATER else None)


def later_kind(kind: str, made: Callable[[], type[Layer]]) -> None:
    """Have the class of a kind made once someone asks for it."""
    _LATER[kind] = made


def _again(home: str, kind: str, values: Mapping[str, Any]) -> Layer:
    """A layer that was pickled."""
    import_module(home)
    found = known_kind(kind)
    assert found, kind
    return found(**values)


def _field_type(annotation: Any) -> FieldType:
    kind = annotation.__metadata__[0]
    assert isinstance(kind, FieldType)
    return kind


def summary(cls: type[Layer]) -> str:
    """The first paragraph of a kind's docstring."""
    return " ".join((cls.__doc__ or "").strip().split("\n\n")[0].split())


def example(cls: type[Layer]) -> str:
    """The YAML example of a kind's docstring."""
    lines = (cls.__doc__ or "").split("\n")
    return "\n".join(line.strip() for line in lines if line.strip().startswith("- "))


class _FieldDocs(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return ""


def field_docs(cls: type[Layer]) -> dict[str, str]:
    """What the docstring says of each field: its lines `name: text`, and those further in below."""
    docs, field, margin = _FieldDocs(), "", 0
    for line in (cls.__doc__ or "").split("\n"):
        text = line.strip()
        indent = len(line) - len(line.lstrip())
        name, colon, meaning = text.partition(": ")
        if field and text and indent > margin:
            docs[field] += f" {text}"
        elif colon and name.isidentifier():
            field, margin = name, indent
            docs[name] = meaning
        else:
            field = ""
    return docs
