"""What moves values that PyTorch lacks."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Slice(nn.Module):
    """What stands from `start` to before `stop` along an axis, each `step`-th."""

    def __init__(self, start: int, stop: int, step: int = 1, dim: int = 1) -> None:
        super().__init__()
        self.dim = dim
        self.taken = slice(start, stop, step)

    def forward(self, x: Tensor) -> Tensor:
        """One axis shorter than before."""
        return x[(*(slice(None) for _ in range(self.dim)), self.taken)]


class Reshape(nn.Module):
    """The same values in another shape."""

    def __init__(self, sizes: tuple[int, ...]) -> None:
        super().__init__()
        self.sizes = sizes

    def forward(self, x: Tensor) -> Tensor:
        """N x sizes."""
        return x.reshape(x.shape[0], *self.sizes)


class Permute(nn.Module):
    """The axes in another order: 0 is the channels."""

    def __init__(self, order: tuple[int, ...]) -> None:
        super().__init__()
        self.order = order

    def forward(self, x: Tensor) -> Tensor:
        """N x the sizes in that order."""
        x = x.permute(0, *(axis + 1 for axis in self.order))
        return x.clone(memory_format=torch.contiguous_format)


class Roll(nn.Module):
    """What leaves an axis comes back at its other end."""

    def __init__(self, shift: int, dim: int) -> None:
        super().__init__()
        self.shift = shift
        self.dim = dim

    def forward(self, x: Tensor) -> Tensor:
        """Same shape."""
        return x.roll(self.shift, self.dim)


class Flip(nn.Module):
    """An axis from its end to its beginning."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, x: Tensor) -> Tensor:
        """Same shape."""
        return x.flip(self.dim)


class PixelsToChannels(nn.Module):
    """Squares of pixels become one, with all channels of the first pixel, then of the
    next, by rows or by columns."""

    def __init__(self, factor: int, columns: bool) -> None:
        super().__init__()
        self.factor = factor
        self.columns = columns

    def forward(self, x: Tensor) -> Tensor:
        """N x C x H x W to N x (C * factor^2) x H / factor x W / factor."""
        x = torch.unflatten(x, 3, (-1, self.factor))
        x = torch.unflatten(x, 2, (-1, self.factor))
        order = (0, 5, 3, 1, 2, 4) if self.columns else (0, 3, 5, 1, 2, 4)
        x = x.permute(order).clone(memory_format=torch.contiguous_format)
        return x.flatten(1, 3)


class ChannelsToPixels(nn.Module):
    """What `PixelsToChannels` undoes."""

    def __init__(self, factor: int, columns: bool) -> None:
        super().__init__()
        self.factor = factor
        self.columns = columns

    def forward(self, x: Tensor) -> Tensor:
        """N x C x H x W to N x (C / factor^2) x (H * factor) x (W * factor)."""
        x = torch.unflatten(x, 1, (self.factor, self.factor, -1))
        order = (0, 3, 4, 2, 5, 1) if self.columns else (0, 3, 4, 1, 5, 2)
        x = x.permute(order).clone(memory_format=torch.contiguous_format)
        return x.flatten(4, 5).flatten(2, 3)


class ToWindows(nn.Module):
    """A map cut into windows, in the order of their first positions.

    shift: how far it is rolled first, up and to the left
    dilation: how far apart the positions of a window are
    """

    def __init__(
        self, size: tuple[int, ...], shift: tuple[int, ...], dilation: tuple[int, ...]
    ) -> None:
        super().__init__()
        self.size = size
        self.shift = shift
        self.dilation = dilation

    def forward(self, x: Tensor) -> Tensor:
        """N x C x space to N x C x windows x positions."""
        axes = range(len(self.size))
        if any(self.shift):
            x = x.roll([-shift for shift in self.shift], [2 + axis for axis in axes])
        for axis in axes:
            parts = -1, self.size[axis], self.dilation[axis]
            x = torch.unflatten(x, 2 + 3 * axis, parts)
        apart = [place for axis in axes for place in (2 + 3 * axis, 4 + 3 * axis)]
        x = x.permute(0, 1, *apart, *(3 + 3 * axis for axis in axes))
        x = x.clone(memory_format=torch.contiguous_format)
        return x.flatten(2, 1 + len(apart)).flatten(3)


class FromWindows(nn.Module):
    """A map put together from its windows: what `ToWindows` takes apart."""

    def __init__(
        self,
        sizes: tuple[int, ...],
        size: tuple[int, ...],
        shift: tuple[int, ...],
        dilation: tuple[int, ...],
    ) -> None:
        super().__init__()
        self.sizes = sizes
        self.size = size
        self.shift = shift
        self.dilation = dilation

    def forward(self, x: Tensor) -> Tensor:
        """N x C x windows x positions to N x C x space."""
        axes = range(len(self.size))
        apart = []
        for whole, size, gap in zip(self.sizes, self.size, self.dilation, strict=True):
            apart += [whole // (size * gap), gap]
        x = x.reshape(*x.shape[:2], *apart, *self.size)
        behind = 2 + len(apart)
        pairs = ((2 + 2 * n, behind + n, 3 + 2 * n) for n in axes)
        order = [axis for pair in pairs for axis in pair]
        x = x.permute(0, 1, *order).clone(memory_format=torch.contiguous_format)
        x = x.reshape(*x.shape[:2], *self.sizes)
        if any(self.shift):
            x = x.roll(self.shift, [2 + axis for axis in axes])
        return x
