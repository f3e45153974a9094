"""Lowered layers against numpy, and the lectures' examples that come with numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from math import ceil, floor
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from torch import nn

from cnncalc.layers import LAYERS
from cnncalc.runtime.lower import lower
from tests import reference_attention as heads
from tests import reference_moved as moved
from tests import reference_numpy as ref
from tests.analysis.specs import network
from tests.layers.cases import STATED
from tests.reference_numpy import Array

pytestmark = pytest.mark.torch


def lowered(shape: str, layer: str) -> nn.Module:
    """A network of one layer, in doubles, in inference, its tensors drawn: none negative, for some
    are variances."""
    made = lower(network(shape, layer)).double().eval()
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for tensor in made.state_dict().values():
            if tensor.is_floating_point():
                tensor.copy_(torch.rand(tensor.shape, generator=generator) + 0.1)
    return made


def tensors(made: nn.Module) -> list[Array]:
    state = made.state_dict().values()
    return [tensor.numpy().copy() for tensor in state if tensor.is_floating_point()]


def agrees(made: nn.Module, x: Array, expected: Array) -> None:
    with torch.no_grad():
        found = made(torch.from_numpy(x)).numpy()
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-12)


def drawn(shape: str) -> Array:
    """Two samples."""
    return np.random.default_rng(0).normal(0, 2, (2, *map(int, shape.split("x"))))


def positive(shape: str) -> Array:
    return np.abs(drawn(shape))


def indices(shape: str) -> Array:
    """Below 7."""
    return np.floor(positive(shape) * 10) % 7


class Case(NamedTuple):
    """A layer, what it reads, and its formula: a function of a batch and the layer's tensors."""

    shape: str
    layer: str
    formula: Callable[..., Array]
    batch: Callable[[str], Array] = drawn


def plainly(formula: Callable[..., Array], *given: Any, **named: Any) -> Callable[..., Array]:
    """A formula with its numbers."""
    return lambda x, *weights: formula(x, *weights, *given, **named)


def edged(x: Array, *edges: tuple[int, int], mode: Any = "constant") -> Array:
    """Zeros before and after, along each spatial axis, or what numpy has there."""
    return np.pad(x, ((0, 0), (0, 0), *edges), mode)


AROUND = {"reflect": "reflect", "replicate": "edge", "circular": "wrap"}
"""Paddings that repeat values of the map, and what numpy calls them."""


TABLE = [[0, 2], [3], [1, 0, 3]]

CONVOLUTIONS = [
    Case("2x5x6", "locally_connected: {filters: 3, kernel: 2x3}", ref.locally_connected),
    Case(
        "2x5x6",
        "locally_connected: {filters: 3, kernel: [3, 2], stride: 2}",
        plainly(ref.locally_connected, stride=2),
    ),
    Case(
        "2x7",
        "locally_connected: {filters: 3, kernel: 3, padding: 1}",
        lambda x, *w: ref.locally_connected(np.pad(x, ((0, 0), (0, 0), (1, 1))), *w),
    ),
    Case(
        "18x5x4",
        "deform_conv: {filters: 2, kernel: 3, padding: half, offsets: [identity]}",
        lambda x, w, b: ref.moved_conv(x, w, b, x, padding=1),
    ),
    Case(
        "16x5x6",
        "deform_conv: {filters: 4, kernel: [1, 2], dilation: 1x3, groups: 2, bias: false, "
        "offsets: [{crop: [[0, 0], [0, 3]]}], "
        "mask: [{crop: [[0, 0], [3, 0]]}, {slice: {stop: 8}}]}",
        lambda x, w: ref.moved_conv(
            x, w, None, x[..., :-3], x[:, :8, :, 3:], dilation=(1, 3), groups=2
        ),
    ),
    Case(
        "8x6x6",
        "deform_conv: {filters: 2, kernel: 2, stride: 2, padding: same, groups: 2, "
        "offsets: [{max_pool: {kernel: 1, stride: 2}}]}",
        lambda x, w, b: ref.moved_conv(x, w, b, x[..., ::2, ::2], stride=2, groups=2),
    ),
    Case("4x8x9", "conv: {filters: 3, kernel: 3}", ref.conv),
    Case("4x8x9", "conv: {filters: 5, kernel: 1}", ref.conv),
    Case("4x8x9", "conv: {filters: 3, kernel: 3, stride: 2}", plainly(ref.conv, stride=2)),
    Case("4x8x9", "conv: {filters: 3, kernel: 3, padding: 1}", plainly(ref.conv, padding=1)),
    Case(
        "4x8x9",
        "conv: {filters: 3, kernel: 3, padding: half, dilation: 2}",
        plainly(ref.conv, padding=2, dilation=2),
    ),
    Case(
        "2x9x8",
        "conv: {filters: 3, kernel: 2x3, stride: 3x1, padding: 0x2, dilation: 1x2, bias: false}",
        plainly(ref.conv, stride=(3, 1), padding=(0, 2), dilation=(1, 2)),
    ),
    Case("4x7x7", "conv: {filters: 6, kernel: 3, groups: 2}", plainly(ref.conv, groups=2)),
    Case(
        "4x7x7",
        "conv: {filters: 8, kernel: 3, groups: 4, stride: 2}",
        plainly(ref.conv, groups=4, stride=2),
    ),
    Case(
        "2x5x6",
        "conv: {filters: 3, kernel: 2, stride: 3, padding: same}",  # of 5, none; of 6, none
        plainly(ref.conv, stride=3),
    ),
    Case(
        "2x5x6",
        "conv: {filters: 3, kernel: 2x3, padding: same}",
        lambda x, w, b: ref.conv(edged(x, (0, 1), (1, 1)), w, b),
    ),
    *(
        Case(
            "2x5x6",
            f"conv: {{filters: 3, kernel: 3, padding: [[0, 2], [1, 3]], padding_mode: {mode}}}",
            lambda x, w, b, numpys=numpys: ref.conv(edged(x, (0, 2), (1, 3), mode=numpys), w, b),
        )
        for mode, numpys in AROUND.items()
    ),
    *(
        Case(
            "2x5x6",
            f"conv: {{filters: 3, kernel: 3, padding: 1, padding_mode: {mode}}}",
            lambda x, w, b, numpys=numpys: ref.conv(edged(x, (1, 1), (1, 1), mode=numpys), w, b),
        )
        for mode, numpys in AROUND.items()
    ),
    Case(
        "3x9",
        "conv: {filters: 2, kernel: 3, dilation: 2, padding: causal}",
        lambda x, w, b: ref.conv(edged(x, (4, 0)), w, b, dilation=2),
    ),
    Case("3x9", "conv: {filters: 2, kernel: 3, stride: 2}", plainly(ref.conv, stride=2)),
    Case(
        "2x5x4x6",
        "conv: {filters: 3, kernel: 3, padding: 1, stride: 2}",
        plainly(ref.conv, padding=1, stride=2),
    ),
    Case(
        "4x6x6",
        "conv: {filters: 3, kernel: 3, weight_norm: true}",
        lambda x, b, g, v: ref.conv(x, ref.weight_normed(g, v), b),
    ),
    Case(
        "4x6x6",
        "conv: {filters: 3, kernel: 3, spectral_norm: true}",
        lambda x, b, w, u, v: ref.conv(x, w / (u @ w.reshape(3, -1) @ v), b),
    ),
    Case(
        "4x6x6",
        "conv: {filters: 3, kernel: 3, groups: 1, weight_standardization: true}",
        lambda x, w, b: ref.conv(x, ref.standardised(w, (1, 2, 3), 1e-10), b),
    ),
    Case(
        "4x6x6",
        "conv: {filters: 3, kernel: 3, weight_standardization: true, weight_eps: 0.5}",
        lambda x, w, b: ref.conv(x, ref.standardised(w, (1, 2, 3), 0.5), b),
    ),
    Case(
        "4x6x6",
        "conv: {filters: 3, kernel: 3, weight_standardization: true, weight_gain: 2}",
        lambda x, w, b, g: ref.conv(x, g * 2 / 36**0.5 * ref.standardised(w, (1, 2, 3), 1e-10), b),
    ),
    Case(
        "4x6x7",
        f"conv: {{filters: 3, kernel: 2, stride: 2, table: {TABLE}}}",
        plainly(ref.table_conv, TABLE, stride=2),
    ),
]

