"""What the PyTorch forms compute, where the form is our own or the convention could differ."""

from collections.abc import Callable
from itertools import product
from math import atan, ceil, floor, inf, prod

import pytest
import torch
from torch import Tensor

from cnncalc.layers import LAYERS
from cnncalc.layers.adaptive import AdaptiveAvgPool, GlobalAvgPool, GlobalMaxPool
from cnncalc.layers.base import Layer
from cnncalc.layers.conv import Conv
from cnncalc.layers.join import Add, Average, Concat, Maximum, Multiply, Subtract
from cnncalc.layers.norm import BatchNorm, LayerNorm, LayerScale, LocalResponseNorm
from cnncalc.layers.pool import AvgPool, LpPool, MaxPool
from cnncalc.layers.reshape import (
    ChannelShuffle,
    Crop,
    Flatten,
    Pad,
    PadChannels,
    PixelShuffle,
    Slice,
)
from tests.torch_form import applied, module_of

pytestmark = pytest.mark.torch


def forward(layer: Layer, *inputs: Tensor) -> Tensor:
    """What the layer makes of a batch, in inference."""
    form = layer.torch(*(tuple(each.shape[1:]) for each in inputs))
    with torch.no_grad():
        return applied(form, module_of(form).eval(), *inputs)


def image(*shape: int) -> Tensor:
    return torch.randn(2, *shape, generator=torch.Generator().manual_seed(0))


def by_windows(layer: Layer, x: Tensor, combine: Callable[[list[float]], float]) -> Tensor:
    """A pool over images, one window at a time, from the values that are there."""
    _, rows, columns = layer.output_shape(tuple(x.shape[1:]))
    axes = layer.window(tuple(x.shape[1:])).axes
    result = torch.empty(*x.shape[:2], rows, columns)
    for sample, channel, row, column in product(*map(range, result.shape)):
        reads = [
            [axis.step * at + tap for tap in axis.taps[0] if 0 <= axis.step * at + tap < size]
            for axis, at, size in zip(axes, (row, column), x.shape[2:], strict=True)
        ]
        values = [x[sample, channel, i, j].item() for i, j in product(*reads)]
        result[sample, channel, row, column] = combine(values)
    return result


def mean(values: list[float]) -> float:
    return sum(values) / len(values)


@pytest.mark.parametrize("kernel", [2, 3, (2, 3), 4])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("size", [(5, 6), (1, 4)])
def test_same_average_is_over_real_values(kernel: int, stride: int, size: tuple[int, int]) -> None:
    layer = AvgPool(kernel, stride, "same", count_padding=False)
    x = image(2, *size)
    torch.testing.assert_close(forward(layer, x), by_windows(layer, x, mean))


@pytest.mark.parametrize("kernel", [2, 3, 4])
def test_same_average_with_padding_counts_it(kernel: int) -> None:
    layer = AvgPool(kernel, 1, "same")
    x = image(2, 5, 6)
    expected = by_windows(layer, x, lambda values: sum(values) / kernel**2)
    torch.testing.assert_close(forward(layer, x), expected)


@pytest.mark.parametrize(
    "layer",
    [
        MaxPool(2, 2, "same"),
        MaxPool(3, 1, "half", dilation=2),
        MaxPool(3, 2, "half", dilation=3, rounding="ceil"),
        MaxPool(2, 3, rounding="ceil"),
    ],
    ids=repr,
)
def test_padding_is_never_the_maximum(layer: Layer) -> None:
    x = image(2, 7, 8) - 10
    torch.testing.assert_close(forward(layer, x), by_windows(layer, x, max))


@pytest.mark.parametrize("padding", [0, 1, "half", "same"])
@pytest.mark.parametrize("norm", [1, 2, 3.5])
@pytest.mark.parametrize("stride", [1, 2])
def test_lp_pool(padding: int | str, norm: float, stride: int) -> None:
    layer = LpPool(3, stride, padding, norm=norm)
    x = image(2, 6, 7).abs()
    expected = by_windows(layer, x, lambda v: sum(value**norm for value in v) ** (1 / norm))
    torch.testing.assert_close(forward(layer, x), expected)


def test_lp_pool_over_a_signal() -> None:
    x = torch.tensor([[[3.0, 4.0, 5.0, 12.0]]])
    assert forward(LpPool(2), x).tolist() == [[[pytest.approx(5), pytest.approx(13)]]]


@pytest.mark.parametrize("output", [1, 2, 3, 5, 7])
def test_adaptive_average(output: int) -> None:
    x = image(3, 5)
    ends = [(floor(i * 5 / output), ceil((i + 1) * 5 / output)) for i in range(output)]
    expected = torch.stack([x[:, :, start:stop].mean(-1) for start, stop in ends], dim=-1)
    torch.testing.assert_close(forward(AdaptiveAvgPool(output), x), expected)


def test_global_pools_make_vectors() -> None:
    x = image(3, 4, 5)
    torch.testing.assert_close(forward(GlobalAvgPool(), x), x.mean((2, 3)))
    torch.testing.assert_close(forward(GlobalMaxPool(), x), x.amax((2, 3)))


def test_layer_norm_over_channels() -> None:
    x = image(4, 3, 5)
    centred = x - x.mean(1, keepdim=True)
    expected = centred / (centred.square().mean(1, keepdim=True) + 1e-5).sqrt()
    torch.testing.assert_close(forward(LayerNorm(), x), expected)


