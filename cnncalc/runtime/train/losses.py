"""What is made small, and what counts as an answer."""

from __future__ import annotations

from collections.abc import Callable

import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from cnncalc.network.graph import Graph, Node
from cnncalc.network.recipe import Recipe
from cnncalc.records import NamedTuple

LEAST = 1e-12

DIFFERENCES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "mse": F.mse_loss,
    "mae": F.l1_loss,
    "huber": F.huber_loss,
}
"""The losses of numbers: each the mean over all values."""

UNKNOWN = -100
"""The label of what has no answer, in a map of them."""


def loss_of(recipe: Recipe, graph: Graph, real: bool = False) -> str:
    """The recipe's loss; where it leaves it open, `mse` for real targets and for what gives an
    image of the input's shape, and `cross_entropy`."""
    inputs = [node.shape for node in graph.inputs.values()]
    draws = len(graph.output.shape) > 1 and [graph.output.shape] == inputs
    return recipe.loss or ("mse" if draws or real else "cross_entropy")


def scores(head: Node, output: Tensor) -> Tensor:
    """What a softmax makes probabilities of, from the output of a layer."""
    meaning = head.layer.gives if head.layer else "scores"
    if meaning == "probabilities":
        return output.clamp_min(LEAST).log()
    return -output if meaning == "distances" else output  # the nearest is the answer


class Judging(NamedTuple):
    """How right and wrong answers count in a loss: what share of each is spread over all classes;
    the weights of classes, none where all are alike."""

    smoothing: float = 0.0
    weights: Tensor | None = None


EVENLY = Judging()


def cross_entropy(scores: Tensor, labels: Tensor, how: Judging = EVENLY) -> Tensor:
    """The mean over N, in nats, each as much as its class counts; scores are N x classes. Of maps,
    the mean over their places."""
    smoothing, weights = how
    return F.cross_entropy(scores.float(), labels, weights, None, UNKNOWN, None, "mean", smoothing)


def difference(kind: str, output: Tensor, target: Tensor) -> Tensor:
    """The mean over all values."""
    return DIFFERENCES[kind](output.float(), target)


def wrong(scores: Tensor, labels: Tensor) -> Tensor:
    """How many answers are wrong; of a map of answers, which share of it."""
    missed = scores.argmax(1) != labels
    if labels.ndim == 1:
        return missed.sum()
    told = labels != UNKNOWN
    return ((missed & told).flatten(1).sum(1) / told.flatten(1).sum(1).clamp_min(1)).sum()


def heads(found: Tensor | dict[str, Tensor]) -> dict[str, Tensor]:
    """Outputs by name, the last layer's under `output`."""
    return found if isinstance(found, dict) else {"output": found}
