"""What the PyTorch forms compute, where the form is our own or the convention could differ."""

from collections.abc import Callable
from itertools import product
from math import atan, ceil, dist, exp, floor, inf, log, prod, tanh
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import linear
from torch.utils.flop_counter import FlopCounterMode

from cnncalc.layers import LAYERS
from cnncalc.layers.base import Layer
from cnncalc.layers.convolution.conv import Conv
from cnncalc.layers.historic.classic import Rbf, Subsample
from cnncalc.layers.historic.neocognitron import CCells, SCells
from cnncalc.layers.joins.join import (
    Add,
    Average,
    Concat,
    Divide,
    Maximum,
    Minimum,
    Multiply,
    Subtract,
)
from cnncalc.layers.moving.reshape import (
    ChannelShuffle,
    Crop,
    Flatten,
    Pad,
    PadChannels,
    PixelShuffle,
    Slice,
)
from cnncalc.layers.norms.norm import (
    BatchNorm,
    LayerNorm,
    LayerScale,
    LocalResponseNorm,
    RmsNorm,
    Scale,
)
from cnncalc.layers.norms.response import GlobalResponseNorm, Normalize
from cnncalc.layers.pointwise.competing import LogSoftmax, Softmax
from cnncalc.layers.pointwise.constant import Clamp, Power, Shift
from cnncalc.layers.pointwise.gated import Glu
from cnncalc.layers.pointwise.maxout import Maxout
from cnncalc.layers.pooling.adaptive import AdaptiveAvgPool, GlobalAvgPool, GlobalMaxPool
from cnncalc.layers.pooling.gem import GemPool
from cnncalc.layers.pooling.pool import AvgPool, LpPool, MaxPool
from cnncalc.layers.pooling.reduction import Max, Mean, Min, Norm, Std, Summation, Variance
from cnncalc.layers.sequences.attention import Attention
from cnncalc.layers.sequences.recurrent import Gru, Lstm, Recurrent, Rnn
from cnncalc.layers.sequences.sequence import ClassToken, Embedding, Position, ToSequence
from tests.reference_numpy import c_cells, s_cells
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


def test_a_partial_window_has_its_own_norm() -> None:
    """sqrt(3^2 + 4^2), then sqrt(12^2)."""
    x = torch.tensor([[[3.0, 4.0, 12.0]]])
    assert forward(LpPool(2, rounding="ceil"), x).tolist() == [[[pytest.approx(5), 12]]]


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


def test_rms_norm_over_channels() -> None:
    x = image(4, 3, 5)
    expected = x / (x.square().mean(1, keepdim=True) + 1e-3).sqrt()
    torch.testing.assert_close(forward(RmsNorm(eps=1e-3), x), expected)


@pytest.mark.parametrize("number", [torch.float32, torch.float64])
def test_the_eps_of_an_rms_norm_is_that_of_the_numbers(number: torch.dtype) -> None:
    x = 1e-3 * image(4, 3, 5).to(number)
    eps = {torch.float32: 2.0**-23, torch.float64: 2.0**-52}[number]
    expected = x / (x.square().mean((1, 2, 3), keepdim=True) + eps).sqrt()
    module = module_of(RmsNorm("all").torch((4, 3, 5))).to(number)
    torch.testing.assert_close(module(x), expected)


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


@pytest.mark.parametrize("shape", [(3,), (3, 4), (3, 4, 5), (3, 2, 2, 2)])
def test_scale(shape: tuple[int, ...]) -> None:
    x = image(*shape)
    torch.testing.assert_close(forward(Scale(-0.17), x), x * -17 / 100)


