"""ResNet-50, VGG-16, DenseNet-121, MobileNetV2, HRNet-W18 and WaveNet once more, from their papers:
functions over a list of tensors, which know nothing of specs, graphs or modules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor


class Tensors:
    """Parameters and buffers of a network, taken in the order in which it uses them.

    train: whether batch normalisation uses the statistics of the batch
    eps: what it adds to a variance
    seen: those statistics, for each normalisation the means and the unbiased variances
    """

    def __init__(self, tensors: Iterable[Tensor], train: bool = False, eps: float = 1e-5) -> None:
        self.left: Iterator[Tensor] = iter(tensors)
        self.train = train
        self.eps = eps
        self.seen: list[Tensor] = []

    def conv(
        self, x: Tensor, stride: int = 1, padding: int = 0, groups: int = 1, dilation: int = 1
    ) -> Tensor:
        """A convolution without bias."""
        return F.conv2d(x, next(self.left), None, stride, padding, dilation, groups)

    def biased(self, x: Tensor, padding: int, stride: int = 1) -> Tensor:
        """A convolution with bias."""
        weight, bias = next(self.left), next(self.left)
        return F.conv2d(x, weight, bias, stride, padding)

    def norm(self, x: Tensor) -> Tensor:
        """Batch normalisation, written out."""
        scale, shift, mean, variance, _ = (next(self.left) for _ in range(5))
        if self.train:
            mean, variance = x.mean((0, 2, 3)), x.var((0, 2, 3), unbiased=False)
            self.seen += [mean, x.var((0, 2, 3), unbiased=True)]
        each = (1, -1, *(1 for _ in x.shape[2:]))
        normal = (x - mean.view(each)) / torch.sqrt(variance.view(each) + self.eps)
        return normal * scale.view(each) + shift.view(each)

    def causal(self, x: Tensor, dilation: int = 1) -> Tensor:
        """A convolution with bias over a signal, which sees nothing that comes later."""
        weight, bias = next(self.left), next(self.left)
        x = F.pad(x, (dilation * (weight.shape[2] - 1), 0))
        return F.conv1d(x, weight, bias, dilation=dilation)

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


def hrnet_w18(t: Tensors, x: Tensor) -> Tensor:
    """Wang et al. 2021, section 3 and figures 2 to 4, with the classifier of the authors' code."""
    for _ in range(2):
        x = t.norm(t.conv(x, 2, 1)).relu()
    for _ in range(4):
        x = bottleneck(t, x, 64)
    streams = [t.norm(t.conv(x, 1, 1)).relu(), t.norm(t.conv(x, 2, 1)).relu()]
    for stage, modules in enumerate((1, 4, 3)):
        if stage:
            streams.append(t.norm(t.conv(streams[-1], 2, 1)).relu())
        for _ in range(modules):
            streams = [residual_units(t, stream) for stream in streams]
            streams = [fused(t, streams, level) for level in range(len(streams))]
    wide = [bottleneck(t, stream, 32 * 2**level) for level, stream in enumerate(streams)]
    x = wide[0]
    for stream in wide[1:]:
        x = t.norm(t.biased(x, 1, 2)).relu() + stream
    return t.linear(t.norm(t.biased(x, 0)).relu().mean((2, 3)))


def bottleneck(t: Tensors, x: Tensor, planes: int) -> Tensor:
    """1x1, 3x3 and 1x1 to four times the planes, beside a shortcut."""
    y = t.norm(t.conv(x)).relu()
    y = t.norm(t.conv(y, 1, 1)).relu()
    y = t.norm(t.conv(y))
    if x.shape[1] != 4 * planes:
        x = t.norm(t.conv(x))
    return (y + x).relu()


def residual_units(t: Tensors, x: Tensor) -> Tensor:
    """Four pairs of 3x3 convolutions, each beside what it reads."""
    for _ in range(4):
        y = t.norm(t.conv(x, 1, 1)).relu()
        x = (t.norm(t.conv(y, 1, 1)) + x).relu()
    return x


def fused(t: Tensors, streams: list[Tensor], level: int) -> Tensor:
    """The sum of all streams at the size of one of them."""
    total = torch.zeros(())
    for place, stream in enumerate(streams):
        seen = stream
        for step in range(place + 1, level + 1):
            seen = t.norm(t.conv(seen, 2, 1))
            seen = seen.relu() if step < level else seen
        if place > level:
            seen = t.norm(t.conv(seen)).repeat_interleave(2 ** (place - level), 2)
            seen = seen.repeat_interleave(2 ** (place - level), 3)
        total = total + seen
    return total.relu()


def wavenet(t: Tensors, x: Tensor) -> Tensor:
    """Van den Oord et al. 2016, figure 4 and section 2.4: three times 1, 2, 4, ..., 512."""
    x = t.causal(x)
    total = torch.zeros(())
    for number in range(30):
        dilation = 2 ** (number % 10)
        gated = t.causal(x, dilation).tanh() * t.causal(x, dilation).sigmoid()
        total = total + t.causal(gated)
        x = x + t.causal(gated) if number < 29 else x
    return t.causal(t.causal(total.relu()).relu())
