"""Pools and reductions that PyTorch lacks."""

from __future__ import annotations

from math import prod
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn


class Reduction(nn.Module):
    """One value for all along some axes."""

    def __init__(self, dim: tuple[int, ...], keepdim: bool = True) -> None:
        super().__init__()
        self.dim = dim
        self.keepdim = keepdim


class Mean(Reduction):
    """The mean."""

    def forward(self, x: Tensor) -> Tensor:
        """N x C, or N x C x space."""
        return x.mean(self.dim, self.keepdim)


class Sum(Reduction):
    """The sum."""

    def forward(self, x: Tensor) -> Tensor:
        """N x C, or N x C x space."""
        return x.sum(self.dim, self.keepdim)


class Max(Reduction):
    """The largest."""

    def forward(self, x: Tensor) -> Tensor:
        """N x C, or N x C x space."""
        return x.amax(self.dim, self.keepdim)


class Min(Reduction):
    """The smallest."""

    def forward(self, x: Tensor) -> Tensor:
        """N x C, or N x C x space."""
        return x.amin(self.dim, self.keepdim)


class Norm(Reduction):
    """The p-norm."""

    def __init__(
        self,
        dim: tuple[int, ...],
        keepdim: bool = True,
        p: float = 2.0,
    ) -> None:
        super().__init__(dim, keepdim)
        self.p = p

    def forward(self, x: Tensor) -> Tensor:
        """N x C, or N x C x space."""
        norm: Tensor = torch.linalg.vector_norm(x, self.p, self.dim, self.keepdim)
        return norm


class Variance(Reduction):
    """The variance. correction: what is taken from the count that it divides by."""

    def __init__(
        self,
        dim: tuple[int, ...],
        keepdim: bool = True,
        correction: int = 1,
    ) -> None:
        super().__init__(dim, keepdim)
        self.correction = correction

    def forward(self, x: Tensor) -> Tensor:
        """N x C, or N x C x space."""
        return x.var(self.dim, correction=self.correction, keepdim=self.keepdim)


class Std(Variance):
    """The standard deviation."""

    def forward(self, x: Tensor) -> Tensor:
        """N x C, or N x C x space."""
        return x.std(self.dim, correction=self.correction, keepdim=self.keepdim)


class GemPool(nn.Module):
    """The generalised mean of each channel, by a trained exponent."""

    def __init__(self, keep: bool, p: float, eps: float) -> None:
        super().__init__()
        self.keep = keep
        self.eps = eps
        self.p = nn.Parameter(torch.full((1,), p))

    def forward(self, x: Tensor) -> Tensor:
        """N x C x space."""
        space = tuple(range(2, x.dim()))
        powers = x.clamp(min=self.eps).pow(self.p)
        mean: Tensor = powers.mean(space).pow(self.p.reciprocal())
        return mean.view(*mean.shape, *(1 for _ in space)) if self.keep else mean


class AveragePool(nn.Module):
    """The mean of the values in each window, padding left out.

    padding: on each side, in the order of `F.pad`
    """

    def __init__(
        self,
        kernel_size: tuple[int, ...],
        stride: tuple[int, ...],
        padding: tuple[int, ...],
    ) -> None:
        super().__init__()
        self.pool = getattr(nn, f"AvgPool{len(kernel_size)}d")(kernel_size, stride)
        self.padding = padding

    def forward(self, x: Tensor) -> Tensor:
        """N x C x space."""
        present = F.pad(torch.ones_like(x[:1, :1]), self.padding)
        mean: Tensor = self.pool(F.pad(x, self.padding)) / self.pool(present)
        return mean


class PowerMean(nn.Module):
    """The p-th root of the mean of x^p in each window."""

    def __init__(
        self, norm_type: float, kernel_size: tuple[int, ...], stride: tuple[int, ...]
    ) -> None:
        super().__init__()
        one = len(kernel_size) == 1
        pool = getattr(nn, f"LPPool{len(kernel_size)}d")
        sizes = (kernel_size[0], stride[0]) if one else (kernel_size, stride)
        self.pool = pool(norm_type, *sizes)
        self.share: float = prod(kernel_size) ** (-1 / norm_type)

    def forward(self, x: Tensor) -> Tensor:
        """N x C x space."""
        norms: Tensor = self.pool(x)
        return norms * self.share


class MaxUnpool(nn.Module):
    """Values put where a max pool takes its own from, between zeros."""

    def __init__(self, kernel_size: tuple[int, ...], **arguments: Any) -> None:
        super().__init__()
        pool = getattr(nn, f"MaxPool{len(kernel_size)}d")
        self.pool = pool(kernel_size, return_indices=True, **arguments)

    def forward(self, x: Tensor, pooled: Tensor) -> Tensor:
        """N x C x space; pooled: what the pool reads, whose size it gives."""
        _, places = self.pool(pooled.detach())
        zeros = x.new_zeros(*pooled.shape[:2], prod(pooled.shape[2:]))
        return zeros.scatter(2, places.flatten(2), x.flatten(2)).view_as(pooled)


