"""Sequences, features x steps: making them, and what is learned of their places."""

from collections.abc import Iterator
from math import prod

from cnncalc.layers.axes import OptionalOne, place
from cnncalc.layers.base import (
    COLLAPSED,
    EVERY,
    INDEX,
    OWN,
    POINTWISE,
    Across,
    Arithmetic,
    Axis,
    Kept,
    Layer,
    Ops,
    Problem,
    Reads,
    Shape,
    ShapeError,
    Stage,
    TorchModule,
    Weight,
    Window,
    kept_input,
    kept_output,
    products,
    times,
)
from cnncalc.layers.fields import Flag, OptionalIndex, OptionalPositive, Positive, counted
from cnncalc.layers.parametrized import (
    check_ways,
    computing,
    kept_of_weights,
    weights,
    wrapper,
)
from cnncalc.layers.stages import weighed
from cnncalc.layers.windows import spatial


def sequence(layer: Layer, shape: Shape) -> tuple[int, int]:
    """The features and steps of `shape`. Raises ShapeError."""
    if len(shape) != 2:
        fact = f"`{layer.kind}` reads a sequence, features x steps, got {times(shape)}"
        hint = "`to_sequence` before it" if len(shape) > 2 else "an input of `1x16`, say"
        raise ShapeError(fact, hint)
    return shape[0], shape[1]


def transposed(shape: Shape, directions: int = 1) -> Kept:
    """A sequence as it is kept step by step: a copy for each direction, but for a single step."""
    if shape[1] == 1:
        return kept_input(shape)
    return Kept("transposed", directions * prod(shape))


class ToSequence(Layer, kind="to_sequence"):
    """A map as a sequence: a step for each position, row by row, or for each place along one axis.

        - to_sequence

    axis: `width` makes a step of each column, in which channels and rows are the features (Shi
        2015); so `channels`, `depth`, `height`, `steps` for the last one, or 0 to 3
    """

    role = "move"

    axis: OptionalOne = None

    @property
    def view(self) -> bool:
        return self.axis in (None, "width", "steps")

    @property
    def same_layout(self) -> bool:
        return self.axis is None

    def number(self, shape: Shape) -> int:
        """The number of the axis along which the steps are. Raises ShapeError."""
        spatial(self, shape)
        return place(self.axis or 0, shape, "axis")

    def others(self, shape: Shape) -> list[int]:
        """The sizes of the axes that are not."""
        number = self.number(shape)
        return [size for axis, size in enumerate(shape) if axis != number]

    def output_shape(self, *inputs: Shape) -> Shape:
        shape = inputs[0]
        if self.axis is None:
            return shape[0], prod(spatial(self, shape))
        return prod(self.others(shape)), shape[self.number(shape)]

    def window(self, *inputs: Shape) -> Window:
        kept = len(inputs[0]) == 2 and (self.axis is None or self.number(inputs[0]) == 1)
        return POINTWISE if kept else COLLAPSED

    def across(self, *inputs: Shape) -> Across:
        """A feature for each place along the other axes, those of a channel behind one another."""
        if self.axis is None:
            return OWN
        if not self.number(inputs[0]):
            return EVERY
        each = prod(self.others(inputs[0])[1:])
        return Across((Reads(taps=range(1), step=1, repeat=each),))

    def torch(self, *inputs: Shape) -> TorchModule:
        if self.axis is None:
            return TorchModule("nn.Flatten", {"start_dim": 2})
        if self.view:
            return TorchModule("nn.Flatten", {"start_dim": 1, "end_dim": -2})
        return TorchModule("StepsAlong", {"dim": self.number(inputs[0]) + 1}, positional=1)

    def arithmetic(self, *inputs: Shape) -> Arithmetic:
        if self.axis is None:
            return Arithmetic(space=(products(*inputs[0][1:]),))
        steps = str(inputs[0][self.number(inputs[0])])
        return Arithmetic(products(*self.others(inputs[0])), (steps,))