@pytest.mark.parametrize(
    ("join", "expected"),
    [
        (Add(), [6.0, 9.0]),
        (Subtract(), [0.0, -3.0]),
        (Multiply(), [6.0, 15.0]),
        (Divide(), [1.5, 0.6]),
        (Maximum(), [3.0, 5.0]),
        (Minimum(), [1.0, 1.0]),
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
        ("hard_tanh", [-1.0, 0.0, 1.0]),
        ("softsign", [-2 / 3, 0.0, 7 / 8]),
        ("celu", [exp(-2) - 1, 0.0, 7.0]),
        ("log_sigmoid", [-log(1 + exp(2)), -log(2), -log(1 + exp(-7))]),
        ("quick_gelu", [-2 / (1 + exp(2 * 1.702)), 0.0, 7 / (1 + exp(-7 * 1.702))]),
        ("mish", [-2 * tanh(log(1 + exp(-2))), 0.0, 7 * tanh(log(1 + exp(7)))]),
        ("relu_squared", [0.0, 0.0, 49.0]),
        ("soft_shrink", [-1.5, 0.0, 6.5]),
        ("hard_shrink", [-2.0, 0.0, 7.0]),
        ("tanh_shrink", [-2 + tanh(2), 0.0, 7 - tanh(7)]),
        ("threshold", [0.0, 0.0, 7.0]),
        ("abs", [2.0, 0.0, 7.0]),
        ("square", [4.0, 0.0, 49.0]),
        ("exp", [exp(-2), 1.0, exp(7)]),
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


@pytest.mark.parametrize(("over", "dim"), [("steps", 3), ("height", 2), (1, 2), ("channels", 1)])
@pytest.mark.parametrize("kind", [Softmax, LogSoftmax])
def test_softmax_along_an_axis(kind: type[Softmax | LogSoftmax], over: str | int, dim: int) -> None:
    x = image(3, 4, 5)
    powers = x.double().exp()
    expected = powers / powers.sum(dim, keepdim=True)
    expected = expected if kind is Softmax else expected.log()
    torch.testing.assert_close(forward(kind(over), x), expected.float())


def test_softmax_among_parts() -> None:
    """Channels 0 and 3 compete, 1 and 4, 2 and 5."""
    x = image(6, 2)
    values = forward(Softmax(among=2), x)
    torch.testing.assert_close(values[:, :3], (x[:, :3] - x[:, 3:]).sigmoid())
    torch.testing.assert_close(values[:, :3] + values[:, 3:], torch.ones(2, 3, 2))


OVER = {
    "channels": (1,),
    "space": (2, 3),
    "all": (1, 2, 3),
    "height": (2,),
    ("steps", "channels"): (1, 3),
    1: (2,),
    (2, 0): (1, 3),
}


@pytest.mark.parametrize("keep", [True, False])
@pytest.mark.parametrize("over", OVER, ids=str)
def test_reductions(over: str | int | tuple[int | str, ...], keep: bool) -> None:
    x, dim = image(3, 4, 5), OVER[over]
    if over == "all" and not keep:
        return
    count = prod(x.shape[axis] for axis in dim)
    total = x.sum(dim, keep)
    mean, squares = total / count, x.square().sum(dim, keep)
    variance = (squares - count * mean.square()) / (count - 1)
    expected = {
        Mean(over, keep): mean,
        Summation(over, keep): total,
        Max(over, keep): x.amax(dim, keep),
        Min(over, keep): -(-x).amax(dim, keep),
        Norm(over, keep): squares.sqrt(),
        Norm(over, keep, 1.0): x.abs().sum(dim, keep),
        Norm(over, keep, 3.0): x.abs().pow(3).sum(dim, keep).pow(1 / 3),
        Variance(over, keep): variance,
        Variance(over, keep, 0): variance * (count - 1) / count,
        Std(over, keep): variance.sqrt(),
    }
    for layer, values in expected.items():
        torch.testing.assert_close(forward(layer, x), values)


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (Shift(-0.5), [-2.5, -0.5, 6.5]),
        (Power(2.0), [4.0, 0.0, 49.0]),
        (Clamp(min=-1.0), [-1.0, 0.0, 7.0]),
        (Clamp(max=6.0), [-2.0, 0.0, 6.0]),
        (Clamp(-1.0, 1.0), [-1.0, 0.0, 1.0]),
        (LAYERS["threshold"](-1.0, 3.0), [3.0, 0.0, 7.0]),
        (LAYERS["celu"](0.5), [0.5 * (exp(-4) - 1), 0.0, 7.0]),
        (LAYERS["hard_shrink"](2.0), [0.0, 0.0, 7.0]),
        (LAYERS["soft_shrink"](2.0), [0.0, 0.0, 5.0]),
    ],
    ids=repr,
)
def test_fixed_numbers(layer: Layer, expected: list[float]) -> None:
    assert forward(layer, torch.tensor([[-2.0, 0.0, 7.0]]))[0].tolist() == pytest.approx(expected)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("sqrt", [0.5, 3.0]), ("log", [log(0.25), log(9)]), ("reciprocal", [4, 1 / 9])],
)
def test_of_positive_numbers(kind: str, expected: list[float]) -> None:
    values = forward(LAYERS[kind](), torch.tensor([[0.25, 9.0]]))
    assert values[0].tolist() == pytest.approx(expected)


