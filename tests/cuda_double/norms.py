"""What batch norm over several devices is made of: on a CUDA device these are operations, for which
PyTorch's CPU kernels have no like."""

from __future__ import annotations

import torch
from torch import Tensor

_KEPT = torch.library.Library("aten", "IMPL")


def lay() -> None:
    """Put them in their places."""
    for function in (
        batch_norm_stats,
        batch_norm_gather_stats_with_counts,
        batch_norm_elemt,
        batch_norm_backward_reduce,
        batch_norm_backward_elemt,
    ):
        _KEPT.impl(function.__name__, function, "CUDA")


def _axes(x: Tensor) -> list[int]:
    """All but the channels."""
    return [axis for axis in range(x.dim()) if axis != 1]


def _along(values: Tensor, x: Tensor) -> Tensor:
    """A number for each channel."""
    return values.view(1, -1, *(1 for _ in x.shape[2:]))


def batch_norm_stats(x: Tensor, eps: float) -> tuple[Tensor, Tensor]:
    """Mean, and 1 / deviation, of one device's images."""
    found = x.float()
    return found.mean(_axes(x)), (found.var(_axes(x), unbiased=False) + eps).rsqrt()


def batch_norm_gather_stats_with_counts(
    x: Tensor,
    means: Tensor,
    inverses: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    momentum: float,
    eps: float,
    counts: Tensor,
) -> tuple[Tensor, Tensor]:
    """Those of all devices' images, which go into the running ones. means: devices x channels."""
    total, weights = counts.sum(), counts.view(-1, 1)
    mean = (means * weights).sum(0) / total
    variances = inverses.pow(-2) - eps + (means - mean).square()
    variance = (variances * weights).sum(0) / total
    for running, new in ((running_mean, mean), (running_var, variance * total / (total - 1))):
        if running is not None:
            running.mul_(1 - momentum).add_(new * momentum)
    return mean, (variance + eps).rsqrt()


def batch_norm_elemt(
    x: Tensor, weight: Tensor | None, bias: Tensor | None, mean: Tensor, inverse: Tensor, eps: float
) -> Tensor:
    """The normalised images."""
    scale = inverse if weight is None else inverse * weight
    found = (x - _along(mean, x)) * _along(scale, x)
    return (found if bias is None else found + _along(bias, x)).to(x.dtype)


def batch_norm_backward_reduce(
    gradient: Tensor,
    x: Tensor,
    mean: Tensor,
    inverse: Tensor,
    weight: Tensor | None,
    *needed: bool,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Sums of one device's gradients, and the gradients of weight and bias there."""
    given = gradient.float()
    sums = given.sum(_axes(x))
    products = (given * (x - _along(mean, x))).sum(_axes(x))
    return sums, products, products * inverse, sums.clone()


def batch_norm_backward_elemt(
    gradient: Tensor,
    x: Tensor,
    mean: Tensor,
    inverse: Tensor,
    weight: Tensor | None,
    sums: Tensor,
    products: Tensor,
    counts: Tensor,
) -> Tensor:
    """The images' gradient."""
    total = counts.sum()
    scale = inverse if weight is None else inverse * weight
    slope = (x - _along(mean, x)) * _along(inverse.square() * products / total, x)
    return ((gradient - _along(sums / total, x) - slope) * _along(scale, x)).to(x.dtype)