TRANSPOSED = [
    Case(
        "2x5x6",
        f"conv_transpose: {{filters: 3, kernel: {kernel}, stride: {stride}, padding: {padding}}}",
        plainly(ref.conv_transpose, stride=stride, padding=padding),
    )
    for kernel, stride, padding in [(3, 1, 0), (2, 2, 0), (3, 2, 1), (4, 2, 1), (2, 3, 0)]
] + [
    Case(
        "4x5x4",
        "conv_transpose: {filters: 6, kernel: 3, stride: 2, padding: 1, output_padding: 1, "
        "groups: 2, bias: false}",
        plainly(ref.conv_transpose, stride=2, padding=1, output_padding=1, groups=2),
    ),
    Case(
        "3x5x4",
        "conv_transpose: {filters: 3, kernel: 2x3, stride: 2x1, dilation: 1x2, groups: 3}",
        plainly(ref.conv_transpose, stride=(2, 1), dilation=(1, 2), groups=3),
    ),
    Case(
        "3x5x4",
        "conv_transpose: {filters: 2, kernel: 2, stride: 2, spectral_norm: true}",
        lambda x, b, w, u, v: ref.conv_transpose(
            x, w / (u @ w.swapaxes(0, 1).reshape(2, -1) @ v), b, stride=2
        ),
    ),
    Case(
        "3x5x4",
        "conv_transpose: {filters: 2, kernel: 3, stride: 2, padding: same}",
        lambda x, w, b: ref.conv_transpose(x, w, b, stride=2)[:, :, :-1, :-1],
    ),
    Case(
        "3x5",
        "conv_transpose: {filters: 2, kernel: 4, stride: 2}",
        plainly(ref.conv_transpose, stride=2),
    ),
    Case(
        "2x2x3x2",
        "conv_transpose: {filters: 2, kernel: 2, stride: 2}",
        plainly(ref.conv_transpose, stride=2),
    ),
]

