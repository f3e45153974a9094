"""Joins that PyTorch lacks."""

from __future__ import annotations

from torch import Tensor, nn


class Average(nn.Module):
    """The mean of its inputs."""

    def forward(self, first: Tensor, *others: Tensor) -> Tensor:
        """The shape its inputs broadcast to."""
        return sum(others, first) / (1 + len(others))


class Matmul(nn.Module):
    """The matrix product of features x steps, whatever stands between the two."""

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        """N x A x ... x K and N x K x ... x B to N x A x ... x B."""
        if first.dim() == 3:
            return first @ second
        return (first.movedim(1, -2) @ second.movedim(1, -2)).movedim(-2, 1)
