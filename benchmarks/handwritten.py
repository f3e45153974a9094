"""Networks written in PyTorch by hand, to compare with."""

from __future__ import annotations

import torch
from torch import Tensor, nn


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


def resnet(*depths: int) -> nn.Module:
    """A ResNet of bottlenecks, so many in each stage."""
    layers = [*conv_bn(3, 64, 7, 2), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    channels = 64
    for planes, depth in zip((64, 128, 256, 512), depths, strict=True):
        for i in range(depth):
            layers.append(Bottleneck(channels, planes, 2 if i == 0 and planes > 64 else 1))
            channels = 4 * planes
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2048, 1000))
