"""What PyTorch runs of a layer in its place."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce

from cnncalc.analysis.conventions import of_own, of_torch
from cnncalc.analysis.conventions.called import PARTED, Function, Module, Run, stem
from cnncalc.layers.base import Layer, Shape, TorchModule, Weight, framed


def runs(layer: Layer, shapes: tuple[Shape, ...], batch: int = 1) -> tuple[Run, ...]:
    """The modules and functions that run for a batch of what a layer reads."""
    form = layer.torch(*shapes)
    reads = tuple((batch, *framed(shape, form.before)) for shape in shapes)
    gives = batch, *layer.output_shape(*shapes)
    if form.is_function:
        return tuple(joined(form, reads))
    return tuple(module(form, reads, gives, layer.weights(*shapes)))


def joined(form: TorchModule, reads: tuple[Shape, ...]) -> Iterator[Function]:
    """A function of all at once, or of two after two."""
    if form.operator == "*":
        for count in range(2, len(reads) + 1):
            yield Function("*", reads[count - 2 : count], reduce(together, reads[:count]))


def together(first: Shape, second: Shape) -> Shape:
    """The shape that two are broadcast to."""
    return tuple(max(pair) for pair in zip(first, second, strict=True))


def module(
    form: TorchModule, reads: tuple[Shape, ...], gives: Shape, weights: tuple[Weight, ...]
) -> Iterator[Module]:
    """The module, with what it runs."""
    if form.parts:
        yield sequential(form, reads, gives)
        return
    whole = stem(form.name)[0]
    own = whole in of_own.STEMS or not form.name.startswith("nn.")
    base = of_own.base_of(form.name) if own else form.name
    holds = whole in of_own.HOLDING or form.wrapper.endswith("_norm")
    made = Module(called(form), base, reads, gives, form.arguments, weights, (), holds)
    parts = of_own.STEMS.get(whole, of_torch.nothing) if own else of_torch.parts_of(form.name)
    yield made._replace(parts=(*computed(form, made), *parts(made)))


def sequential(form: TorchModule, reads: tuple[Shape, ...], gives: Shape) -> Module:
    """Modules in a row: the first, and what lays its output flat."""
    first, *others = form.parts
    pooled = (*gives, *(1 for _ in reads[0][2:]))
    parts = [*module(first, reads, pooled, ())]
    parts += [Module(each.name, each.name, (pooled,), gives, {}) for each in others]
    return Module("nn.Sequential", "nn.Sequential", reads, gives, {}, (), tuple(parts), True)


def called(form: TorchModule) -> str:
    """The name of its class: PyTorch makes another where a weight is computed from others."""
    if form.wrapper.startswith("each_"):
        return ONCE_OF.get(form.name, "ParametrizedStepsOnce")
    if not form.wrapper.endswith("_norm"):
        return form.name
    return f"Parametrized{form.name.rpartition('.')[2]}"


ONCE_OF = {"WideAttention": "Once", "Attention": "ParametrizedOnce"}
"""What those are called that compute each of their matrices from others, but the recurrent ones."""


COMPUTED = {"weight_norm": "_WeightNorm", "spectral_norm": "_SpectralNorm"}
"""The modules that compute a weight from others."""


def computed(form: TorchModule, made: Module) -> Iterator[Module]:
    """What computes the weight, where others stand for it."""
    for shape in made.weight() if form.wrapper in COMPUTED else ():
        held = tuple(weight for weight in made.weights if weight.name.startswith(PARTED))
        yield Module(COMPUTED[form.wrapper], "", tuple(w.shape for w in held), shape, {})
