"""What a network takes with what it is given to: how far its memory goes, and what would do."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from copy import deepcopy
from typing import TYPE_CHECKING, Any, Literal

from cnncalc.analysis.memory import STATES, Footprint, Optimizer, inference, training
from cnncalc.diagnostics import did_you_mean
from cnncalc.display import as_document, as_text
from cnncalc.network.graph import EVERY_GROUP, Graph, within
from cnncalc.network.precision import AUTOCASTS
from cnncalc.records import NamedTuple

if TYPE_CHECKING:
    from cnncalc.network.recipe import NamedPart, Recipe

Numbers = Literal["fp32", "bf16", "fp16"]

WIDTHS: Mapping[Numbers, int] = {"fp32": 4, "bf16": 2, "fp16": 2}
"""Bytes of a number of each type."""


NO_GROUP = "none"
"""What stands for none, whatever the recipe says."""


class Setup(NamedTuple):
    """How a network is used.

    optimizer: of training; None: inference
    dtype: of weights, gradients and activations
    devices: that train together, each with a batch and a network of its own
    recompute: the groups that run again in the backward pass, and keep what they read alone; where
        none is asked for, the recipe's
    autocast: the short type that operations work with where PyTorch's autocast has it so, beside
        weights of fp32
    ema: whether running means of all weights are kept; accumulate: whether gradients of several
        batches are gathered; None: as the recipe has it
    """

    batch: int = 1
    optimizer: Optimizer | None = "sgd"
    dtype: Numbers = "fp32"
    devices: int = 1
    recompute: tuple[str, ...] = ()
    autocast: str | None = None
    ema: bool | None = None
    accumulate: bool | None = None


class Remedy(NamedTuple):
    """What would take less. option: to type; total: bytes then; largest: the batch that fits then;
    macs: what it computes again, for a sample"""

    option: str
    total: int
    largest: int
    macs: int = 0


class Use(NamedTuple):
    """A network under some conditions.

    limit: bytes that there are; None where nobody says
    largest: the batch that fits in; macs: those computed again, for a sample
    remedies: what would take less, where it does not fit
    """

    graph: Graph
    conditions: Setup
    footprint: Footprint
    macs: int = 0
    limit: int | None = None
    largest: int | None = None
    remedies: tuple[Remedy, ...] = ()

    @property
    def reserves(self) -> list[str]:
        """The paths of the layers of which a library keeps more than is counted here."""
        return reserving(self.graph) if self.conditions.autocast else []

    @property
    def total(self) -> int:
        """Bytes at the peak."""
        return self.footprint.total(self.conditions.batch)

    def to_dict(self) -> dict[str, Any]:
        """The JSON document of `cnncalc memory --format json`."""
        return as_document(self)

    def __str__(self) -> str:
        return as_text(self)

    def __repr__(self) -> str:
        return f"<Use {self.graph.name!r}: {self.total:,} bytes>"


class ConditionError(ValueError):
    """A network cannot be used so. `option`: what is wrong; `hint`: what there is"""

    def __init__(self, option: str, fact: str, hint: str) -> None:
        super().__init__(f"{option}: {fact}; {hint}")
        self.option = option


def conditions_of(graph: Graph, asked: Setup) -> Setup:
    """With the groups of a network in place of `all`. Raises ConditionError for what there is
    none of."""
    _check_words(asked)
    if asked.autocast:
        _check_autocast(asked)
    of_training = {
        "recompute": asked.recompute,
        "devices": asked.devices > 1,
        "ema": asked.ema,
        "accumulate": asked.accumulate,
    }
    option = next((name for name, given in of_training.items() if given), None)
    if asked.optimizer is None and option:
        raise ConditionError(option, "inference has no backward pass", "it is of training")
    asked = _with_habits(graph, asked)
    if asked.optimizer and not asked.recompute:
        return asked._replace(recompute=groups_again(graph, graph.recipe))
    if asked.recompute == (NO_GROUP,) and NO_GROUP not in graph.groups:
        return asked._replace(recompute=())
    whole = outermost(graph)
    for path in asked.recompute:
        if path not in graph.groups and path != EVERY_GROUP:
            hint = did_you_mean(path, graph.groups) or f"groups: {', '.join(whole) or 'none'}"
            fact = f"there is no group `{path}` in {graph.name}"
            raise ConditionError("recompute", fact, hint)
    return asked._replace(recompute=_expanded(graph, asked.recompute))


def _with_habits(graph: Graph, asked: Setup) -> Setup:
    """With what the recipe has, where nobody says; inference has none of it."""
    recipe = graph.recipe if asked.optimizer else None
    ema, accumulate = asked.ema, asked.accumulate
    if ema is None:
        ema = bool(recipe and recipe.ema is not None)
    if accumulate is None:
        accumulate = bool(recipe and recipe.accumulate > 1)
    return asked._replace(ema=ema, accumulate=accumulate)


def _check_words(asked: Setup) -> None:
    words: Sequence[tuple[str, str | None, Collection[str]]] = (
        ("optimizer", asked.optimizer, STATES),
        ("dtype", asked.dtype, WIDTHS),
        ("autocast", asked.autocast, AUTOCASTS),
    )
    for option, word, known in words:
        if word is not None and word not in known:
            raise ConditionError(option, f"there is no `{word}`", f"there are {', '.join(known)}")
    for option, number in (("batch", asked.batch), ("devices", asked.devices)):
        if number < 1:
            raise ConditionError(option, f"got {number}", "it wants a number of at least 1")


def _check_autocast(asked: Setup) -> None:
    if asked.dtype != "fp32":
        fact = f"it casts weights of fp32, got {asked.dtype}"
        raise ConditionError("autocast", fact, "leave out `dtype`")


def reserving(graph: Graph) -> list[str]:
    """The paths of the layers of which, under autocast, a library keeps more than is counted."""
    return [node.path for node in graph.layers if node.layer and node.layer.reserves]


SHORT = {"bfloat16": "bf16", "float16": "fp16"}
"""The short types of recipes, which train with autocast."""

LIKE: Mapping[str, Optimizer] = {
    "adam": "adam",
    "adamw": "adamw",
    "rmsprop": "momentum",
    "adadelta": "adam",
}
"""The optimizers of recipes, and those whose numbers for each parameter are as many."""


def as_trained(graph: Graph) -> tuple[Graph, Setup] | None:
    """A network and how its recipe trains it, or one sample with SGD where it has none; None where
    nobody knows what that takes."""
    from cnncalc.network.recipe import kind_of  # few ask

    recipe = graph.recipe
    if recipe is None:
        return graph, Setup()
    autocast = SHORT.get(recipe.precision)
    if autocast and reserving(graph):
        return None
    moves = getattr(recipe.optimizer, "momentum", 0)
    optimizer = LIKE.get(kind_of(recipe.optimizer), "momentum" if moves else "sgd")
    again = groups_again(graph, recipe)
    asked = Setup(recipe.batch, optimizer, recompute=again, autocast=autocast)
    return _freeze(graph, recipe.freeze), _with_habits(graph, asked)


def groups_again(graph: Graph, recipe: Recipe | None) -> tuple[str, ...]:
    """The groups of a network that a recipe has run again."""
    return _expanded(graph, [part.path for part in recipe.recompute] if recipe else [])


def _expanded(graph: Graph, paths: Sequence[str]) -> tuple[str, ...]:
    """Each group once, and all of them for `all`."""
    if EVERY_GROUP in paths and EVERY_GROUP not in graph.groups:
        return outermost(graph)
    return tuple(dict.fromkeys(paths))


def _freeze(graph: Graph, parts: Sequence[NamedPart]) -> Graph:
    """A network of which some parts do not train."""
    if not parts:
        return graph
    copy = deepcopy(graph)
    for node in copy.layers:
        node.frozen |= any(within(node.path, part.path) for part in parts)
    return copy


def use(graph: Graph, conditions: Setup, limit: int | None = None) -> Use:
    """What a network takes; with a limit, how far that goes."""
    found = footprint(graph, conditions)
    macs = again(graph, conditions.recompute)
    if limit is None:
        return Use(graph, conditions, found, macs)
    largest = found.largest(limit)
    fits = largest >= conditions.batch
    remedies = () if fits else tuple(_remedies(graph, conditions, limit, largest))
    return Use(graph, conditions, found, macs, limit, largest, remedies)


def footprint(graph: Graph, conditions: Setup) -> Footprint:
    """What a network takes under some conditions."""
    _, optimizer, dtype, devices, recompute, autocast, ema, accumulate = conditions
    if optimizer is None:
        return inference(graph, WIDTHS[dtype], autocast)
    habits = bool(ema), bool(accumulate)
    return training(graph, optimizer, WIDTHS[dtype], recompute, devices, autocast, *habits)


def again(graph: Graph, recompute: Sequence[str]) -> int:
    """MACs of the groups that run again, for a sample."""
    numbers = {
        number
        for path in recompute
        for number in range(graph.groups[path].first, graph.groups[path].last)
    }
    layers = [graph.layers[number] for number in sorted(numbers)]
    return sum(node.layer.ops(*node.shapes).macs for node in layers if node.layer)


def _remedies(graph: Graph, conditions: Setup, limit: int, largest: int) -> Iterator[Remedy]:
    """A smaller batch; shorter numbers, where autocast has them or all; groups that run again, the
    one that spares most, and all that do not stand in another."""
    if largest:
        smaller = footprint(graph, conditions).total(largest)
        yield Remedy(f"--batch {largest}", smaller, largest)
    if conditions.dtype == "fp32" and not conditions.autocast:
        if not reserving(graph):
            cast = conditions._replace(autocast="bf16")
            yield _instead(graph, cast, "--autocast bf16", limit)
        yield _instead(graph, conditions._replace(dtype="bf16"), "--dtype bf16", limit)
    if conditions.optimizer is None or conditions.recompute:
        return
    whole = outermost(graph)
    found = [
        _instead(graph, conditions._replace(recompute=(path,)), f"--recompute {path}", limit)
        for path in whole
    ]
    if found:
        yield min(found, key=lambda remedy: remedy.total)
    if len(whole) > 1:
        every = conditions._replace(recompute=whole)
        yield _instead(graph, every, f"--recompute {EVERY_GROUP}", limit)


def outermost(graph: Graph) -> tuple[str, ...]:
    """The groups that stand in no other."""
    return tuple(path for path in graph.groups if "." not in path)


def _instead(graph: Graph, conditions: Setup, option: str, limit: int) -> Remedy:
    found = footprint(graph, conditions)
    macs = again(graph, conditions.recompute)
    return Remedy(option, found.total(conditions.batch), found.largest(limit), macs)
