"""Layers in numpy, straight from their formulas: sums over windows, for one to three spatial axes.

A batch is N x C x space. A size is one number for all axes, or one for each.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from math import ceil, erf, floor
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Size = int | Sequence[int]


def per_axis(size: Size, rank: int) -> tuple[int, ...]:
    return (size,) * rank if isinstance(size, int) else tuple(size)


def along(values: Array, axes: int, axis: int = 1) -> Array:
    """A vector along one of `axes` axes."""
    return values.reshape([-1 if at == axis else 1 for at in range(axes)])


# -- windows ---------------------------------------------------------------------------------------

BEYOND = np.nan
"""What a window reads behind the padded map."""


def windows(
    x: Array,
    kernel: Size,
    stride: Size = 1,
    padding: Size = 0,
    dilation: Size = 1,
    fill: float = 0.0,
    rounding: Callable[[float], int] = floor,
) -> Array:
    """All windows: N x C x positions x kernel. Along an axis there are (W - F + 2P)/S + 1, rounded;
    one that would start in the padding on the right is left out."""
    rank = x.ndim - 2
    kernel, stride, padding, dilation = (
        per_axis(size, rank) for size in (kernel, stride, padding, dilation)
    )
    counts = []
    for w, k, s, p, d in zip(x.shape[2:], kernel, stride, padding, dilation, strict=True):
        count = rounding((w - (d * (k - 1) + 1) + 2 * p) / s) + 1
        counts.append(count - 1 if (count - 1) * s >= w + p else count)
    x = np.pad(x, [(0, 0), (0, 0), *((p, p) for p in padding)], constant_values=fill)
    found = np.full((*x.shape[:2], *counts, *kernel), BEYOND)
    for place in np.ndindex(*counts):
        for tap in np.ndindex(*kernel):
            at = [i * s + u * d for i, u, s, d in zip(place, tap, stride, dilation, strict=True)]
            if all(i < side for i, side in zip(at, x.shape[2:], strict=True)):
                found[(slice(None), slice(None), *place, *tap)] = x[(..., *at)]
    return found


def conv(
    x: Array,
    weight: Array,
    bias: Array | None = None,
    stride: Size = 1,
    padding: Size = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> Array:
    """Each output is the dot product of a filter with a window, plus the filter's bias."""
    filters, reads, *kernel = weight.shape
    assert reads == x.shape[1] // groups
    read = windows(x, kernel, stride, padding, dilation)
    y = np.zeros((len(x), filters, *read.shape[2 : x.ndim]))
    for f in range(filters):
        first = f // (filters // groups) * reads
        for c in range(reads):
            for tap in np.ndindex(*kernel):
                y[:, f] += weight[(f, c, *tap)] * read[(slice(None), first + c, ..., *tap)]
    return y if bias is None else y + along(bias, y.ndim)


def table_conv(
    x: Array, weight: Array, bias: Array, table: Sequence[Sequence[int]], **sizes: Any
) -> Array:
    """Each filter reads the channels of its row, with a kernel for each."""
    kernels = iter(weight)
    maps = [
        sum(conv(x[:, c : c + 1], next(kernels)[None, None], **sizes) for c in row) for row in table
    ]
    y: Array = np.concatenate(maps, axis=1)
    return y + along(bias, y.ndim)


def filtered(x: Array, taps: Array, stride: Any = 1, dilation: Any = 1) -> Array:
    """Each channel convolved with the same window."""
    channels = x.shape[1]
    weight = np.broadcast_to(taps, (channels, 1, *taps.shape))
    return conv(x, weight, stride=stride, dilation=dilation, groups=channels)


def blurred(x: Array, kernel: int, stride: int, mode: Any) -> Array:
    """As often as the window has taps less one, the mean of each two neighbours, axis by axis; then
    every place that the stride leaves."""
    sides = (kernel - 1) // 2, kernel // 2
    x = np.pad(x, ((0, 0), (0, 0), *[sides] * (x.ndim - 2)), mode)
    for axis in range(2, x.ndim):
        for _ in range(kernel - 1):
            x = (np.delete(x, 0, axis) + np.delete(x, -1, axis)) / 2
    return x[(..., *[slice(None, None, stride)] * (x.ndim - 2))]


