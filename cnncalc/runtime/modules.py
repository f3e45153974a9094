"""What PyTorch lacks."""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn


class Step(nn.Module):
    """0 below 0, else 1."""

    def forward(self, x: Tensor) -> Tensor:
        """Same shape."""
        return (x >= 0).to(x.dtype)


class Arctan(nn.Module):
    """The arc tangent."""

    def forward(self, x: Tensor) -> Tensor:
        """Same shape."""
        return torch.atan(x)


class Average(nn.Module):
    """The mean of its inputs."""

    def forward(self, first: Tensor, *others: Tensor) -> Tensor:
        """The shape its inputs broadcast to."""
        return sum(others, first) / (1 + len(others))


class AveragePool(nn.Module):
    """The mean of the values in each window, padding left out.

    padding: on each side, in the order of `F.pad`
    """

    def __init__(
        self, kernel_size: tuple[int, ...], stride: tuple[int, ...], padding: tuple[int, ...]
    ) -> None:
        super().__init__()
        self.pool = getattr(nn, f"AvgPool{len(kernel_size)}d")(kernel_size, stride)
        self.padding = padding

    def forward(self, x: Tensor) -> Tensor:
        """N x C x space."""
        present = torch.ones_like(x[:1, :1])
        mean: Tensor = self.pool(F.pad(x, self.padding)) / self.pool(F.pad(present, self.padding))
        return mean


class ChannelNorm(nn.LayerNorm):
    """Layer norm over the channels at each position."""

    def forward(self, x: Tensor) -> Tensor:
        """N x C x space."""
        return super().forward(x.movedim(1, -1)).movedim(-1, 1)


class LayerScale(nn.Module):
    """One trained factor per channel."""

    def __init__(self, channels: int, init: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.full((channels,), init))

    def forward(self, x: Tensor) -> Tensor:
        """N x C, or N x C x space."""
        return x * self.weight.view(-1, *(1 for _ in x.shape[2:]))


class Slice(nn.Module):
    """The channels from `start` to before `stop`."""

    def __init__(self, start: int, stop: int) -> None:
        super().__init__()
        self.start = start
        self.stop = stop

    def forward(self, x: Tensor) -> Tensor:
        """N x (stop - start), or N x (stop - start) x space."""
        return x[:, self.start : self.stop]
