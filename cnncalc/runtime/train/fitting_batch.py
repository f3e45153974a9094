"""Out of memory: which batch would fit."""

from __future__ import annotations

import torch

from cnncalc.runtime.exhaustion import fitting
from cnncalc.runtime.train.task import Task


def fitting_batch(task: Task) -> int:
    """The largest batch, a half or a quarter and so on of the recipe's, that a step has memory for;
    0 where not even one image has."""
    return fitting(task.recipe.batch, lambda batch: _pass(task, batch))


def _pass(task: Task, batch: int) -> None:
    """Forward and backward; the optimizer's own memory does not depend on the batch."""
    task.zero_grad(set_to_none=True)
    images = torch.zeros(batch, *task.wanted, device=task.device)
    labels = torch.zeros(batch, dtype=torch.int64, device=task.device)
    with torch.enable_grad(), torch.autocast(task.device.type, enabled=False):
        torch.autograd.backward(task.judged(images, labels, 0.0)[0])
