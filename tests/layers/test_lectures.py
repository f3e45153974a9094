"""Worked examples that courses on convolutional networks print."""

import pytest

from cnncalc.layers import LAYERS
from cnncalc.layers.base import Layer, Shape
from cnncalc.layers.convolution.conv import Conv
from cnncalc.layers.convolution.linear import Linear
from cnncalc.layers.historic.classic import Rbf, Subsample
from cnncalc.layers.joins.join import Concat
from cnncalc.layers.moving.reshape import Crop, Flatten
from cnncalc.layers.norms.norm import BatchNorm, LayerNorm
from cnncalc.layers.pooling.pool import AvgPool, MaxPool
from cnncalc.layers.sequences.attention import Attention
from cnncalc.layers.sequences.sequence import ClassToken, Position, ToSequence

SIZES: list[tuple[str, Layer, Shape, Shape]] = [
    ("7x7, 3x3, stride 1", Conv(1, 3), (1, 7, 7), (1, 5, 5)),
    ("7x7, 3x3, stride 2", Conv(1, 3, 2), (1, 7, 7), (1, 3, 3)),
    ("7x7, 3x3, stride 3, floored", Conv(1, 3, 3), (1, 7, 7), (1, 2, 2)),
    ("7x7, 3x3, padding 1", Conv(1, 3, 1, 1), (1, 7, 7), (1, 7, 7)),
    ("3x3 keeps the size with padding 1", Conv(1, 3, 1, 1), (1, 9, 9), (1, 9, 9)),
    ("5x5 keeps the size with padding 2", Conv(1, 5, 1, 2), (1, 9, 9), (1, 9, 9)),
    ("7x7 keeps the size with padding 3", Conv(1, 7, 1, 3), (1, 9, 9), (1, 9, 9)),
    ("5x5, 3x3, stride 2", Conv(1, 3, 2), (1, 5, 5), (1, 2, 2)),
    ("6 filters 5x5", Conv(6, 5), (3, 32, 32), (6, 28, 28)),
    ("10 filters 5x5, padding 2", Conv(10, 5, 1, 2), (3, 32, 32), (10, 32, 32)),
    ("32 shrinks to 28", Conv(1, 5), (1, 32, 32), (1, 28, 28)),
    ("28 shrinks to 24", Conv(1, 5), (1, 28, 28), (1, 24, 24)),
    ("128 filters 3x3, padding 1", Conv(128, 3, 1, 1), (64, 56, 56), (128, 56, 56)),
    ("and stride 2", Conv(128, 3, 2, 1), (64, 56, 56), (128, 28, 28)),
    ("one 1x1 filter", Conv(1, 1), (192, 64, 64), (1, 64, 64)),
    ("3x3 map, one padded 3x3 kernel", Conv(1, 3, 1, 1), (1, 3, 3), (1, 3, 3)),
    (
        "two 3x3x3 filters, stride 2, on 7x7 with its padding",
        Conv(2, 3, 2, 1),
        (3, 5, 5),
        (2, 3, 3),
    ),
    ("2x2 pooling halves", MaxPool(2, 2), (64, 224, 224), (64, 112, 112)),
    ("3x3 pooling, stride 2", AvgPool(3, 2), (8, 13, 13), (8, 6, 6)),
    ("fully connected to 10", Linear(10), (3072,), (10,)),
    ("naive Inception, 1x1", Conv(128, 1), (256, 28, 28), (128, 28, 28)),
    ("naive Inception, 3x3", Conv(192, 3, padding="half"), (256, 28, 28), (192, 28, 28)),
    ("naive Inception, 5x5", Conv(96, 5, padding="half"), (256, 28, 28), (96, 28, 28)),
    ("naive Inception, pool", MaxPool(3, 1, "half"), (256, 28, 28), (256, 28, 28)),
]


@pytest.mark.parametrize(
    ("layer", "arriving", "output"), [row[1:] for row in SIZES], ids=[row[0] for row in SIZES]
)
def test_output_size(layer: Layer, arriving: Shape, output: Shape) -> None:
    assert layer.output_shape(arriving) == output


@pytest.mark.parametrize("size", range(4, 20))
@pytest.mark.parametrize("kernel", [2, 3, 4])
@pytest.mark.parametrize("stride", [1, 2, 3])
def test_pooling_floors(size: int, kernel: int, stride: int) -> None:
    output = (size - kernel) // stride + 1
    assert MaxPool(kernel, stride).output_shape((4, size, size)) == (4, output, output)


