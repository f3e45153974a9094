"""Layers of the neocognitron (Fukushima 1980)."""

from collections.abc import Iterator
from math import prod

from cnncalc.layers.around import torch_padding
from cnncalc.layers.base import (
    EVERY,
    Across,
    Arithmetic,
    Kept,
    Ops,
    Problem,
    Shape,
    Stage,
    TorchModule,
    Weight,
    kept_output,
    kept_weight,
)
from cnncalc.layers.fields import NonNegativeNumber, Padding, Positive, Size
from cnncalc.layers.stages import by_number, by_weights, divided, expanded, moved, several, squared
from cnncalc.layers.windows import Slide, Sliding, per_axis, slides_over, window_arguments


class SCells(Sliding, kind="s_cells"):
    """Planes of S-cells, which find a feature (Fukushima 1980): r * relu((1 + e)/(1 + i) - 1),
    where e is the sum of a * u over a window of all planes below, i is 2r/(1 + r) * b * v, and the
    V-cell there gives v, the root of the sum of c * u^2 over the same window. a and b are trained;
    c is fixed, so a buffer. The V-cells have the MACs of one more plane. Apart from MACs, 1
    multiplication for each value below; 1 multiplication and 1 root for each V-cell; 3 additions,
    2 multiplications, 1 division and 1 comparison for each S-cell.

        - s_cells: {planes: 24, kernel: 5, padding: 2}

    planes: number of planes, the output's channels
    kernel: size of the window
    padding: zeros on each side; `half` and `same` keep the size
    r: how strongly anything but its feature silences a cell
    """

    role = "cells"

    planes: Positive
    kernel: Size
    padding: Padding = 0
    r: NonNegativeNumber = 1.5

    def slides(self, shape: Shape) -> tuple[Slide, ...]:
        return slides_over(self, shape, self.kernel, 1, self.padding)

    def output_shape(self, *inputs: Shape) -> Shape:
        return (self.planes, *self.slid(inputs[0]))

    def weights(self, *inputs: Shape) -> tuple[Weight, ...]:
        below, *space = inputs[0]
        kernel = per_axis(self.kernel, len(space), "kernel")
        return (
            Weight("a", (self.planes, below, *kernel)),
            Weight("b", (self.planes,)),
            Weight("c", kernel, buffer=True),
        )

    def ops(self, *inputs: Shape) -> Ops:
        places = prod(self.slid(inputs[0]))
        kernel = per_axis(self.kernel, len(inputs[0]) - 1, "kernel")
        sums = Ops(macs=places * (self.planes + 1) * inputs[0][0] * prod(kernel))
        squares = Ops(multiplications=prod(inputs[0]))
        v_cells = Ops(multiplications=1, powers=1).scaled(places)
        s_cell = Ops(additions=3, multiplications=2, divisions=1, comparisons=1)
        return sums.plus(squares).plus(v_cells).plus(s_cell.scaled(self.planes * places))

    def kept(self, *inputs: Shape) -> tuple[Kept, ...]:
        """Of the V-cells the sum, its root and what that inhibits; of the S-cells both terms of the
        quotient, and the quotient."""
        read, cells = self.read(*inputs), prod(self.output_shape(*inputs))
        places = cells // self.planes
        v_cells = [Kept(name, places, gradient_of=(0,)) for name in ("sums", "roots")]
        s_cells = [Kept(name, cells) for name in ("above", "below", "answers")]
        squares, inhibitions = (
            Kept("squares", read.each, gradient_of=(0,)),
            Kept("inhibitions", places),
        )
        return read, squares, *v_cells, inhibitions, *s_cells

    def connections(self, *inputs: Shape) -> int:
        return self.ops(*inputs).macs + prod(self.output_shape(*inputs))

    def across(self, *inputs: Shape) -> Across:
        return EVERY

    def stages(self, *inputs: Shape) -> tuple[Stage, ...]:
        """Squares, their sums, the roots of these, and what they inhibit; what excites; and the
        quotient of both, bent."""
        read, squares, sums, roots, inhibitions, above, below, answers = self.kept(*inputs)
        cells, places = answers.each, sums.each
        weight = kept_weight("a", always=True)
        taps = self.weights(*inputs)[0].size // self.planes
        sums = sums._replace(gradient_of=())
        first = self.padded(*inputs)
        name = "padded" if first else "input"
        inhibited, excited, quotient, less = (
            Kept(word, cells) for word in ("inhibited", "excited", "quotient", "less")
        )
        return (
            *first,
            squared(squares._replace(gradient_of=()), name, read._replace(gradient_of=(0,))),
            *expanded(Stage(sums, ("squares",), (squares,), held=True, cast="half"), taps),
            Stage(Kept("least", places), ("sums",), (sums,), behind=several(places, 1, width=1)),
            Stage(Kept("roots", places), ("least",), (roots,), behind=several(places, 1)),
            by_number(Kept("inhibitions", places), "roots"),
            by_weights(inhibited, "inhibitions", (inhibitions,))._replace(
                held=True, trained=("b",)
            ),
            Stage(excited, (name,), (read, weight), held=True, trained=("a",), cast="half"),
            moved(above, "excited"),
            moved(below, "inhibited"),
            divided(quotient, "above", "below", (above, below)),
            moved(less, "quotient"),
            Stage(answers, ("less",), (answers,)),
            by_number(kept_output(self.output_shape(*inputs)), "answers"),
        )

    def torch(self, *inputs: Shape) -> TorchModule:
        slides = self.slides(inputs[0])
        padding, before = torch_padding(slides)
        arguments = {
            "in_channels": inputs[0][0],
            "planes": self.planes,
            "kernel_size": tuple(slide.kernel for slide in slides),
            "padding": padding,
            "r": self.r,
        }
        return TorchModule("SCells", arguments, before)

    def arithmetic(self, *inputs: Shape) -> Arithmetic:
        cells = f"({self.planes} + 1)", *self.slid(inputs[0])
        return self.dot_products(inputs[0], cells, inputs[0][0])