@pytest.mark.parametrize(
    ("gate", "function"),
    [
        ("sigmoid", torch.sigmoid),
        ("tanh", torch.tanh),
        ("relu", torch.relu),
        ("gelu", nn.functional.gelu),
        ("silu", lambda x: x * torch.sigmoid(x)),
        ("identity", lambda x: x),
    ],
)
@pytest.mark.parametrize("shape", [(6,), (6, 4), (6, 3, 5)])
def test_gated(gate: str, function: Callable[[Tensor], Tensor], shape: tuple[int, ...]) -> None:
    x = image(*shape)
    torch.testing.assert_close(forward(Glu(gate), x), x[:, :3] * function(x[:, 3:]))


@pytest.mark.parametrize("keep", [True, False])
def test_a_generalised_mean(keep: bool) -> None:
    """Of what is negative, `eps`."""
    x = image(3, 4, 5)
    bounded = x.clamp(min=0.1).double()
    expected = bounded.pow(2.5).mean((2, 3), keep).pow(1 / 2.5).float()
    torch.testing.assert_close(forward(GemPool(keep, 2.5, 0.1), x), expected)


def test_normalize() -> None:
    x = image(3, 4, 5)
    lengths = x.square().sum(1, keepdim=True).sqrt()
    torch.testing.assert_close(forward(Normalize(), x), x / lengths)
    sums = x.abs().sum((2, 3), keepdim=True)
    torch.testing.assert_close(forward(Normalize("space", p=1.0), x), x / sums)
    torch.testing.assert_close(forward(Normalize(eps=100.0), x), x / 100)


@pytest.mark.parametrize("shape", [(3, 4), (3, 4, 5), (3, 2, 2, 2)])
def test_global_response_norm(shape: tuple[int, ...]) -> None:
    """At first it changes nothing."""
    x = image(*shape)
    module = module_of(GlobalResponseNorm().torch(shape))
    assert torch.equal(module(x), x)
    module.weight.data, module.bias.data = torch.tensor([1.0, -2, 3]), torch.tensor([0.5, 1, 2])
    norms = x.flatten(2).norm(dim=2)
    responses = norms / (norms.mean(1, keepdim=True) + 1e-6) * module.weight
    each = (..., *(None for _ in shape[1:]))
    torch.testing.assert_close(module(x), x + x * responses[each] + module.bias[each])


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


# -- a connection table, and the other layers of 1998 -----------------------------------------

TABLE = ((0, 2), (3,), (1, 0, 3))


@pytest.mark.parametrize("shape", [(4, 9), (4, 6, 7), (4, 3, 5, 4)])
@pytest.mark.parametrize("padding", [0, 1, "same"])
@pytest.mark.parametrize("bias", [True, False])
def test_a_table_leaves_the_other_kernels_out(
    shape: tuple[int, ...], padding: int | str, bias: bool
) -> None:
    layer = Conv(3, 2, 2, padding, bias=bias, table=TABLE)
    plain = Conv(3, 2, 2, padding, bias=bias)
    x, form, dense = image(*shape), layer.torch(shape), plain.torch(shape)
    module, whole = module_of(form), module_of(dense)
    whole.weight.data.zero_()
    kernels = iter(module.weight.data)
    for number, row in enumerate(TABLE):
        for channel in row:
            whole.weight.data[number, channel] = next(kernels)
    if bias:
        whole.bias.data = module.bias.data
    with torch.no_grad():
        torch.testing.assert_close(applied(form, module, x), applied(dense, whole, x))


def test_a_filter_starts_as_small_as_it_reads_much() -> None:
    torch.manual_seed(0)
    module = module_of(Conv(3, 5, table=TABLE).torch((4, 9, 9)))
    for kernels, row in zip(module.weight.data.split([2, 1, 3]), TABLE, strict=True):
        bound = (len(row) * 5 * 5) ** -0.5
        assert 0.8 * bound < kernels.abs().max() <= bound