@pytest.mark.parametrize(
    ("layer", "arriving", "params"),
    [
        (Conv(10, 5, 1, 2), (3, 32, 32), 10 * (5 * 5 * 3 + 1)),
        (Conv(6, 5, bias=False), (3, 32, 32), 6 * 75),
        (Linear(10, bias=False), (3072,), 30720),
        (Conv(128, 3, bias=False), (64, 56, 56), 3 * 3 * 64 * 128),
        (Conv(128, 5, bias=False), (64, 56, 56), 5 * 5 * 64 * 128),
        (Conv(1, 1), (192, 64, 64), 192 + 1),
        (Conv(1, 3, 1, 1), (1, 3, 3), 10),
        (MaxPool(2), (64, 56, 56), 0),
        (AvgPool(2), (64, 56, 56), 0),
    ],
    ids=repr,
)
def test_parameters(layer: Layer, arriving: Shape, params: int) -> None:
    assert sum(weight.size for weight in layer.weights(arriving)) == params


@pytest.mark.parametrize(
    ("layer", "reads", "macs"),
    [
        (Conv(128, 1), 256, 28 * 28 * 128 * 1 * 1 * 256),
        (Conv(192, 3, padding="half"), 256, 28 * 28 * 192 * 3 * 3 * 256),
        (Conv(96, 5, padding="half"), 256, 28 * 28 * 96 * 5 * 5 * 256),
        (Conv(64, 1), 256, 28 * 28 * 64 * 1 * 1 * 256),
        (Conv(192, 3, padding="half"), 64, 28 * 28 * 192 * 3 * 3 * 64),
        (Conv(192, 3, padding="half"), 128, 28 * 28 * 192 * 3 * 3 * 128),
        (Conv(96, 5, padding="half"), 64, 28 * 28 * 96 * 5 * 5 * 64),
    ],
    ids=repr,
)
def test_conv_ops_of_the_inception_modules(layer: Layer, reads: int, macs: int) -> None:
    assert layer.ops((reads, 28, 28)).macs == macs


Path = tuple[Conv, int]


@pytest.mark.parametrize(
    ("paths", "macs"),
    [
        (
            [
                (Conv(128, 1), 256),
                (Conv(192, 3, padding="half"), 256),
                (Conv(96, 5, padding="half"), 256),
            ],
            854_196_224,
        ),
        (
            [
                (Conv(64, 1), 256),
                (Conv(64, 1), 256),
                (Conv(128, 1), 256),
                (Conv(192, 3, padding="half"), 64),
                (Conv(96, 5, padding="half"), 64),
                (Conv(64, 1), 256),
            ],
            271_351_808,
        ),
        (
            [
                (Conv(64, 1), 256),
                (Conv(128, 1), 256),
                (Conv(192, 3, padding="half"), 128),
                (Conv(64, 1), 256),
                (Conv(96, 5, padding="half"), 64),
                (Conv(64, 1), 256),
            ],
            358_055_936,
        ),
    ],
    ids=["naive", "with 1x1 before", "with 128 before the 3x3"],
)
def test_conv_ops_of_a_whole_inception_module(paths: list[Path], macs: int) -> None:
    assert sum(layer.ops((reads, 28, 28)).macs for layer, reads in paths) == macs


@pytest.mark.parametrize("channels", [(128, 192, 96, 256), (128, 192, 96, 64)])
def test_inception_modules_concatenate(channels: tuple[int, ...]) -> None:
    branches = [(each, 28, 28) for each in channels]
    assert Concat().output_shape(*branches) == (sum(channels), 28, 28)


def test_a_convolution_over_the_whole_map_is_a_linear_layer() -> None:
    whole = Conv(4096, 7).weights((512, 7, 7))
    flat = Linear(4096).weights((512 * 7 * 7,))
    assert [weight.size for weight in whole] == [weight.size for weight in flat]
    assert Conv(4096, 7).ops((512, 7, 7)) == Linear(4096).ops((512 * 7 * 7,))


def test_batch_norm_keeps_one_mean_per_channel() -> None:
    means = [w for w in BatchNorm().weights((64, 56, 56)) if w.name == "running_mean"]
    assert [weight.size for weight in means] == [64]


