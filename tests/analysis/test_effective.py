"""How far into its field an output looks, against the gradient that PyTorch computes."""

from math import pi, sqrt

import pytest

from cnncalc.analysis import analyze
from cnncalc.analysis.effective import spread
from cnncalc.network.graph import Graph
from tests.analysis.specs import network

THREE, FIVE = (f"conv: {{filters: 8, kernel: {k}, padding: half}}" for k in (3, 5))
DOWN = "conv: {filters: 8, kernel: 3, stride: 2, padding: half}"
WIDE = "conv: {filters: 8, kernel: 3, dilation: 4, padding: half}"


def of_last(graph: Graph) -> tuple[float, ...] | None:
    """That of the last layer."""
    return spread(graph.output, analyze(graph).receptive)


SPREADS = {
    "one window": ([THREE], [8]),
    "windows add": ([THREE, "relu", FIVE, "batch_norm"], [8, 24]),
    "a stride spreads what follows": ([DOWN, THREE, THREE], [8, 4 * 8, 4 * 8]),
    "a dilation": ([WIDE], [16 * 8]),
    "pools": (["max_pool: 2", "avg_pool: 2"], [3, 4 * 3]),
    "gaps alone": (["max_pool: {kernel: 1, stride: 3}", THREE], [9 * 8]),
    "moved": (["crop: 3", "pad: 2", THREE], [8]),
}


@pytest.mark.parametrize(("items", "variances"), SPREADS.values(), ids=SPREADS)
def test_spread(items: list[str], variances: list[int]) -> None:
    wanted = sqrt(sum(variances) / 12)
    assert of_last(network("3x32x32", *items)) == pytest.approx((wanted, wanted))


def test_along_each_axis() -> None:
    found = of_last(network("3x32x32", "conv: {filters: 8, kernel: 1x7}", "max_pool: 2x1"))
    assert found == pytest.approx((sqrt(3 / 12), sqrt(48 / 12)))


BLOCK = f"add: {{a: [identity], b: [batch_norm, relu, {THREE}, batch_norm]}}"
TWO = f"concat: {{a: [{THREE}, batch_norm], b: [{FIVE}, batch_norm]}}"
UNEVEN = f"concat: {{a: [{THREE}, relu, {THREE}], b: [{FIVE}]}}"


def test_a_block_has_a_share_of_each_branch() -> None:
    """Behind a norm the identity has a gain of 1. In the block a ReLU halves the energy, and the
    norm behind it divides by the variance of what the ReLU makes, 1/2 - 1/(2 pi)."""
    through = (1 / 2) / (1 / 2 - 1 / (2 * pi))
    share = through / (1 + through)
    found = of_last(network("3x32x32", THREE, "batch_norm", BLOCK))
    assert found == pytest.approx((sqrt(8 / 12 * (1 + share)),) * 2, rel=1e-3)


def test_branches_behind_one_another_have_shares_of_channels() -> None:
    found = of_last(network("3x32x32", THREE, "batch_norm", TWO, "conv: {filters: 4, kernel: 1}"))
    assert found == pytest.approx((sqrt((8 + (8 + 24) / 2) / 12),) * 2, rel=1e-6)


UNKNOWN = {
    "behind branches of the same weights": [THREE, "add: {a: [identity], b: [relu]}", THREE],
    "behind branches of different scale": [UNEVEN, THREE],
    "behind a product": [THREE, "multiply: {a: [identity], b: [sigmoid]}", THREE],
    "of given weights": ["blur_pool: 3"],
    "in turns": ["upsample: 2", THREE],
    "of all places": [THREE, "instance_norm", THREE],
    "without a place": [THREE, "flatten", "linear: 3"],
}


@pytest.mark.parametrize("items", UNKNOWN.values(), ids=UNKNOWN)
def test_unknown(items: list[str]) -> None:
    assert of_last(network("3x32x32", *items)) is None


def test_nothing_is_told_of_steps() -> None:
    assert of_last(network("4x16", "lstm: 4")) is None


STACK = [item.replace("filters: 8", "filters: 16") for item in (THREE, "relu", DOWN, "relu", FIVE)]


WIDER = [item.replace("filters: 8", "filters: 16") for item in (THREE, BLOCK, TWO)]
BEHIND = [WIDER[0], "batch_norm", WIDER[1], "relu", WIDER[1], WIDER[2], "relu", WIDER[0]]


@pytest.mark.parametrize(
    ("items", "within"),
    [
        ([*STACK, "relu", "max_pool: 2", THREE], 0.03),
        ([DOWN, "relu", WIDE, "relu", THREE], 0.03),
        (BEHIND, 0.06),
    ],
)
def test_the_gradient_spreads_so_far(items: list[str], within: float) -> None:
    """Of many draws of the weights, each measured at the middle output; behind joins a little
    further, since variances that a norm divides by scatter."""
    import torch

    from cnncalc.runtime.lower import lower

    graph = network("3x64x64", *items)
    energy = torch.zeros(64, 64)
    for seed in range(20):
        torch.manual_seed(seed)
        image = torch.randn(2, 3, 64, 64, requires_grad=True)
        output = lower(graph, seed).train()(image)
        middle = output[:, :, output.shape[2] // 2, output.shape[3] // 2]
        (gradient,) = torch.autograd.grad(middle, image, torch.randn(middle.shape))
        squared = gradient.square().sum((0, 1))
        energy += squared / squared.sum()
    places = torch.arange(64.0)
    for wanted, axis in zip(of_last(graph) or (), (1, 0), strict=True):
        shares = energy.sum(axis) / energy.sum()
        middle = (shares * places).sum()
        found = (shares * (places - middle).square()).sum().sqrt()
        assert float(found) == pytest.approx(wanted, rel=within)