@pytest.mark.parametrize(("kernel", "stride"), [(2, None), (3, 2), (2, 1), ((1, 2), (2, 3))])
def test_subsampling_is_a_sum_scaled_and_shifted(kernel: int, stride: int | None) -> None:
    layer = Subsample(kernel, stride)
    x = image(2, 5, 6)
    module = module_of(layer.torch((2, 5, 6)))
    torch.testing.assert_close(module(x), by_windows(layer, x, mean))
    module.weight.data, module.bias.data = torch.tensor([2.0, -1.0]), torch.tensor([0.5, 3.0])
    sums = by_windows(layer, x, sum)
    expected = torch.stack([2 * sums[:, 0] + 0.5, 3 - sums[:, 1]], dim=1)
    torch.testing.assert_close(module(x), expected)


def test_radial_basis_units_measure_distances() -> None:
    torch.manual_seed(0)
    module = module_of(Rbf(4).torch((5,)))
    assert set(module.centres.flatten().tolist()) == {-1, 1}
    x = image(5)
    expected = [
        [sum((v - c) ** 2 for v, c in zip(s, u, strict=True)) for u in module.centres] for s in x
    ]
    torch.testing.assert_close(module(x), torch.tensor(expected))


@pytest.mark.parametrize("shape", [(3, 9), (3, 6, 7), (2, 4, 5, 4)])
@pytest.mark.parametrize("padding", [0, 1])
@pytest.mark.parametrize("r", [0.0, 1.5, 4.0])
def test_s_cells(shape: tuple[int, ...], padding: int, r: float) -> None:
    layer = SCells(6, (3, 2, 3)[: len(shape) - 1], padding, r=r)
    torch.manual_seed(0)
    module = module_of(layer.torch(shape)).double()
    nn.init.uniform_(module.a)
    nn.init.uniform_(module.b, 0, 4)
    nn.init.uniform_(module.c)
    a, b, c = (tensor.detach().numpy() for tensor in (module.a, module.b, module.c))
    x = image(*shape).abs().double()
    expected = s_cells(x.numpy(), a, b, c, r, padding)
    if r:  # some cells answer, some are silent
        assert 0.05 < (expected > 0).mean() < 0.95
    torch.testing.assert_close(module(x), torch.from_numpy(expected))


@pytest.mark.parametrize("shape", [(3, 9), (3, 6, 7), (2, 4, 5, 4)])
@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("alpha", [0.1, 0.5])
def test_c_cells(shape: tuple[int, ...], stride: int, alpha: float) -> None:
    layer = CCells((3, 2, 3)[: len(shape) - 1], stride, 1, alpha=alpha)
    torch.manual_seed(0)
    module = module_of(layer.torch(shape)).double()
    nn.init.uniform_(module.d, 0, 3)
    x = image(*shape).abs().double()
    expected = c_cells(x.numpy(), module.d.numpy(), alpha, stride, 1)
    assert 0.05 < (expected > 0).mean() < 0.95
    torch.testing.assert_close(module(x), torch.from_numpy(expected))


@pytest.mark.parametrize("kernel", [5, (2, 2), (5, 5), (1, 4), (3, 3, 3)])
def test_fixed_synapses_fade_from_the_middle(kernel: int | tuple[int, ...]) -> None:
    shape = (3, 6) if isinstance(kernel, int) else (3, *(6 for _ in kernel))
    c = module_of(SCells(4, kernel).torch(shape)).c
    d = module_of(CCells(kernel).torch(shape)).d
    torch.testing.assert_close(3 * c, d)
    assert d.sum().item() == pytest.approx(1)
    assert torch.equal(d, d.flip(list(range(d.ndim))))
    middle = [(size - 1) / 2 for size in d.shape]
    distances = torch.tensor([dist(at, middle) for at in np.ndindex(*d.shape)])
    expected = d.max() * 0.5 ** (distances - distances.min())
    torch.testing.assert_close(d.flatten(), expected.float())


