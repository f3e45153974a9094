"""Networks whose channels and places are weighed, and ConvNeXt, once more, from their papers:
functions over a list of tensors, as those of `independent`."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from tests.lowering.independent import Tensors

Gate = Callable[[Tensors, Tensor], Tensor]


def resnet50_v1(t: Tensors, x: Tensor, gate: Gate) -> Tensor:
    """He et al. 2016, Table 1, the first 1x1 strides; each residual passes a gate."""
    x = t.norm(t.conv(x, stride=2, padding=3)).relu()
    x = F.max_pool2d(x, 3, 2, 1)
    for stage, depth in enumerate((3, 4, 6, 3)):
        for unit in range(depth):
            stride = 2 if stage and unit == 0 else 1
            y = t.norm(t.conv(x, stride)).relu()
            y = t.norm(t.conv(y, padding=1)).relu()
            y = gate(t, t.norm(t.conv(y)))
            if unit == 0:
                x = t.norm(t.conv(x, stride))
            x = (x + y).relu()
    return t.linear(x.mean((2, 3)))


def cbam(t: Tensors, x: Tensor) -> Tensor:
    """Woo et al. 2018, equations 2 and 3."""
    first, first_bias, second, second_bias = (next(t.left) for _ in range(4))
    for _ in range(4):  # a state lists what is shared wherever it runs
        next(t.left)

    def scored(pooled: Tensor) -> Tensor:
        hidden = (pooled @ first.flatten(1).T + first_bias).relu()
        return hidden @ second.flatten(1).T + second_bias

    channels = torch.sigmoid(scored(x.mean((2, 3))) + scored(x.flatten(2).max(2).values))
    x = x * channels[:, :, None, None]
    pooled = torch.stack([x.max(1).values, x.mean(1)], 1)
    return x * torch.sigmoid(t.norm(t.conv(pooled, padding=3)))


def cbam_resnet50(t: Tensors, x: Tensor) -> Tensor:
    """Woo et al. 2018."""
    return resnet50_v1(t, x, cbam)


def eca(t: Tensors, x: Tensor) -> Tensor:
    """Wang et al. 2020, equation 5: each channel with its neighbours, written as a product with a
    band matrix."""
    (taps,) = next(t.left).flatten(0, 1)
    channels, reach = x.shape[1], len(taps) // 2
    band = torch.zeros(channels, channels, dtype=x.dtype)
    for offset, tap in zip(range(-reach, reach + 1), taps, strict=True):
        band += torch.diag(tap.expand(channels - abs(offset)), offset)
    return x * torch.sigmoid(x.mean((2, 3)) @ band.T)[:, :, None, None]


def eca_resnet50(t: Tensors, x: Tensor) -> Tensor:
    """Wang et al. 2020."""
    return resnet50_v1(t, x, eca)


def selective(t: Tensors, x: Tensor, stride: int) -> Tensor:
    """Li et al. 2019, equations 1 to 6."""
    maps = []
    for dilation in (1, 2):
        y = F.conv2d(x, next(t.left), None, stride, dilation, dilation, 32)
        maps.append(t.norm(y).relu())
    fused = sum(maps).mean((2, 3), keepdim=True)  # type: ignore[union-attr]
    near, wide = t.conv(t.norm(t.conv(fused)).relu()).chunk(2, 1)
    share = torch.sigmoid(near - wide)  # exp(a) / (exp(a) + exp(b))
    return maps[0] * share + maps[1] * (1 - share)


def sknet50(t: Tensors, x: Tensor) -> Tensor:
    """Li et al. 2019, Table 1."""
    x = t.norm(t.conv(x, stride=2, padding=3)).relu()
    x = F.max_pool2d(x, 3, 2, 1)
    for stage, depth in enumerate((3, 4, 6, 3)):
        for unit in range(depth):
            stride = 2 if stage and unit == 0 else 1
            y = selective(t, t.norm(t.conv(x)).relu(), stride)
            y = t.norm(t.conv(y))
            if unit == 0:
                x = t.norm(t.conv(x, stride))
            x = (x + y).relu()
    return t.linear(x.mean((2, 3)))


def channel_norm(t: Tensors, x: Tensor) -> Tensor:
    """To mean 0 and variance 1 over the channels."""
    scale, shift = (next(t.left)[:, None, None] for _ in range(2))
    mean = x.mean(1, keepdim=True)
    variance = (x - mean).square().mean(1, keepdim=True)
    return (x - mean) / torch.sqrt(variance + 1e-6) * scale + shift


def responses(t: Tensors, x: Tensor) -> Tensor:
    """Woo et al. 2023, algorithm 1."""
    scale, shift = (next(t.left)[:, None, None] for _ in range(2))
    norms = x.square().sum((2, 3), keepdim=True).sqrt()
    return scale * (x * norms / (norms.mean(1, keepdim=True) + 1e-6)) + shift + x


def patches(t: Tensors, x: Tensor, size: int) -> Tensor:
    """A convolution of windows side by side."""
    return F.conv2d(x, next(t.left), next(t.left), size)


def convnext(t: Tensors, x: Tensor, second: bool) -> Tensor:
    """Liu et al. 2022, Figure 4; of the second version, Woo et al. 2023, Figure 5."""
    x = channel_norm(t, patches(t, x, 4))
    for stage, depth in enumerate((3, 3, 9, 3)):
        if stage:
            x = patches(t, channel_norm(t, x), 2)
        for _ in range(depth):
            y = F.conv2d(x, next(t.left), next(t.left), 1, 3, 1, x.shape[1])
            y = F.gelu(patches(t, channel_norm(t, y), 1))
            y = patches(t, responses(t, y) if second else y, 1)
            x = x + (y if second else y * next(t.left)[:, None, None])
    return t.linear(channel_norm(t, x.mean((2, 3), keepdim=True)).flatten(1))


def convnext_t(t: Tensors, x: Tensor) -> Tensor:
    """Liu et al. 2022."""
    return convnext(t, x, second=False)


def convnext_v2_t(t: Tensors, x: Tensor) -> Tensor:
    """Woo et al. 2023."""
    return convnext(t, x, second=True)
