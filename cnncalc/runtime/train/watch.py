"""What is watched from epoch to epoch: when it was best, when a plateau is met, when to stop."""

from __future__ import annotations

import math
from typing import Any

from cnncalc.network.recipe import Plateau, Recipe


class Watch:
    """best: the lowest value so far, of epoch `epoch`; falls: how often the rate has fallen."""

    KEPT = ("best", "epoch", "stale", "falls", "stopped")
    """What a resumed run goes on from."""

    def __init__(self, recipe: Recipe) -> None:
        schedule = recipe.schedule
        self.plateau = schedule.patience if isinstance(schedule, Plateau) else None
        self.patience = recipe.early_stopping.patience if recipe.early_stopping else None
        self.best = math.inf
        self.epoch = 0
        self.stale = 0
        self.falls = 0
        self.stopped = False

    def see(self, epoch: int, value: float) -> bool:
        """Take the value of an epoch; whether it is the best so far."""
        if value < self.best:
            self.best, self.epoch, self.stale = value, epoch, 0
            return True
        self.stale += 1
        if self.plateau and self.stale >= self.plateau:
            self.falls, self.stale = self.falls + 1, 0
        if self.patience and epoch - self.epoch >= self.patience:
            self.stopped = True
        return False

    def state(self) -> dict[str, Any]:
        """What a resumed run goes on from."""
        return {name: getattr(self, name) for name in self.KEPT}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a state."""
        for name in self.KEPT:
            setattr(self, name, state[name])
