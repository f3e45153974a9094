"""Layers of 1998 that later networks left behind (LeCun, Bottou, Bengio & Haffner)."""

from math import prod

from cnncalc.layers.base import (
    EVERY,
    EVERYTHING,
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
    Weight,
    Window,
    kept_input,
    kept_output,
    times,
)
from cnncalc.layers.fields import OptionalSize, Positive, Size
from cnncalc.layers.norms.norm import scale_and_shift
from cnncalc.layers.stages import by_number, by_weights, moved, squared
from cnncalc.layers.windows import Slide, Sliding, slides_over, window_arguments


class Subsample(Sliding, kind="subsample"):
    """The sum of each window times a trained coefficient, plus a trained bias; each channel has one
    of both (LeCun 1998). k-1 additions, 1 multiplication and 1 bias for a window of k, whose
    connections are k+1.

        - subsample: 2

    kernel: size of the window
    stride: step of the window; the size of the window, unless given
    """

    role = "pool"

    kernel: Size
    stride: OptionalSize = None

    def slides(self, shape: Shape) -> tuple[Slide, ...]:
        stride = self.kernel if self.stride is None else self.stride
        return slides_over(self, shape, self.kernel, stride, 0)

    def output_shape(self, *inputs: Shape) -> Shape:
        return (inputs[0][0], *self.slid(inputs[0]))

    def weights(self, *inputs: Shape) -> tuple[Weight, ...]:
        return scale_and_shift(inputs[0][0])

    def taps(self, shape: Shape) -> int:
        """Values in a window."""
        return prod(slide.kernel for slide in self.slides(shape))

    def ops(self, *inputs: Shape) -> Ops:
        each = Ops(additions=self.taps(inputs[0]), multiplications=1)
        return each.scaled(prod(self.output_shape(*inputs)))

    def kept(self, *inputs: Shape) -> tuple[Kept, ...]:
        sums = Kept("sums", prod(self.output_shape(*inputs)))
        return kept_input(inputs[0])._replace(gradient_of=(0,)), sums

    def connections(self, *inputs: Shape) -> int:
        return prod(self.output_shape(*inputs)) * (self.taps(inputs[0]) + 1)

    def across(self, *inputs: Shape) -> Across:
        return OWN

    def stages(self, *inputs: Shape) -> tuple[Stage, ...]:
        read, sums = self.kept(*inputs)
        means, scaled = (Kept(name, sums.each) for name in ("means", "scaled"))
        return (
            Stage(means, keeps=(read,)),
            by_number(sums, "means")._replace(held=True),
            by_weights(scaled, "sums", (sums,)),
            moved(kept_output(self.output_shape(*inputs)), "scaled"),
        )

    def torch(self, *inputs: Shape) -> TorchModule:
        window = window_arguments(self.slides(inputs[0]))
        return TorchModule("Subsample", {"channels": inputs[0][0], **window})

    def arithmetic(self, *inputs: Shape) -> Arithmetic:
        return Arithmetic(space=tuple(slide.formula for slide in self.slides(inputs[0])))


class Rbf(Layer, kind="rbf"):
    """The squared distance of the input to the centre of each unit, a pattern of -1 and 1 that
    stands for a class (LeCun 1998): the smallest wins. The centres are fixed, so they are buffers.
    For each unit and each of N inputs 1 multiplication and 2 additions, save 1 addition a unit.

        - rbf: 10

    units: number of units, the output's length
    """

    role = "table"
    curve = "squashing"
    gives = "distances"

    units: Positive

    def output_shape(self, *inputs: Shape) -> Shape:
        if len(inputs[0]) != 1:
            fact = f"`rbf` reads a vector, got {times(inputs[0])}"
            raise ShapeError(fact, "add `flatten` before it")
        return (self.units,)

    def weights(self, *inputs: Shape) -> tuple[Weight, ...]:
        return (Weight("centres", (self.units, inputs[0][0]), buffer=True),)

    def ops(self, *inputs: Shape) -> Ops:
        length = inputs[0][0]
        return Ops(additions=2 * length - 1, multiplications=length).scaled(self.units)

    def kept(self, *inputs: Shape) -> tuple[Kept, ...]:
        return (Kept("differences", self.units * inputs[0][0]),)

    def connections(self, *inputs: Shape) -> int:
        return self.units * inputs[0][0]

    def window(self, *inputs: Shape) -> Window:
        return EVERYTHING

    def across(self, *inputs: Shape) -> Across:
        return EVERY

    def stages(self, *inputs: Shape) -> tuple[Stage, ...]:
        (differences,) = self.kept(*inputs)
        squares = Kept("squares", differences.each)
        return (
            Stage(differences, handed=("input",), spread=True, cast="weights"),
            squared(squares, "differences", differences),
            moved(kept_output((self.units,)), "squares"),
        )

    def torch(self, *inputs: Shape) -> TorchModule:
        return TorchModule("Rbf", {"in_features": inputs[0][0], "units": self.units})

    def arithmetic(self, *inputs: Shape) -> Arithmetic:
        return Arithmetic(str(self.units))
