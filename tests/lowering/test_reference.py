"""Lowered layers against numpy, and the lectures' examples that come with numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from cnncalc.runtime.lower import lower
from tests.analysis.specs import network
from tests.lowering import reference
from tests.lowering.reference import Array

pytestmark = pytest.mark.torch

RANDOM = np.random.default_rng(0)


def lowered(shape: str, layer: str) -> nn.Module:
    """A network of one layer, in doubles, its tensors drawn."""
    made = lower(network(shape, layer)).double()
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for tensor in made.state_dict().values():
            if tensor.is_floating_point():
                tensor.copy_(torch.rand(tensor.shape, generator=generator) + 0.1)
    return made


def tensors(made: nn.Module) -> list[Array]:
    return [tensor.numpy().copy() for tensor in made.state_dict().values()]


def agrees(made: nn.Module, x: Array, expected: Array) -> None:
    with torch.no_grad():
        found = made(torch.from_numpy(x)).numpy()
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize(
    ("fields", "arguments"),
    [
        ("filters: 3, kernel: 3", {}),
        ("filters: 3, kernel: 3, stride: 2", {"stride": 2}),
        ("filters: 3, kernel: 3, padding: 1", {"padding": 1}),
        ("filters: 3, kernel: 3, padding: half, dilation: 2", {"padding": 2, "dilation": 2}),
        ("filters: 6, kernel: 3, groups: 2", {"groups": 2}),
        ("filters: 8, kernel: 3, groups: 4, stride: 2", {"groups": 4, "stride": 2}),
        ("filters: 5, kernel: 1", {}),
    ],
)
def test_convolution(fields: str, arguments: dict[str, Any]) -> None:
    made = lowered("4x8x9", f"conv: {{{fields}}}")
    x = RANDOM.standard_normal((2, 4, 8, 9))
    agrees(made, x, reference.conv(x, *tensors(made), **arguments))


@pytest.mark.parametrize(("kernel", "stride", "padding"), [(2, 2, 0), (3, 2, 1), (4, 2, 1)])
def test_transposed_convolution(kernel: int, stride: int, padding: int) -> None:
    fields = f"filters: 3, kernel: {kernel}, stride: {stride}, padding: {padding}"
    made = lowered("2x5x6", f"conv_transpose: {{{fields}}}")
    x = RANDOM.standard_normal((2, 2, 5, 6))
    agrees(made, x, reference.conv_transpose(x, *tensors(made), stride, padding))


@pytest.mark.parametrize(("kernel", "stride", "padding"), [(2, 2, 0), (3, 2, 0), (3, 2, 1)])
@pytest.mark.parametrize(
    ("kind", "combine", "value"),
    [
        ("max_pool", np.max, -np.inf),
        ("avg_pool", np.mean, 0.0),
        ("lp_pool", lambda window: np.sqrt((window**2).sum()), 0.0),
    ],
)
def test_pooling(
    kind: str,
    combine: Callable[[Array], float],
    value: float,
    kernel: int,
    stride: int,
    padding: int,
) -> None:
    made = lowered("3x9x8", f"{kind}: {{kernel: {kernel}, stride: {stride}, padding: {padding}}}")
    x = RANDOM.standard_normal((2, 3, 9, 8))
    agrees(made, x, reference.pool(x, combine, kernel, stride, padding, value))


def test_batch_norm_at_test() -> None:
    made = lowered("4x5x6", "batch_norm").eval()
    x = RANDOM.standard_normal((3, 4, 5, 6))
    agrees(made, x, reference.batch_norm(x, *tensors(made)[:4]))


def test_batch_norm_in_training() -> None:
    """By the batch's own statistics; the running ones move on, with the unbiased variance."""
    made = lowered("4x5x6", "batch_norm").train()
    scale, shift, kept_mean, kept_variance, _ = tensors(made)
    x = 3 + 2 * RANDOM.standard_normal((3, 4, 5, 6))
    mean, variance = reference.statistics(x)
    assert mean.shape == (4,), "over N x C x H x W there are C means"
    agrees(made, x, reference.batch_norm(x, scale, shift, mean, variance))
    count = 3 * 5 * 6
    _, _, moved_mean, moved_variance, _ = tensors(made)
    np.testing.assert_allclose(moved_mean, reference.running(kept_mean, mean))
    unbiased = variance * count / (count - 1)
    np.testing.assert_allclose(moved_variance, reference.running(kept_variance, unbiased))


def test_linear() -> None:
    made = lowered("7", "linear: 5")
    x = RANDOM.standard_normal((3, 7))
    agrees(made, x, reference.linear(x, *tensors(made)))


# -- the lectures' examples ----------------------------------------------------------------------


def given(shape: str, layer: str, weight: Array, bias: Array, x: Array) -> Array:
    """What a lowered convolution with these weights makes of one image."""
    made = lower(network(shape, layer)).double()
    state = zip(made.state_dict().values(), (weight, bias), strict=True)
    with torch.no_grad():
        for tensor, values in state:
            tensor.copy_(torch.from_numpy(values))
        return made(torch.from_numpy(x[None])).numpy()[0]


def test_a_5x5_binary_image() -> None:
    rows = ["11100", "01110", "00111", "00110", "01100"]
    image = np.array([[[float(digit) for digit in row] for row in rows]])
    kernel = np.array([[[[1.0, 0, 1], [0, 1, 0], [1, 0, 1]]]])
    found = given("1x5x5", "conv: {filters: 1, kernel: 3, stride: 2}", kernel, np.zeros(1), image)
    assert found.tolist() == [[[4, 4], [2, 4]]]


def test_the_animated_demo() -> None:
    """An image of 7x7x3 once padded, two filters of 3x3x3, stride 2: 3x3x2."""
    image = RANDOM.integers(0, 3, (3, 5, 5)).astype(float)
    weight = RANDOM.integers(-1, 2, (2, 3, 3, 3)).astype(float)
    bias = np.array([1.0, 0.0])
    layer = "conv: {filters: 2, kernel: 3, stride: 2, padding: 1}"
    found = given("3x5x5", layer, weight, bias, image)
    around = np.pad(image, ((0, 0), (1, 1), (1, 1)))
    assert around.shape == (3, 7, 7)
    assert found.shape == (2, 3, 3)
    for f in range(2):
        for i in range(3):
            for j in range(3):
                window = around[:, 2 * i : 2 * i + 3, 2 * j : 2 * j + 3]
                assert found[f, i, j] == (window * weight[f]).sum() + bias[f]
