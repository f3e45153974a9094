"""Whether a generator and a discriminator can train against each other."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf, isinf, prod

from cnncalc.diagnostics import Diagnostics, Span, listed
from cnncalc.layers.base import times
from cnncalc.network.graph import Graph, Node
from cnncalc.network.recipe import FIXED, Adversarial, Plateau, Recipe
from cnncalc.records import NamedTuple

PREFIX = "discriminator."
"""What stands before an argument or a field of a recipe that is the discriminator's."""

CHANCE = (0, 1)
"""The limits of a discriminator that gives the chance that an image is real."""

Range = tuple[float, float]


class Fault(NamedTuple):
    """What does not go together, where it stands, and the way out."""

    span: Span
    message: str
    hint: str


def divided(settings: list[str]) -> tuple[list[str], list[str]]:
    """NAME=VALUE of the generator, and those of the discriminator."""
    others = [text.removeprefix(PREFIX) for text in settings if text.startswith(PREFIX)]
    return [text for text in settings if not text.startswith(PREFIX)], others


def check_opponents(
    generator: Graph, recipe: Recipe, discriminator: Graph, other: Recipe, diagnostics: Diagnostics
) -> None:
    """Report why they cannot train: shapes, last layers, fields of their recipes."""
    shapes = [*_inputs(generator, "generator"), *_inputs(discriminator, "discriminator")]
    shapes = shapes or [*_shapes(generator, discriminator)]
    ends = (*_scores(discriminator, recipe), *_pixels(generator, recipe))
    for fault in (*shapes, *ends):
        diagnostics.error("CNN255", *fault)
    for fault in (*_strange(generator, recipe), *_plateau(discriminator, other, PREFIX)):
        diagnostics.error("CNN253", *fault)


def bent_last(graph: Graph) -> Node:
    """The layer that gives the numbers which come out: behind it they are only seen otherwise."""
    node = graph.output
    while node.layer and node.layer.view and node.inputs[0].layer:
        (node,) = node.inputs
    return node


def limits(graph: Graph) -> Range:
    """Between which all lies that a network gives."""
    layer = bent_last(graph).layer
    return (layer.limits if layer else None) or (-inf, inf)


# -- shapes ---------------------------------------------------------------------------------


def _inputs(graph: Graph, name: str) -> Iterator[Fault]:
    if len(graph.inputs) != 1:
        message = f"the {name} has the inputs {listed(graph.inputs)}"
        what = "noise is one input" if name == "generator" else "images are one input"
        yield Fault(graph.span, message, what)


def _shapes(generator: Graph, discriminator: Graph) -> Iterator[Fault]:
    (reads,) = discriminator.inputs.values()
    drawn, told = generator.output.shape, discriminator.output.shape
    if drawn != reads.shape:
        message = (
            f"the generator gives {times(drawn)}, the discriminator reads {times(reads.shape)}"
        )
        yield Fault(reads.span, message, f"`input: {times(drawn)}`, or another generator")
    if prod(told) != 1:
        message = f"the discriminator gives {times(told)}: how real an image is, is one number"
        way = "global_avg_pool" if len(told) > 1 else "linear: 1"
        yield Fault(discriminator.output.span, message, f"end it with `{way}`")


# -- last layers ----------------------------------------------------------------------------


def _scores(discriminator: Graph, recipe: Recipe) -> Iterator[Fault]:
    """A bounded score is never right enough; a chance has a logarithm, and that has no bounds."""
    last, (least, most) = bent_last(discriminator), limits(discriminator)
    loss = (recipe.adversarial or Adversarial()).loss
    if isinf(least) and isinf(most):
        return
    if (least, most) != CHANCE:
        message = f"the discriminator ends in {_limited(last)}: a score has no bounds"
        yield Fault(last.span, message, f"leave `{_kind(last)}` out")
    elif loss != "logistic":
        message = (
            f"the discriminator ends in {_limited(last)}: `{loss}` wants a score without bounds"
        )
        hint = f"leave `{_kind(last)}` out, or --recipe adversarial.loss=logistic"
        yield Fault(last.span, message, hint)


def _pixels(generator: Graph, recipe: Recipe) -> Iterator[Fault]:
    """What a generator cannot draw is told apart at once."""
    last, drawn = bent_last(generator), limits(generator)
    if _within(_range(recipe.normalise), drawn):
        return
    fits = [way for way in ("symmetric", "none") if _within(_range(way), drawn)]
    hint = f"`normalise: {fits[0]}`" if fits else "end the generator with `tanh`"
    message = (
        f"the generator ends in {_limited(last)}, images by `normalise: {recipe.normalise}`"
        " go beyond that"
    )
    yield Fault(last.span, message, hint)


def _range(way: str) -> Range:
    """Between which pixels from 0 to 1 come to lie."""
    if way in FIXED:
        mean, deviation = FIXED[way]
        return (0 - mean) / deviation, (1 - mean) / deviation
    return (-1, 1) if way == "mean" else (-inf, inf)


def _within(inner: Range, outer: Range) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def _limited(node: Node) -> str:
    """`tanh`, from -1 to 1."""
    assert node.layer
    least, most = node.layer.limits or (-inf, inf)
    ends = [f"from {least:.3g}"] * (not isinf(least)) + [f"to {most:.3g}"] * (not isinf(most))
    return f"`{_kind(node)}`, {' '.join(ends)}"


def _kind(node: Node) -> str:
    assert node.layer
    return node.layer.kind


# -- recipes --------------------------------------------------------------------------------


def _strange(generator: Graph, recipe: Recipe) -> Iterator[Fault]:
    """Fields that speak of answers, which what is drawn has none of; of images that are mixed, and
    no real ones any more; of steps of one network."""
    fields = ("loss", "label_smoothing", "class_weights", "auxiliary", "watch", "early_stopping")
    usual = Recipe()
    for name in fields:
        if getattr(recipe, name) != getattr(usual, name):
            message = f"`{name}` has no meaning where nothing says how good a drawn image is"
            back = "0" if name == "label_smoothing" else "none"
            hint = f"--recipe {name}={back}" if name != "auxiliary" else "leave it out"
            yield Fault(generator.span, message, hint)
    for name in ("mixup", "cutmix"):
        if getattr(recipe.augment, name):
            message = f"`{name}` makes images of two, which a discriminator would learn as real"
            yield Fault(generator.span, message, f"--recipe augment.{name}=0")
    if recipe.accumulate > 1:
        message = "`accumulate` gathers steps of one network, there are two that take turns"
        yield Fault(generator.span, message, "--recipe accumulate=1")
    yield from _plateau(generator, recipe, "")


def _plateau(graph: Graph, recipe: Recipe, prefix: str) -> Iterator[Fault]:
    if isinstance(recipe.schedule, Plateau):
        message = "`plateau` has no meaning where nothing says how good a drawn image is"
        yield Fault(graph.span, message, f"--recipe {prefix}schedule=constant")