class RoiAlign(nn.Module):
    """What lies in each box, sampled between the pixels and averaged to one size.

    spatial_scale: from the boxes' pixels to the map's
    sampling_ratio: samples along each side of a cell
    aligned: whether boxes are moved by half a pixel
    """

    def __init__(
        self,
        output_size: tuple[int, int],
        spatial_scale: float,
        sampling_ratio: int,
        aligned: bool,
    ) -> None:
        super().__init__()
        self.output_size = output_size
        self.spatial_scale = spatial_scale
        self.sampling_ratio = sampling_ratio
        self.aligned = aligned

    def forward(self, x: Tensor, boxes: Tensor) -> Tensor:
        """N x C x H x W and N x 4 x boxes to N x C x boxes x space."""
        sides = boxes.detach() * self.spatial_scale - (0.5 if self.aligned else 0.0)
        height, width = self.output_size
        left, top, right, bottom = sides.unbind(1)
        across, in_width = self.along(left, right, width, x.shape[3])
        down, in_height = self.along(top, bottom, height, x.shape[2])
        columns = across[:, :, None].expand(-1, -1, down.shape[2], -1)
        rows = down[..., None].expand(-1, -1, -1, across.shape[2])
        grid = torch.stack([columns, rows], dim=4)
        where = grid.flatten(1, 2)
        found = F.grid_sample(x, where, padding_mode="border", align_corners=True)
        inside = (in_width[:, :, None] & in_height[..., None]).flatten(1, 2)
        found = found * inside[:, None].to(x.dtype)
        cells = height, self.sampling_ratio, width, self.sampling_ratio
        return found.reshape(*x.shape[:2], boxes.shape[2], *cells).mean((4, 6))

    def along(
        self,
        first: Tensor,
        last: Tensor,
        cells: int,
        size: int,
    ) -> tuple[Tensor, Tensor]:
        """The samples of each box along an axis, from -1 on its first pixel to 1 on its
        last; and which of them are in the map."""
        extent = last - first if self.aligned else (last - first).clamp(min=1)
        count = cells * self.sampling_ratio
        steps = (torch.arange(count, device=first.device).to(first) + 0.5) / count
        places = first[..., None] + extent[..., None] * steps
        return places * 2 / max(size - 1, 1) - 1, (places >= -1) & (places <= size)


