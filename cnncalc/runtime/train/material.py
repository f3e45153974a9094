"""What a network is trained on: opened, held against the network, divided, and said in words."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from operator import ge
from typing import Any

import torch
from torch import Tensor

from cnncalc.layers.base import Shape, times
from cnncalc.network.graph import Graph
from cnncalc.network.recipe import Recipe
from cnncalc.records import NamedTuple
from cnncalc.runtime.train.batches import split
from cnncalc.runtime.train.data import Given, open_data
from cnncalc.runtime.train.data.images import Data
from cnncalc.runtime.train.errors import TrainError
from cnncalc.runtime.train.fitting_data import (
    Normalisation,
    bare,
    check,
    check_samples,
    input_shape,
)
from cnncalc.runtime.train.losses import DIFFERENCES, loss_of


class Material(NamedTuple):
    """The data, and which of its images are trained and which validated on.

    validation: indices in the data's own images to validate on, or else in those to train on
    """

    data: Data
    training: Tensor
    validation: Tensor
    normalisation: Normalisation

    def counts(self) -> dict[str, Any]:
        """How many images are used for what, and which set they are from."""
        test = self.data.test
        return {
            "training": len(self.training),
            "validation": len(self.validation),
            "test": len(test.labels) if test else 0,
            "from": dict(self.data.named),
        }


def data_for(graph: Graph, recipe: Recipe, given: Given, opponent: Graph | None = None) -> Data:
    """What is trained on, checked against the network that reads it: the discriminator, where there
    is one. Raises TrainError."""
    reader = opponent or graph
    shape, classes = input_shape(reader), reader.output.shape[0]
    positions = () if opponent else _positions(graph, recipe)
    data = open_data(given, shape, classes, recipe.resize, positions)
    if opponent:
        input_shape(graph)
        check_samples(data.train, reader, recipe)
        return data._replace(validation=None, test=None)
    if recipe.adversarial:
        raise TrainError("the recipe trains it against a discriminator; --discriminator SPEC")
    check(data, graph, recipe)
    return data


def _positions(graph: Graph, recipe: Recipe) -> Shape:
    """What each has an answer: pixels of the input where the output is made of them."""
    read, given = input_shape(graph)[1:], graph.output.shape[1:]
    if loss_of(recipe, graph) in DIFFERENCES:
        return ()  # what is drawn again needs no answers
    return read if len(read) == len(given) and all(map(ge, read, given)) else given


def divided(recipe: Recipe, data: Data) -> tuple[Tensor, Tensor]:
    """Which images are trained and which validated on: the data's own, or else a share of those to
    train on. Raises TrainError."""
    count = len(data.train.labels)
    if data.validation:
        return torch.arange(count), torch.arange(len(data.validation.labels))
    training, validation = split(count, recipe.validation, recipe.seed)
    if not len(training) or (recipe.validation and not len(validation)):
        few = "1 image is" if count == 1 else f"{count} images are"
        raise TrainError(f"{few} too few to keep {recipe.validation:g} of them apart")
    return training, validation


# -- in words -------------------------------------------------------------------------------


def introduced(data: Data, wanted: Shape, used: str) -> Iterator[str]:
    """The data, and which of it is used for what, as the network reads it."""
    given = data.train.shape
    same = bare(given) == bare(wanted)
    what = f"{len(data.classes)} classes" if data.classes else _numbers(data)
    yield f"data: {data.kind}; {times(wanted if same else given)}, {what}"
    resized = "" if same else f", as {times(wanted)}"
    yield f"{noun(data, wanted)}s: {used}{resized}"


def _numbers(data: Data) -> str:
    """`1 number each`, `2x3 numbers each`."""
    shape = tuple(data.train.labels.shape[1:])
    return f"{times(shape or (1,))} {'numbers' if prod(shape) > 1 else 'number'} each"


def noun(data: Data, wanted: Shape) -> str:
    """What a sample of the data is."""
    shape = wanted if len(wanted) > 1 else data.train.shape
    return "image" if len(shape) == 3 else "sample"


def used(data: Data, training: Tensor, validation: Tensor) -> str:
    """What is used for what, with counts."""
    parts = [f"{len(training):,} to train on"]
    if data.validation:
        parts.append(f"{len(validation):,} of `{data.named['validation']}` to validate on")
    elif len(validation):
        parts.append(f"{len(validation):,} kept apart to validate on")
    else:
        parts.append("none to validate on")
    if data.test:
        parts.append(f"{len(data.test.labels):,} of `{data.named['test']}` to test on")
    else:
        parts.append("none to test on")
    return ", ".join(parts)
