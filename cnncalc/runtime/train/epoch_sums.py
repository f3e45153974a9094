"""Losses and wrong answers, added up over an epoch."""

from __future__ import annotations

import torch
from torch import Tensor

from cnncalc.records import NamedTuple

READ = 50
"""Steps after which a GPU's losses are read: to read is to wait. A CPU's are read at once."""


class Means(NamedTuple):
    """Over some images: the loss, and the share of wrong answers (None: there are no answers)."""

    loss: float
    error: float | None


class Sums:
    """Loss and wrong answers, added up over images; those of the last batches are on their way."""

    def __init__(self) -> None:
        self.loss = self.wrong = self.count = 0.0
        self.coming: list[tuple[Tensor, Tensor, int]] = []

    def add(self, loss: Tensor, wrong: Tensor, count: int) -> None:
        """A batch."""
        self.coming.append((loss.detach(), wrong, count))

    @property
    def due(self) -> bool:
        """Whether it is time to wait for what is on its way."""
        return bool(self.coming) and len(self.coming) >= (READ if self.coming[0][0].is_cuda else 1)

    def read(self) -> list[float]:
        """Wait for what is on its way, and add it; its losses, in order."""
        if not self.coming:
            return []
        losses = _values([loss for loss, _, _ in self.coming])
        wrongs = _values([wrong for _, wrong, _ in self.coming])
        for loss, wrong, (_, _, count) in zip(losses, wrongs, self.coming, strict=True):
            self.loss += loss * count
            self.wrong += wrong
            self.count += count
        self.coming = []
        return losses


def _values(found: list[Tensor]) -> list[float]:
    """Of tensors of one value each, waited for once."""
    return [float(found[0])] if len(found) == 1 else torch.stack(found).tolist()
