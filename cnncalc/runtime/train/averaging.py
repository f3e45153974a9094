"""A running mean of a network's weights, which is used in their place (EMA).

`torch.optim.swa_utils.AveragedModel` holds it and copies what a module has of parameters and
buffers, shared ones once. Lightning's callback around it copies the whole task with its data, and
swaps weights at each validation.
"""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

COUNT = "averaged.n_averaged"
"""What the number of updates is called in a checkpoint."""


def averaged(network: nn.Module, decay: float | None) -> AveragedModel | None:
    """Of all that it has, statistics of norms too; None where there is no decay."""
    if decay is None:
        return None
    found = AveragedModel(network, multi_avg_fn=partial(_towards, decay), use_buffers=True)
    return found.requires_grad_(False)


def decay_at(decay: float, updates: int) -> float:
    """Behind so many updates: less in the beginning, which would be remembered for long
    (TensorFlow's `ExponentialMovingAverage` with `num_updates`)."""
    return min(decay, (1 + updates) / (10 + updates))


@torch.no_grad()
def _towards(
    decay: float, means: list[Tensor], weights: list[Tensor], updates: Tensor | int
) -> None:
    """Tensors of one type; counters are taken as they are."""
    if means[0].is_floating_point():
        torch._foreach_lerp_(means, weights, 1 - decay_at(decay, int(updates)))
    else:
        torch._foreach_copy_(means, weights)
