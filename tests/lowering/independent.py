"""ResNet-50, VGG-16, DenseNet-121 and MobileNetV2 once more, from the tables of their papers, and
three that segment: functions over a list of tensors, which know nothing of specs, graphs or
modules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor


class Tensors:
    """Parameters and buffers of a network, taken in the order in which it uses them.

    train: whether batch normalisation uses the statistics of the batch
    seen: those statistics, for each normalisation the means and the unbiased variances
    """

    def __init__(self, tensors: Iterable[Tensor], train: bool = False) -> None:
        self.left: Iterator[Tensor] = iter(tensors)
        self.train = train
        self.seen: list[Tensor] = []

    def conv(
        self, x: Tensor, stride: int = 1, padding: int = 0, groups: int = 1, dilation: int = 1
    ) -> Tensor:
        """A convolution without bias."""
        return F.conv2d(x, next(self.left), None, stride, padding, dilation, groups)

    def biased(self, x: Tensor, padding: int) -> Tensor:
        """A convolution with bias."""
        weight, bias = next(self.left), next(self.left)
        return F.conv2d(x, weight, bias, 1, padding)

    def norm(self, x: Tensor) -> Tensor:
        """Batch normalisation, written out."""
        scale, shift, mean, variance, _ = (next(self.left) for _ in range(5))
        if self.train:
            mean, variance = x.mean((0, 2, 3)), x.var((0, 2, 3), unbiased=False)
            self.seen += [mean, x.var((0, 2, 3), unbiased=True)]
        each = (1, -1, 1, 1)
        normal = (x - mean.view(each)) / torch.sqrt(variance.view(each) + 1e-5)
        return normal * scale.view(each) + shift.view(each)

    def linear(self, x: Tensor) -> Tensor:
        """A fully connected layer."""
        weight, bias = next(self.left), next(self.left)
        return x @ weight.T + bias

    def done(self) -> bool:
        """Whether nothing is left."""
        return next(self.left, None) is None


def resnet50(t: Tensors, x: Tensor) -> Tensor:
    """He et al. 2016, Table 1; version 1.5: the 3x3 convolution strides."""
    x = t.norm(t.conv(x, stride=2, padding=3)).relu()
    x = F.max_pool2d(x, 3, 2, 1)
    for stage, depth in enumerate((3, 4, 6, 3)):
        for unit in range(depth):
            stride = 2 if stage and unit == 0 else 1
            y = t.norm(t.conv(x)).relu()
            y = t.norm(t.conv(y, stride, 1)).relu()
            y = t.norm(t.conv(y))
            if unit == 0:
                x = t.norm(t.conv(x, stride))
            x = (x + y).relu()
    return t.linear(x.mean((2, 3)))


def vgg16(t: Tensors, x: Tensor) -> Tensor:
    """Simonyan & Zisserman 2015, Table 1, column D; in inference."""
    for depth in (2, 2, 3, 3, 3):
        for _ in range(depth):
            x = t.biased(x, 1).relu()
        x = F.max_pool2d(x, 2)
    x = t.linear(x.flatten(1)).relu()
    x = t.linear(x).relu()
    return t.linear(x)


def densenet121(t: Tensors, x: Tensor) -> Tensor:
    """Huang et al. 2017, Table 1: BN, ReLU, convolution; growth 32, compression 0.5."""
    x = t.norm(t.conv(x, stride=2, padding=3)).relu()
    x = F.max_pool2d(x, 3, 2, 1)
    for block, depth in enumerate((6, 12, 24, 16)):
        for _ in range(depth):
            y = t.conv(t.norm(x).relu())
            x = torch.cat([x, t.conv(t.norm(y).relu(), padding=1)], 1)
        if block < 3:
            x = F.avg_pool2d(t.conv(t.norm(x).relu()), 2)
    return t.linear(t.norm(x).relu().mean((2, 3)))


def mobilenet_v2(t: Tensors, x: Tensor) -> Tensor:
    """Sandler et al. 2018, Table 2; in inference."""
    x = t.norm(t.conv(x, 2, 1)).clamp(0, 6)
    table = (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1)
    for expand, filters, count, first in (*table, (6, 160, 3, 2), (6, 320, 1, 1)):
        for unit in range(count):
            stride = first if unit == 0 else 1
            y = t.norm(t.conv(x)).clamp(0, 6) if expand > 1 else x
            y = t.norm(t.conv(y, stride, 1, y.shape[1])).clamp(0, 6)
            y = t.norm(t.conv(y))
            x = x + y if stride == 1 and x.shape[1] == filters else y
    x = t.norm(t.conv(x)).clamp(0, 6)
    return t.linear(x.mean((2, 3)))


# -- segmentation ----------------------------------------------------------------------------------


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
