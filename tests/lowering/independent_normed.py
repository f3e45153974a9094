"""CycleGAN's generator, SAGAN's discriminator, BiT's ResNet, the weight-normalised CNN, from
their authors' descriptions: functions over a list of tensors, which know nothing of specs."""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from tests.lowering.independent import Tensors

# -- CycleGAN ----------------------------------------------------------------------------------


def mirrored(x: Tensor, margin: int) -> Tensor:
    """The map with what its edges mirror around it."""
    for axis in (2, 3):
        last = x.shape[axis] - 1
        around = [*range(margin, 0, -1), *range(last + 1), *range(last - 1, last - 1 - margin, -1)]
        x = x.index_select(axis, torch.tensor(around))
    return x


def by_itself(x: Tensor) -> Tensor:
    """Each channel of each image to mean 0 and variance 1."""
    mean = x.mean((2, 3), keepdim=True)
    return (x - mean) / torch.sqrt((x - mean).square().mean((2, 3), keepdim=True) + 1e-5)


def cyclegan_generator(t: Tensors, x: Tensor) -> Tensor:
    """Zhu et al. 2017, 7.2: c7s1-64, d128, d256, R256 nine times, u128, u64, c7s1-3."""
    x = by_itself(t.biased(mirrored(x, 3), 0)).relu()
    for _ in range(2):
        weight, bias = next(t.left), next(t.left)
        x = by_itself(F.conv2d(x, weight, bias, 2, 1)).relu()
    for _ in range(9):
        y = by_itself(t.biased(mirrored(x, 1), 0)).relu()
        x = x + by_itself(t.biased(mirrored(y, 1), 0))
    for _ in range(2):
        weight, bias = next(t.left), next(t.left)
        x = by_itself(F.conv_transpose2d(x, weight, bias, 2, 1, 1)).relu()
    return t.biased(mirrored(x, 3), 0).tanh()


# -- SAGAN -------------------------------------------------------------------------------------


def spectral(t: Tensors) -> Tensor:
    """A weight divided by what its vectors say is its largest singular value."""
    weight, left, right = (next(t.left) for _ in range(3))
    return weight / (left @ weight.flatten(1) @ right)


def conv(t: Tensors, x: Tensor) -> Tensor:
    """With a bias; an odd window keeps the size."""
    bias, weight = next(t.left), spectral(t)
    return F.conv2d(x, weight, bias, padding=weight.shape[2] // 2)


def halved(x: Tensor) -> Tensor:
    """The mean of each 2x2."""
    return x.unflatten(2, (-1, 2)).unflatten(4, (-1, 2)).mean((3, 5))


def self_attention(t: Tensors, x: Tensor) -> Tensor:
    """Every place attends to the largest of each 2x2 of places; its values are half as many."""
    values = F.max_pool2d(F.conv2d(x, spectral(t)), 2).flatten(2)
    keys = F.max_pool2d(F.conv2d(x, spectral(t)), 2).flatten(2)
    queries = F.conv2d(x, spectral(t)).flatten(2)
    shares = torch.einsum("nck,ncq->nqk", keys, queries).softmax(2)
    seen = torch.einsum("nqk,nck->ncq", shares, values)
    seen = F.conv2d(seen.unflatten(2, x.shape[2:]), spectral(t))
    return x + next(t.left) * seen


def sagan_discriminator(t: Tensors, image: Tensor, label: Tensor) -> Tensor:
    """Zhang et al. 2019, as in their code: attention on the map of 32x32."""
    y = halved(conv(t, conv(t, image).relu()))
    x = y + conv(t, halved(image))
    for block in range(4):
        y = halved(conv(t, conv(t, x.relu()).relu()))
        x = y + halved(conv(t, x))
        if block == 0:
            x = self_attention(t, x)
    x = x + conv(t, conv(t, x.relu()).relu())
    features = x.relu().sum((2, 3))
    bias = next(t.left)
    real = features @ spectral(t).T + bias
    classes = spectral(t)
    return real + (features * classes[label[:, 0].long()]).sum(1, keepdim=True)


# -- the weight-normalised CNN -----------------------------------------------------------------


def mean_only(t: Tensors, x: Tensor) -> Tensor:
    """Each channel less its mean, plus a shift."""
    shift, mean, _ = (next(t.left) for _ in range(3))
    return x - mean.view(-1, *(1 for _ in x.shape[2:])) + shift.view(-1, *(1 for _ in x.shape[2:]))


def directed(t: Tensors) -> Tensor:
    """A weight from lengths and directions."""
    length, direction = next(t.left), next(t.left)
    each = (-1, *(1 for _ in direction.shape[1:]))
    return length * direction / direction.flatten(1).norm(dim=1).view(each)


STAGES = ((3, 1), (3, 1), (1, 0), (2, 0))
"""How many convolutions there are before each pool, and their padding."""


def weightnorm_cnn(t: Tensors, x: Tensor) -> Tensor:
    """Salimans & Kingma 2016, appendix A, by weight norm with mean-only batch norm."""
    for number, (count, padding) in enumerate(STAGES):
        for _ in range(count):
            x = F.leaky_relu(mean_only(t, F.conv2d(x, directed(t), padding=padding)), 0.1)
        x = F.max_pool2d(x, 2) if number < 2 else x
    return mean_only(t, x.mean((2, 3)) @ directed(t).T)


# -- BiT -----------------------------------------------------------------------------------------


def standard(t: Tensors, x: Tensor, stride: int = 1, padding: int = 0) -> Tensor:
    """A convolution whose filters have mean 0 and variance 1."""
    weight = next(t.left)
    rows = weight.flatten(1)
    centred = rows - rows.mean(1, keepdim=True)
    rows = centred / torch.sqrt(centred.square().mean(1, keepdim=True) + 1e-10)
    return F.conv2d(x, rows.view_as(weight), None, stride, padding)


def grouped(t: Tensors, x: Tensor) -> Tensor:
    """Group norm over 32 groups, written out, and a rectifier."""
    scale, shift = (next(t.left).view(-1, 1, 1) for _ in range(2))
    groups = x.unflatten(1, (32, -1))
    centred = groups - groups.mean((2, 3, 4), keepdim=True)
    normal = centred / torch.sqrt(centred.square().mean((2, 3, 4), keepdim=True) + 1e-5)
    return (normal.flatten(1, 2) * scale + shift).relu()


def bit_r50x1(t: Tensors, x: Tensor) -> Tensor:
    """Kolesnikov et al. 2020, 3.1; as in their code, zeros around what the pool reads."""
    x = F.max_pool2d(F.pad(standard(t, x, 2, 3), (1, 1, 1, 1)), 3, 2)
    for stage, depth in enumerate((3, 4, 6, 3)):
        for unit in range(depth):
            stride = 2 if stage and unit == 0 else 1
            y = shared = grouped(t, x)
            y = grouped(t, standard(t, y))
            y = grouped(t, standard(t, y, stride, 1))
            y = standard(t, y)
            x = y + (standard(t, shared, stride) if unit == 0 else x)
    return t.linear(grouped(t, x).mean((2, 3)))
