"""What a network answers, added up over batches."""

from __future__ import annotations

from collections import Counter

import torch
from torch import Tensor

TOP = 5


class Answers:
    """Of all batches: the loss, who was taken for what, and the answers among the likeliest."""

    def __init__(self) -> None:
        self.loss = 0.0
        self.confusion: Counter[tuple[int, int]] = Counter()
        self.among = 0

    def add(self, scores: Tensor, labels: Tensor) -> None:
        """N x classes x places, and N x places."""
        classes = scores.shape[1]
        flat, wanted = scores.movedim(1, -1).reshape(-1, classes), labels.reshape(-1)
        pairs = torch.stack((wanted, flat.argmax(1)), 1)
        found, counts = torch.unique(pairs, dim=0, return_counts=True)
        for (true, given), count in zip(found.tolist(), counts.tolist(), strict=True):
            self.confusion[true, given] += count
        likeliest = flat.topk(min(TOP, classes), 1).indices
        self.among += int((likeliest == wanted[:, None]).sum())