POOLS = [
    Case("3x9", "max_pool: {kernel: 3, stride: 2}", plainly(ref.max_pool, 3, 2)),
    Case(
        "2x9x8",
        "max_pool: {kernel: 3, stride: 1, padding: half, dilation: 2}",
        plainly(ref.max_pool, 3, 1, 2, dilation=2),
    ),
    Case(
        "2x4x5x4",
        "max_pool: {kernel: 2x3x2, stride: 2, padding: 1}",
        plainly(ref.max_pool, (2, 3, 2), 2, 1),
    ),
    Case("3x9", "avg_pool: {kernel: 3, stride: 2, padding: 1}", plainly(ref.avg_pool, 3, 2, 1)),
    Case("2x4x5x4", "avg_pool: {kernel: 2, stride: 1}", plainly(ref.avg_pool, 2, 1)),
    Case(
        "2x5x6",
        "avg_pool: {kernel: 2, stride: 1, padding: same, count_padding: false}",
        lambda x: ref.avg_pool_of_real(x, 2, 1, 1)[:, :, 1:, 1:],  # padded after, not before
    ),
    Case("2x9", "lp_pool: {kernel: 3, norm: 1}", plainly(ref.lp_pool, 1, 3, 3)),
    Case("2x4x5x4", "lp_pool: 2", plainly(ref.lp_pool, 2, 2, 2)),
    Case(
        "2x6x6",
        "lp_pool: {kernel: 3, norm: 5, reduce: mean}",
        lambda x: ref.lp_pool(x, 5, 3, 3) / (3 * 3) ** (1 / 5),
        positive,
    ),
    Case("2x7x6", "lp_pool: {kernel: 3, norm: 3.5}", plainly(ref.lp_pool, 3.5, 3, 3), positive),
    Case(
        "3x7x8",
        "blur_pool: 4",
        lambda x, taps: ref.filtered(edged(x, (1, 2), (1, 2), mode="reflect"), taps, 2),
    ),
    Case("3x5x6", "fixed_filter: {taps: laplace, stride: 2}", plainly(ref.filtered, 2)),
    Case(
        "3x5x9",
        "fixed_filter: {taps: [[1, 0, 1], [2, 0, 2]], padding: [[1, 0], [0, 0]], dilation: 1x2}",
        lambda x, taps: ref.filtered(edged(x, (1, 0), (0, 0)), taps, 1, (1, 2)),
    ),
    *(
        Case(
            "3x9x7",
            f"layers: [{{name: p, max_pool: {pool}}}, {{scale: 3}}, {{max_unpool: p}}]",
            plainly(ref.unpooled, *given),
        )
        for pool, given in (
            ("2", (2, 2, 0)),
            ("{kernel: 3, stride: 3, padding: 1}", (3, 3, 1)),
            ("{kernel: 1x2, stride: [2, 3]}", ((1, 2), (2, 3), 0)),
        )
    ),
    Case("4x5x6", "roi_align: {size: 2x3, boxes: [to_sequence]}", plainly(ref.aligned, (2, 3))),
    Case(
        "4x3x7",
        "roi_align: {size: 2, scale: 1.5, samples: 3, aligned: true, boxes: [to_sequence]}",
        plainly(ref.aligned, (2, 2), 1.5, 3, 0.5),
    ),
    Case("4x5x6", "roi_pool: {size: 2x3, boxes: [to_sequence]}", plainly(ref.pooled_in, (2, 3))),
    Case(
        "4x7x5",
        "roi_pool: {size: 3, scale: 1.5, boxes: [{scale: 4}, to_sequence]}",
        plainly(ref.pooled_in, (3, 3), 1.5, 4),
    ),
    Case(
        "4x5x6",
        "psroi_pool: {size: 2x1, boxes: [to_sequence]}",
        plainly(ref.pooled_by_place, (2, 1)),
    ),
    Case(
        "4x7x5",
        "psroi_pool: {size: 2, scale: 0.4, boxes: [{scale: 4}, to_sequence]}",
        plainly(ref.pooled_by_place, (2, 2), 0.4, 4),
    ),
    Case(
        "4x3x4",
        "layers: [{name: boxes, to_sequence: }, {concat: [input, input, input]},"
        " {psroi_pool: {size: 2x3, boxes: boxes}}]",
        plainly(ref.pooled_by_place, (2, 3), 1, 1, 3),
    ),
    Case("3x6x7", "subsample: 2", plainly(ref.subsample, 2, 2)),
    Case("3x9", "subsample: {kernel: 3, stride: 2}", plainly(ref.subsample, 3, 2)),
    Case("3x4x5", "global_avg_pool", lambda x: x.mean((2, 3))),
    Case("3x4x5", "global_avg_pool: {keep: true}", lambda x: x.mean((2, 3), keepdims=True)),
    Case("3x4x5", "gem_pool", lambda x, p: (x**p).mean((2, 3)) ** (1 / p), positive),
    Case("3x4x5x2", "global_max_pool", lambda x: x.max((2, 3, 4))),
    Case("3x7x9", "adaptive_avg_pool: 3x4", plainly(ref.adaptive_pool, (3, 4), np.mean)),
    Case("3x4x5", "adaptive_avg_pool: 7", plainly(ref.adaptive_pool, (7, 7), np.mean)),
    Case("3x7x9", "adaptive_avg_pool: [1, none]", lambda x: x.mean(2, keepdims=True)),
    Case("3x7x9", "adaptive_max_pool: [none, 1]", lambda x: x.max(3, keepdims=True)),
    Case("3x7x9", "adaptive_max_pool: 4x2", plainly(ref.adaptive_pool, (4, 2), np.max)),
]

NORMS = [
    *(Case(shape, "batch_norm", ref.batch_norm) for shape in ("4", "4x7", "4x5x6", "4x3x2x5")),
    Case("4x5x6", "batch_norm: {eps: 1e-3}", plainly(ref.batch_norm, eps=1e-3)),
    Case(
        "4x5x6",
        "batch_norm: {track: false}",
        lambda x, *affine: ref.batch_norm(x, *affine, *ref.statistics(x)),
    ),
    Case(
        "4x5x6",
        "batch_norm: {shift: false}",
        lambda x, scale, *kept: ref.batch_norm(x, scale, 0 * scale, *kept),
    ),
    Case(
        "4x5x6",
        "batch_norm: {affine: false, shift: true}",
        lambda x, shift, *kept: ref.batch_norm(x, 1 + 0 * shift, shift, *kept),
    ),
    *(
        Case(shape, "frozen_batch_norm", ref.batch_norm)
        for shape in ("4", "4x7", "4x5x6", "4x3x2x5")
    ),
    *(
        Case(
            shape,
            "mean_only_batch_norm",
            lambda x, shift, mean: x + ref.along(shift - mean, x.ndim),
        )
        for shape in ("4", "4x7", "4x5x6", "4x3x2x5")
    ),
    Case(
        "4x5x6",
        "mean_only_batch_norm: {shift: false}",
        lambda x, mean: x - ref.along(mean, 4),
    ),
    Case(
        "4x5x6",
        "layer_norm: {shift: false}",
        lambda x, scale: ref.along(scale, 4) * ref.standardised(x, (1,)),
    ),
    Case(
        "6x4x5",
        "group_norm: {groups: 3, scale: false}",
        lambda x, shift: ref.group_norm(x, 1 + 0 * shift, shift, 3),
    ),
    Case("4x5x6", "instance_norm", lambda x: ref.standardised(x, (2, 3))),
    Case(
        "4x7",
        "instance_norm: {affine: true}",
        lambda x, *affine: ref.scaled(ref.standardised(x, (2,)), *affine),
    ),
    Case("4x5x6", "instance_norm: {affine: true, track: true}", ref.batch_norm),
    Case("4x5x6", "layer_norm", lambda x, *affine: ref.scaled(ref.standardised(x, (1,)), *affine)),
    Case(
        "4x5x6",
        "layer_norm: {over: all, eps: 1e-2}",
        lambda x, scale, shift: ref.standardised(x, (1, 2, 3), 1e-2) * scale + shift,
    ),
    Case("4", "layer_norm: {affine: false}", lambda x: ref.standardised(x, (1,))),
    Case("4x5x6", "rms_norm", lambda x, scale: ref.along(scale, 4) * ref.by_mean_square(x, (1,))),
    Case(
        "4x5x6",
        "rms_norm: {over: all, eps: 1e-2}",
        lambda x, scale: ref.by_mean_square(x, (1, 2, 3), 1e-2) * scale,
    ),
    Case("4", "rms_norm: {affine: false}", lambda x: ref.by_mean_square(x, (1,))),
    Case("6x4x5", "group_norm: 3", plainly(ref.group_norm, 3)),
    Case("6x4x5", "group_norm: 1", plainly(ref.group_norm, 1)),
    Case("6x9", "group_norm: 2", plainly(ref.group_norm, 2)),
    *(
        Case(
            "6x3x4",
            f"local_response_norm: {{size: {size}, alpha: 0.3, beta: 0.75, k: 2}}",
            plainly(ref.local_response_norm, size, 0.3, 0.75, 2),
        )
        for size in (1, 2, 3, 5)
    ),
    Case("3x4x5", "layer_scale", lambda x, weight: ref.along(weight, 4) * x),
    Case("3x4x5", "layer_scale: {shared: true}", lambda x, weight: weight[0] * x),
    Case("3x4x5", "scale: 0.17", lambda x: 0.17 * x),
    Case("3x4x5", "shift: -0.5", lambda x: x - 0.5),
    Case("3x4x5", "global_response_norm", ref.global_response_norm),
    Case("3x9", "global_response_norm: {eps: 0.5}", plainly(ref.global_response_norm, 0.5)),
    Case("3x4x5", "normalize", lambda x: x / ref.p_norm(x, 2, (1,))),
    Case("3x4x5", "normalize: {over: space, p: 1}", lambda x: x / ref.p_norm(x, 1, (2, 3))),
    Case(
        "3x4x5",
        "normalize: {over: all, p: 3, eps: 7}",
        lambda x: x / np.maximum(ref.p_norm(x, 3, (1, 2, 3)), 7),
    ),
]

