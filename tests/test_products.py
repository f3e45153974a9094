"""The networks without a published figure: their totals, written as the products they come from."""

from math import prod

import pytest

from tests.test_networks import summary

RESNET50 = 25_557_032 - (2048 * 1000 + 1000), 4_089_184_256 - 2048 * 1000
"""Parameters and MACs up to its global pool, at 224x224 (torchvision's tables)."""

VGG16_PARAMS = 138_357_544 - sum(n * 4096 + 4096 for n in (512 * 7 * 7, 4096)) - 4097 * 1000
"""Parameters of its convolutions (Simonyan & Zisserman 2014, Table 2)."""


def conv(filters: int, channels: int, kernel: int, bias: bool = True) -> int:
    """Parameters of a square convolution."""
    return filters * (channels * kernel**2 + bias)


AUTOENCODER = [  # filters, channels, side of the output
    (16, 1, 28),
    (8, 16, 14),
    (8, 8, 7),
    (8, 8, 4),
    (8, 8, 8),
    (16, 8, 14),
    (1, 16, 28),
]

NEOCOGNITRON = [  # planes below, side of the S-planes, of the C-planes, of the areas of C-cells
    (1, 16, 10, 5),
    (24, 8, 6, 5),
    (24, 2, 1, 2),
]
"""Its modules (Fukushima 1980); the areas of S-cells are 5x5, the planes 24."""

VGG19_TO_CONV5_1 = [  # filters, channels; how many; side of the map
    (64, 3, 1, 224),
    (64, 64, 1, 224),
    (128, 64, 1, 112),
    (128, 128, 1, 112),
    (256, 128, 1, 56),
    (256, 256, 3, 56),
    (512, 256, 1, 28),
    (512, 512, 1, 28),
    (512, 512, 2, 28),  # from here on not for the content, conv4_2
    (512, 512, 1, 14),
]
GRAMS = [(64, 224), (128, 112), (256, 56), (512, 28), (512, 14)]
"""Channels and side of the maps that style is told by."""

PARAMS = {
    "mlp/one_hidden_layer": (20 * 1 + 20) + 20,
    "mlp/playground": (4 * 2 + 4) + (2 * 4 + 2) + (1 * 2 + 1),
    "style/style_losses": sum(count * conv(f, c, 3) for f, c, count, _ in VGG19_TO_CONV5_1),
    "autoencoder/convolutional_autoencoder": sum(conv(f, c, 3) for f, c, _ in AUTOENCODER),
    "captioner/show_and_tell": RESNET50[0]
    + conv(512, 2048, 1)
    + 10_000 * 512
    + 4 * 512 * (512 + 512 + 2)
    + conv(10_000, 512, 1),
    "fcn/fcn8s": VGG16_PARAMS
    + conv(4096, 512, 7)
    + conv(4096, 4096, 1)
    + conv(21, 4096, 1)
    + sum(conv(21, channels, 1) + 21 * 21 * 4**2 for channels in (512, 256))
    + 21 * 21 * 16**2,
    "neocognitron/neocognitron": sum(24 * below * 5**2 + 24 for below, *_ in NEOCOGNITRON),
}

# convolutions of VGG-16: filters, channels; how many; side of the map that FCN-8s has there
VGG16 = [
    (64, 3, 1, 698),
    (64, 64, 1, 698),
    (128, 64, 1, 349),
    (128, 128, 1, 349),
    (256, 128, 1, 175),
    (256, 256, 2, 175),
    (512, 256, 1, 88),
    (512, 512, 2, 88),
    (512, 512, 3, 44),
]

# side of the map, channels of ResNet-50's stage there
LEVELS = {200: 256, 100: 512, 50: 1024, 25: 2048}

PYRAMID = (
    RESNET50[1] * 25**2 // 7**2  # 800/224 = 25/7
    + sum(256 * (channels + 256 * 9) * side**2 for side, channels in LEVELS.items())
    + sum(256 * (256 * 9 + 3 + 12) * side**2 for side in (*LEVELS, 13))
)
"""MACs of a ResNet-50, its feature pyramid, and the proposals at each level, at 800x800."""

BOX = 256 * 7**2 * 1024 + 1024 * 1024 + 1024 * 5 * 91
"""MACs of the head of a box."""

# convolutions of SegNet: filters, channels, positions of the map; down, then up
SIDES = (360 * 480, 180 * 240, 90 * 120, 45 * 60, 23 * 30)
DOWN = ((64, 64), (128, 128), (256, 256, 256), (512, 512, 512), (512, 512, 512))
UP = ((512, 512, 512), (512, 512, 256), (256, 256, 128), (128, 64), (64, 11))
SEGNET = [
    *((f, size) for size, stage in zip(SIDES, DOWN, strict=True) for f in stage),
    *((f, size) for size, stage in zip(SIDES[::-1], UP, strict=True) for f in stage),
]