@pytest.mark.parametrize("r", [0.5, 1.5, 4.0])
def test_an_s_cell_measures_how_alike_a_pattern_is_to_the_one_it_learnt(r: float) -> None:
    """Reinforced often, a = q c p and b = q v / 2, it gives relu((r + 1) s - r), s the cosine of
    the pattern and p under c (Fukushima 1980)."""
    often = 1e9
    learnt, *others = torch.rand(20, 2, 3, 3, generator=torch.Generator().manual_seed(0)).double()
    module = module_of(SCells(1, 3, r=r).torch((2, 3, 3))).double()
    lengths = [(module.c * u.square()).sum().sqrt() for u in (learnt, *others)]
    module.a.data = often * module.c * learnt[None]
    module.b.data = often / 2 * lengths[0][None]
    for pattern, length in zip((learnt, *others), lengths, strict=True):
        likeness = (module.c * learnt * pattern).sum() / (lengths[0] * length)
        expected = max((r + 1) * likeness.item() - r, 0)
        assert module(pattern[None]).item() == pytest.approx(expected, abs=1e-6)


def test_cells_that_see_nothing_are_silent_and_can_learn() -> None:
    nothing = torch.zeros(1, 2, 8, 8, requires_grad=True)
    s, c = (module_of(x.torch((2, 8, 8))) for x in (SCells(2, 3), CCells(3)))
    answer = c(s(nothing))
    assert not answer.any()
    (answer.sum() + s(nothing).sum()).backward()
    assert all(t.grad.isfinite().all() for t in (nothing, s.a, s.b))


@pytest.mark.parametrize("shape", [(6,), (6, 3), (6, 2, 3)])
def test_maxout_is_over_neighbouring_channels(shape: tuple[int, ...]) -> None:
    x = image(*shape)
    expected = torch.stack([x[:, i : i + 3].amax(1) for i in (0, 3)], dim=1)
    assert torch.equal(forward(Maxout(3), x), expected)


# -- sequences --------------------------------------------------------------------------------


def rnn_cell(x: Tensor, h: Tensor, c: Tensor, weights: list[Tensor]) -> tuple[Tensor, Tensor]:
    v, w, b_v, b_w = weights
    return torch.tanh(linear(x, v) + b_v + linear(h, w) + b_w), c