REDUCED = [
    Case("3x4x5", "mean: channels", lambda x: x.mean(1, keepdims=True)),
    Case("3x4x5", "sum: [height, channels]", lambda x: x.sum((1, 2), keepdims=True)),
    Case("3x4x5", "max: {over: space, keep: false}", lambda x: x.max((2, 3))),
    Case("3x4", "min: steps", lambda x: x.min(2, keepdims=True)),
    Case(
        "3x4x5x2",
        "norm: {over: [1, 3], keep: false}",
        lambda x: ref.p_norm(x, 2, (2, 4))[:, :, 0, :, 0],
    ),
    Case("3x4x5", "norm: {over: all, p: 3}", lambda x: ref.p_norm(x, 3, (1, 2, 3))),
    Case("3x4x5", "variance: width", lambda x: x.var(3, ddof=1, keepdims=True)),
    Case("3x4x5", "std: {over: space, keep: false, correction: 0}", lambda x: x.std((2, 3))),
]

POINTWISE = [
    *(Case("4x3x5", kind, formula) for kind, formula in ref.ACTIVATIONS.items()),
    *(Case("4x3x5", kind, formula, positive) for kind, formula in ref.OF_POSITIVE.items()),
    Case("4x3x5", "gelu: tanh", ref.gelu_by_tanh),
    Case("4x3x5", "threshold: {threshold: 0.5, value: -2}", lambda x: np.where(x > 0.5, x, -2)),
    Case("4x3", "celu: 0.5", lambda x: np.where(x > 0, x, 0.5 * (np.exp(2 * x) - 1))),
    Case("4x3", "hard_shrink: 2", lambda x: np.where(np.abs(x) > 2, x, 0)),
    Case("4x3", "soft_shrink: 0", lambda x: x),
    Case("4x3x5", "power: 3", lambda x: x**3),
    Case("4x3x5", "clamp: {min: -1, max: 0.5}", lambda x: np.clip(x, -1, 0.5)),
    Case("4x3x5", "clamp: 0", lambda x: np.maximum(x, 0)),
    Case("6x3x5", "glu", plainly(ref.glu, ref.sigmoid)),
    *(
        Case("6x3", f"glu: {gate}", plainly(ref.glu, ref.ACTIVATIONS[gate]))
        for gate in ("tanh", "relu", "gelu", "silu", "identity")
    ),
    Case("3x4x5", "softmax: height", lambda x: ref.softmax(x.swapaxes(1, 2)).swapaxes(1, 2)),
    Case(
        "3x4", "log_softmax: steps", lambda x: np.log(ref.softmax(x.swapaxes(1, 2)).swapaxes(1, 2))
    ),
    Case("6x3x2", "softmax: {among: 3}", plainly(ref.softmax_among, 3)),
    *(
        Case("4x3x5", kind, lambda x: x)
        for kind in ("alpha_dropout: 0.5", "drop_path: 0.5", "gaussian_noise: 0.1")
    ),
    Case("6", "softmax", ref.softmax),
    Case("4x3", "leaky_relu: 0.2", lambda x: np.where(x > 0, x, 0.2 * x)),
    Case("4x3", "elu: 0.5", plainly(ref.elu, 0.5)),
    Case("4x3", "softplus: 3", lambda x: np.log(1 + np.exp(3 * x)) / 3),
    Case("4x3x5", "activation: hard_swish", ref.ACTIVATIONS["hard_swish"]),
    Case("4x3x5", "prelu", lambda x, slope: np.where(x > 0, x, slope[0] * x)),
    Case(
        "4x3x5",
        "prelu: {shared: false}",
        lambda x, slopes: np.where(x > 0, x, ref.along(slopes, 4) * x),
    ),
    Case("6x3x4", "maxout: 3", lambda x: np.stack([x[:, :3].max(1), x[:, 3:].max(1)], 1)),
    Case("4x3x5", "dropout: 0.5", lambda x: x),
]

