"""PointNet and YOLO11 once more, as their authors describe them: functions over a list of tensors,
which know nothing of specs, graphs or modules."""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from tests.lowering.independent import Tensors

# -- PointNet ----------------------------------------------------------------------------------


def pointnet(t: Tensors, x: Tensor) -> Tensor:
    """Qi et al. 2017, Figure 2. N x 3 x points."""
    x = turned(t, x)
    x = dense(t, x, 2)
    x = turned(t, x)
    x = dense(t, x, 3).amax(2)
    return t.linear(dense(t, x, 2))


def dense(t: Tensors, x: Tensor, count: int) -> Tensor:
    """Fully connected, normalised, rectified; clouds point by point."""
    for _ in range(count):
        y = t.linear(x if x.dim() == 2 else x.transpose(1, 2))
        x = t.norm(y if x.dim() == 2 else y.transpose(1, 2)).relu()
    return x


def turned(t: Tensors, x: Tensor) -> Tensor:
    """Each point times the matrix that a T-Net makes of all of them."""
    numbers = t.linear(dense(t, dense(t, x, 3).amax(2), 2))
    matrix = numbers.view(len(x), x.shape[1], x.shape[1])
    return torch.einsum("nij,njp->nip", matrix, x)


# -- YOLO11 ------------------------------------------------------------------------------------


def yolo11(t: Tensors, x: Tensor) -> Tensor:
    """Sizes n and s: the rows of yolo11.yaml."""
    x = act(t, x, stride=2)
    x = act(t, x, stride=2)
    x = act(t, c3k2(t, x, False), stride=2)
    by8 = c3k2(t, x, False)
    by16 = c3k2(t, act(t, by8, stride=2), True)
    x = c3k2(t, act(t, by16, stride=2), True)
    by32 = c2psa(t, sppf(t, x))
    up16 = c3k2(t, beside(F.interpolate(by32, scale_factor=2.0), by16), False)
    small = c3k2(t, beside(F.interpolate(up16, scale_factor=2.0), by8), False)
    middle = c3k2(t, beside(act(t, small, stride=2), up16), False)
    large = c3k2(t, beside(act(t, middle, stride=2), by32), True)
    return decoded(t, torch.cat([detect(t, each) for each in (small, middle, large)], 2))


def plain(t: Tensors, x: Tensor, stride: int = 1, groups: int = 1) -> Tensor:
    """A convolution that keeps the size, normalised. Its kernel is that of the next tensor."""
    weight = next(t.left)
    return t.norm(F.conv2d(x, weight, None, stride, weight.shape[2] // 2, 1, groups))


def act(t: Tensors, x: Tensor, stride: int = 1, groups: int = 1) -> Tensor:
    """With SiLU behind it."""
    y = plain(t, x, stride, groups)
    return y * y.sigmoid()


def beside(*maps: Tensor) -> Tensor:
    return torch.cat(maps, 1)


def bottleneck(t: Tensors, x: Tensor) -> Tensor:
    return x + act(t, act(t, x))


def c3k2(t: Tensors, x: Tensor, deep: bool) -> Tensor:
    one, other = act(t, x).chunk(2, 1)
    worked = c3k(t, other) if deep else bottleneck(t, other)
    return act(t, beside(one, other, worked))


def c3k(t: Tensors, x: Tensor) -> Tensor:
    worked = bottleneck(t, bottleneck(t, act(t, x)))
    return act(t, beside(worked, act(t, x)))


def sppf(t: Tensors, x: Tensor) -> Tensor:
    """Pools of 5, 9 and 13, each by itself."""
    x = act(t, x)
    pools = (F.max_pool2d(x, size, 1, size // 2) for size in (5, 9, 13))
    return act(t, beside(x, *pools))


def c2psa(t: Tensors, x: Tensor) -> Tensor:
    one, other = act(t, x).chunk(2, 1)
    other = other + attended(t, other)
    other = other + plain(t, act(t, other))
    return act(t, beside(one, other))


def attended(t: Tensors, x: Tensor) -> Tensor:
    """Head by head: 32 queries, 32 keys, 64 values."""
    values, mixed = [], []
    for head in plain(t, x).split(128, 1):
        q, k, v = head.flatten(2).split((32, 32, 64), 1)
        weights = (q.transpose(1, 2) @ k / 32**0.5).softmax(2)
        mixed.append((v @ weights.transpose(1, 2)).view(len(x), 64, *x.shape[2:]))
        values.append(v.reshape(len(x), 64, *x.shape[2:]))
    placed = plain(t, beside(*values), groups=x.shape[1])
    return plain(t, beside(*mixed) + placed)


def detect(t: Tensors, x: Tensor) -> Tensor:
    """N x (4 distances of 16 lengths, and classes) x places."""
    box = t.biased(act(t, act(t, x)), 0)
    y = x
    for _ in range(2):
        y = act(t, act(t, y, groups=y.shape[1]))
    return beside(box, t.biased(y, 0)).flatten(2)


def decoded(t: Tensors, x: Tensor) -> Tensor:
    """The means over lengths, and the classes' probabilities."""
    lengths = next(t.left).flatten()
    sides = [
        (side.softmax(1) * lengths.view(1, -1, 1)).sum(1, keepdim=True)
        for side in x[:, :64].split(16, 1)
    ]
    return beside(*sides, x[:, 64:].sigmoid())