class RoiPool(nn.Module):
    """The largest value in each cell of each box, 0 where a cell has none.

    spatial_scale: from the boxes' pixels to the map's
    """

    def __init__(self, output_size: tuple[int, int], spatial_scale: float) -> None:
        super().__init__()
        self.output_size = output_size
        self.spatial_scale = spatial_scale

    def forward(self, x: Tensor, boxes: Tensor) -> Tensor:
        """N x C x H x W and N x 4 x boxes to N x C x boxes x space."""
        sides = boxes.detach() * self.spatial_scale
        sides = sides.trunc() + (2 * (sides - sides.trunc())).trunc()  # halves go outwards
        left, top, right, bottom = sides.unbind(1)
        height, width = self.output_size
        top, bottom = self.along(top, bottom, height, x.shape[2])
        left, right = self.along(left, right, width, x.shape[3])
        rows = [each[..., None].expand(-1, -1, -1, width) for each in (top, bottom)]
        columns = [each[:, :, None].expand(-1, -1, height, -1) for each in (left, right)]
        empty = ((rows[0] >= rows[1]) | (columns[0] >= columns[1])).flatten(1)[:, None]
        values = x.flatten(2)
        places = self.largest(x.detach(), rows, columns).flatten(2)
        found = values.gather(2, places).masked_fill(empty, 0.0)
        return found.view(*x.shape[:2], boxes.shape[2], height, width)

    def along(
        self,
        first: Tensor,
        last: Tensor,
        cells: int,
        size: int,
    ) -> tuple[Tensor, Tensor]:
        """The first place of each cell of each box along an axis, and the one behind its
        last."""
        extent = (last - first + 1).clamp(min=1)[..., None] / cells
        steps = torch.arange(cells, device=first.device).to(first)
        starts = first[..., None] + (steps * extent).floor()
        stops = first[..., None] + ((steps + 1) * extent).ceil()
        return starts.clamp(0, size).long(), stops.clamp(0, size).long()

    def largest(self, x: Tensor, rows: list[Tensor], columns: list[Tensor]) -> Tensor:
        """The place of the largest value between the rows and the columns: of four
        rectangles that lie within, and whose sides are powers of 2."""
        places = torch.arange(prod(x.shape[2:]), device=x.device).view(x.shape[2:])
        places = places.expand(x.shape)[:, :, None, None]
        table = self.doubled(x, self.doubled(x, places, 4, 2), 5, 3)
        level, starts = self.halves(rows, table.shape[2], x.shape[2])
        other, lefts = self.halves(columns, table.shape[3], x.shape[3])
        level = level * table.shape[3] + other
        found: list[Tensor] = []
        for row in starts:
            for column in lefts:
                where = (level * x.shape[2] + row) * x.shape[3] + column
                where = where.flatten(1)[:, None].expand(-1, x.shape[1], -1)
                found.append(table.flatten(2).gather(2, where))
        upper = self.larger(x, found[0], found[1])
        return self.larger(x, upper, self.larger(x, found[2], found[3]))

    def doubled(self, x: Tensor, places: Tensor, dim: int, level: int) -> Tensor:
        """The place of the largest of 1, 2, 4, ... values along an axis, from each on."""
        found = [places]
        reach, size = 1, places.shape[dim]
        while 2 * reach <= size:
            behind = (torch.arange(size, device=x.device) + reach).clamp(max=size - 1)
            later = found[-1].index_select(dim, behind)
            found.append(self.larger(x, found[-1], later))
            reach *= 2
        return torch.cat(found, level)

    def larger(self, x: Tensor, first: Tensor, second: Tensor) -> Tensor:
        """Of two places, the one that holds more; the first, if both hold the same."""
        values = x.flatten(2)
        more = values.gather(2, second.flatten(2)) > values.gather(2, first.flatten(2))
        return torch.where(more.view(first.shape), second, first)

    def halves(self, ends: list[Tensor], levels: int, size: int) -> tuple[Tensor, list[Tensor]]:
        """The largest power of 2 that fits between two ends, and where one begins that
        starts at the first, and one that stops at the last."""
        length = (ends[1] - ends[0]).clamp(min=1)
        powers = 2 ** torch.arange(levels, device=length.device)
        level = (length[..., None] >= powers).sum(-1) - 1
        reach = powers[level]
        first = ends[0].clamp(max=size - 1)
        return level, [first, first + length - reach]


class PsRoiPool(nn.Module):
    """The mean of each cell of each box, each cell of a channel of its own; 0 where a
    cell has no place.

    spatial_scale: from the boxes' pixels to the map's
    """

    def __init__(self, output_size: tuple[int, int], spatial_scale: float) -> None:
        super().__init__()
        self.output_size = output_size
        self.spatial_scale = spatial_scale

    def forward(self, x: Tensor, boxes: Tensor) -> Tensor:
        """N x C x H x W and N x 4 x boxes to N x C / cells x boxes x space."""
        sides = boxes.detach()
        sides = sides.trunc() + (2 * (sides - sides.trunc())).trunc()  # halves go outwards
        left, top, right, bottom = sides.unbind(1)
        size = self.output_size
        rows = self.along(top, bottom, size[0], x.shape[2])[:, :, None, :, None]
        columns = self.along(left, right, size[1], x.shape[3])[:, None, :, None]
        corners = (rows * (x.shape[3] + 1) + columns).flatten(1, 2).flatten(2)
        places = (rows.diff(dim=3) * columns.diff(dim=4)).flatten(1, 4)
        table = F.pad(x, (1, 0, 1, 0)).double().cumsum(2).cumsum(3)
        table = table.reshape(x.shape[0], -1, prod(size), prod(table.shape[2:]))
        found = table.gather(3, corners[:, None].expand(-1, table.shape[1], -1, -1))
        found = found.view(*found.shape[:3], 4, -1) * self.signed(places)[:, None]
        means = found.sum(3).to(x.dtype).transpose(2, 3).contiguous()
        return means.view(*means.shape[:3], *size)

    def along(self, first: Tensor, last: Tensor, cells: int, size: int) -> Tensor:
        """N x cells x 2 x boxes: the first place of each cell along an axis, and the one
        behind its last."""
        first = (first * self.spatial_scale)[:, None]
        last = ((last + 1) * self.spatial_scale)[:, None]
        extent = (last - first).clamp(min=0.1) / cells
        steps = torch.arange(cells, device=first.device).to(first)[:, None]
        starts = (steps * extent + first).floor()
        stops = ((steps + 1) * extent + first).ceil()
        return torch.stack([starts, stops], dim=2).clamp(0, size).long()

    def signed(self, places: Tensor) -> Tensor:
        """N x cells x 4 x boxes: what the sums up to each corner of a cell count in its
        mean."""
        shares: Tensor = (places > 0) / places.clamp(min=1).double()
        return torch.stack([shares, -shares, -shares, shares], dim=2)
