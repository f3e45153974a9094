"""What an output reads, against what changes when one input does."""

from collections.abc import Callable

import pytest
import torch

from cnncalc.layers.base import (
    COLLAPSED,
    EVERYTHING,
    LONGEST_CYCLE,
    POINTWISE,
    Layer,
    ShapeError,
    Window,
)
from cnncalc.layers.convolution.conv import Conv, ConvTranspose
from cnncalc.layers.convolution.fixed import BlurPool, FixedFilter
from cnncalc.layers.convolution.linear import Linear
from cnncalc.layers.convolution.local import LocallyConnected
from cnncalc.layers.historic.classic import Rbf, Subsample
from cnncalc.layers.historic.neocognitron import CCells, SCells
from cnncalc.layers.moving.reshape import (
    ChannelShuffle,
    Crop,
    Flatten,
    Pad,
    PadChannels,
    PixelShuffle,
    Slice,
)
from cnncalc.layers.moving.upsample import Upsample
from cnncalc.layers.norms.batch import FrozenBatchNorm, MeanOnlyBatchNorm
from cnncalc.layers.norms.norm import (
    BatchNorm,
    GroupNorm,
    InstanceNorm,
    LayerNorm,
    LayerScale,
    LocalResponseNorm,
    RmsNorm,
    Scale,
)
from cnncalc.layers.norms.response import GlobalResponseNorm, Normalize
from cnncalc.layers.pointwise.activation import ACTIVATIONS, PRelu
from cnncalc.layers.pointwise.competing import LogSoftmax, Softmax
from cnncalc.layers.pointwise.constant import Clamp, Power, Shift
from cnncalc.layers.pointwise.dropout import AlphaDropout, Dropout, DropPath, GaussianNoise
from cnncalc.layers.pointwise.gated import Glu
from cnncalc.layers.pointwise.maxout import Maxout
from cnncalc.layers.pooling.adaptive import (
    AdaptiveAvgPool,
    AdaptiveMaxPool,
    GlobalAvgPool,
    GlobalMaxPool,
)
from cnncalc.layers.pooling.gem import GemPool
from cnncalc.layers.pooling.pool import AvgPool, LpPool, MaxPool
from cnncalc.layers.pooling.reduction import Max, Mean, Norm, Std, Summation, Variance
from cnncalc.layers.sequences.attention import Attention
from cnncalc.layers.sequences.offsets import ByOffset
from cnncalc.layers.sequences.positions import Fixed, Learned, SinusoidalPosition
from cnncalc.layers.sequences.recurrent import Gru, Lstm, Rnn
from cnncalc.layers.sequences.sequence import ClassToken, Embedding, Position, ToSequence
from tests.layers.grid import GRID, Case
from tests.torch_form import applied, module_of

pytestmark = pytest.mark.torch

Reads = list[set[int]]


def changed(layer: Layer, size: int, channels: int = 2, before: float = -0.5) -> Reads:
    """For each output position, the input positions that change it: one after the other is made
    large in the first channel, while all weights are 1."""
    shape = (channels, size)
    form = layer.torch(shape)
    module = module_of(form).eval()
    for parameter in module.parameters():
        parameter.data.fill_(1.0)
    still = torch.full((1, *shape), before)
    moved = still.repeat(size, 1, 1)
    moved[range(size), 0, range(size)] = 100.0
    with torch.no_grad():
        was = applied(form, module, still)
        after = torch.cat([applied(form, module, sample[None]) for sample in moved])
    differs = ((after - was).abs() > 1e-4).any(dim=1).T
    return [set(row.nonzero().flatten().tolist()) for row in differs]


