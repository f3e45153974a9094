"""How far into its field an output looks, against the gradient that PyTorch computes."""

from math import sqrt

import pytest

from cnncalc.analysis import analyze
from cnncalc.analysis.effective import spreads
from cnncalc.network.graph import Graph
from tests.analysis.specs import network

THREE, FIVE = (f"conv: {{filters: 8, kernel: {k}, padding: half}}" for k in (3, 5))
DOWN = "conv: {filters: 8, kernel: 3, stride: 2, padding: half}"
WIDE = "conv: {filters: 8, kernel: 3, dilation: 4, padding: half}"


def of_last(graph: Graph) -> tuple[float, ...] | None:
    """That of the last layer."""
    return spreads([graph.output], analyze(graph).receptive)[graph.output]


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


UNKNOWN = {
    "behind a join": [THREE, "add: {a: [identity], b: [relu]}", THREE],
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


@pytest.mark.parametrize(
    "items", [[*STACK, "relu", "max_pool: 2", THREE], [DOWN, "relu", WIDE, "relu", THREE]]
)
def test_the_gradient_spreads_so_far(items: list[str]) -> None:
    """Of many draws of the weights, each measured at the middle output."""
    import torch

    from cnncalc.runtime.lower import lower

    graph = network("3x64x64", *items)
    energy = torch.zeros(64, 64)
    for seed in range(20):
        torch.manual_seed(seed)
        image = torch.randn(2, 3, 64, 64, requires_grad=True)
        output = lower(graph, seed)(image)
        middle = output[:, :, output.shape[2] // 2, output.shape[3] // 2]
        (gradient,) = torch.autograd.grad(middle, image, torch.randn(middle.shape))
        squared = gradient.square().sum((0, 1))
        energy += squared / squared.sum()
    places = torch.arange(64.0)
    for wanted, axis in zip(of_last(graph) or (), (1, 0), strict=True):
        shares = energy.sum(axis) / energy.sum()
        middle = (shares * places).sum()
        found = (shares * (places - middle).square()).sum().sqrt()
        assert float(found) == pytest.approx(wanted, rel=0.03)
