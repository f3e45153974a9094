"""Whether a recipe and a network agree: the parts that it names are there, and some are trained."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from cnncalc.diagnostics import LISTED, Diagnostics, listed
from cnncalc.network.graph import EVERY_GROUP, Graph, Node, within
from cnncalc.network.recipe import NamedPart, Recipe


def check_parts(recipe: Recipe, graph: Graph, diagnostics: Diagnostics) -> None:
    """Report the parts that a recipe names and the network lacks."""
    factors = (NamedPart(factor.path, factor.span) for factor in recipe.rates)
    for part in (*recipe.freeze, *factors):
        if not any(within(node.path, part.path) for node in graph.layers):
            hint = diagnostics.did_you_mean(part.path, _paths(graph)) or _first(graph)
            message = f"the network has no part `{part.path}`"
            diagnostics.error("CNN254", part.span, message, hint)
    for part in recipe.recompute:
        if part.path not in graph.groups and part.path != EVERY_GROUP:
            hint = diagnostics.did_you_mean(part.path, graph.groups) or _groups(graph)
            message = f"the network has no group `{part.path}`"
            diagnostics.error("CNN254", part.span, message, hint)
    for head in recipe.auxiliary:
        if head.path not in graph.outputs:
            heads = f"it has {listed(graph.outputs)}" if graph.outputs else "it has no `outputs`"
            hint = diagnostics.did_you_mean(head.path, graph.outputs) or heads
            message = f"the network has no head `{head.path}`"
            diagnostics.error("CNN254", head.span, message, hint)
    if recipe.freeze and not any(_trains(node, recipe) for node in graph.layers):
        message = "all that has weights is frozen: nothing is left to train"
        diagnostics.error("CNN253", recipe.freeze[0].span, message, "freeze fewer parts")


def _trains(node: Node, recipe: Recipe) -> bool:
    frozen = node.frozen or any(within(node.path, part.path) for part in recipe.freeze)
    return not frozen and bool(node.weights)


def _paths(graph: Graph) -> Iterator[str]:
    """What parts of a network are called."""
    yield from graph.groups
    yield from (node.path for node in graph.layers)


def _groups(graph: Graph) -> str:
    """The groups that stand in no other."""
    names = listed([path for path in graph.groups if "." not in path], "")
    return f"groups: {names}" if names else "it has no groups: `layers: [...]` makes one"


def _first(graph: Graph) -> str:
    """The outermost parts of a network, as far as its first layers tell."""
    paths = islice(_paths(graph), LISTED * LISTED)
    return f"parts: {listed(dict.fromkeys(path.partition('.')[0] for path in paths), '')}"