MACS = {
    "segmentation/segnet": sum(
        f * before * 9 * size
        for (f, size), (before, _) in zip(SEGNET, [(3, 0), *SEGNET], strict=False)
    ),
    "detection/mask_rcnn": PYRAMID
    + 1000 * BOX
    + 100 * (4 * 256 * 256 * 9 + 256 * 256 * 2**2 + 2**2 * 256 * 91) * 14**2,
    "audio/deepspeech2": 32 * 41 * 11 * 81 * 50
    + 32 * 32 * 21 * 11 * 41 * 50
    + 50 * 2 * 3 * 800 * (32 * 41 + 800 + 4 * (800 + 800))
    + 50 * 800 * 29,
    "recurrent/lstmp": 16 * 4 * 1024 * (40 + 512 + 512 + 512)
    + 2 * 16 * 512 * 1024
    + 16 * 512 * 14_247,
    "autoencoder/convolutional_autoencoder": sum(f * c * 9 * side**2 for f, c, side in AUTOENCODER),
    "captioner/show_and_tell": RESNET50[1]
    + 512 * 2048 * 7**2
    + 21 * 4 * 512 * (512 + 512)
    + 21 * 10_000 * 512,
    "detection/faster_rcnn": PYRAMID + BOX,
    "fcn/fcn8s": sum(f * c * 9 * count * side**2 for f, c, count, side in VGG16)
    + (4096 * 512 * 7**2 + 4096 * 4096 + 21 * 4096) * 16**2
    + 21 * 21 * 4**2 * 16**2  # a transposed convolution: each input is spread over the window
    + 21 * 21 * 4**2 * 34**2
    + 21 * 21 * 16**2 * 70**2
    + 21 * 512 * 44**2
    + 21 * 256 * 88**2,
    "video/c3d": 64 * 3 * 27 * 16 * 112**2
    + 128 * 64 * 27 * 16 * 56**2
    + (256 * 128 + 256 * 256) * 27 * 8 * 28**2
    + (512 * 256 + 512 * 512) * 27 * 4 * 14**2
    + 2 * 512 * 512 * 27 * 2 * 7**2
    + 512 * 4 * 4 * 4096
    + 4096 * 4096
    + 4096 * 487,
    "audio/audio_m5": 128 * 80 * 8000
    + 128 * 128 * 3 * 2000
    + 256 * 128 * 3 * 500
    + 512 * 256 * 3 * 125
    + 512 * 10,
    "neocognitron/neocognitron": sum(
        (24 + 1) * s**2 * below * 5**2 + 24 * c**2 * area**2 for below, s, c, area in NEOCOGNITRON
    ),
    "style/style_losses": sum(
        times * count * f * c * 9 * side**2
        for times, part in ((3, VGG19_TO_CONV5_1[:8]), (2, VGG19_TO_CONV5_1[8:]))
        for f, c, count, side in part
    )
    + 2 * sum(channels**2 * side**2 for channels, side in GRAMS),
    "mlp/one_hidden_layer": 20 * 1 + 1 * 20,
    "mlp/playground": 4 * 2 + 2 * 4 + 1 * 2,
    "mlp/mlp": 784 * 300 + 300 * 100 + 100 * 10,
    "recurrent/rnn": 16 * 256 * (128 + 256),
    "recurrent/lstm": 4 * 16 * 256 * (128 + 256),
    "recurrent/gru": 3 * 16 * 256 * (128 + 256),
}


@pytest.mark.parametrize(("spec", "params"), PARAMS.items(), ids=PARAMS)
def test_params(spec: str, params: int) -> None:
    assert summary(spec).totals.params.total == params


@pytest.mark.parametrize(("spec", "macs"), MACS.items(), ids=MACS)
def test_macs(spec: str, macs: int) -> None:
    assert summary(spec).totals.ops.macs == macs


def test_printed_roundings() -> None:
    assert round(summary("fcn/fcn8s").totals.params.total, -6) == 134_000_000  # its Table 1
    assert round(summary("nasnet/nasnet_a_mobile").totals.ops.macs, -6) == 564_000_000  # Table 3
    assert round(summary("video/c3d", classes=101).totals.params.total, -4) == 78_410_000


def test_synapses_of_the_neocognitron() -> None:
    """Those of the S-cells, a and b; of their V-cells, c; of the C-cells, d."""
    network = summary("neocognitron/neocognitron")
    s_cells = sum(24 * s**2 * (below * 5**2 + 1) for below, s, *_ in NEOCOGNITRON)
    v_cells = sum(s**2 * below * 5**2 for below, s, *_ in NEOCOGNITRON)
    c_cells = sum(24 * c**2 * area**2 for *_, c, area in NEOCOGNITRON)
    assert sum(row.connections for row in network.rows) == s_cells + v_cells + c_cells
    assert network.totals.params.buffers == 3 * 5**2 + 2 * 5**2 + 2**2


def test_the_last_cells_of_the_neocognitron_see_all_of_the_input() -> None:
    field = summary("neocognitron/neocognitron").totals.receptive
    assert field
    assert field.axes
    for axis in field.axes:
        first, last = axis.sees(0)
        assert first <= 0
        assert last >= 15


def test_a_shared_head_is_counted_once_and_runs_at_each_level() -> None:
    detector = summary("detection/faster_rcnn")
    heads = [row for row in detector.rows if row.node.path.endswith("objectness.conv")]
    assert [row.params.total for row in heads] == [conv(3, 256, 1), 0, 0, 0, 0]
    assert [row.ops.macs for row in heads] == [3 * 256 * side**2 for side in (200, 100, 50, 25, 13)]


def test_a_frozen_batch_norm_is_not_trained() -> None:
    params = detector = summary("detection/faster_rcnn").totals.params
    channels = 64 + sum(n * 6 * p for n, p in zip((3, 4, 6, 3), (64, 128, 256, 512), strict=True))
    shortcuts = sum(4 * p for p in (64, 128, 256, 512))
    assert detector.frozen == 2 * (channels + shortcuts)
    assert params.total - params.frozen == 41_755_286  # torchvision's weights table


def test_an_encoder_leaves_few_numbers() -> None:
    encoder = summary("autoencoder/convolutional_autoencoder").graph.groups["encoder"]
    shape = summary("autoencoder/convolutional_autoencoder").graph.layers[encoder.last - 1].shape
    assert prod(shape) == 8 * 4 * 4 == 128
