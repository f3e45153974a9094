"""Worked examples of lectures that are about more than one layer."""

from math import prod
from pathlib import Path

import pytest

from cnncalc.analysis import Summary, analyze
from cnncalc.diagnostics import Diagnostics, Source
from cnncalc.language.load import load, read_source

SPECS = Path(__file__).parent.parent / "specs"


def chain(arriving: str, *layers: str) -> Summary:
    """The analysis of some layers in a row."""
    text = "\n".join([f"input: {arriving}", "layers:", *(f"  - {layer}" for layer in layers)])
    diagnostics = Diagnostics()
    graph = read_source(Source("chain", text), Path("chain"), diagnostics)
    assert graph, list(diagnostics)
    return analyze(graph)


def zoo(spec: str) -> Summary:
    return analyze(load(SPECS / f"{spec}.yaml"))


def shapes(summary: Summary) -> list[tuple[int, ...]]:
    return [row.node.shape for row in summary.rows]


def field(summary: Summary) -> tuple[int, ...]:
    receptive = summary.totals.receptive
    assert receptive
    assert receptive.axes
    return tuple(axis.size for axis in receptive.axes)


def params(summary: Summary) -> int:
    return summary.totals.params.total


def macs(summary: Summary) -> int:
    return summary.totals.ops.macs


# -- chains of convolutions -----------------------------------------------------------------


def test_without_padding_maps_shrink_too_fast() -> None:
    again_and_again = chain("1x32x32", "{conv: {filters: 1, kernel: 5}, repeat: 7}")
    sides = [shape[1] for shape in shapes(again_and_again)]
    assert sides == [32 - 4 * n for n in range(1, 8)]
    assert sides[:2] == [28, 24]


@pytest.mark.parametrize("kernel", [1, 3, 5, 7])
def test_with_half_padding_maps_keep_their_size(kernel: int) -> None:
    conv = f"conv: {{filters: 4, kernel: {kernel}, padding: half}}"
    assert set(shapes(chain("3x7x7", *[conv] * 5))) == {(4, 7, 7)}


@pytest.mark.parametrize("kernel", [2, 3, 5, 7])
@pytest.mark.parametrize("layers", [1, 2, 3, 10])
def test_field_of_a_stack(layers: int, kernel: int) -> None:
    stack = chain("1x99x99", f"{{conv: {{filters: 1, kernel: {kernel}}}, repeat: {layers}}}")
    assert field(stack) == (1 + layers * (kernel - 1),) * 2


@pytest.mark.parametrize(("small", "large"), [(2, 5), (3, 7)])
def test_a_few_small_filters_see_as_much_as_a_large_one(small: int, large: int) -> None:
    channels = 64
    conv = f"conv: {{filters: {channels}, padding: half, bias: false, kernel: "
    stack = chain("64x28x28", *[f"{conv}3}}"] * small)
    one = chain("64x28x28", f"{conv}{large}}}")
    assert field(stack) == field(one) == (large, large)
    assert params(stack) == small * 3 * 3 * channels * channels
    assert params(one) == large * large * channels * channels
    assert params(stack) < params(one)
    assert macs(stack) == params(stack) * 28 * 28


@pytest.mark.parametrize("side", [3, 5, 7])
def test_a_square_filter_as_a_row_and_a_column(side: int) -> None:
    channels = 32
    conv = f"conv: {{filters: {channels}, padding: half, bias: false, kernel: "
    split = chain("32x17x17", f"{conv}1x{side}}}", f"{conv}{side}x1}}")
    square = chain("32x17x17", f"{conv}{side}}}")
    assert field(split) == field(square) == (side, side)
    assert shapes(split)[-1] == shapes(square)[-1]
    assert params(split) == 2 * side * channels * channels
    assert params(square) == side * side * channels * channels