def sobel(x: Array) -> Array:
    """What lies right of each place less what lies left, the middle row twice."""
    across = x[..., 2:] - x[..., :-2]
    return across[..., :-2, :] + 2 * across[..., 1:-1, :] + across[..., 2:, :]


def weight_normed(length: Array, direction: Array) -> Array:
    """g v/|v| for each filter (Salimans & Kingma 2016, equation 2)."""
    norms = np.sqrt((direction**2).sum(tuple(range(1, direction.ndim)), keepdims=True))
    return length * direction / norms


def weights_normed(tensors: Sequence[Array]) -> list[Array]:
    """Of each two, the matrix of that length and direction."""
    return [weight_normed(g, v) for g, v in zip(tensors[::2], tensors[1::2], strict=True)]


def weights_divided(tensors: Sequence[Array]) -> list[Array]:
    """Of each three, the matrix, divided by its largest singular value as two vectors tell it
    (Miyato 2018, equation 19)."""
    each = zip(tensors[::3], tensors[1::3], tensors[2::3], strict=True)
    return [w / (u @ w @ v) for w, u, v in each]


def conv_transpose(
    x: Array,
    weight: Array,
    bias: Array | None = None,
    stride: Size = 1,
    padding: Size = 0,
    dilation: Size = 1,
    groups: int = 1,
    output_padding: Size = 0,
) -> Array:
    """Each input is spread over a window of the output, from which the padding is cut."""
    channels, writes, *kernel = weight.shape
    rank = len(kernel)
    stride, padding, dilation, extra = (
        per_axis(size, rank) for size in (stride, padding, dilation, output_padding)
    )
    shape = [
        (w - 1) * s + d * (k - 1) + 1 + more
        for w, k, s, d, more in zip(x.shape[2:], kernel, stride, dilation, extra, strict=True)
    ]
    y = np.zeros((len(x), writes * groups, *shape))
    for c in range(channels):
        first = c // (channels // groups) * writes
        for f, *tap in np.ndindex(writes, *kernel):
            for place in np.ndindex(*x.shape[2:]):
                at = [
                    i * s + u * d for i, u, s, d in zip(place, tap, stride, dilation, strict=True)
                ]
                y[(slice(None), first + f, *at)] += (
                    weight[(c, f, *tap)] * x[(slice(None), c, *place)]
                )
    cut = (slice(p, side - p) for p, side in zip(padding, shape, strict=True))
    y = y[(slice(None), slice(None), *cut)]
    return y if bias is None else y + along(bias, y.ndim)


# -- pooling ---------------------------------------------------------------------------------------


def taps(x: Array) -> tuple[int, ...]:
    """The axes of the kernel in the windows of a batch `x`."""
    return tuple(range(x.ndim, 2 * x.ndim - 2))


def locally_connected(x: Array, weight: Array, bias: Array, stride: Size = 1) -> Array:
    """A sum of its own over the window of every place, row by row."""
    y = np.empty((len(x), *bias.shape))
    step = per_axis(stride, x.ndim - 2)
    sides = kernel_of_places(x.shape, bias.shape, step, weight.shape[1])
    for place, at in enumerate(np.ndindex(*bias.shape[1:])):
        where = tuple(slice(i * s, i * s + k) for i, s, k in zip(at, step, sides, strict=True))
        window = x[(slice(None), slice(None), *where)].reshape(len(x), -1)
        y[(slice(None), slice(None), *at)] = window @ weight[place] + bias[(slice(None), *at)]
    return y


def kernel_of_places(
    x: Sequence[int], y: Sequence[int], step: Sequence[int], taps: int
) -> tuple[int, ...]:
    """The sides of a window of so many taps, where the windows end with the map."""
    sides = tuple(n - (m - 1) * s for n, m, s in zip(x[2:], y[1:], step, strict=True))
    assert x[1] * int(np.prod(sides)) == taps
    return sides


def max_pool(x: Array, kernel: Size, stride: Size, padding: Size = 0, **other: Any) -> Array:
    """The largest that is there."""
    found: Array = np.nanmax(windows(x, kernel, stride, padding, fill=BEYOND, **other), taps(x))
    return found