def test_what_does_not_fit() -> None:
    """(7 - 3)/3 + 1 = 2.33: the last column is never read."""
    assert Conv(1, 3, 3).rest((1, 7, 7)) == (1, 1)
    assert Conv(1, 3, 3).arithmetic((1, 7, 7)).space == ("floor((7 - 3 + 2*0)/3) + 1",) * 2
    assert Conv(1, 3, 2).rest((1, 7, 7)) == (0, 0)


@pytest.mark.parametrize("kernel", [2, 3, 5])
@pytest.mark.parametrize("layers", [1, 2, 3, 4])
def test_stacked_windows_see(layers: int, kernel: int) -> None:
    """L layers of KxK at stride 1 see 1 + L(K-1)."""
    (axis,) = Conv(1, kernel).window((1, 64)).axes
    reach = 1 + layers * (len(axis.taps[0]) - 1)
    assert reach == 1 + layers * (kernel - 1)


def test_two_3x3_cost_less_than_one_5x5() -> None:
    small = sum(weight.size for weight in Conv(64, 3, bias=False).weights((64, 9, 9)))
    large = sum(weight.size for weight in Conv(64, 5, bias=False).weights((64, 9, 9)))
    assert (2 * small, large) == (2 * 9 * 64 * 64, 25 * 64 * 64)


def test_nxn_is_1xn_then_nx1() -> None:
    assert Conv(8, (1, 7)).output_shape((8, 17, 17)) == (8, 17, 11)
    assert Conv(8, (7, 1)).output_shape((8, 17, 11)) == Conv(8, 7).output_shape((8, 17, 17))


def params(layer: Layer, shape: Shape) -> int:
    return sum(weight.size for weight in layer.weights(shape) if not weight.buffer)


THREE = tuple(tuple(sorted((i + j) % 6 for j in range(3))) for i in range(6))
FOUR = tuple(tuple(sorted((i + j) % 6 for j in range(4))) for i in range(6))
C3 = (*THREE, *FOUR, (0, 1, 3, 4), (1, 2, 4, 5), (0, 2, 3, 5), (0, 1, 2, 3, 4, 5))

LENET_5: list[tuple[str, Layer, Shape, int, int]] = [
    ("C1", Conv(6, 5), (1, 32, 32), 156, 122_304),
    ("S2", Subsample(2), (6, 28, 28), 12, 5_880),
    ("C3", Conv(16, 5, table=C3), (6, 14, 14), 1_516, 151_600),
    ("S4", Subsample(2), (16, 10, 10), 32, 2_000),
    ("C5", Conv(120, 5), (16, 5, 5), 48_120, 48_120),
    ("F6", Linear(84), (120,), 10_164, 10_164),
    ("output", Rbf(10), (84,), 0, 840),
]


@pytest.mark.parametrize(
    ("layer", "arriving", "trained", "connections"),
    [row[1:] for row in LENET_5],
    ids=[row[0] for row in LENET_5],
)
def test_lenet_5_as_printed(layer: Layer, arriving: Shape, trained: int, connections: int) -> None:
    assert not list(layer.check())
    assert params(layer, arriving) == trained
    assert layer.connections(arriving) == connections


def test_lenet_5_adds_up() -> None:
    assert sum(params(layer, shape) for _, layer, shape, *_ in LENET_5) == 60_000
    assert sum(layer.connections(shape) for _, layer, shape, *_ in LENET_5) == 340_908


@pytest.mark.parametrize(
    ("kind", "gates", "count"), [("rnn", 1, 98_816), ("lstm", 4, 395_264), ("gru", 3, 296_448)]
)
def test_a_recurrent_layer_from_128_to_256(kind: str, gates: int, count: int) -> None:
    assert params(LAYERS[kind](256), (128, 35)) == gates * 256 * (128 + 256 + 2) == count


def test_vision_transformer() -> None:
    """ViT-B/16: 12 blocks over 14*14 patches and a class token."""
    norm = LayerNorm(eps=1e-6)
    block = [norm, Attention(12), norm, Conv(3072, 1), LAYERS["gelu"](), Conv(768, 1)]
    layers = [
        *(Conv(768, 16, 16), ToSequence(), ClassToken(), Position()),
        *(12 * block),
        *(norm, Crop(((0, 14 * 14),)), Flatten(), Linear(1000)),
    ]
    shape: Shape = (3, 224, 224)
    held = macs = 0
    for layer in layers:
        held += params(layer, shape)
        macs += layer.ops(shape).macs
        shape = layer.output_shape(shape)
    assert (shape, held, macs) == ((1000,), 86_567_656, 17_563_828_224)
