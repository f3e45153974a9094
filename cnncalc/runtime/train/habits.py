"""What a recipe does beside the usual, in words that stand above the lines of epochs."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.network.recipe import BALANCED
from cnncalc.runtime.train.task import Task


def habits(task: Task) -> Iterator[str]:
    """A line each."""
    recipe = task.recipe
    if recipe.accumulate > 1:
        yield f"a step gathers {recipe.accumulate:,} batches of {recipe.batch:,}"
    if recipe.ema is not None:
        validated = task.automatic_optimization and len(task.material.validation)
        does = "validated and used" if validated else "used"
        yield f"{does} are running means of the weights (EMA, decay {recipe.ema:g})"
    if task.class_weights is not None:
        numbers = dict(zip(task.material.data.classes, task.class_weights.tolist(), strict=True))
        least, most = (choose(numbers, key=numbers.__getitem__) for choose in (min, max))
        how = f"{BALANCED}, " if recipe.class_weights == BALANCED else ""
        ends = f"from {numbers[least]:.3g} (`{least}`) to {numbers[most]:.3g} (`{most}`)"
        yield f"class weights: {how}{ends}"
