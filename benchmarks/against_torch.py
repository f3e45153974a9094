"""From text to all numbers, against PyTorch counting the same network on the meta device."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

import cnncalc
from benchmarks.measure import Result, at_least, ratio

SPEC = "specs/resnet/resnet152.yaml"


class Bottleneck(nn.Module):
    """He et al. 2015, Figure 5, striding in the 3x3 convolution."""

    def __init__(self, channels: int, planes: int, stride: int) -> None:
        super().__init__()
        self.residual = nn.Sequential(
            *conv_bn(channels, planes, 1, 1),
            nn.ReLU(),
            *conv_bn(planes, planes, 3, stride),
            nn.ReLU(),
            *conv_bn(planes, 4 * planes, 1, 1),
        )
        projects = stride != 1 or channels != 4 * planes
        shortcut = conv_bn(channels, 4 * planes, 1, stride) if projects else [nn.Identity()]
        self.shortcut = nn.Sequential(*shortcut)

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(self.residual(x) + self.shortcut(x))


def conv_bn(channels: int, filters: int, kernel: int, stride: int) -> list[nn.Module]:
    """A convolution without bias, and its batch norm."""
    conv = nn.Conv2d(channels, filters, kernel, stride, kernel // 2, bias=False)
    return [conv, nn.BatchNorm2d(filters)]


def resnet152() -> nn.Module:
    """The network of the spec, written in PyTorch by hand."""
    layers = [*conv_bn(3, 64, 7, 2), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    channels = 64
    for planes, depth in ((64, 3), (128, 8), (256, 36), (512, 3)):
        for i in range(depth):
            layers.append(Bottleneck(channels, planes, 2 if i == 0 and planes > 64 else 1))
            channels = 4 * planes
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2048, 1000))


def against_torch(rounds: int) -> Iterator[Result]:
    """The model is built beforehand; our side reads and expands its text each time."""
    with torch.device("meta"):
        model, image = resnet152(), torch.empty(1, 3, 224, 224)

    def count() -> int:
        with FlopCounterMode(display=False) as counter:
            model(image)
        return counter.get_total_flops()

    def analyze() -> int:
        return cnncalc.analyze(cnncalc.load(SPEC)).totals.ops.macs

    assert count() == 2 * analyze(), "both must count the same network"
    name = "FlopCounterMode on a built ResNet-152 / text to all numbers"
    yield at_least(name, ratio(count, analyze, rounds), 10)
