"""Layers in numpy, straight from their formulas: loops over outputs, sums over windows."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def padded(x: Array, padding: int, value: float = 0.0) -> Array:
    """N x C x H x W with `padding` values around each map."""
    around = ((0, 0), (0, 0), (padding, padding), (padding, padding))
    return np.pad(x, around, constant_values=value)


def size(width: int, kernel: int, stride: int, padding: int, dilation: int = 1) -> int:
    """(W - F + 2P)/S + 1, rounded down."""
    return (width - (dilation * (kernel - 1) + 1) + 2 * padding) // stride + 1


def conv(
    x: Array,
    weight: Array,
    bias: Array,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
    groups: int = 1,
) -> Array:
    """Each output is a dot product of a filter with a window, plus the filter's bias."""
    batch, channels, height, width = x.shape
    filters, read, kernel, _ = weight.shape
    assert read == channels // groups
    rows = size(height, kernel, stride, padding, dilation)
    columns = size(width, kernel, stride, padding, dilation)
    x, y = padded(x, padding), np.zeros((batch, filters, rows, columns))
    for n, f, i, j in product(*map(range, y.shape)):
        first = f // (filters // groups) * read
        for c, u, v in product(range(read), range(kernel), range(kernel)):
            value = x[n, first + c, i * stride + u * dilation, j * stride + v * dilation]
            y[n, f, i, j] += weight[f, c, u, v] * value
        y[n, f, i, j] += bias[f]
    return y


def conv_transpose(x: Array, weight: Array, bias: Array, stride: int, padding: int) -> Array:
    """Each input is spread over a window of the output."""
    batch, _, height, width = x.shape
    _, filters, kernel, _ = weight.shape
    shape = (batch, filters, (height - 1) * stride + kernel, (width - 1) * stride + kernel)
    y = np.zeros(shape)
    for n, c, i, j in product(*map(range, x.shape)):
        for f, u, v in product(range(filters), range(kernel), range(kernel)):
            y[n, f, i * stride + u, j * stride + v] += x[n, c, i, j] * weight[c, f, u, v]
    y = y[:, :, padding : y.shape[2] - padding, padding : y.shape[3] - padding]
    return y + bias[:, None, None]


def pool(
    x: Array,
    combine: Callable[[Array], float],
    kernel: int,
    stride: int,
    padding: int = 0,
    value: float = 0.0,
) -> Array:
    """One number for each window of each map; `value` stands in the padding."""
    batch, channels, height, width = x.shape
    rows, columns = (size(side, kernel, stride, padding) for side in (height, width))
    x, y = padded(x, padding, value), np.zeros((batch, channels, rows, columns))
    for n, c, i, j in product(*map(range, y.shape)):
        window = x[n, c, i * stride : i * stride + kernel, j * stride : j * stride + kernel]
        y[n, c, i, j] = combine(window)
    return y


def batch_norm(
    x: Array, scale: Array, shift: Array, mean: Array, variance: Array, eps: float = 1e-5
) -> Array:
    """Each channel to mean 0 and variance 1 by given statistics, then scaled and shifted."""
    each = (slice(None), None, None)
    return (x - mean[each]) / np.sqrt(variance[each] + eps) * scale[each] + shift[each]


def statistics(x: Array) -> tuple[Array, Array]:
    """Mean and variance of each channel over the batch and the map: C means, C variances."""
    return x.mean((0, 2, 3)), x.var((0, 2, 3))


def running(kept: Array, seen: Array, momentum: float = 0.1) -> Array:
    """What is kept for test time, after a batch."""
    return (1 - momentum) * kept + momentum * seen


def linear(x: Array, weight: Array, bias: Array) -> Array:
    """W x + b for each sample."""
    return np.array([[row @ sample for row in weight] for sample in x]) + bias