MOVED = [
    Case("4x3x5", "flatten", lambda x: np.array([[*sample.ravel()] for sample in x])),
    Case("4x3x5", "slice: {start: 1, stop: 3}", lambda x: x[:, 1:3]),
    Case("4x3x5", "slice: {start: 1}", lambda x: x[:, 1:]),
    Case("4x3x5", "pad: 1x2", lambda x: edged(x, (1, 1), (2, 2))),
    Case("4x3x5", "pad: [[0, 1], [2, 3]]", lambda x: edged(x, (0, 1), (2, 3))),
    Case("4x3x5", "pad: {size: 1, value: 0.5}", lambda x: 0.5 + edged(x - 0.5, (1, 1), (1, 1))),
    *(
        Case(
            "4x3x5",
            f"pad: {{size: [[0, 1], [2, 1]], mode: {mode}}}",
            lambda x, numpys=numpys: edged(x, (0, 1), (2, 1), mode=numpys),
        )
        for mode, numpys in AROUND.items()
    ),
    Case("4x3x5", "crop: [[0, 1], [2, 1]]", lambda x: x[:, :, :2, 2:4]),
    Case("4x3x5", "pad_channels: 2", lambda x: np.pad(x, ((0, 0), (0, 2), (0, 0), (0, 0)))),
    Case("2x3x4", "upsample: 2x3", plainly(ref.upsample_nearest, (2, 3))),
    Case("2x3x2x2", "upsample: 2", plainly(ref.upsample_nearest, 2)),
    *(
        Case(
            shape,
            f"upsample: {{scale: {scale}, mode: linear}}",
            plainly(ref.upsample_mixed, scale, ref.linear_weight, 1),
        )
        for shape, scale in (("2x5", 2), ("2x3x4", 3), ("2x3x2x2", 2))
    ),
    Case(
        "2x5x4",
        "upsample: {scale: 2, mode: cubic}",
        plainly(ref.upsample_mixed, 2, ref.cubic_weight, 2),
    ),
    Case(
        "2x5x4",
        "upsample: {size: 7x3, mode: linear}",
        plainly(ref.resize, (7, 3), ref.between_edges),
    ),
    Case(
        "2x5x4",
        "upsample: {size: 7x9, mode: linear, align_corners: true}",
        plainly(ref.resize, (7, 9), ref.between_corners),
    ),
    Case(
        "2x6x3",
        "upsample: {scale: [1.5, 2], mode: linear}",
        plainly(ref.resize, (9, 6), ref.between_edges),
    ),
    Case("2x4", "upsample: {size: 6}", lambda x: x[:, :, [0, 0, 1, 2, 2, 3]]),
    Case("2x4", "upsample: 0.5", lambda x: x[:, :, ::2]),
    Case("8x3x2", "pixel_shuffle: 2", plainly(ref.pixel_shuffle, 2)),
    Case("9x2x2", "pixel_shuffle: 3", plainly(ref.pixel_shuffle, 3)),
    Case("6x3x2", "channel_shuffle: 2", plainly(ref.channel_shuffle, 2)),
    Case("6x5", "channel_shuffle: 3", plainly(ref.channel_shuffle, 3)),
    Case("4x3x5", "slice: {start: 1, step: 2}", lambda x: x[:, 1::2]),
    Case("4x3x5", "slice: {start: -2, stop: -1}", lambda x: x[:, -2:-1]),
    Case("4x3x5", "slice: {stop: 4, step: 3, axis: width}", lambda x: x[..., :4:3]),
    Case("4x3x5", "slice: {start: 1, axis: height}", lambda x: x[:, :, 1:]),
    Case("4x6", "slice: {start: -1, axis: steps}", lambda x: x[..., -1:]),
    Case("4x3x6", "to_sequence: width", plainly(moved.steps_along, 2)),
    Case("4x3x6", "to_sequence: height", plainly(moved.steps_along, 1)),
    Case("4x3x6", "to_sequence: 0", plainly(moved.steps_along, 0)),
    *(
        Case(
            "3x4x6",
            f"pixel_unshuffle: {{factor: 2, order: {order}}}",
            plainly(moved.pixel_unshuffle, 2, order),
        )
        for order in ("channels", "rows", "columns")
    ),
    Case("2x3x6", "pixel_unshuffle: 3", plainly(moved.pixel_unshuffle, 3, "channels")),
    *(
        Case(
            "18x2x3",
            f"pixel_shuffle: {{factor: 3, order: {order}}}",
            plainly(moved.pixel_shuffle, 3, order),
        )
        for order in ("rows", "columns")
    ),
    Case("4x3x5", "reshape: [-1, 10]", lambda x: x.reshape(2, 6, 10)),
    Case("4x6", "unflatten: 2x3", lambda x: x.reshape(2, 4, 2, 3)),
    Case("6x5", "unflatten: {sizes: [2, -1], axis: channels}", lambda x: x.reshape(2, 2, 3, 5)),
    Case("4x3x5", "permute: [2, 0, 1]", lambda x: x.transpose(0, 3, 1, 2)),
    Case("4x3", "permute: [steps, channels]", lambda x: x.transpose(0, 2, 1)),
    Case("4x3x5", "roll: {shift: -2, axis: width}", lambda x: np.roll(x, -2, 3)),
    Case("4x3x5", "roll: 1", lambda x: np.roll(x, 1, 1)),
    Case("4x3x5", "flip: height", lambda x: x[:, :, ::-1]),
    Case(
        "2x12", "to_windows: {size: 3, shift: 2, dilation: 2}", plainly(moved.to_windows, 3, 2, 2)
    ),
    Case("2x4x6", "to_windows: 2", plainly(moved.to_windows, 2)),
    Case("2x4x6", "to_windows: {size: 2x3, shift: 1x2}", plainly(moved.to_windows, (2, 3), (1, 2))),
    Case("2x4x6", "to_windows: {size: 2x3, dilation: 2}", plainly(moved.to_windows, (2, 3), 0, 2)),
    Case("2x2x2x4", "to_windows: {size: 2, shift: 1}", plainly(moved.to_windows, 2, 1)),
    Case("2x4x4", "from_windows: {size: 2, shift: 1}", plainly(moved.from_windows, (4, 4), 2, 1)),
    Case(
        "2x4x6",
        "from_windows: {size: 2x3, shift: 1x2, dilation: 2x1, map: 4x6}",
        plainly(moved.from_windows, (4, 6), (2, 3), (1, 2), (2, 1)),
    ),
]

COMPUTED = {"weight_norm": ref.weights_normed, "spectral_norm": ref.weights_divided}
"""What makes matrices, one behind the other, of what they are computed from."""


def stacked(matrices: list[Array], bias: Array, out_bias: Array) -> list[Array]:
    """An attention's weights: PyTorch computes the output's before the others."""
    out, read = matrices
    return [read, bias, out, out_bias]


def before_biases(tensors: Sequence[Array]) -> list[Array]:
    """The weights of linear layers, of which each has its bias first, then length and direction."""
    each = zip(tensors[::3], tensors[1::3], tensors[2::3], strict=True)
    return [w for bias, g, v in each for w in (ref.weight_normed(g, v), bias)]