def test_input_sides_that_halve_many_times() -> None:
    halved = chain("64x224x224", "{max_pool: 2, repeat: 5}")
    assert [shape[1] for shape in shapes(halved)] == [224 // 2**n for n in range(1, 6)]
    assert params(halved) == 0
    assert not any(any(row.node.layer.rest(*row.node.shapes)) for row in halved.rows)


# -- fully connected layers -----------------------------------------------------------------


def test_a_fully_connected_layer_over_an_image() -> None:
    network = chain("3x32x32", "flatten", "linear: {units: 10, bias: false}")
    assert shapes(network) == [(3072,), (10,)]
    assert params(network) == macs(network) == 3072 * 10 == 30720


@pytest.mark.parametrize("shape", [(512, 7, 7), (256, 6, 6), (3, 32, 32), (16, 9)])
def test_a_fully_connected_layer_is_a_convolution_as_large_as_the_map(
    shape: tuple[int, ...],
) -> None:
    arriving, kernel = ("x".join(map(str, sizes)) for sizes in (shape, shape[1:]))
    connected = chain(arriving, "flatten", "linear: 4096")
    conv = chain(arriving, f"conv: {{filters: 4096, kernel: [{kernel.replace('x', ', ')}]}}")
    assert shapes(conv)[-1] == (4096, *(1 for _ in shape[1:]))
    assert params(conv) == params(connected) == prod(shape) * 4096 + 4096
    assert macs(conv) == macs(connected) == prod(shape) * 4096


def test_a_network_of_convolutions_takes_a_larger_image() -> None:
    """VGG-16's last three layers as convolutions: at 384 they answer at 6x6 places."""
    convs = ["{conv: {filters: 4096, kernel: 7}}", "{conv: {filters: 4096, kernel: 1}}"]
    halved = "{max_pool: 2, repeat: 5}"
    scores = "{conv: {filters: 1000, kernel: 1}}"
    small = chain("512x224x224", halved, *convs, scores)
    large = chain("512x384x384", halved, *convs, scores)
    assert shapes(small)[-1] == (1000, 1, 1)
    assert shapes(large)[-1] == (1000, 6, 6)
    assert params(small) == params(large)
    assert macs(large) == 6 * 6 * macs(small)
    assert macs(small) == 7 * 7 * 512 * 4096 + 4096 * 4096 + 4096 * 1000


def test_a_1x1_convolution_is_a_fully_connected_layer_at_each_pixel() -> None:
    pixel = chain("192", "linear: 32")
    everywhere = chain("192x64x64", "conv: {filters: 32, kernel: 1}")
    assert params(everywhere) == params(pixel) == 192 * 32 + 32
    assert macs(everywhere) == 64 * 64 * macs(pixel)


def test_global_pooling_instead_of_a_fully_connected_layer() -> None:
    pooled = chain("512x7x7", "global_avg_pool", "linear: 1000")
    connected = chain("512x7x7", "flatten", "linear: 1000")
    assert params(pooled) == 512 * 1000 + 1000
    assert params(connected) == 512 * 7 * 7 * 1000 + 1000


def test_most_of_vgg_is_fully_connected() -> None:
    vgg = zoo("vgg/vgg16")
    connected = sum(row.params.total for row in vgg.rows if row.node.kind == "linear")
    first = 512 * 7 * 7 * 4096 + 4096
    assert connected == first + 4096 * 4096 + 4096 + 4096 * 1000 + 1000
    assert 0.89 < connected / params(vgg) < 0.90


# -- Inception ------------------------------------------------------------------------------

PLACES = 28 * 28
NAIVE = [128 * 256, 192 * 9 * 256, 96 * 25 * 256]
BOTTLENECK = [64 * 256, 64 * 256, 128 * 256, 192 * 9 * 64, 96 * 25 * 64, 64 * 256]
LECTURE = [64 * 256, 128 * 256, 192 * 9 * 128, 64 * 256, 96 * 25 * 64, 64 * 256]


@pytest.mark.parametrize(
    ("module", "terms", "total", "depth"),
    [
        ("inception_naive", NAIVE, 854_196_224, 128 + 192 + 96 + 256),
        ("inception_bottleneck", BOTTLENECK, 271_351_808, 128 + 192 + 96 + 64),
        ("inception_358m", LECTURE, 358_055_936, 64 + 192 + 96 + 64),
    ],
    ids=["naive", "bottleneck", "358M"],
)
def test_inception_modules(module: str, terms: list[int], total: int, depth: int) -> None:
    analysis = zoo(f"inception/{module}")
    convolutions = [row.ops.macs for row in analysis.rows if row.node.kind == "conv"]
    assert sorted(convolutions) == sorted(PLACES * term for term in terms)
    assert macs(analysis) == PLACES * sum(terms) == total
    assert shapes(analysis)[-1] == (depth, 28, 28)


def test_a_naive_module_only_ever_grows() -> None:
    """Pooling keeps the depth that arrives, and the other branches add theirs."""
    pool = "pool: [{max_pool: {kernel: 3, stride: 1, padding: 1}}]"
    module = f"concat: {{1x1: [{{conv: {{filters: 416, kernel: 1}}}}], {pool}}}"
    three = chain("256x28x28", *[module] * 3)
    depths = [row.node.shape[0] for row in three.rows if row.node.kind == "concat"]
    assert depths == [256 + 416 * n for n in (1, 2, 3)]
    assert depths[0] == shapes(zoo("inception/inception_naive"))[-1][0] == 672


def test_a_bottleneck_before_the_5x5() -> None:
    wide = chain("256x28x28", "conv: {filters: 96, kernel: 5, padding: 2}")
    conv = "conv: {filters: 64, kernel: 1}"
    narrow = chain("256x28x28", conv, "conv: {filters: 96, kernel: 5, padding: 2}")
    assert macs(wide) == PLACES * 96 * 25 * 256
    assert macs(narrow) == PLACES * (64 * 256 + 96 * 25 * 64)


# -- networks side by side ------------------------------------------------------------------


def test_googlenet_is_small_but_not_as_small_as_told() -> None:
    """ "12 times fewer than AlexNet, 27 times fewer than VGG-16" takes it as 5M."""
    alexnet, vgg = params(zoo("alexnet/alexnet")), params(zoo("vgg/vgg16"))
    assert (alexnet // 5_000_000, vgg // 5_000_000) == (12, 27)
    googlenet = params(zoo("googlenet/googlenet"))
    assert round(alexnet / googlenet, 1) == 8.7
    assert round(vgg / googlenet, 1) == 19.8


def test_resnet_152_takes_less_work_than_vgg_16() -> None:
    assert macs(zoo("resnet/resnet152_v1")) < macs(zoo("vgg/vgg16"))


def test_a_shortcut_by_projection_would_cost_parameters() -> None:
    """Option B for the CIFAR networks: the same at every depth."""
    projections = [
        chain(arriving, f"conv: {{filters: {filters}, kernel: 1, bias: false}}", "batch_norm")
        for arriving, filters in (("16x32x32", 32), ("32x16x16", 64))
    ]
    added = 16 * 32 + 2 * 32 + 32 * 64 + 2 * 64
    assert sum(map(params, projections)) == added == 2752


def test_where_resnet_50_strides() -> None:
    """Version 1 in a stage's first 1x1, version 1.5 in its 3x3: that 1x1 still reads every place,
    and the 3x3 sees half as far."""
    first, later = zoo("resnet/resnet50_v1"), zoo("resnet/resnet50")
    assert params(first) == params(later)
    reads_before_the_stride = [
        256 * 128 * (56**2 - 28**2),
        512 * 256 * (28**2 - 14**2),
        1024 * 512 * (14**2 - 7**2),
    ]
    assert macs(later) - macs(first) == sum(reads_before_the_stride)
    assert field(first)[0] - field(later)[0] == 2 * (4 + 8 + 16)