def unpooled(x: Array, kernel: Size, stride: Size, padding: Size) -> Array:
    """Three times the largest value of each window, where it stands; zeros elsewhere. No windows
    overlap."""
    y = np.zeros_like(x)
    kernel, stride, padding = (per_axis(size, 2) for size in (kernel, stride, padding))
    for n, c, i, j in np.ndindex(*max_pool(x, kernel, stride, padding).shape):
        top, left = i * stride[0] - padding[0], j * stride[1] - padding[1]
        places = [
            (u, v)
            for u in range(max(top, 0), min(top + kernel[0], x.shape[2]))
            for v in range(max(left, 0), min(left + kernel[1], x.shape[3]))
        ]
        place = max(places, key=lambda place: x[n, c, *place])
        y[n, c, *place] = 3 * x[n, c, *place]
    return y


def between(plane: Array, y: float, x: float) -> float:
    """A value between the pixels of a plane, that of the edge as far as a pixel behind it, and 0
    farther out (He 2017, section 3, as Detectron has it)."""
    height, width = plane.shape
    if not (-1 <= y <= height and -1 <= x <= width):
        return 0.0
    y, x = min(max(y, 0), height - 1), min(max(x, 0), width - 1)
    i, j = min(int(y), max(height - 2, 0)), min(int(x), max(width - 2, 0))
    square = np.pad(plane, ((0, 1), (0, 1)))[i : i + 2, j : j + 2]
    return float(np.array([1 - (y - i), y - i]) @ square @ np.array([1 - (x - j), x - j]))


def aligned(
    x: Array, size: tuple[int, int], scale: float = 1, samples: int = 2, moved: float = 0
) -> Array:
    """The regions in boxes, of which x itself holds the numbers, a box for each position."""
    boxes = x.reshape(len(x), 4, -1) * scale - moved
    y = np.empty((*x.shape[:2], boxes.shape[2], *size))
    for n, c, box, i, j in np.ndindex(*y.shape):
        left, top, right, bottom = boxes[n, :, box]
        least = -np.inf if moved else 1
        height, width = max(bottom - top, least), max(right - left, least)
        y[n, c, box, i, j] = np.mean(
            [
                between(
                    x[n, c],
                    top + (i + (u + 0.5) / samples) * height / size[0],
                    left + (j + (v + 0.5) / samples) * width / size[1],
                )
                for u in range(samples)
                for v in range(samples)
            ]
        )
    return y


def whole(number: float) -> int:
    """The nearest whole number; of a half, the one farther from 0."""
    return int(np.sign(number) * floor(abs(number) + 0.5))


def pooled_in(x: Array, size: tuple[int, int], scale: float = 1, box_scale: float = 1) -> Array:
    """The largest values in cells of boxes, of which x itself holds the numbers, a box for each
    position (Girshick 2015, section 2.1)."""
    boxes = x.reshape(len(x), 4, -1) * box_scale * scale
    y = np.zeros((*x.shape[:2], boxes.shape[2], *size))
    for n, c, box, i, j in np.ndindex(*y.shape):
        left, top, right, bottom = map(whole, boxes[n, :, box])
        rows = cell(top, bottom, i, size[0], x.shape[2])
        columns = cell(left, right, j, size[1], x.shape[3])
        y[n, c, box, i, j] = max((x[n, c, u, v] for u in rows for v in columns), default=0)
    return y