VECTORS = [
    Case("7", "linear: 5", ref.linear),
    Case("7", "linear: {units: 5, bias: false}", ref.linear),
    Case(
        "7",
        "linear: {units: 5, spectral_norm: true}",
        lambda x, b, w, u, v: ref.linear(x, w / (u @ w @ v), b),
    ),
    Case("7x4", "linear: 5", lambda x, w, b: ref.conv(x, w[:, :, None], b)),
    Case("7x4", "linear: {units: 5, bias: false}", ref.linear_steps),
    Case("7", "linear: {units: 5, transposed: true}", lambda x, w, b: ref.linear(x, w.T, b)),
    Case(
        "7x4x3",
        "linear: {units: 5, per: position}",
        lambda x, w, b: ref.conv(x, w[..., None, None], b),
    ),
    Case("7", "rbf: 3", lambda x, centres: ((x[:, None] - centres) ** 2).sum(2)),
    Case(
        "1x6",
        "embedding: {vocabulary: 7, features: 3}",
        lambda x, rows: np.array([[rows[int(i)] for i in sample] for (sample,) in x]).swapaxes(
            1, 2
        ),
        indices,
    ),
    Case(
        "1x6",
        "embedding: {vocabulary: 7, features: 3, spectral_norm: true}",
        lambda x, rows, u, v: (rows / (u @ rows @ v))[x[:, 0].astype(int)].swapaxes(1, 2),
        indices,
    ),
    Case("4x3x5", "to_sequence", lambda x: x.reshape(2, 4, 3 * 5)),
    Case("4x6", "position", lambda x, weight: x + weight),
    Case("4x6", "position: 8", lambda x, weight: x + weight[:, :6]),
    Case("5x6", "learned: {features: 4, steps: 3}", lambda x, weight: np.stack([weight] * 2)),
    Case("5x6", "learned: {features: 4, steps: 3x2}", lambda x, weight: np.stack([weight] * 2)),
    Case("5x6", "fixed: {features: 4, steps: 3}", lambda x, weight: np.stack([weight] * 2)),
    Case("5x9", "by_offset: {size: 2x2}", lambda x: heads.by_offset(x, (2, 2))),
    Case("5x9", "by_offset: {size: 3x3, distance: true}", lambda x: heads.by_distance(x, (3, 3))),
    Case("5x6", "sinusoidal_position: 100", lambda x: x + heads.waves(5, 6, 100)),
    Case(
        "4x6",
        "class_token",
        lambda x, token: np.array([np.column_stack([token, sample]) for sample in x]),
    ),
    Case("6x5", "attention: 2", lambda x, *weights: ref.attention(x, weights, 2)),
    Case("6x5", "attention: 3", lambda x, *weights: ref.attention(x, weights, 3)),
    Case("6x4x5", "attention: 3", lambda x, *weights: ref.attention(x, weights, 3)),
    Case(
        "6x4x5",
        "attention: {heads: 2, causal: true}",
        lambda x, *weights: ref.attention(x, weights, 2, causal=True),
    ),
    Case(
        "8x5",
        "attention: {heads: 4, key_heads: 2}",
        lambda x, *weights: heads.grouped(x, weights, 4, 2),
    ),
    Case(
        "6x5",
        "attention: {heads: 3, keys: [tanh]}",
        lambda x, *weights: heads.crossed(x, np.tanh(x), weights, 3),
    ),
    Case(
        "6x5",
        "attention: {heads: 2, queries: [{slice: {stop: 4}}], project: none, keys: [{slice: 2}]}",
        lambda x: heads.unprojected(x[:, :4], x[:, 2:], x[:, 2:], 2),
    ),
    Case(
        "6x5",
        "attention: {heads: 2, project: none, values: [tanh]}",
        lambda x: heads.unprojected(x, x, np.tanh(x), 2),
    ),
    Case(
        "8x5",
        "attention: {heads: 2, alibi: true}",
        lambda x, *weights: heads.alibi(x, weights, 2),
    ),
    Case(
        "8x5",
        "attention: {heads: 2, score_bias: true}",
        lambda x, bias, *weights: heads.with_added(x, weights, 2, bias),
    ),
    Case(
        "8x5",
        "attention: {heads: 2, bias_from: [{slice: {stop: 5}}]}",
        lambda x, *weights: heads.with_arriving(x, np.stack([x[:, :5]] * 2, 1), weights, 2),
    ),
    Case(
        "10x5",
        "attention: {heads: 2, bias_from: [{unflatten: {sizes: [2, 5], axis: channels}}]}",
        lambda x, *weights: heads.with_arriving(x, x.reshape(2, 2, 5, 5), weights, 2),
    ),
    Case(
        "8x5",
        "attention: {heads: 2, qk_norm: layer_norm}",
        lambda x, *weights: heads.normed(x, weights, 2, 1e-5),
    ),
    Case(
        "8x5",
        "attention: {heads: 4, key_heads: 2, qk_norm: rms_norm}",
        lambda x, *weights: heads.normed(x, weights, 4, 2.0**-52, key_heads=2, centred=False),
    ),
    Case(
        "4x6x6",
        "attention: {heads: 2, size: 2x3, relative: true, shift: 1}",
        lambda x, *weights: heads.swin(x, weights, 2, (2, 3), (6, 6)),
    ),
    Case(
        "4x9x4",
        "attention: {heads: 1, size: 2, relative: true, shift: 1}",
        lambda x, *weights: heads.swin(x, weights, 1, (2, 2), (6, 6)),
    ),
    *(
        case
        for kind, step in (("rnn", ref.rnn_step), ("lstm", ref.lstm_step), ("gru", ref.gru_step))
        for case in (
            Case("3x5", f"{kind}: 4", lambda x, *w, step=step: ref.states(x, step, w)),
            Case(
                "3x5",
                f"{kind}: {{units: 4, output: last}}",
                lambda x, *w, step=step: ref.states(x, step, w)[:, :, -1],
            ),
            Case(
                "3x5",
                f"{kind}: {{units: 4, bias: single}}",
                lambda x, *w, step=step: ref.states(x, step, (*w, np.zeros_like(w[-1]))),
            ),
            Case(
                "3x5",
                f"{kind}: {{units: 2, layers: 2, bidirectional: true}}",
                lambda x, *w, step=step: ref.both_ways(ref.both_ways(x, step, w[:8]), step, w[8:]),
            ),
        )
    ),
    *(
        Case(
            "3x5",
            f"{kind}: {{units: 4, {way}: true}}",
            lambda x, b, c, *w, step=step, used=used: ref.states(x, step, (*used(w), b, c)),
        )
        for kind, step in (("rnn", ref.rnn_step), ("lstm", ref.lstm_step), ("gru", ref.gru_step))
        for way, used in COMPUTED.items()
    ),
    Case(
        "3x5",
        "lstm: {units: 4, projection: 2, weight_norm: true}",
        lambda x, b, c, *w: ref.projected(
            x, (*ref.weights_normed(w[:4]), b, c, *ref.weights_normed(w[4:]))
        ),
    ),
    *(
        Case(
            "6x5",
            f"attention: {{heads: 2, {way}: true}}",
            lambda x, b, c, *w, used=used: ref.attention(x, stacked(used(w), b, c), 2),
        )
        for way, used in COMPUTED.items()
    ),
    Case(
        "8x5",
        "attention: {heads: 4, key_heads: 2, weight_norm: true}",
        lambda x, *w: heads.grouped(x, before_biases(w), 4, 2),
    ),
    Case("3x5", "lstm: {units: 4, projection: 2}", lambda x, *w: ref.projected(x, w)),
    Case(
        "3x5",
        "lstm: {units: 4, projection: 2, layers: 2, output: last}",
        lambda x, *w: ref.projected(ref.projected(x, w[:5]), w[5:])[:, :, -1],
    ),
    Case(
        "2x6x5",
        "s_cells: {planes: 3, kernel: 3, padding: 1, r: 4}",
        plainly(ref.s_cells, 4, 1),
        positive,
    ),
    Case("2x6x5", "c_cells: {kernel: 3, stride: 2}", plainly(ref.c_cells, 0.5, 2), positive),
]