class Embedding(Layer, kind="embedding"):
    """A learned vector for each index that arrives, one index a step. It is looked up, which takes
    no operation.

        - embedding: {vocabulary: 10_000, features: 128}

    vocabulary: number of indices, counted from 0
    features: length of the vectors
    padding_index: the index whose vector begins as zeros and does not train, of what only fills up
        short sequences; none, unless given
    weight_norm: whether each vector is kept as direction and length (Salimans & Kingma 2016)
    spectral_norm: whether the table is divided by its largest singular value (Miyato 2018)
    """

    role = "table"
    cast = "weights"
    indices = True

    vocabulary: Positive
    features: Positive
    padding_index: OptionalIndex = None
    weight_norm: Flag = False
    spectral_norm: Flag = False

    def check(self) -> Iterator[Problem]:
        yield from check_ways(self)
        if self.padding_index is None:
            return
        if self.padding_index >= self.vocabulary:
            fact = f"index {self.padding_index} is not below `vocabulary: {self.vocabulary}`"
            yield Problem("padding_index", fact, "indices are counted from 0")
        if self.weight_norm:
            fact = "the zeros of `padding_index` have no direction"
            yield Problem("weight_norm", fact, "one of the two")

    def borrows(self, other: Layer) -> bool:
        return other.kind == "linear"

    def output_shape(self, *inputs: Shape) -> Shape:
        if len(inputs[0]) != 1 and (len(inputs[0]), inputs[0][0]) != (2, 1):
            fact = f"`embedding` reads one index a step, got {times(inputs[0])}"
            raise ShapeError(fact, f"an input of `1x{inputs[0][-1]}`")
        return self.features, inputs[0][-1]

    def weights(self, *inputs: Shape) -> tuple[Weight, ...]:
        return weights(self, (self.vocabulary, self.features), self.vocabulary)

    def kept(self, *inputs: Shape) -> tuple[Kept, ...]:
        """Of a weight that is computed, not that itself: its gradient needs the indices alone."""
        computed = kept_of_weights(self, self.weights(*inputs))
        return kept_input(inputs[0], width=INDEX), *computed[1:]

    def window(self, *inputs: Shape) -> Window:
        return POINTWISE if len(inputs[0]) == 2 else COLLAPSED

    def across(self, *inputs: Shape) -> Across:
        return EVERY

    def computed(self, *inputs: Shape) -> tuple[Stage, ...]:
        return computing(self, self.weights(*inputs))

    def torch(self, *inputs: Shape) -> TorchModule:
        arguments = {"num_embeddings": self.vocabulary, "embedding_dim": self.features}
        if self.padding_index is not None:
            arguments["padding_idx"] = self.padding_index
        return TorchModule("Embedding", arguments, wrapper=wrapper(self))

    def arithmetic(self, *inputs: Shape) -> Arithmetic:
        return Arithmetic(str(self.features))


class Position(Layer, kind="position"):
    """A learned number added to each value, so that places can be told apart (Gehring 2017).
    1 addition for each value.

        - position

    steps: of the longest sequence that it learns for; as many as arrive, unless given
    """

    role = "table"
    cast = "weights"

    steps: OptionalPositive = None

    def output_shape(self, *inputs: Shape) -> Shape:
        if self.steps is None:
            spatial(self, inputs[0])
        elif sequence(self, inputs[0])[1] > self.steps:
            fact = f"{counted(inputs[0][1], 'step')}, and `position` learns of {self.steps:,}"
            raise ShapeError(fact, f"`steps: {inputs[0][1]}`", field="steps")
        return inputs[0]

    def weights(self, *inputs: Shape) -> tuple[Weight, ...]:
        return (Weight("weight", self.table(inputs[0])),)

    def table(self, shape: Shape) -> Shape:
        """The shape of what is learned."""
        return shape if self.steps is None else (shape[0], self.steps)

    def ops(self, *inputs: Shape) -> Ops:
        return Ops(additions=prod(inputs[0]))

    def connections(self, *inputs: Shape) -> int:
        return prod(inputs[0])

    def across(self, *inputs: Shape) -> Across:
        return OWN

    def stages(self, *inputs: Shape) -> tuple[Stage, ...]:
        """Where it has learned for more, their gradient is put among zeros."""
        output = kept_output(inputs[0])
        if self.weights(*inputs)[0].size == prod(inputs[0]):
            return (weighed(output, "input"),)
        part = Stage(Kept("part", 0, prod(inputs[0])), (), trained=True, weight=True)
        both = ("input", "part")
        return part, Stage(output, both, handed=both, spread=True, cast="weights")

    def torch(self, *inputs: Shape) -> TorchModule:
        return TorchModule("Position", {"shape": self.table(inputs[0])})


class ClassToken(Layer, kind="class_token"):
    """A learned step before the first, in which attention gathers what is said of all of them
    (Devlin 2018, Dosovitskiy 2020).

    - class_token
    """

    role = "table"
    cast = "weights"

    def output_shape(self, *inputs: Shape) -> Shape:
        features, steps = sequence(self, inputs[0])
        return features, 1 + steps

    def weights(self, *inputs: Shape) -> tuple[Weight, ...]:
        return (Weight("weight", inputs[0][:1]),)

    def window(self, *inputs: Shape) -> Window:
        return Window((Axis(1, 1, (range(-1, 0),)),))

    def across(self, *inputs: Shape) -> Across:
        return OWN

    def torch(self, *inputs: Shape) -> TorchModule:
        return TorchModule("ClassToken", {"features": inputs[0][0]})

    def arithmetic(self, *inputs: Shape) -> Arithmetic:
        return Arithmetic(space=(f"1 + {inputs[0][1]}",))
