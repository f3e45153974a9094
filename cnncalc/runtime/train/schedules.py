"""The learning rate, as a function of how far the training is."""

from __future__ import annotations

import math

from cnncalc.network.recipe import Cosine, Exponential, Plateau, Recipe, Steps


def factor(recipe: Recipe, step: int, steps: int, epochs: int, falls: int) -> float:
    """What the learning rate is multiplied with at a step.

    steps: of an epoch; epochs: in all; falls: how often a plateau was met
    """
    schedule = recipe.schedule
    warm = schedule.warmup * steps
    if step < warm:
        return (step + 1) / (warm + 1)
    if isinstance(schedule, Steps):
        return _power(schedule.factor, sum(step >= after * steps for after in schedule.after))
    if isinstance(schedule, Exponential):
        return _power(schedule.factor, step // (schedule.every * steps))
    if isinstance(schedule, Plateau):
        return max(_power(schedule.factor, falls), schedule.lowest)
    if isinstance(schedule, Cosine):
        last = recipe.steps or epochs * steps
        done = min(1.0, (step - warm) / max(1.0, last - warm))
        return schedule.final + (1 - schedule.final) * (1 + math.cos(math.pi * done)) / 2
    return 1.0


def _power(factor: float, times: int) -> float:
    """Infinite, where it is beyond a float."""
    try:
        return float(factor**times)
    except OverflowError:
        return math.inf