def pooled_by_place(
    x: Array, size: tuple[int, int], scale: float = 1, box_scale: float = 1, repeats: int = 1
) -> Array:
    """The means of cells of boxes, of which x itself holds the numbers, a box for each position;
    the map is x, several times over (Dai 2016, equation 1; sides as the authors' layer for Caffe
    rounds them)."""
    boxes = x.reshape(len(x), 4, -1) * box_scale
    maps = np.concatenate([x] * repeats, axis=1)
    y = np.zeros((len(x), maps.shape[1] // (size[0] * size[1]), boxes.shape[2], *size))
    for n, c, box, i, j in np.ndindex(*y.shape):
        left, top, right, bottom = map(whole, boxes[n, :, box])
        rows = touched(top * scale, (bottom + 1) * scale, i, size[0], x.shape[2])
        columns = touched(left * scale, (right + 1) * scale, j, size[1], x.shape[3])
        channel = maps[n, (c * size[0] + i) * size[1] + j]
        found = [channel[u, v] for u in rows for v in columns]
        y[n, c, box, i, j] = sum(found) / max(len(found), 1)
    return y


def touched(first: float, last: float, number: int, cells: int, side: int) -> list[int]:
    """The places of a cell that are on the map: all that it touches."""
    each = max(last - first, 0.1) / cells
    reached = range(floor(number * each + first), ceil((number + 1) * each + first))
    return [place for place in reached if 0 <= place < side]


def cell(first: int, last: int, number: int, cells: int, side: int) -> list[int]:
    """The places of a cell that are on the map: all that it touches."""
    each = max(last - first + 1, 1) / cells
    reached = range(first + floor(number * each), first + ceil((number + 1) * each))
    return [place for place in reached if 0 <= place < side]


def moved_conv(
    x: Array,
    weight: Array,
    bias: Array | None,
    offsets: Array,
    mask: Array | None = None,
    stride: Size = 1,
    padding: Size = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> Array:
    """A convolution whose taps lie where offsets say (Dai 2017, equation 2), each weighed by a mask
    (Zhu 2019, equation 1)."""
    filters, reads, height, width = weight.shape
    (s, t), (p, q), (d, e) = (per_axis(size, 2) for size in (stride, padding, dilation))
    parts = offsets.shape[1] // (2 * height * width)
    y = np.zeros((len(x), filters, *offsets.shape[2:]))
    for n, f, i, j in np.ndindex(*y.shape):
        for c, u, v in np.ndindex(reads, height, width):
            channel = f // (filters // groups) * reads + c
            tap = channel // (x.shape[1] // parts) * height * width + u * width + v
            down, right = offsets[n, 2 * tap : 2 * tap + 2, i, j]
            value = among(x[n, channel], i * s - p + u * d + down, j * t - q + v * e + right)
            weighed = value if mask is None else value * mask[n, tap, i, j]
            y[n, f, i, j] += weight[f, c, u, v] * weighed
    return y if bias is None else y + along(bias, 4)


def among(plane: Array, y: float, x: float) -> float:
    """A value among the four nearest pixels of a plane with zeros around (Dai 2017, equation 4)."""
    near = (
        plane[i, j] * (1 - abs(y - i)) * (1 - abs(x - j))
        for i in (floor(y), floor(y) + 1)
        for j in (floor(x), floor(x) + 1)
        if 0 <= i < plane.shape[0] and 0 <= j < plane.shape[1]
    )
    return float(sum(near))


def avg_pool(x: Array, kernel: Size, stride: Size, padding: Size = 0, **other: Any) -> Array:
    """The mean, the zeros of the padding among the values."""
    found: Array = np.nanmean(windows(x, kernel, stride, padding, **other), taps(x))
    return found


def avg_pool_of_real(x: Array, kernel: Size, stride: Size, padding: Size, **other: Any) -> Array:
    """The mean of what is there without the padding."""
    found: Array = np.nanmean(windows(x, kernel, stride, padding, fill=BEYOND, **other), taps(x))
    return found


def lp_pool(
    x: Array, norm: float, kernel: Size, stride: Size, padding: Size = 0, **other: Any
) -> Array:
    """(sum of x^p)^(1/p)."""
    powers = windows(x, kernel, stride, padding, **other) ** norm
    found: Array = np.nansum(powers, taps(x)) ** (1 / norm)
    return found


def subsample(x: Array, weight: Array, bias: Array, kernel: Size, stride: Size) -> Array:
    """The sum of a window times its channel's coefficient, plus its bias (LeCun 1998)."""
    sums = windows(x, kernel, stride).sum(taps(x))
    return along(weight, x.ndim) * sums + along(bias, x.ndim)


def adaptive_pool(x: Array, sizes: Sequence[int], combine: Callable[..., Array]) -> Array:
    """Output i of M combines the inputs from floor(i W/M) to before ceil((i + 1) W/M)."""
    y = np.zeros((*x.shape[:2], *sizes))
    for place in np.ndindex(*sizes):
        reads = [
            slice(floor(i * w / m), ceil((i + 1) * w / m))
            for i, w, m in zip(place, x.shape[2:], sizes, strict=True)
        ]
        y[(..., *place)] = combine(x[(..., *reads)], tuple(range(2, x.ndim)))
    return y


# -- normalisation ---------------------------------------------------------------------------------


def standardised(x: Array, axes: Sequence[int], eps: float = 1e-5) -> Array:
    """Mean 0 and variance 1 over these axes together."""
    mean = x.mean(tuple(axes), keepdims=True)
    variance = ((x - mean) ** 2).mean(tuple(axes), keepdims=True)
    return (x - mean) / np.sqrt(variance + eps)


def by_mean_square(x: Array, axes: Sequence[int], eps: float = 2.0**-52) -> Array:
    """Divided by the root of the mean square over these axes together."""
    return x / np.sqrt((x**2).mean(tuple(axes), keepdims=True) + eps)


def scaled(x: Array, scale: Array, shift: Array) -> Array:
    """Each channel by its own scale and shift."""
    return along(scale, x.ndim) * x + along(shift, x.ndim)


def batch_norm(
    x: Array, scale: Array, shift: Array, mean: Array, variance: Array, eps: float = 1e-5
) -> Array:
    """Each channel to mean 0 and variance 1 by given statistics, then scaled and shifted."""
    normal = (x - along(mean, x.ndim)) / np.sqrt(along(variance, x.ndim) + eps)
    return scaled(normal, scale, shift)


def statistics(x: Array) -> tuple[Array, Array]:
    """Mean and variance of each channel over the batch and the map: C means, C variances."""
    axes = (0, *range(2, x.ndim))
    return x.mean(axes), x.var(axes)


def running(kept: Array, seen: Array, momentum: float = 0.1) -> Array:
    """What is kept for test time, after a batch."""
    return (1 - momentum) * kept + momentum * seen


def group_norm(x: Array, scale: Array, shift: Array, groups: int) -> Array:
    """Each group of channels of each sample."""
    grouped = x.reshape(len(x), groups, -1)
    return scaled(standardised(grouped, [2]).reshape(x.shape), scale, shift)


def local_response_norm(x: Array, size: int, alpha: float, beta: float, k: float) -> Array:
    """b_c = a_c / (k + alpha/n * sum of a^2 over n neighbouring channels)^beta (Krizhevsky 2012,
    section 3.3, with the mean for the sum)."""
    y, channels = np.empty_like(x), x.shape[1]
    for c in range(channels):
        neighbours = x[:, max(c - size // 2, 0) : min(c + (size - 1) // 2, channels - 1) + 1]
        y[:, c] = x[:, c] / (k + alpha / size * (neighbours**2).sum(1)) ** beta
    return y


# -- activations -----------------------------------------------------------------------------------


def sigmoid(x: Array) -> Array:
    return 1 / (1 + np.exp(-x))


def relu6(x: Array) -> Array:
    return np.minimum(np.maximum(x, 0), 6)


def elu(x: Array, alpha: float = 1.0) -> Array:
    return np.where(x > 0, x, alpha * (np.exp(x) - 1))


def softmax(x: Array) -> Array:
    """Over the channels."""
    powers = np.exp(x)
    return powers / powers.sum(1, keepdims=True)


SELU = 1.6732632423543772848170429916717, 1.0507009873554804934193349852946
"""alpha and lambda (Klambauer et al. 2017, equation 14, in the digits of its appendix)."""

ACTIVATIONS: dict[str, Callable[[Array], Array]] = {
    "identity": lambda x: x,
    "step": lambda x: np.where(x >= 0, 1.0, 0.0),
    "sigmoid": sigmoid,
    "tanh": lambda x: (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x)),
    "arctan": np.arctan,
    "relu": lambda x: np.maximum(x, 0),
    "relu6": relu6,
    "leaky_relu": lambda x: np.where(x > 0, x, 0.01 * x),
    "elu": elu,
    "selu": lambda x: SELU[1] * elu(x, SELU[0]),
    "gelu": lambda x: x / 2 * (1 + np.vectorize(erf)(x / np.sqrt(2))),
    "hard_tanh": lambda x: np.clip(x, -1, 1),
    "softsign": lambda x: x / (1 + np.abs(x)),
    "log_sigmoid": lambda x: np.log(sigmoid(x)),
    "celu": elu,
    "mish": lambda x: x * np.tanh(np.log(1 + np.exp(x))),
    "quick_gelu": lambda x: x * sigmoid(1.702 * x),
    "relu_squared": lambda x: np.where(x > 0, x**2, 0),
    "soft_shrink": lambda x: np.sign(x) * np.maximum(np.abs(x) - 0.5, 0),
    "hard_shrink": lambda x: np.where(np.abs(x) > 0.5, x, 0),
    "tanh_shrink": lambda x: x - np.tanh(x),
    "threshold": lambda x: np.where(x > 1, x, 0),
    "abs": np.abs,
    "square": lambda x: x * x,
    "exp": np.exp,
    "silu": lambda x: x * sigmoid(x),
    "softplus": lambda x: np.log(1 + np.exp(x)),
    "hard_sigmoid": lambda x: relu6(x + 3) / 6,
    "hard_swish": lambda x: x * relu6(x + 3) / 6,
    "softmax": softmax,
    "log_softmax": lambda x: x - np.log(np.exp(x).sum(1, keepdims=True)),
}


OF_POSITIVE: dict[str, Callable[[Array], Array]] = {
    "sqrt": np.sqrt,
    "log": np.log,
    "reciprocal": lambda x: 1 / x,
}


def gelu_by_tanh(x: Array) -> Array:
    """Hendrycks & Gimpel 2016, section 2."""
    return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))


def softmax_among(x: Array, parts: int) -> Array:
    """Over the channels c, c + C/parts, c + 2 C/parts, ..."""
    y, each = np.empty_like(x), x.shape[1] // parts
    for c in range(each):
        y[:, c::each] = softmax(x[:, c::each])
    return y


def glu(x: Array, gate: Callable[[Array], Array]) -> Array:
    """A * gate(B) of the halves of the channels (Shazeer 2020, equations 4 and 5)."""
    half = x.shape[1] // 2
    return x[:, :half] * gate(x[:, half:])


def global_response_norm(x: Array, weight: Array, bias: Array, eps: float = 1e-6) -> Array:
    """X_i = gamma * X_i * N(G(X)_i) + beta + X_i (Woo et al. 2023, algorithm 1)."""
    space = tuple(range(2, x.ndim))
    norms = np.sqrt((x**2).sum(space, keepdims=True))
    return scaled(x * (norms / (norms.mean(1, keepdims=True) + eps)), weight, bias) + x


def p_norm(x: Array, p: float, axes: tuple[int, ...]) -> Array:
    """(sum of |x|^p)^(1/p)."""
    found: Array = (np.abs(x) ** p).sum(axes, keepdims=True) ** (1 / p)
    return found


# -- moving values ---------------------------------------------------------------------------------


def upsample_nearest(x: Array, scale: Size) -> Array:
    """Output i is input floor(i/S)."""
    for axis, s in enumerate(per_axis(scale, x.ndim - 2), 2):
        x = x.take([i // s for i in range(x.shape[axis] * s)], axis)
    return x


def mixing(size: int, scale: int, weigh: Callable[[float], float], reach: int) -> Array:
    """The outputs along an axis as sums of inputs: output i lies at (i + 1/2)/S - 1/2; `reach`
    inputs on each side are weighed by their distance, the edge's standing for those behind it."""
    matrix = np.zeros((size * scale, size))
    for i in range(size * scale):
        place = (i + 0.5) / scale - 0.5
        for j in range(floor(place) - reach + 1, floor(place) + reach + 1):
            matrix[i, min(max(j, 0), size - 1)] += weigh(abs(place - j))
    return matrix


def upsample_mixed(x: Array, scale: int, weigh: Callable[[float], float], reach: int) -> Array:
    """Neighbours mixed, along one axis after the other."""
    for axis in range(2, x.ndim):
        matrix = mixing(x.shape[axis], scale, weigh, reach)
        x = np.moveaxis(np.moveaxis(x, axis, -1) @ matrix.T, -1, axis)
    return x


def linear_weight(distance: float) -> float:
    """A hat."""
    return max(0.0, 1 - distance)


def cubic_weight(distance: float, a: float = -0.75) -> float:
    """Keys 1981, equation 4 with a free `a`; PyTorch and OpenCV take -0.75."""
    if distance <= 1:
        return (a + 2) * distance**3 - (a + 3) * distance**2 + 1
    return a * (distance**3 - 5 * distance**2 + 8 * distance - 4) if distance < 2 else 0.0


def resize(x: Array, sizes: Sequence[int], place: Callable[[int, int, int], float]) -> Array:
    """Neighbours mixed linearly, along one axis after the other; `place` says where output i of so
    many lies among so many inputs."""
    for axis, size in enumerate(sizes, 2):
        x = np.moveaxis(x, axis, -1)
        places = [min(max(place(i, size, x.shape[-1]), 0), x.shape[-1] - 1) for i in range(size)]
        ends = [min(floor(p) + 1, x.shape[-1] - 1) for p in places]
        mixed = [
            (1 - p % 1) * x[..., floor(p)] + p % 1 * x[..., end]
            for p, end in zip(places, ends, strict=True)
        ]
        x = np.moveaxis(np.stack(mixed, -1), -1, axis)
    return x


def between_edges(output: int, outputs: int, inputs: int) -> float:
    """Edges on edges: every output has as much room as all others."""
    return (output + 0.5) * inputs / outputs - 0.5


def between_corners(output: int, outputs: int, inputs: int) -> float:
    """First on first, last on last."""
    return output * (inputs - 1) / (outputs - 1)


def pixel_shuffle(x: Array, factor: int) -> Array:
    """Channel c r^2 + u r + v is pixel (u, v) of squares of channel c (Shi 2016, equation 4)."""
    batch, channels, height, width = x.shape
    y = np.empty((batch, channels // factor**2, height * factor, width * factor))
    for c, u, v in np.ndindex(y.shape[1], factor, factor):
        y[:, c, u::factor, v::factor] = x[:, c * factor**2 + u * factor + v]
    return y


def channel_shuffle(x: Array, groups: int) -> Array:
    """Channel i of group g comes to place i G + g (Zhang 2018)."""
    each = x.shape[1] // groups
    return x[:, [g * each + i for i in range(each) for g in range(groups)]]


# -- vectors and sequences -------------------------------------------------------------------------


def linear(x: Array, weight: Array, bias: Array | None = None) -> Array:
    """W x + b for each sample."""
    y = np.array([[row @ sample for row in weight] for sample in x])
    return y if bias is None else y + bias


def linear_steps(x: Array, weight: Array) -> Array:
    """W x for each step of each sample."""
    return np.stack([linear(step, weight) for step in np.moveaxis(x, 2, 0)], axis=2)


def matrix_products(left: Array, right: Array) -> Array:
    """Of each sample, and of all between features and steps: the sum over k of a[i, k] b[k, j]."""
    made = np.zeros((*left.shape[:2], *right.shape[2:]))
    for i, j, k in product(range(left.shape[1]), range(right.shape[-1]), range(left.shape[-1])):
        made[:, i, ..., j] += left[:, i, ..., k] * right[:, k, ..., j]
    return made


def attention(x: Array, weights: Sequence[Array], heads: int, causal: bool = False) -> Array:
    """softmax(Q K' / sqrt(d)) V for each head, the heads put together (Vaswani 2017, equation 1).
    N x features x steps; of several sequences side by side, N x features x groups x steps, each by
    itself.

    weights: of queries, keys and values, stacked; their biases; of the output; its bias
    """
    if x.ndim == 4:
        sides = [attention(x[:, :, g], weights, heads, causal) for g in range(x.shape[2])]
        return np.stack(sides, 2)
    stacked, biases, out, bias = weights
    features = x.shape[1]
    y = np.empty_like(x)
    for n, sample in enumerate(x):
        q, k, v = (stacked @ sample + biases[:, None]).reshape(3, features, -1)
        y[n] = out @ attended(q, k, v, heads, causal) + bias[:, None]
    return y


def attended(q: Array, k: Array, v: Array, heads: int, causal: bool = False) -> Array:
    """What the heads make of queries, keys and values, features x steps, put together."""
    together = []
    for q_own, k_own, v_own in zip(*(np.split(part, heads) for part in (q, k, v)), strict=True):
        scores = k_own.T @ q_own / np.sqrt(len(q_own))  # keys x queries
        if causal:
            places = np.arange(scores.shape[0])[:, None], np.arange(scores.shape[1])[None]
            scores = np.where(places[0] <= places[1], scores, -np.inf)
        together.append(v_own @ softmax(scores[None])[0])
    return np.concatenate(together)


def rnn_step(read: Array, kept: Array, h: Array, c: Array) -> tuple[Array, Array]:
    """h' = tanh(V x + W h), with the biases."""
    return np.tanh(read + kept), c


def lstm_step(read: Array, kept: Array, h: Array, c: Array) -> tuple[Array, Array]:
    """c' = f c + i g, h' = o tanh(c') (Hochreiter & Schmidhuber 1997, Gers 2000)."""
    i, f, g, o = np.split(read + kept, 4)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def gru_step(read: Array, kept: Array, h: Array, c: Array) -> tuple[Array, Array]:
    """h' = (1 - z) n + z h (Cho 2014), with the reset gate behind the product."""
    (r, z, n), (r_kept, z_kept, n_kept) = np.split(read, 3), np.split(kept, 3)
    r, z = sigmoid(r + r_kept), sigmoid(z + z_kept)
    return (1 - z) * np.tanh(n + r * n_kept) + z * h, c


Step = Callable[[Array, Array, Array, Array], tuple[Array, Array]]


def states(x: Array, step: Step, weights: Sequence[Array]) -> Array:
    """A recurrent layer's states: N x units x steps.

    weights: of the input, of the state, and the bias of each
    """
    read, kept, read_bias, kept_bias = weights
    units = kept.shape[1]
    y = np.empty((len(x), units, x.shape[2]))
    for n, sample in enumerate(x):
        h, c = np.zeros(units), np.zeros(units)
        for t in range(x.shape[2]):
            h, c = step(read @ sample[:, t] + read_bias, kept @ h + kept_bias, h, c)
            y[n, :, t] = h
    return y


def projected(x: Array, weights: Sequence[Array]) -> Array:
    """An LSTM that gives, and remembers beside its cell, P o tanh(c') (Sak 2014)."""
    read, kept, read_bias, kept_bias, short = weights
    y = np.empty((len(x), len(short), x.shape[2]))
    for n, sample in enumerate(x):
        h, c = np.zeros(len(short)), np.zeros(short.shape[1])
        for t in range(x.shape[2]):
            long, c = lstm_step(read @ sample[:, t] + read_bias, kept @ h + kept_bias, h, c)
            h = y[n, :, t] = short @ long
    return y


def both_ways(x: Array, step: Step, weights: Sequence[Array]) -> Array:
    """The states of a layer that runs forwards, behind them those of one that runs backwards."""
    back = states(x[:, :, ::-1], step, weights[4:])[:, :, ::-1]
    return np.concatenate([states(x, step, weights[:4]), back], axis=1)


# -- the neocognitron ------------------------------------------------------------------------------


def s_cells(x: Array, a: Array, b: Array, c: Array, r: float, padding: Size = 0) -> Array:
    """Equations 1 to 3 of Fukushima 1980, cell by cell."""
    read = windows(x, c.shape, 1, padding)
    y = np.empty((len(x), len(a), *read.shape[2 : x.ndim]))
    for n, k, *place in np.ndindex(*y.shape):
        below = read[(n, slice(None), *place)]
        v = np.sqrt(sum((c * plane**2).sum() for plane in below))
        excited = 1 + sum((a[k][j] * plane).sum() for j, plane in enumerate(below))
        inhibited = 1 + 2 * r / (1 + r) * b[k] * v
        y[(n, k, *place)] = r * max(excited / inhibited - 1, 0)
    return y


def c_cells(x: Array, d: Array, alpha: float, stride: Size = 1, padding: Size = 0) -> Array:
    """The C-cells of Fukushima 1980, cell by cell."""
    read = windows(x, d.shape, stride, padding)
    y = np.empty(read.shape[: x.ndim])
    for n, k, *place in np.ndindex(*y.shape):
        planes = read[(n, slice(None), *place)]
        v = sum((d * plane).sum() for plane in planes) / len(planes)
        excess = max((1 + (d * planes[k]).sum()) / (1 + v) - 1, 0)
        y[(n, k, *place)] = excess / (alpha + excess)
    return y