HALVES = "{a: [{slice: {stop: 3}}], b: [{slice: {start: 3}}]}"
JOINS = [
    Case("6x4x5", f"add: {HALVES}", lambda x: x[:, :3] + x[:, 3:]),
    Case("6x4x5", f"subtract: {HALVES}", lambda x: x[:, :3] - x[:, 3:]),
    Case("6x4x5", f"multiply: {HALVES}", lambda x: x[:, :3] * x[:, 3:]),
    Case("6x4x5", f"divide: {HALVES}", lambda x: x[:, :3] / x[:, 3:]),
    Case("6x4x5", f"minimum: {HALVES}", lambda x: np.minimum(x[:, :3], x[:, 3:])),
    Case("6x4x5", f"maximum: {HALVES}", lambda x: np.maximum(x[:, :3], x[:, 3:])),
    Case("6x4x5", f"average: {HALVES}", lambda x: (x[:, :3] + x[:, 3:]) / 2),
    Case("6x3", f"matmul: {HALVES}", lambda x: np.array([a[:3] @ a[3:] for a in x])),
    Case("6x4x3", f"matmul: {HALVES}", lambda x: ref.matrix_products(x[:, :3], x[:, 3:])),
    Case("6x2x4x3", f"matmul: {HALVES}", lambda x: ref.matrix_products(x[:, :3], x[:, 3:])),
    Case(
        "6x4x5",
        "concat: {b: [{slice: {start: 3}}], a: [{slice: {stop: 2}}]}",
        lambda x: x[:, [3, 4, 5, 0, 1]],
    ),
    Case(
        "6x4x5",
        "multiply: {map: [identity], gate: [{global_avg_pool: {keep: true}}, sigmoid]}",
        lambda x: x * ref.sigmoid(x.mean((2, 3), keepdims=True)),
    ),
]

CASES = [*CONVOLUTIONS, *TRANSPOSED, *POOLS, *NORMS, *REDUCED, *POINTWISE, *MOVED, *VECTORS, *JOINS]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.shape} {case.layer}")
def test_layer(case: Case) -> None:
    made, x = lowered(case.shape, case.layer), case.batch(case.shape)
    agrees(made, x, case.formula(x, *tensors(made)))


FIXED = [
    *(
        Case(
            shape,
            f"blur_pool: {{kernel: {kernel}, stride: {stride}, padding_mode: {mode}}}",
            plainly(ref.blurred, kernel, stride, numpys),
        )
        for shape, kernel, stride, mode, numpys in (
            ("3x7x8", 3, 2, "reflect", "reflect"),
            ("3x7x8", 4, 2, "reflect", "reflect"),
            ("2x9", 5, 1, "replicate", "edge"),
            ("2x4x5x4", 2, 3, "zeros", "constant"),
        )
    ),
    Case(
        "3x5x6",
        "fixed_filter: {taps: sobel_x, padding: half}",
        lambda x: ref.sobel(edged(x, (1, 1), (1, 1))),
    ),
    Case(
        "3x5x6",
        "fixed_filter: {taps: sobel_y}",
        lambda x: ref.sobel(x.swapaxes(2, 3)).swapaxes(2, 3),
    ),
    Case(
        "3x5x6",
        "fixed_filter: {taps: laplace}",
        lambda x: np.diff(x, 2, 2)[..., 1:-1] + np.diff(x, 2, 3)[:, :, 1:-1],
    ),
    Case(
        "3x9",
        "fixed_filter: {taps: [-1/2, 1/2], padding: [[1, 0]], padding_mode: replicate}",
        lambda x: np.diff(x, prepend=x[:, :, :1]) / 2,
    ),
]
"""Layers of given numbers."""


@pytest.mark.parametrize("case", FIXED, ids=lambda case: f"{case.shape} {case.layer}")
def test_given_numbers(case: Case) -> None:
    made, x = lower(network(case.shape, case.layer)).double().eval(), case.batch(case.shape)
    agrees(made, x, case.formula(x))


def test_no_kind_is_missing() -> None:
    first = {case.layer.partition(":")[0] for case in CASES}
    graphs = (network(case.shape, case.layer) for case in CASES if case.layer.startswith("layers"))
    within = {node.kind for graph in graphs for node in graph.layers}
    assert first - {"layers"} | within == set(LAYERS) - STATED


POOLED: dict[str, Callable[..., Array]] = {
    "max_pool: {": ref.max_pool,
    "avg_pool: {": ref.avg_pool,
    "avg_pool: {count_padding: false, ": ref.avg_pool_of_real,
    "lp_pool: {norm: 2, ": lambda x, *given, **named: ref.lp_pool(x, 2, *given, **named),
}