def told(window: Window, size: int, outputs: int) -> Reads:
    """For each output position, the input positions its window says."""
    if window.everything:
        return [set(range(size))] * outputs
    if not window.axes:
        return [{output} for output in range(outputs)]
    (axis,) = window.axes
    return [
        {axis.step * (output // axis.period) + tap for tap in axis.taps[output % axis.period]}
        & set(range(size))
        for output in range(outputs)
    ]


def assert_reads(layer: Layer, size: int) -> None:
    shape = (2, size)
    window = layer.window(shape)
    (outputs,) = layer.output_shape(shape)[1:]
    assert told(window, size, outputs) == changed(layer, size), (layer, size)
    assert all(len(axis.taps) == axis.period for axis in window.axes)


OF_POSITIVE = ("sqrt", "log")
"""Activations that make nothing of negative numbers."""


@pytest.mark.parametrize("kind", OF_POSITIVE)
def test_reads_of_positive_numbers(kind: str) -> None:
    layer = ACTIVATIONS[kind]()
    assert told(layer.window((2, 6)), 6, 6) == changed(layer, 6, before=0.5)


SLIDING: list[Callable[[Case], Layer]] = [
    lambda case: Conv(2, *case[1:]),
    lambda case: Conv(2, case.kernel, case.stride, "same", case.dilation),
    lambda case: ConvTranspose(2, *case[1:]),
    lambda case: ConvTranspose(2, case.kernel, case.stride, "same", case.dilation),
    lambda case: Conv(2, case.kernel, case.stride, "causal", case.dilation),
    lambda case: Conv(2, case.kernel, case.stride, ((case.padding, 1),), case.dilation),
    lambda case: MaxPool(case.kernel, case.stride, ((case.padding, 1),), rounding="ceil"),
    lambda case: AvgPool(case.kernel, case.stride, ((1, case.padding),), rounding="ceil"),
    lambda case: MaxPool(*case[1:4], dilation=case.dilation, rounding="ceil"),
    lambda case: AvgPool(*case[1:4]),
    lambda case: AvgPool(case.kernel, case.stride, "same", count_padding=False),
    lambda case: LpPool(*case[1:4], rounding="ceil"),
    lambda case: CCells(*case[1:4]),
    lambda case: CCells(case.kernel, case.stride, "same"),
    lambda case: SCells(2, case.kernel, case.padding),
    lambda case: SCells(2, case.kernel, "same"),
    lambda case: LocallyConnected(2, case.kernel, case.stride, case.padding),
]


@pytest.mark.parametrize("made", SLIDING)
def test_sliding(made: Callable[[Case], Layer]) -> None:
    checked = 0
    for case in GRID:
        if case.size not in (4, 7, 8):
            continue
        layer = made(case)
        try:
            layer.output_shape((2, case.size))
        except ShapeError:
            continue
        assert_reads(layer, case.size)
        checked += 1
    assert checked > 100


@pytest.mark.parametrize("stride", [1, 2, 3, 4, 6])
@pytest.mark.parametrize("dilation", [1, 2, 3, 4])
def test_transposed_strides_and_dilations_that_share_factors(stride: int, dilation: int) -> None:
    for kernel in (1, 2, 3, 4):
        assert_reads(ConvTranspose(2, kernel, stride, dilation=dilation), 5)


@pytest.mark.parametrize("pool", [AdaptiveAvgPool, AdaptiveMaxPool])
@pytest.mark.parametrize("size", range(1, 11))
def test_adaptive(pool: Callable[[int], Layer], size: int) -> None:
    for output in range(1, 13):
        assert_reads(pool(output), size)


@pytest.mark.parametrize("mode", ["nearest", "linear"])
@pytest.mark.parametrize("scale", range(1, 7))
def test_upsample(mode: str, scale: int) -> None:
    for size in (1, 2, 3, 6):
        assert_reads(Upsample(scale, mode=mode), size)


@pytest.mark.parametrize("scale", range(1, 7))
def test_cubic_upsample(scale: int) -> None:
    """It is for images only: both axes at once, read along the first."""
    layer, size = Upsample((scale, 1), mode="cubic"), 6
    shape = (1, size, 1)
    module = module_of(layer.torch(shape))
    inputs = torch.zeros(size, 1, size, 1)
    inputs[range(size), 0, range(size)] = 100.0
    differs = (module(inputs)[:, 0, :, 0].abs() > 1e-3).T
    (axis, _) = layer.window(shape).axes
    expected = told(Window((axis,)), size, size * scale)
    assert [set(row.nonzero().flatten().tolist()) for row in differs] == expected


@pytest.mark.parametrize(
    "layer",
    [
        Pad(2),
        Pad(((1, 3),)),
        Pad(0),
        Pad(1, value=2.0),
        Crop(1),
        Crop(((0, 3),)),
        Crop(((2, 1),)),
        *(made() for kind, made in ACTIVATIONS.items() if kind not in OF_POSITIVE),
        PRelu(shared=False),
        BatchNorm(),
        BatchNorm(affine=False),
        BatchNorm(track=False),
        MeanOnlyBatchNorm(),
        FrozenBatchNorm(),
        InstanceNorm(),
        InstanceNorm(track=True),
        LayerNorm(),
        LayerNorm("all"),
        RmsNorm(),
        RmsNorm("all"),
        GroupNorm(1),
        GroupNorm(2),
        LocalResponseNorm(2),
        GlobalResponseNorm(),
        Normalize(),
        Normalize("space"),
        Normalize("all", p=1.0),
        *(kind("channels") for kind in (Mean, Summation, Max, Norm)),
        *(kind("channels", correction=0) for kind in (Variance, Std)),
        *(kind("space") for kind in (Mean, Summation, Norm, Variance, Std)),
        Max("all"),
        Glu("gelu"),
        Softmax("steps"),
        Softmax(among=2),
        LogSoftmax("steps"),
        Clamp(min=-1.0),
        Power(2.0),
        Shift(0.5),
        AlphaDropout(0.5),
        DropPath(0.5),
        GaussianNoise(0.5),
        LayerScale(),
        Scale(0.17),
        Dropout(0.5),
        Dropout(0.5, spatial=True),
        ChannelShuffle(2),
        Conv(1, 3, 2, 1, table=((0,),)),
        Subsample(2),
        Subsample(3, 1),
        BlurPool(3, padding_mode="zeros"),
        BlurPool(4, 1, padding_mode="zeros"),
        FixedFilter((1.0, 2.0, -1.0), 2, "same"),
        Maxout(2),
        ToSequence(),
        Position(),
        Position(9),
        SinusoidalPosition(),
        ClassToken(),
        Slice(0, 1),
        PadChannels(2),
        GlobalAvgPool(keep=True),
        GlobalMaxPool(keep=True),
        GemPool(keep=True),
    ],
    ids=repr,
)
def test_reads(layer: Layer) -> None:
    assert_reads(layer, 6)


@pytest.mark.parametrize("mode", ["reflect", "replicate", "circular"])
def test_what_a_padding_repeats_of_the_map(mode: str) -> None:
    """The window is that of an unbounded input: away from the edge it is what is read, and at the
    edge what lies beyond stands for other places of the map."""
    size, padding = 8, 2
    layers = Conv(2, 5, padding=padding, padding_mode=mode), Pad(padding, mode=mode)
    for layer, edge in zip(layers, (padding, 2 * padding), strict=True):
        outputs = layer.output_shape((2, size))[1]
        says = told(layer.window((2, size)), size, outputs)
        reads = changed(layer, size)
        assert all(said <= read for said, read in zip(says, reads, strict=True))
        assert says[edge:-edge] == reads[edge:-edge]


@pytest.mark.parametrize(
    "layer",
    [
        *(kind(3, layers) for kind in (Rnn, Lstm, Gru) for layers in (1, 2)),
        *(kind(3, bidirectional=True) for kind in (Rnn, Lstm, Gru)),
        Attention(1),
        Attention(2, bias=False),
        Attention(1, causal=True),
    ],
    ids=repr,
)
def test_sequences(layer: Layer) -> None:
    """A state has seen the steps so far, whatever the weights."""
    size = 6
    torch.manual_seed(0)
    module = module_of(layer.torch((2, size))).eval().double()
    still = torch.randn(1, 2, size, dtype=torch.double)
    moved = still.repeat(size, 1, 1)
    moved[range(size), 0, range(size)] += 1
    with torch.no_grad():
        differs = ((module(moved) - module(still)).abs() > 1e-9).any(dim=1).T
    reads = [set(row.nonzero().flatten().tolist()) for row in differs]
    assert reads == told(layer.window((2, size)), size, size)


@pytest.mark.parametrize("causal", [False, True])
def test_sequences_side_by_side(causal: bool) -> None:
    """Each is by itself."""
    layer, shape = Attention(1, causal=causal), (2, 3, 4)
    module = module_of(layer.torch(shape)).eval().double()
    still = torch.randn(1, *shape, dtype=torch.double)
    by_axis: list[list[set[int]]] = [[set() for _ in range(size)] for size in shape[1:]]
    for group in range(3):
        for step in range(4):
            moved = still.clone()
            moved[0, 0, group, step] += 1
            differs = ((module(moved) - module(still)).abs() > 1e-9).any(dim=1)[0]
            for place in differs.nonzero().tolist():
                for axis, number in enumerate((group, step)):
                    by_axis[axis][place[axis]].add(number)
    axes = layer.window(shape).axes
    sizes = zip(axes, shape[1:], strict=True)
    assert by_axis == [told(Window((axis,)), size, size) for axis, size in sizes]


def test_an_embedding_reads_its_own_step() -> None:
    layer, size = Embedding(5, 3), 4
    module = module_of(layer.torch((1, size)))
    differs = (module(torch.eye(size)[:, None]) != module(torch.zeros(1, 1, size))).any(dim=1).T
    reads = [set(row.nonzero().flatten().tolist()) for row in differs]
    assert reads == told(layer.window((1, size)), size, size)


@pytest.mark.parametrize("factor", [1, 2, 3])
def test_pixel_shuffle(factor: int) -> None:
    layer, size = PixelShuffle(factor), 4
    shape = (factor**2, 1, size)
    inputs = torch.zeros(size, *shape)
    inputs[range(size), :, 0, range(size)] = 1.0
    differs = module_of(layer.torch(shape))(inputs)[:, 0, 0].T
    (_, axis) = layer.window(shape).axes
    expected = told(Window((axis,)), size, size * factor)
    assert [set(row.nonzero().flatten().tolist()) for row in differs] == expected


@pytest.mark.parametrize(
    ("layer", "shape", "window"),
    [
        (Flatten(), (8, 4), COLLAPSED),
        (Learned(4, 3), (8, 4), COLLAPSED),
        (Fixed(4, 3), (8, 4), COLLAPSED),
        (ByOffset(2), (8, 3), COLLAPSED),
        (Linear(3), (8,), EVERYTHING),
        (Linear(3), (8, 4), POINTWISE),
        (Linear(3, per="position"), (8, 4, 4), POINTWISE),
        (Rbf(3), (8,), EVERYTHING),
        (Lstm(3, output="last"), (8, 4), EVERYTHING),
        (Gru(3, bidirectional=True, output="last"), (8, 4), EVERYTHING),
        (ToSequence(), (8, 4, 4), COLLAPSED),
        (Embedding(9, 3), (8,), COLLAPSED),
        (GlobalAvgPool(), (8, 4), EVERYTHING),
        (Mean("space", keep=False), (8, 4, 4), EVERYTHING),
        (Max("space"), (8, 4, 4), EVERYTHING),
        (Summation("all"), (8, 4), EVERYTHING),
        (Std("height", keep=False), (8, 4, 4), COLLAPSED),
        (Mean("channels", keep=False), (8, 4, 4), COLLAPSED),
        (GlobalMaxPool(keep=True), (8, 4, 4), EVERYTHING),
        (AdaptiveAvgPool(1), (8, 4, 4), EVERYTHING),
        (AdaptiveAvgPool(LONGEST_CYCLE + 1), (8, 4), COLLAPSED),
        (Attention(2), (8, 2, LONGEST_CYCLE + 1), COLLAPSED),
        (Upsample(LONGEST_CYCLE + 1), (8, 4), COLLAPSED),
        (PixelShuffle(LONGEST_CYCLE + 1), ((LONGEST_CYCLE + 1) ** 2, 1, 1), COLLAPSED),
        (ConvTranspose(3, 2, LONGEST_CYCLE + 1), (8, 4), COLLAPSED),
    ],
    ids=repr,
)
def test_no_place_in_the_input(layer: Layer, shape: tuple[int, ...], window: Window) -> None:
    layer.output_shape(shape)
    assert layer.window(shape) == window


@pytest.mark.parametrize(
    ("layer", "periods"),
    [
        (Upsample(LONGEST_CYCLE), (LONGEST_CYCLE, LONGEST_CYCLE)),
        (AdaptiveMaxPool((1, 6)), (1, 3)),
        (ConvTranspose(1, 3, (1, 4)), (1, 4)),
        (MaxPool((1, 3), (2, 5)), (1, 1)),
    ],
    ids=repr,
)
def test_each_axis_has_its_own_cycle(layer: Layer, periods: tuple[int, ...]) -> None:
    axes = layer.window((4, 8, 8)).axes
    assert tuple(axis.period for axis in axes) == periods
