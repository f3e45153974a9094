"""Convolutions and linear layers that PyTorch lacks."""

from __future__ import annotations

from math import prod
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn


class ChannelLinear(nn.Linear):
    """Fully connected over the channels at each position."""

    def forward(self, x: Tensor) -> Tensor:
        """N x C x space."""
        return super().forward(x.movedim(1, -1)).movedim(-1, 1)


class TransposedLinear(nn.Module):
    """Fully connected, by a weight of inputs x units."""

    def __init__(self, in_features: int, out_features: int, bias: bool = True) -> None:
        super().__init__()
        weight = torch.rand(in_features, out_features) - 0.5
        self.weight = nn.Parameter(2 * in_features**-0.5 * weight)
        self.bias = nn.Parameter(torch.zeros(out_features)) if bias else None

    def forward(self, x: Tensor) -> Tensor:
        """N x C, or N x C x space."""
        return F.linear(x.movedim(1, -1), self.weight.t(), self.bias).movedim(-1, 1)


class Standardized(nn.Module):
    """What makes a convolution of PyTorch's take filters to mean 0 and variance 1, and
    times a learned gain of each and a fixed one, where it has them."""

    weight: Tensor
    bias: Tensor | None
    _conv_forward: Any

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        weight_eps: float = 1e-10,
        weight_gain: float | None = None,
    ) -> None:
        window = (kernel_size, stride, padding, dilation)
        others = (groups, bias, padding_mode)
        super().__init__(in_channels, out_channels, *window, *others)
        self.weight_eps = weight_eps
        ones = torch.ones(out_channels, *(1 for _ in self.weight.shape[1:]))
        self.gain = None if weight_gain is None else nn.Parameter(ones)
        self.fixed_gain = (weight_gain or 1.0) * self.weight[0].numel() ** -0.5

    def forward(self, x: Tensor) -> Tensor:
        """N x C x space."""
        count = len(self.weight)
        filters = self.weight.reshape(1, count, -1)
        normed = F.group_norm(filters, count, self.gains(), eps=self.weight_eps)
        weight = normed.view_as(self.weight)
        output: Tensor = self._conv_forward(x, weight, self.bias)
        return output

    def gains(self) -> Tensor | None:
        """What each filter is multiplied by."""
        return None if self.gain is None else self.gain.flatten() * self.fixed_gain


class StdConv1d(Standardized, nn.Conv1d):
    """Over sequences."""


class StdConv2d(Standardized, nn.Conv2d):
    """Over images."""


class StdConv3d(Standardized, nn.Conv3d):
    """Over clips."""


class Cut(nn.Module):
    """What makes a transposed convolution of PyTorch's leave out the end of its output.

    cut: how much, along each axis
    """

    def __init__(self, *sizes: Any, cut: tuple[int, ...], **arguments: Any) -> None:
        super().__init__(*sizes, **arguments)
        self.sides = [side for end in reversed(cut) for side in (0, -end)]

    def forward(self, x: Tensor) -> Tensor:
        """N x C x space."""
        return F.pad(super().forward(x), self.sides)


class CutConvTranspose1d(Cut, nn.ConvTranspose1d):  # type: ignore[misc]
    """Over sequences."""


class CutConvTranspose2d(Cut, nn.ConvTranspose2d):  # type: ignore[misc]
    """Over images."""


class CutConvTranspose3d(Cut, nn.ConvTranspose3d):  # type: ignore[misc]
    """Over clips."""


class TableConv(nn.Module):
    """A convolution whose filters read the channels of a table, with a kernel for each.

    Each kernel slides over its channel by itself; the maps of one filter are then added
    up, so that no more is computed than the table asks for.
    """

    reads: Tensor
    writes: Tensor

    def __init__(
        self,
        table: tuple[tuple[int, ...], ...],
        kernel_size: tuple[int, ...],
        stride: tuple[int, ...],
        padding: tuple[int, ...],
        dilation: tuple[int, ...],
        bias: bool,
    ) -> None:
        super().__init__()
        reads = [channel for row in table for channel in row]
        writes = [number for number, row in enumerate(table) for _ in row]
        self.register_buffer("reads", torch.tensor(reads), persistent=False)
        self.register_buffer("writes", torch.tensor(writes), persistent=False)
        self.filters = len(table)
        self.stride = stride
        self.padding = padding
        self.dilation = dilation
        self.convolve = getattr(F, f"conv{len(kernel_size)}d")
        bounds = torch.tensor([(len(row) * prod(kernel_size)) ** -0.5 for row in table])
        weight = torch.rand(len(writes), *kernel_size) * 2 - 1
        each = bounds[writes].view(-1, *(1 for _ in kernel_size))
        self.weight = nn.Parameter(weight * each)
        biases = (torch.rand(len(table)) * 2 - 1) * bounds
        self.bias = nn.Parameter(biases) if bias else None

    def forward(self, x: Tensor) -> Tensor:
        """N x C x space."""
        maps: Tensor = self.convolve(
            x[:, self.reads],
            self.weight[:, None],
            None,
            self.stride,
            self.padding,
            self.dilation,
            len(self.reads),
        )
        output = maps.new_zeros(x.shape[0], self.filters, *maps.shape[2:])
        output = output.index_add(1, self.writes, maps)
        if self.bias is None:
            return output
        return output + self.bias.view(-1, *(1 for _ in x.shape[2:]))