@pytest.mark.parametrize("kernel", [1, 2, 3, 4])
@pytest.mark.parametrize("rounding", [floor, ceil], ids=["floor", "ceil"])
@pytest.mark.parametrize("pool", POOLED, ids=lambda pool: pool.rstrip(" {,").replace(": {", " "))
def test_pools(pool: str, rounding: Callable[[float], int], kernel: int) -> None:
    """Every stride and padding, on sizes that fit and sizes that do not."""
    x = drawn("1x5x8")
    for stride, padding in product((1, 2, 3, 4), range(kernel // 2 + 1)):
        fields = f"kernel: {kernel}, stride: {stride}, padding: {padding}"
        made = lowered("1x5x8", f"{pool}{fields}, rounding: {rounding.__name__}}}")
        agrees(made, x, POOLED[pool](x, kernel, stride, padding, rounding=rounding))


# -- in training -----------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", ["4", "4x7", "4x5x6", "4x3x2x5"])
def test_batch_norm_in_training(shape: str) -> None:
    """By the batch's own statistics; the running ones move on, with the unbiased variance."""
    made = lowered(shape, "batch_norm").train()
    scale, shift, kept_mean, kept_variance = tensors(made)
    x = 3 + 2 * drawn(shape)
    mean, variance = ref.statistics(x)
    assert mean.shape == (4,), "over N x C x H x W there are C means"
    agrees(made, x, ref.batch_norm(x, scale, shift, mean, variance))
    count = x.size / 4
    _, _, moved_mean, moved_variance = tensors(made)
    np.testing.assert_allclose(moved_mean, ref.running(kept_mean, mean))
    unbiased = variance * count / (count - 1)
    np.testing.assert_allclose(moved_variance, ref.running(kept_variance, unbiased))


def test_mean_only_batch_norm_in_training() -> None:
    """By the batch's own mean; the running one moves on."""
    made = lowered("4x5x6", "mean_only_batch_norm").train()
    shift, kept_mean = tensors(made)
    x = 3 + 2 * drawn("4x5x6")
    mean = x.mean((0, 2, 3))
    agrees(made, x, x + ref.along(shift - mean, 4))
    np.testing.assert_allclose(tensors(made)[1], ref.running(kept_mean, mean))


def test_a_frozen_batch_norm_in_training() -> None:
    """As at test time; nothing moves on."""
    made = lowered("4x5x6", "frozen_batch_norm").train()
    before, x = tensors(made), 3 + 2 * drawn("4x5x6")
    agrees(made, x, ref.batch_norm(x, *before))
    np.testing.assert_array_equal(tensors(made), before)


@pytest.mark.parametrize(
    ("layer", "dropped_together"),
    [("dropout: 0.25", 1), ("dropout: {rate: 0.25, spatial: true}", 20)],
)
def test_dropout_in_training(layer: str, dropped_together: int) -> None:
    """A share becomes 0, the rest grows so that the mean stays."""
    made = lowered("500x4x5", layer).train()
    torch.manual_seed(0)
    found = made(torch.ones(2, 500, 4, 5, dtype=torch.double)).numpy()
    assert set(found.ravel()) == {0, 1 / (1 - 0.25)}
    units = found.reshape(-1, dropped_together)
    assert (units == units[:, :1]).all()
    spread = (0.25 * 0.75 / len(units)) ** 0.5
    assert (units[:, 0] == 0).mean() == pytest.approx(0.25, abs=4 * spread)


def test_drop_path_in_training() -> None:
    """Whole samples become 0, the rest grow so that the mean stays."""
    made = lowered("3x4x5", "drop_path: 0.25").train()
    torch.manual_seed(0)
    found = made(torch.ones(2000, 3, 4, 5, dtype=torch.double)).numpy().reshape(2000, -1)
    assert set(found.ravel()) == {0, 1 / (1 - 0.25)}
    assert (found == found[:, :1]).all()
    spread = (0.25 * 0.75 / len(found)) ** 0.5
    assert (found[:, 0] == 0).mean() == pytest.approx(0.25, abs=4 * spread)


def test_gaussian_noise_in_training() -> None:
    made = lowered("500x4x5", "gaussian_noise: 0.3").train()
    torch.manual_seed(0)
    noise = made(torch.full((2, 500, 4, 5), 2.0, dtype=torch.double)).numpy() - 2
    assert noise.mean() == pytest.approx(0, abs=4 * 0.3 / noise.size**0.5)
    assert noise.std() == pytest.approx(0.3, rel=0.02)


# -- the lectures' examples ------------------------------------------------------------------------


def given(shape: str, layer: str, weight: Array, bias: Array, x: Array) -> Array:
    """What a lowered convolution with these weights makes of one image."""
    made = lower(network(shape, layer)).double()
    state = zip(made.state_dict().values(), (weight, bias), strict=True)
    with torch.no_grad():
        for tensor, values in state:
            tensor.copy_(torch.from_numpy(values))
        found: Array = made(torch.from_numpy(x[None])).numpy()[0]
    return found


def digits(*rows: str) -> Array:
    """A map of one-digit numbers."""
    return np.array([[float(digit) for digit in row] for row in rows])


def test_a_5x5_binary_image() -> None:
    image = digits("11100", "01110", "00111", "00110", "01100")[None]
    kernel = digits("101", "010", "101")[None, None]
    found = given("1x5x5", "conv: {filters: 1, kernel: 3, stride: 2}", kernel, np.zeros(1), image)
    assert found.tolist() == [[[4, 4], [2, 4]]]


IMAGE = np.stack(
    [
        digits("21012", "00121", "12002", "10210", "02111"),
        digits("02110", "21020", "01202", "12011", "20100"),
        digits("11002", "02210", "20121", "01020", "12101"),
    ]
)
FILTERS = np.stack(
    [
        [digits("011", "102", "010"), digits("110", "021", "100"), -digits("100", "010", "012")],
        [-digits("001", "110", "011"), digits("101", "000", "210"), digits("012", "001", "100")],
    ]
)
BIASES = np.array([1.0, 0.0])


def test_the_animated_demo() -> None:
    """7x7x3 once padded, two filters of 3x3x3, stride 2: 3x3x2, for (5 - 3 + 2*1)/2 + 1 = 3."""
    layer = "conv: {filters: 2, kernel: 3, stride: 2, padding: 1}"
    found = given("3x5x5", layer, FILTERS, BIASES, IMAGE)
    assert found.shape == (2, 3, 3)
    # the corner: rows and columns 0 and 1 of each channel, under the lower right of the filter
    assert found[0, 0, 0] == (0 * 2 + 2 * 1) + (2 * 0 + 1 * 2) - (1 * 1 + 2 * 2) + 1
    # the middle: rows and columns 1 to 3; the digits of the filters that are not 0, row by row
    assert found[0, 1, 1] == (1 + 2 + 2 + 2) + (1 + 2 * 2 + 2) - (2 + 1 + 2 * 2) + 1
    assert found[1, 1, 1] == -(2 + 2 + 2 + 1) + (1 + 2 + 2 * 2) + (2 + 2 * 1 + 2 + 1) + 0
    around = np.pad(IMAGE, ((0, 0), (1, 1), (1, 1)))
    assert around.shape == (3, 7, 7)
    for f, i, j in np.ndindex(*found.shape):
        window = around[:, 2 * i : 2 * i + 3, 2 * j : 2 * j + 3]
        assert found[f, i, j] == (window * FILTERS[f]).sum() + BIASES[f]
