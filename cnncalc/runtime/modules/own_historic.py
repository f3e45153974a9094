"""Layers of 1980 and 1998 that PyTorch lacks."""

from __future__ import annotations

from math import prod

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn


class Subsample(nn.Module):
    """The sum of each window times a trained coefficient, plus a trained bias: one of
    both for each channel, that make a mean of it at first."""

    def __init__(
        self, channels: int, kernel_size: tuple[int, ...], stride: tuple[int, ...]
    ) -> None:
        super().__init__()
        self.pool = getattr(nn, f"AvgPool{len(kernel_size)}d")(kernel_size, stride)
        self.taps = prod(kernel_size)
        self.weight = nn.Parameter(torch.full((channels,), 1 / self.taps))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x: Tensor) -> Tensor:
        """N x C x space."""
        each = (-1, *(1 for _ in x.shape[2:]))
        sums: Tensor = self.pool(x) * self.taps
        return sums * self.weight.view(each) + self.bias.view(each)


class Rbf(nn.Module):
    """Squared distances to fixed centres, drawn from -1 and 1."""

    centres: Tensor

    def __init__(self, in_features: int, units: int) -> None:
        super().__init__()
        patterns = torch.randint(2, (units, in_features))
        self.register_buffer("centres", 2.0 * patterns - 1)

    def forward(self, x: Tensor) -> Tensor:
        """N x features."""
        return (x[:, None] - self.centres).square().sum(2)


class Cells(nn.Module):
    """Cells with fixed synapses from a window, strongest in its middle."""

    def __init__(self, kernel_size: tuple[int, ...], padding: tuple[int, ...]) -> None:
        super().__init__()
        self.padding = padding
        self.convolve = getattr(F, f"conv{len(kernel_size)}d")

    @staticmethod
    def fixed(kernel_size: tuple[int, ...]) -> Tensor:
        """Halved with each step away from the middle; 1 together."""
        squares = torch.zeros(kernel_size)
        for axis, size in enumerate(kernel_size):
            steps = torch.arange(size) - (size - 1) / 2
            behind = (1 for _ in kernel_size[axis + 1 :])
            squares = squares + steps.square().view(-1, *behind)
        weights = 0.5 ** squares.sqrt()
        return weights / weights.sum()


class SCells(Cells):
    """Planes of S-cells: `a` excites, `b` inhibits by what the V-cells give, `c` is
    fixed. At first `a` is small and `b` is 0, so that every cell answers a little to
    everything."""

    c: Tensor

    def __init__(
        self,
        in_channels: int,
        planes: int,
        kernel_size: tuple[int, ...],
        padding: tuple[int, ...],
        r: float,
    ) -> None:
        super().__init__(kernel_size, padding)
        self.r = r
        taps = in_channels * prod(kernel_size)
        self.a = nn.Parameter(torch.rand(planes, in_channels, *kernel_size) / taps)
        self.b = nn.Parameter(torch.zeros(planes))
        self.register_buffer("c", self.fixed(kernel_size) / in_channels)

    def forward(self, x: Tensor) -> Tensor:
        """N x C x space, no value negative."""
        fixed = self.c.expand(1, x.shape[1], *self.c.shape)
        squares: Tensor = self.convolve(x.square(), fixed, padding=self.padding)
        least = torch.finfo(x.dtype).tiny  # the root of 0 has no gradient
        inhibition = squares.clamp_min(least).sqrt() * (2 * self.r / (1 + self.r))
        inhibition = inhibition * self.b.view(-1, *(1 for _ in x.shape[2:]))
        excitation: Tensor = self.convolve(x, self.a, padding=self.padding)
        return self.r * F.relu((1 + excitation) / (1 + inhibition) - 1)


class CCells(Cells):
    """Planes of C-cells: `d` is fixed. Where inhibition wins a cell is silent; in
    Fukushima's form, relu(x / (alpha + x)), it would answer again below -alpha."""

    d: Tensor

    def __init__(
        self,
        kernel_size: tuple[int, ...],
        stride: tuple[int, ...],
        padding: tuple[int, ...],
        alpha: float,
    ) -> None:
        super().__init__(kernel_size, padding)
        self.stride = stride
        self.alpha = alpha
        self.register_buffer("d", self.fixed(kernel_size))

    def forward(self, x: Tensor) -> Tensor:
        """N x C x space, no value negative."""
        planes = x.shape[1]
        fixed = self.d.expand(planes, 1, *self.d.shape)
        where = self.stride, self.padding, 1, planes
        excitation: Tensor = self.convolve(x, fixed, None, *where)
        inhibition = excitation.mean(1, keepdim=True)
        answer = F.relu((1 + excitation) / (1 + inhibition) - 1)
        return answer / (self.alpha + answer)
