"""Fully connected layers."""

from collections.abc import Iterator, Sequence
from math import prod
from typing import Annotated

from cnncalc.layers.base import (
    EVERY,
    EVERYTHING,
    POINTWISE,
    Across,
    Arithmetic,
    Kept,
    Layer,
    Matrices,
    Ops,
    Problem,
    Shape,
    ShapeError,
    Stage,
    TorchModule,
    Weight,
    Window,
    cast_of,
    kept_input,
    kept_output,
    products,
    times,
)
from cnncalc.layers.fields import Choice, Flag, Positive
from cnncalc.layers.parametrized import (
    check_ways,
    computing,
    kept_of_weights,
    way,
    weights,
    wrapper,
)
from cnncalc.layers.stages import laid_within, local, of_weights, weighed, within


class Linear(Layer, kind="linear"):
    """Fully connected: every unit is a dot product with the whole vector that arrives, plus a bias;
    of a sequence, with each step, as a convolution with a kernel of 1 is.

        - linear: 10

    units: number of units, the output's length, or its features
    bias: whether each unit has a bias
    weight_norm: whether the weight is kept as direction and length (Salimans & Kingma 2016)
    per: `step`: of a map nothing is read; `position`: its channels are, at each position
    transposed: whether the weight has the inputs first, as a `linear` back has it that shares it
    spectral_norm: whether the weight is divided by its largest singular value (Miyato 2018)
    """

    role = "weighted"
    working = "products"
    cast = "half"

    units: Positive
    bias: Flag = True
    weight_norm: Flag = False
    per: Annotated[str, Choice("step", "position")] = "step"
    transposed: Flag = False
    spectral_norm: Flag = False

    @property
    def drawn(self) -> bool:
        return not way(self) and not self.transposed

    @property
    def inputs_first(self) -> bool:
        return self.transposed

    def borrows(self, other: Layer) -> bool:
        if isinstance(other, Linear):
            return self.transposed != other.transposed
        return other.kind == "embedding"

    def check(self) -> Iterator[Problem]:
        yield from check_ways(self)
        if way(self) and self.transposed:
            fact = "of a `transposed` weight no row is a unit's"
            yield Problem(way(self), fact, f"leave out `{way(self)}`")

    def output_shape(self, *inputs: Shape) -> Shape:
        if len(inputs[0]) > 2 and self.per == "step":
            fact = f"`linear` reads a vector or a sequence, got {times(inputs[0])}"
            hint = "add `flatten` or `global_avg_pool` before it"
            raise ShapeError(fact, f"{hint}; `per: position` reads each position by itself")
        return (self.units, *inputs[0][1:])

    def weights(self, *inputs: Shape) -> tuple[Weight, ...]:
        shape = (self.units, inputs[0][0])
        shape = shape[::-1] if self.transposed else shape
        return weights(self, shape, self.units, self.bias)

    def ops(self, *inputs: Shape) -> Ops:
        units = self.units * prod(inputs[0][1:])
        return Ops(macs=units * inputs[0][0], additions=units if self.bias else 0)

    def matrices(self, *inputs: Shape) -> tuple[Matrices, ...]:
        features, *rest = inputs[0]
        return (Matrices(self.ops(*inputs).macs, min(features, self.units), prod(rest)),)

    def kept(self, *inputs: Shape) -> tuple[Kept, ...]:
        kept = kept_of_weights(self, self.weights(*inputs))
        ahead = [weight._replace(gradient_of=(0,)) for weight in kept[:1]]
        return by_position(inputs[0]), *ahead, *kept[1:]

    def window(self, *inputs: Shape) -> Window:
        return EVERYTHING if len(inputs[0]) == 1 else POINTWISE

    def across(self, *inputs: Shape) -> Across:
        return EVERY

    def stages(self, *inputs: Shape) -> tuple[Stage, ...]:
        """Of several positions the channels of each are laid side by side, unless they lie so, and
        the bias joins the products afterwards."""
        if len(inputs[0]) == 1:
            *before, product = super().stages(*inputs)
            read, *others = product.keeps
            return *before, product._replace(keeps=(of_weights(read), *others))
        laid, *_ = self.kept(*inputs)
        computed = tuple(stage._replace(held=True) for stage in self.computed(*inputs))
        weight = tuple(local(s.makes.name)._replace(gradient_of=(0,)) for s in computed[-1:])
        kept = weight or self.kept_weights_of(*inputs)
        trained = ("bias",) if computed else True
        output = kept_output(self.output_shape(*inputs))
        apart_product = output._replace(name="product")
        several = 1 not in (self.units, prod(inputs[0][1:]))
        seen = Stage(output, ("product",), view=True, order="turned" if several else "")
        reads = tuple(each.name for each in weight)
        at_once = Stage(
            apart_product,
            ("input", *reads),
            (of_weights(kept_input(inputs[0])), *kept),
            trained=trained,
            alike=True,
            cast="half",
        )
        if laid.of == "input":
            return *computed, at_once, seen
        by_parts = (
            *laid_within(laid, "input"),
            at_once._replace(
                reads=(laid.name, *reads),
                keeps=(of_weights(laid), *kept),
                trained=() if computed else ("weight",),
                beside=(within("input"),),
            ),
        )
        last: tuple[Stage, ...] = (seen,)
        if self.bias:
            apart = output._replace(name="apart")
            last = (
                seen._replace(makes=apart),
                weighed(output, "apart", ("bias",))._replace(
                    alike=True, beside=(within("input"), cast_of("weight")), cast="half"
                ),
            )
        return (
            *computed,
            *(stage._replace(when=(0, ("turned",))) for stage in (at_once, seen)),
            *(stage._replace(when=(0, ("", "steps"))) for stage in (*by_parts, *last)),
        )

    def stages_at_rest(self, *inputs: Shape) -> tuple[Stage, ...]:
        """A weight that is computed has no gradient then."""
        found = self.stages(*inputs)
        return self.without_gradients(found, *inputs) if way(self) else found

    def without_gradients(self, stages: Sequence[Stage], *inputs: Shape) -> tuple[Stage, ...]:
        """What is multiplied with a weight that has none is not laid out anew (PyTorch's
        `should_fold`)."""
        laid = by_position(inputs[0])
        if laid.of == "input":
            return tuple(stages)
        return tuple(
            stage._replace(reads=("input", *stage.reads[1:]), keeps=())
            if stage.reads[:1] == (laid.name,)
            else stage
            for stage in stages
            if stage.makes.name != laid.name
        )

    def computed(self, *inputs: Shape) -> tuple[Stage, ...]:
        return computing(self, self.weights(*inputs))

    def torch(self, *inputs: Shape) -> TorchModule:
        arguments = {"in_features": inputs[0][0], "out_features": self.units, "bias": self.bias}
        plain = "nn.Linear" if len(inputs[0]) == 1 else "ChannelLinear"
        return TorchModule(
            "TransposedLinear" if self.transposed else plain,
            arguments,
            wrapper=wrapper(self),
            positional=2,
            defaults={"bias": True},
        )

    def arithmetic(self, *inputs: Shape) -> Arithmetic:
        macs = products(*inputs[0][1:], self.units, inputs[0][0])
        return Arithmetic(str(self.units), macs=macs.replace("*", " * "))


def by_position(shape: Shape) -> Kept:
    """What is read, kept with the channels of each position behind one another: a copy, where there
    are several of both."""
    if 1 in (shape[0], prod(shape[1:])):
        return kept_input(shape)
    return Kept("by position", prod(shape))
