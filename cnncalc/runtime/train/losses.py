"""What is made small, and what counts as an answer."""

from __future__ import annotations

import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from cnncalc.network.graph import Graph, Node
from cnncalc.network.recipe import Recipe

LEAST = 1e-12


def loss_of(recipe: Recipe, graph: Graph) -> str:
    """The recipe's loss; where it leaves it open, `mse` for what gives an image of the input's
    shape, and `cross_entropy`."""
    inputs = [node.shape for node in graph.inputs.values()]
    draws = len(graph.output.shape) > 1 and [graph.output.shape] == inputs
    return recipe.loss or ("mse" if draws else "cross_entropy")


def scores(head: Node, output: Tensor) -> Tensor:
    """What a softmax makes probabilities of, from the output of a layer."""
    meaning = head.layer.gives if head.layer else "scores"
    if meaning == "probabilities":
        return output.clamp_min(LEAST).log()
    return -output if meaning == "distances" else output  # the nearest is the answer


def cross_entropy(scores: Tensor, labels: Tensor, smoothing: float) -> Tensor:
    """The mean over N, in nats; scores are N x classes."""
    return F.cross_entropy(scores.float(), labels, label_smoothing=smoothing)


def mse(output: Tensor, images: Tensor) -> Tensor:
    """The mean over all values."""
    return F.mse_loss(output.float(), images)


def wrong(scores: Tensor, labels: Tensor) -> Tensor:
    """How many answers are wrong."""
    return (scores.argmax(1) != labels).sum()


def heads(found: Tensor | dict[str, Tensor]) -> dict[str, Tensor]:
    """Outputs by name, the last layer's under `output`."""
    return found if isinstance(found, dict) else {"output": found}
