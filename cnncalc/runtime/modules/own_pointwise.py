"""What is done with each value that PyTorch lacks."""

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


class QuickGelu(nn.Module):
    """GELU by a logistic function."""

    def forward(self, x: Tensor) -> Tensor:
        """Same shape."""
        return x * torch.sigmoid(1.702 * x)


class ReluSquared(nn.Module):
    """The square of a ReLU."""

    def forward(self, x: Tensor) -> Tensor:
        """Same shape."""
        return F.relu(x).square()


class Abs(nn.Module):
    """The size without the sign."""

    def forward(self, x: Tensor) -> Tensor:
        """Same shape."""
        return x.abs()


class Square(nn.Module):
    """The square."""

    def forward(self, x: Tensor) -> Tensor:
        """Same shape."""
        return x.square()


class Sqrt(nn.Module):
    """The root."""

    def forward(self, x: Tensor) -> Tensor:
        """Same shape."""
        return x.sqrt()


class Exp(nn.Module):
    """The exponential."""

    def forward(self, x: Tensor) -> Tensor:
        """Same shape."""
        return x.exp()


class Log(nn.Module):
    """The natural logarithm."""

    def forward(self, x: Tensor) -> Tensor:
        """Same shape."""
        return x.log()


class Reciprocal(nn.Module):
    """1 divided by each value."""

    def forward(self, x: Tensor) -> Tensor:
        """Same shape."""
        return x.reciprocal()


class Power(nn.Module):
    """To a fixed power."""

    def __init__(self, exponent: float) -> None:
        super().__init__()
        self.exponent = exponent

    def forward(self, x: Tensor) -> Tensor:
        """Same shape."""
        return x.pow(self.exponent)


class Clamp(nn.Module):
    """Within bounds."""

    def __init__(self, low: float | None, high: float | None) -> None:
        super().__init__()
        self.low = low
        self.high = high

    def forward(self, x: Tensor) -> Tensor:
        """Same shape."""
        return x.clamp(self.low, self.high)


class Shift(nn.Module):
    """Plus a fixed number."""

    def __init__(self, amount: float) -> None:
        super().__init__()
        self.amount = amount

    def forward(self, x: Tensor) -> Tensor:
        """Same shape."""
        return x + self.amount


class Glu(nn.Module):
    """The first half of the channels times what a function makes of the other."""

    def __init__(self, gate: str) -> None:
        super().__init__()
        self.gate = gate

    def forward(self, x: Tensor) -> Tensor:
        """N x C, or N x C x space, to half the channels."""
        value, gate = x.chunk(2, 1)
        if self.gate == "identity":
            return value * gate
        opened: Tensor = getattr(F, self.gate)(gate)
        return value * opened


class SoftmaxAmong(nn.Module):
    """Softmax among the channels at one place of each part."""

    def __init__(self, parts: int) -> None:
        super().__init__()
        self.parts = parts

    def forward(self, x: Tensor) -> Tensor:
        """N x C, or N x C x space."""
        each = x.reshape(x.shape[0], self.parts, -1, *x.shape[2:])
        return each.softmax(1).reshape(x.shape)


class DropPath(nn.Module):
    """In training, samples that become 0 at random, as a whole."""

    def __init__(self, rate: float) -> None:
        super().__init__()
        self.rate = rate

    def forward(self, x: Tensor) -> Tensor:
        """Same shape."""
        if not self.training or not self.rate:
            return x
        mask = x.new_empty(x.shape[0], *(1 for _ in x.shape[1:]))
        mask.bernoulli_(1 - self.rate)
        return x * (mask / (1 - self.rate) if self.rate < 1 else mask)


class GaussianNoise(nn.Module):
    """In training, noise added."""

    def __init__(self, deviation: float) -> None:
        super().__init__()
        self.deviation = deviation

    def forward(self, x: Tensor) -> Tensor:
        """Same shape."""
        if not self.training or not self.deviation:
            return x
        return x + self.deviation * torch.randn_like(x)


class Maxout(nn.Module):
    """The largest of each `pieces` neighbouring channels."""

    def __init__(self, pieces: int) -> None:
        super().__init__()
        self.pieces = pieces

    def forward(self, x: Tensor) -> Tensor:
        """N x C, or N x C x space."""
        grouped = x.reshape(x.shape[0], -1, self.pieces, *x.shape[2:])
        return grouped.amax(2)
