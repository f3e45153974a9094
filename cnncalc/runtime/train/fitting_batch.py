"""Out of memory: which batch would fit."""

from __future__ import annotations

import torch

from cnncalc.runtime.exhaustion import fitting
from cnncalc.runtime.train.augment import draw
from cnncalc.runtime.train.batches import Batch, generator
from cnncalc.runtime.train.task import Task

HALVES = {"bfloat16": torch.bfloat16, "float16": torch.float16}
"""By the recipe's precision: what is computed in 16 bits."""


def fitting_batch(task: Task, device: torch.device) -> int:
    """The largest batch, a half or a quarter and so on of the recipe's, that steps on a device have
    memory for; 0 where not even one image has."""
    try:
        return fitting(task.recipe.batch, lambda batch: _steps(task, device, batch))
    finally:
        task.zero_grad(set_to_none=True)


def _steps(task: Task, device: torch.device, batch: int) -> None:
    """Two: in the second one, the optimizer's numbers and the last gradients are there. They are
    made in Lightning's order, in which gradients are freed behind the forward pass."""
    task.zero_grad(set_to_none=True)
    task.to(device)
    made = [side.optimizer() for side in task.sides]
    half = HALVES.get(task.recipe.precision)
    given = _batch(task, device, batch)
    task.train()
    for _ in range(2):
        with torch.enable_grad(), torch.autocast(device.type, half, enabled=half is not None):
            for number, loss in task.updates(given):
                made[number].zero_grad(set_to_none=True)
                torch.autograd.backward(loss)
                made[number].step()


def _batch(task: Task, device: torch.device, count: int) -> Batch:
    """Black images."""
    images = torch.zeros(count, *task.material.data.train.shape)
    labels = torch.zeros_like(task.material.data.train.labels[:1]).repeat(
        count, *(1 for _ in task.material.data.train.labels.shape[1:])
    )
    parts = images, labels, draw(count, generator(0), task.noise)
    images, labels, draws = (part.to(device) for part in parts)
    return Batch(images, labels, count, draws)