def lstm_cell(x: Tensor, h: Tensor, c: Tensor, weights: list[Tensor]) -> tuple[Tensor, Tensor]:
    v, w, b_v, b_w = weights
    i, f, g, o = (linear(x, v) + b_v + linear(h, w) + b_w).chunk(4, dim=1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c


def gru_cell(x: Tensor, h: Tensor, c: Tensor, weights: list[Tensor]) -> tuple[Tensor, Tensor]:
    v, w, b_v, b_w = weights
    r_x, z_x, n_x = (linear(x, v) + b_v).chunk(3, dim=1)
    r_h, z_h, n_h = (linear(h, w) + b_w).chunk(3, dim=1)
    r, z = (r_x + r_h).sigmoid(), (z_x + z_h).sigmoid()
    return (1 - z) * (n_x + r * n_h).tanh() + z * h, c


Cell = Callable[[Tensor, Tensor, Tensor, list[Tensor]], tuple[Tensor, Tensor]]
CELLS: dict[type[Recurrent], Cell] = {Rnn: rnn_cell, Lstm: lstm_cell, Gru: gru_cell}


def run(cell: Cell, steps: list[Tensor], weights: list[Tensor], units: int) -> list[Tensor]:
    """The states after each step."""
    h = c = torch.zeros(len(steps[0]), units)
    states = []
    for step in steps:
        h, c = cell(step, h, c, weights)
        states.append(h)
    return states


def by_steps(layer: Recurrent, module: nn.Module, x: Tensor) -> Tensor:
    """What a recurrent layer gives, one step at a time."""
    tensors = iter(module.state_dict().values())
    steps, ends = list(x.unbind(2)), [x]
    for _ in range(layer.layers):
        directions = []
        for direction in range(layer.directions):
            biases = {True: 2, "single": 1, False: 0}[layer.bias]
            weights = [next(tensors) for _ in range(2 + biases)]
            weights += [torch.zeros(len(weights[0]))] * (4 - len(weights))
            order = 1 - 2 * direction
            states = run(CELLS[type(layer)], steps[::order], weights, layer.units)
            directions.append(states[::order])
            ends.append(states[-1])
        steps = [torch.cat(pair, dim=1) for pair in zip(*directions, strict=True)]
    if layer.output == "last":
        return torch.cat(ends[-layer.directions :], dim=1)
    return torch.stack(steps, dim=2)


@pytest.mark.parametrize("kind", CELLS)
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("bias", [False, True, "single"])
@pytest.mark.parametrize("output", ["sequence", "last"])
def test_recurrent_layers(
    kind: type[Recurrent], layers: int, both: bool, bias: bool | str, output: str
) -> None:
    layer = kind(4, layers, both, bias, output)
    x = image(3, 5)
    module = module_of(layer.torch((3, 5)))
    with torch.no_grad(), FlopCounterMode(display=False) as counted:
        expected = by_steps(layer, module, x)
    torch.testing.assert_close(module(x), expected)
    assert counted.get_total_flops() == len(x) * 2 * layer.ops((3, 5)).macs


@pytest.mark.parametrize(("kind", "own"), [(Rnn, nn.RNN), (Lstm, nn.LSTM), (Gru, nn.GRU)])
def test_a_single_bias_is_pytorchs_with_the_other_held_at_zero(
    kind: type[Recurrent], own: type[nn.RNNBase]
) -> None:
    """Through steps of training, and a change of type and back."""
    single = module_of(kind(4, 2, bias="single").torch((3, 5)))
    held = own(3, 4, 2, batch_first=True)
    held.load_state_dict(single.state_dict(), strict=False)
    for name, tensor in held.named_parameters():
        if name.startswith("bias_hh"):
            nn.init.zeros_(tensor).requires_grad_(False)
    trained = [[p for p in each.parameters() if p.requires_grad] for each in (single, held)]
    optimizers = [torch.optim.SGD(tensors, 0.5, weight_decay=0.1) for tensors in trained]
    single.double().float()
    x = image(3, 5)
    for _ in range(3):
        states = single(x), held(x.transpose(1, 2))[0].transpose(1, 2)
        torch.testing.assert_close(*states)
        for optimizer, state in zip(optimizers, states, strict=True):
            optimizer.zero_grad()
            state.square().sum().backward()
            optimizer.step()
    for ours, theirs in zip(*trained, strict=True):
        torch.testing.assert_close(ours, theirs)


@pytest.mark.parametrize("heads", [1, 2, 6])
@pytest.mark.parametrize("bias", [False, True])
def test_attention(heads: int, bias: bool) -> None:
    """Each head by itself: softmax(q k / sqrt(d)) v, then all heads through one projection."""
    x = image(6, 5)
    module = module_of(Attention(heads, bias).torch((6, 5))).eval()
    tensors = dict(module.named_parameters())
    if bias:
        for name in ("in_proj_bias", "out_proj.bias"):
            nn.init.normal_(tensors[name])
    steps = x.transpose(1, 2)
    projected = linear(steps, tensors["in_proj_weight"], tensors.get("in_proj_bias"))
    queries, keys, values = (part.chunk(heads, dim=2) for part in projected.chunk(3, dim=2))
    mixed = [
        (q @ k.transpose(1, 2) / (6 // heads) ** 0.5).softmax(2) @ v
        for q, k, v in zip(queries, keys, values, strict=True)
    ]
    written = torch.cat(mixed, dim=2)
    expected = linear(written, tensors["out_proj.weight"], tensors.get("out_proj.bias"))
    torch.testing.assert_close(module(x), expected.transpose(1, 2))


@pytest.mark.parametrize(
    "fields", [{}, {"bias": False}, {"causal": True}, {"head_features": 2, "value_features": 2}]
)
@pytest.mark.parametrize("shapes", [((6, 5),), ((6, 5), (4, 7)), ((6, 5), (4, 7), (3, 7))])
def test_wide_attention(fields: dict[str, Any], shapes: tuple[tuple[int, int], ...]) -> None:
    """With PyTorch's own sizes it is PyTorch's own."""
    bias = fields.get("bias", True)
    wide = module_of(Attention(3, out_bias=not bias, **fields).torch(*shapes))
    given = [image(*shape) for shape in shapes]
    read = [given[number].transpose(1, 2) for number in (0, min(1, len(given) - 1), -1)]
    sizes = {"kdim": read[1].shape[2], "vdim": read[2].shape[2]}
    own = nn.MultiheadAttention(6, 3, bias=bias, batch_first=True, **sizes)
    packed = own.in_proj_weight
    weights = (own.q_proj_weight, own.k_proj_weight, own.v_proj_weight)
    with torch.no_grad():
        for number, part in enumerate((wide.query, wide.key, wide.value)):
            part.weight.copy_(weights[number] if packed is None else packed.chunk(3)[number])
            if bias:
                own.in_proj_bias.chunk(3)[number].copy_(part.bias)
        own.out_proj.weight.copy_(wide.out.weight)
        if wide.out.bias is not None:
            nn.init.zeros_(wide.out.bias)
    hidden = torch.ones(5, read[1].shape[1], dtype=torch.bool).triu(1)
    expected, _ = own(*read, attn_mask=hidden if fields.get("causal") else None)
    torch.testing.assert_close(wide(*given), expected.transpose(1, 2))


def test_rotary() -> None:
    """Each pair of features of a step is turned by its angle, so that a score depends on how far
    apart two steps are, and on nothing else of their places."""
    layer = Attention(1, project="none", rotary=100.0)
    module = module_of(layer.torch((4, 6)))
    x = image(4, 6)
    steps = torch.arange(6)
    queries = torch.empty_like(x)
    for pair, rate in enumerate((1, 100 ** -(2 / 4))):
        cosine, sine = torch.cos(steps * rate), torch.sin(steps * rate)
        one, other = x[:, pair], x[:, pair + 2]
        queries[:, pair] = one * cosine - other * sine
        queries[:, pair + 2] = other * cosine + one * sine
    scores = queries.transpose(1, 2) @ queries / 4**0.5
    expected = (scores.softmax(2) @ x.transpose(1, 2)).transpose(1, 2)
    torch.testing.assert_close(module(x), expected)
    alike = module.turned(torch.ones(1, 1, 6, 4))
    apart = (alike @ alike.transpose(2, 3))[0, 0]
    for offset in range(6):
        diagonal = apart.diagonal(offset)
        torch.testing.assert_close(diagonal, diagonal[:1].expand(6 - offset))


def test_class_attention() -> None:
    """Queries of the class token alone read all steps (Touvron 2021): the first step of what
    attention makes of all."""
    x = image(6, 5)
    module = module_of(Attention(2).torch((6, 1), (6, 5)))
    torch.testing.assert_close(module(x[..., :1], x), module(x)[..., :1])
    width, steps = 6, 5
    projections = 2 * width * width + steps * 2 * width * width
    assert Attention(2).ops((6, 1), (6, 5)).macs == projections + 2 * width * steps


@pytest.mark.parametrize("indices", [[[3.0, 0.0, 3.0]], [[[3.0, 0.0, 3.0]]]])
def test_embedding(indices: list[object]) -> None:
    x = torch.tensor(indices)
    module = module_of(Embedding(4, 5).torch(tuple(x.shape[1:])))
    vectors = module.weight
    assert torch.equal(module(x)[0], torch.stack([vectors[3], vectors[0], vectors[3]], dim=1))


def test_a_padding_index_stays_zero() -> None:
    module = module_of(Embedding(4, 5, 1).torch((1, 3)))
    module(torch.tensor([[[3.0, 1.0, 1.0]]])).sum().backward()
    assert module.weight[1].tolist() == [0.0] * 5
    assert module.weight.grad.sum(1).tolist() == [0.0, 0.0, 0.0, 5.0]


def test_places_in_a_sequence() -> None:
    x = image(3, 2, 4)
    sequence = forward(ToSequence(), x)
    assert torch.equal(sequence, torch.cat([x[:, :, 0], x[:, :, 1]], dim=2))
    torch.manual_seed(0)
    position = module_of(Position().torch((3, 8)))
    assert torch.equal(position(sequence), sequence + position.weight)
    assert 0.01 < position.weight.std() < 0.03
    token = module_of(ClassToken().torch((3, 8)))
    token.weight.data = torch.tensor([1.0, 2.0, 3.0])
    led = token(sequence)
    assert torch.equal(led[:, :, 1:], sequence)
    assert led[:, :, 0].tolist() == [[1, 2, 3]] * 2


def test_the_first_step_is_a_crop() -> None:
    x = image(3, 8)
    assert torch.equal(forward(Flatten(), forward(Crop(((0, 7),)), x)), x[:, :, 0])


def test_a_step_before_the_first_is_a_pad_and_a_sum() -> None:
    """How a caption starts from an image: its features, then the words."""
    image_features, words = image(3, 1), image(3, 4)
    shifted, padded = forward(Pad(((1, 0),)), words), forward(Pad(((0, 4),)), image_features)
    assert torch.equal(forward(Add(), shifted, padded), torch.cat([image_features, words], dim=2))
