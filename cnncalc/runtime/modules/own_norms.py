"""Norms that PyTorch lacks."""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn


class Normalize(nn.Module):
    """Divided by the p-norm along some axes."""

    def __init__(
        self,
        dim: tuple[int, ...],
        p: float = 2.0,
        eps: float = 1e-12,
    ) -> None:
        super().__init__()
        self.dim = dim
        self.p = p
        self.eps = eps

    def forward(self, x: Tensor) -> Tensor:
        """Same shape."""
        norm: Tensor = torch.linalg.vector_norm(x, self.p, self.dim, keepdim=True)
        return x / norm.clamp_min(self.eps)


class GlobalResponseNorm(nn.Module):
    """Channels strengthened by their norms, compared with the mean of all."""

    def __init__(self, channels: int, eps: float = 1e-6) -> None:
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.zeros(channels))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x: Tensor) -> Tensor:
        """N x C x space."""
        each = (-1, *(1 for _ in x.shape[2:]))
        space = tuple(range(2, x.dim()))
        norm = torch.linalg.vector_norm(x, dim=space, keepdim=True)
        response = x * (norm / (norm.mean(1, keepdim=True) + self.eps))
        made: Tensor = x + response * self.weight.view(each) + self.bias.view(each)
        return made


class ChannelNorm(nn.LayerNorm):
    """Layer norm over the channels at each position."""

    def forward(self, x: Tensor) -> Tensor:
        """N x C x space."""
        return super().forward(x.movedim(1, -1)).movedim(-1, 1)


class ChannelRmsNorm(nn.RMSNorm):
    """RMS norm over the channels at each position."""

    def forward(self, x: Tensor) -> Tensor:
        """N x C x space."""
        return super().forward(x.movedim(1, -1)).movedim(-1, 1)


def without_scale(norm: nn.Module) -> nn.Module:
    """A norm of PyTorch's with a shift alone."""
    norm.register_parameter("weight", None)
    return norm


def without_shift(norm: nn.Module) -> nn.Module:
    """A norm of PyTorch's with a scale alone."""
    norm.register_parameter("bias", None)
    return norm


class ShiftedGroupNorm(nn.GroupNorm):
    """Group norm with a shift alone, which PyTorch's own has no gradient for."""

    def __init__(self, num_groups: int, num_channels: int, eps: float = 1e-5) -> None:
        super().__init__(num_groups, num_channels, eps, affine=False)
        self.bias = nn.Parameter(torch.zeros(num_channels))

    def forward(self, x: Tensor) -> Tensor:
        """N x C, or N x C x space."""
        normal = F.group_norm(x, self.num_groups, eps=self.eps)
        return normal + self.bias.view(-1, *(1 for _ in x.shape[2:]))


class MeanOnlyBatchNorm(nn.Module):
    """Each channel to mean 0 over the batch, then shifted."""

    running_mean: Tensor
    num_batches_tracked: Tensor

    def __init__(
        self,
        channels: int,
        momentum: float = 0.1,
        shift: bool = True,
    ) -> None:
        super().__init__()
        self.momentum = momentum
        self.bias = nn.Parameter(torch.zeros(channels)) if shift else None
        self.register_buffer("running_mean", torch.zeros(channels))
        self.register_buffer("num_batches_tracked", torch.tensor(0))

    def forward(self, x: Tensor) -> Tensor:
        """N x C, or N x C x space."""
        mean = self.running_mean
        if self.training:
            mean = x.mean([axis for axis in range(x.dim()) if axis != 1])
            found = mean.detach().to(self.running_mean)
            self.running_mean.lerp_(found, self.momentum)
            self.num_batches_tracked += 1
        shift = -mean if self.bias is None else self.bias - mean
        return x + shift.view(-1, *(1 for _ in x.shape[2:]))


class FrozenBatchNorm(nn.Module):
    """A batch norm of which nothing is trained or moves on."""

    weight: Tensor
    bias: Tensor
    running_mean: Tensor
    running_var: Tensor

    def __init__(self, channels: int, eps: float = 1e-5) -> None:
        super().__init__()
        self.eps = eps
        self.register_buffer("weight", torch.ones(channels))
        self.register_buffer("bias", torch.zeros(channels))
        self.register_buffer("running_mean", torch.zeros(channels))
        self.register_buffer("running_var", torch.ones(channels))

    def forward(self, x: Tensor) -> Tensor:
        """N x C, or N x C x space."""
        scale = self.weight * torch.rsqrt(self.running_var + self.eps)
        shift = self.bias - self.running_mean * scale
        each = (-1, *(1 for _ in x.shape[2:]))
        return x * scale.view(each) + shift.view(each)


class LayerScale(nn.Module):
    """One trained factor per channel."""

    def __init__(self, channels: int, init: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.full((channels,), init))

    def forward(self, x: Tensor) -> Tensor:
        """N x C, or N x C x space."""
        return x * self.weight.view(-1, *(1 for _ in x.shape[2:]))


class Scale(nn.Module):
    """Times a fixed number."""

    def __init__(self, factor: float) -> None:
        super().__init__()
        self.factor = factor

    def forward(self, x: Tensor) -> Tensor:
        """Same shape."""
        return x * self.factor