class FixedFilter(nn.Module):
    """The same window of fixed numbers over each channel."""

    weight: Tensor

    def __init__(
        self,
        taps: tuple[Any, ...],
        stride: tuple[int, ...],
        padding: tuple[int, ...],
        dilation: tuple[int, ...],
    ) -> None:
        super().__init__()
        weight = torch.tensor(taps, dtype=torch.get_default_dtype())
        self.register_buffer("weight", weight)
        self.stride = stride
        self.padding = padding
        self.dilation = dilation
        self.convolve = getattr(F, f"conv{weight.dim()}d")

    def forward(self, x: Tensor) -> Tensor:
        """N x C x space."""
        channels = x.shape[1]
        fixed = self.weight.expand(channels, 1, *self.weight.shape)
        where = self.stride, self.padding, self.dilation, channels
        filtered: Tensor = self.convolve(x, fixed, None, *where)
        return filtered


class DeformConv2d(nn.Conv2d):
    """A convolution whose taps are moved, each at each place, by what arrives besides."""

    padding: tuple[int, int]

    def forward(  # type: ignore[override]
        self,
        x: Tensor,
        offset: Tensor,
        mask: Tensor | None = None,
    ) -> Tensor:
        """N x C x H x W; offset: N x 2GK x space, down and to the right for each of K
        taps, in G groups of channels; mask: N x GK x space, factors of what they find."""
        taps, space = prod(self.kernel_size), offset.shape[2:]
        parts = offset.shape[1] // (2 * taps)
        moves = offset.reshape(-1, taps, 2, *space)
        rows = moves[:, :, 0] + self.along(0, moves)[..., None]
        columns = moves[:, :, 1] + self.along(1, moves)[:, None]
        down, across = (2 * rows + 1) / x.shape[2], (2 * columns + 1) / x.shape[3]
        grid = torch.stack([across, down], dim=4) - 1
        grouped = x.reshape(-1, x.shape[1] // parts, *x.shape[2:])
        found = F.grid_sample(grouped, grid.flatten(1, 2), align_corners=False)
        if mask is not None:
            found = found * mask.reshape(-1, 1, taps * space[0], space[1])
        found = found.reshape(x.shape[0], x.shape[1], taps, prod(space))
        weight = self.weight.flatten(2)[..., None]
        output = F.conv2d(found, weight, self.bias, groups=self.groups)
        return output.view(x.shape[0], -1, *space)

    def along(self, axis: int, moves: Tensor) -> Tensor:
        """Where taps lie along an axis that are not moved: taps x places."""
        taps = torch.arange(prod(self.kernel_size), device=moves.device)
        width = self.kernel_size[1]
        taps = taps % width if axis else taps // width
        steps = torch.arange(moves.shape[axis + 3], device=moves.device)
        starts = steps * self.stride[axis] - self.padding[axis]
        return (starts + taps[:, None] * self.dilation[axis]).to(moves)


class LocallyConnected(nn.Module):
    """A convolution with a kernel of its own for every place."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        output_size: tuple[int, ...],
        kernel_size: tuple[int, ...],
        stride: tuple[int, ...],
        bias: bool,
    ) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = stride
        taps = in_channels * prod(kernel_size)
        weight = torch.rand(prod(output_size), taps, out_channels) * 2 - 1
        self.weight = nn.Parameter(weight * taps**-0.5)
        biases = (torch.rand(out_channels, *output_size) * 2 - 1) * taps**-0.5
        self.bias = nn.Parameter(biases) if bias else None
        self.output_size = output_size

    def forward(self, x: Tensor) -> Tensor:
        """N x C x space."""
        rank = len(self.kernel_size)
        for axis, size in enumerate(self.kernel_size):
            x = x.unfold(2 + axis, size, self.stride[axis])
        places = range(2, 2 + rank)
        order = *places, 0, 1, *range(2 + rank, 2 + 2 * rank)
        windows = x.permute(order).clone(memory_format=torch.contiguous_format)
        windows = windows.flatten(0, rank - 1).flatten(2)
        found = torch.bmm(windows, self.weight).permute(1, 2, 0)
        found = found.view(found.shape[0], found.shape[1], *self.output_size)
        return found if self.bias is None else found + self.bias
