"""SegNet, PSPNet and DeepLabv3+ once more, from their papers: functions over a list of tensors."""

from __future__ import annotations

from collections.abc import Iterable

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from tests.lowering.independent import Tensors


def corners(x: Tensor, size: tuple[int, ...]) -> Tensor:
    """Bilinear, corners on corners."""
    return F.interpolate(x, size, mode="bilinear", align_corners=True)


def segnet(t: Tensors, x: Tensor) -> Tensor:
    """Badrinarayanan et al. 2017, figure 2: the places of the pools are kept, and used again."""
    places, sizes = [], []
    for depth in (2, 2, 3, 3, 3):
        for _ in range(depth):
            x = t.norm(t.biased(x, 1)).relu()
        sizes.append(x.shape)
        x, place = F.max_pool2d(x, 2, 2, ceil_mode=True, return_indices=True)
        places.append(place)
    for depth in (3, 3, 3, 2, 1):
        x = F.max_unpool2d(x, places.pop(), 2, output_size=sizes.pop())
        for _ in range(depth):
            x = t.norm(t.biased(x, 1)).relu()
    return t.biased(x, 1)


def dilated(t: Tensors, x: Tensor, stride: int, rates: Iterable[int]) -> Tensor:
    """A stage of bottlenecks, the first of which may stride, each with its own dilation."""
    for unit, rate in enumerate(rates):
        step = stride if unit == 0 else 1
        y = t.norm(t.conv(x)).relu()
        y = t.norm(t.conv(y, step, rate, dilation=rate)).relu()
        y = t.norm(t.conv(y))
        if unit == 0:
            x = t.norm(t.conv(x, step))
        x = (x + y).relu()
    return x


def pspnet50(t: Tensors, x: Tensor) -> Tensor:
    """Zhao et al. 2017, figure 3, over a ResNet-50 of output stride 8."""
    size = x.shape[2:]
    for stride in (2, 1, 1):
        x = t.norm(t.conv(x, stride, 1)).relu()
    x = F.max_pool2d(x, 3, 2, 1)
    for stride, rates in ((1, [1] * 3), (2, [1] * 4), (1, [2] * 6), (1, [4] * 3)):
        x = dilated(t, x, stride, rates)
    found = [x]
    for cells in (1, 2, 3, 6):
        y = t.norm(t.conv(F.adaptive_avg_pool2d(x, cells))).relu()
        found.append(corners(y, x.shape[2:]))
    x = t.norm(t.conv(torch.cat(found, 1), padding=1)).relu()
    return corners(t.biased(x, 0), size)


def deeplabv3plus_resnet101(t: Tensors, x: Tensor) -> Tensor:
    """Chen et al. 2018, figure 2, over a ResNet-101 of output stride 16."""
    size = x.shape[2:]
    x = t.norm(t.conv(x, 2, 3)).relu()
    x = low = dilated(t, F.max_pool2d(x, 3, 2, 1), 1, [1] * 3)
    for stride, rates in ((2, [1] * 4), (2, [1] * 23), (1, [2, 4, 8])):
        x = dilated(t, x, stride, rates)
    found = [t.norm(t.conv(x)).relu()]
    found += [t.norm(t.conv(x, 1, rate, dilation=rate)).relu() for rate in (6, 12, 18)]
    found.append(corners(t.norm(t.conv(x.mean((2, 3), keepdim=True))).relu(), x.shape[2:]))
    x = t.norm(t.conv(torch.cat(found, 1))).relu()
    x = torch.cat([corners(x, low.shape[2:]), t.norm(t.conv(low)).relu()], 1)
    for _ in range(2):
        x = t.norm(t.conv(x, padding=1)).relu()
    return corners(t.biased(x, 0), size)