class CCells(Sliding, kind="c_cells"):
    """Planes of C-cells, each of which blurs a plane of S-cells, so that a feature may move
    (Fukushima 1980): x / (alpha + x) of x = relu((1 + e)/(1 + v) - 1), where e is the sum of d * u
    over a window of its plane, and the V-cell there gives v, the mean of e over all planes. d is
    fixed, so a buffer. Apart from MACs, 3 additions, 2 divisions and 1 comparison for each C-cell;
    C additions and 1 division for each V-cell over C planes.

        - c_cells: 5

    kernel: size of the window
    stride: step of the window; above 1 it thins the cells out
    padding: zeros on each side; `half` keeps the size at stride 1, `same` makes it ceil(W/S)
    alpha: the x at which a cell gives 0.5; the smaller, the sooner it saturates
    """

    role = "cells"

    kernel: Size
    stride: Size = 1
    padding: Padding = 0
    alpha: NonNegativeNumber = 0.5

    def check(self) -> Iterator[Problem]:
        if not self.alpha:
            yield Problem("alpha", "with an `alpha` of 0 a silent cell is 0/0", "`alpha: 0.5`")

    def slides(self, shape: Shape) -> tuple[Slide, ...]:
        return slides_over(self, shape, self.kernel, self.stride, self.padding)

    def output_shape(self, *inputs: Shape) -> Shape:
        return (inputs[0][0], *self.slid(inputs[0]))

    def weights(self, *inputs: Shape) -> tuple[Weight, ...]:
        kernel = per_axis(self.kernel, len(inputs[0]) - 1, "kernel")
        return (Weight("d", kernel, buffer=True),)

    def ops(self, *inputs: Shape) -> Ops:
        planes, *space = self.output_shape(*inputs)
        kernel = per_axis(self.kernel, len(space), "kernel")
        c_cell = Ops(macs=prod(kernel), additions=3, divisions=2, comparisons=1)
        v_cell = Ops(additions=planes, divisions=1)
        return c_cell.scaled(planes).plus(v_cell).scaled(prod(space))

    def kept(self, *inputs: Shape) -> tuple[Kept, ...]:
        """Of the V-cells what divides; of the C-cells what is divided, the answer, and what divides
        that."""
        planes, *space = self.output_shape(*inputs)
        c_cells = [Kept(name, planes * prod(space)) for name in ("above", "answers", "sums")]
        return self.read(*inputs), Kept("below", prod(space)), *c_cells

    def across(self, *inputs: Shape) -> Across:
        return EVERY

    def stages(self, *inputs: Shape) -> tuple[Stage, ...]:
        read, below, above, answers, sums = self.kept(*inputs)
        cells, places = sums.each, below.each
        taps = inputs[0][0] * self.weights(*inputs)[0].size
        first = self.padded(*inputs)
        name = "padded" if first else "input"
        excited, quotient, less = (Kept(word, cells) for word in ("excited", "quotient", "less"))
        return (
            *first,
            *expanded(Stage(excited, (name,), (read,), held=True, cast="half"), taps),
            Stage(Kept("inhibition", places), ("excited",), held=True),
            moved(above, "excited"),
            moved(below, "inhibition"),
            divided(quotient, "above", "below", (above, below)),
            moved(less, "quotient"),
            Stage(answers, ("less",), (answers,), held=True),
            moved(sums, "answers"),
            divided(kept_output(self.output_shape(*inputs)), "answers", "sums", (answers, sums)),
        )

    def torch(self, *inputs: Shape) -> TorchModule:
        slides = self.slides(inputs[0])
        padding, before = torch_padding(slides)
        arguments = {
            **window_arguments(slides),
            "padding": padding,
            "alpha": self.alpha,
        }
        return TorchModule("CCells", arguments, before)

    def arithmetic(self, *inputs: Shape) -> Arithmetic:
        return self.dot_products(inputs[0], self.output_shape(*inputs))
