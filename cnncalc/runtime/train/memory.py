"""Out of memory: which batch would fit."""

from __future__ import annotations

import torch

from cnncalc.runtime.exhaustion import ran_out, release
from cnncalc.runtime.train.task import Task


def fitting_batch(task: Task) -> int | None:
    """The largest batch, a half or a quarter and so on of the recipe's, that a step has memory for;
    None where not even one image has."""
    batch = task.recipe.batch
    while batch > 1:
        batch //= 2
        if _fits(task, batch):
            return batch
    return None


def _fits(task: Task, batch: int) -> bool:
    """Forward and backward; the optimizer's own memory does not depend on the batch."""
    task.zero_grad(set_to_none=True)
    release()
    try:
        images = torch.zeros(batch, *task.wanted, device=task.device)
        labels = torch.zeros(batch, dtype=torch.int64, device=task.device)
        with torch.enable_grad(), torch.autocast(task.device.type, enabled=False):
            torch.autograd.backward(task.judged(images, labels, 0.0)[0])
    except (RuntimeError, MemoryError) as error:
        if ran_out(error):
            return False
        raise
    return True
