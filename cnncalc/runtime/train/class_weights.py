"""What each class counts in the loss of training."""

from __future__ import annotations

import torch
from torch import Tensor

from cnncalc.network.recipe import BALANCED, Recipe
from cnncalc.runtime.train.errors import TrainError

SHOWN = 8
"""Classes that a message lists."""


def class_weights(recipe: Recipe, classes: tuple[str, ...], labels: Tensor) -> Tensor | None:
    """One number for each class; labels: those that are trained on. Raises TrainError where classes
    are named that the data has not."""
    given = recipe.class_weights
    if not given:
        return None
    if not classes:
        raise TrainError("the data's answers are no classes to weigh; --recipe class_weights=none")
    if given == BALANCED:
        return balanced(labels, len(classes))
    own = {factor.path: factor.value for factor in given if not isinstance(factor, str)}
    strange = [name for name in own if name not in classes]
    if strange:
        known = ", ".join(classes[:SHOWN]) + ", ..." * (len(classes) > SHOWN)
        raise TrainError(f"`class_weights` names `{strange[0]}`; the data's classes are {known}")
    return torch.tensor([own.get(name, 1.0) for name in classes])


def balanced(labels: Tensor, count: int) -> Tensor:
    """N / (classes * N of each), over those that are there, as scikit-learn has it; of others 0."""
    found = torch.bincount(labels.flatten(), minlength=count).double()
    there = found > 0
    weights = found.sum() / (there.sum() * found.clamp_min(1))
    return torch.where(there, weights, 0.0).float()


def weighed(labels: Tensor, weights: Tensor | None) -> float:
    """What the answers of a batch count together, in a mean over them."""
    return len(labels) if weights is None else float(weights[labels].double().sum())