def test_layer_norm_over_all() -> None:
    x = image(4, 3, 5)
    centred = x - x.mean((1, 2, 3), keepdim=True)
    expected = centred / (centred.square().mean((1, 2, 3), keepdim=True) + 1e-5).sqrt()
    torch.testing.assert_close(forward(LayerNorm("all"), x), expected)


def test_layer_norm_scales_each_channel_by_its_own_weight() -> None:
    x = image(3, 4)
    module = module_of(LayerNorm().torch((3, 4)))
    plain = module(x)
    module.weight.data = torch.tensor([1.0, 2.0, 3.0])
    torch.testing.assert_close(module(x), plain * torch.tensor([1.0, 2.0, 3.0])[:, None])


def test_batch_norm_takes_its_running_statistics() -> None:
    x = image(3, 4)
    torch.testing.assert_close(forward(BatchNorm(), x), x / (1 + 1e-5) ** 0.5)


def test_local_response_norm() -> None:
    """b = a / (k + alpha/n * sum of a^2 over n neighbouring channels)^beta."""
    x = image(4, 2, 2)
    square = x.square()
    sums = [square[:, max(0, c - 1) : c + 2].sum(1) for c in range(4)]
    expected = x / (2 + 0.3 / 3 * torch.stack(sums, dim=1)) ** 0.75
    torch.testing.assert_close(forward(LocalResponseNorm(3, alpha=0.3, k=2.0), x), expected)


@pytest.mark.parametrize("shape", [(3,), (3, 4), (3, 4, 5), (3, 2, 2, 2)])
def test_layer_scale(shape: tuple[int, ...]) -> None:
    x = image(*shape)
    torch.testing.assert_close(forward(LayerScale(0.5), x), 0.5 * x)


@pytest.mark.parametrize(
    ("join", "expected"),
    [
        (Add(), [6.0, 9.0]),
        (Subtract(), [0.0, -3.0]),
        (Multiply(), [6.0, 15.0]),
        (Maximum(), [3.0, 5.0]),
        (Average(), [2.0, 3.0]),
        (Concat(), [3.0, 3.0, 1.0, 5.0, 2.0, 1.0]),
    ],
    ids=repr,
)
def test_joins(join: Layer, expected: list[float]) -> None:
    inputs = (torch.tensor([values]) for values in ([3.0, 3.0], [1.0, 5.0], [2.0, 1.0]))
    assert forward(join, *inputs)[0].tolist() == pytest.approx(expected)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("identity", [-2.0, 0.0, 7.0]),
        ("step", [0.0, 1.0, 1.0]),
        ("arctan", [-atan(2), 0.0, atan(7)]),
        ("relu", [0.0, 0.0, 7.0]),
        ("relu6", [0.0, 0.0, 6.0]),
        ("leaky_relu", [-0.02, 0.0, 7.0]),
        ("prelu", [-0.5, 0.0, 7.0]),
        ("hard_sigmoid", [1 / 6, 3 / 6, 1.0]),
        ("hard_swish", [-2 / 6, 0.0, 7.0]),
    ],
)
def test_activations(kind: str, expected: list[float]) -> None:
    values = forward(LAYERS[kind](), torch.tensor([[-2.0, 0.0, 7.0]]))
    assert values[0].tolist() == pytest.approx(expected)


@pytest.mark.parametrize("kind", ["softmax", "log_softmax"])
def test_softmax_is_along_the_channels(kind: str) -> None:
    values = forward(LAYERS[kind](), image(3, 2, 2))
    sums = (values.exp() if kind == "log_softmax" else values).sum(1)
    torch.testing.assert_close(sums, torch.ones(2, 2, 2))


def test_convolution_of_a_binary_image() -> None:
    """The example of a 5x5 image and an X of ones, here with a stride of 2."""
    rows = ("11100", "01110", "00111", "00110", "01100")
    x = torch.tensor([[[[float(digit) for digit in row] for row in rows]]])
    form = Conv(1, 3, 2, bias=False).torch((1, 5, 5))
    module = module_of(form)
    module.weight.data = torch.tensor([[[[1.0, 0, 1], [0, 1, 0], [1, 0, 1]]]])
    assert applied(form, module, x).tolist() == [[[[4, 4], [2, 4]]]]


def test_slice_pad_crop_flatten() -> None:
    x = image(4, 3, 5)
    assert torch.equal(forward(Slice(1, 3), x), x[:, 1:3])
    padded = forward(PadChannels(2), x)
    assert torch.equal(padded, torch.cat([x, torch.zeros_like(x[:, :2])], dim=1))
    assert torch.equal(forward(Crop(((0, 1), (2, 1))), x), x[:, :, 0:2, 2:4])
    padded = forward(Pad(((0, 1), (2, 1))), x)
    assert torch.equal(padded[:, :, 0:3, 2:7], x)
    assert padded.sum().item() == pytest.approx(x.sum().item(), rel=1e-4)
    assert torch.equal(forward(Flatten(), x), x.reshape(2, prod((4, 3, 5))))


def test_shuffles() -> None:
    channels = torch.arange(6.0).view(1, 6, 1)
    assert forward(ChannelShuffle(2), channels).flatten().tolist() == [0, 3, 1, 4, 2, 5]
    pixels = torch.arange(4.0).view(1, 4, 1, 1)
    assert forward(PixelShuffle(2), pixels)[0, 0].tolist() == [[0, 1], [2, 3]]


def test_max_pool_pads_with_less_than_anything() -> None:
    assert MaxPool(2, 2, "same").torch((1, 3, 4)).fill == -inf
    assert MaxPool(2, 2, "same").torch((1, 3, 4)).before == (0, 0, 0, 1)
