"""Numbers that lectures print, worked out."""

from __future__ import annotations

import pytest

from cnncalc.layers.base import Layer
from cnncalc.layers.convolution.conv import Conv
from cnncalc.layers.convolution.linear import Linear
from cnncalc.layers.pointwise.activation import ACTIVATIONS
from cnncalc.layers.pooling.pool import AvgPool, LpPool, MaxPool
from cnncalc.worked.array import Array
from cnncalc.worked.given_weights import Weights
from cnncalc.worked.literals import literal
from cnncalc.worked.work import work

BINARY = "11100 01110 00111 00110 01100"
CROSS = "101 010 101"
PLUS = "010 111 010"
GRID = "1 1 2 4; 5 6 7 8; 3 2 1 0; 1 2 3 4"


def made(layer: Layer, values: str, **weights: str) -> list[float]:
    given = {name: literal(text) for name, text in weights.items()}
    return list(work(layer, literal(values), Weights(given)).outputs().numbers)


@pytest.mark.parametrize(
    ("stride", "expected"), [(1, [4, 3, 4, 2, 4, 3, 2, 3, 4]), (2, [4, 4, 2, 4])]
)
def test_a_cross_over_a_binary_image(stride: int, expected: list[float]) -> None:
    layer = Conv(1, 3, stride, bias=False)
    assert made(layer, BINARY, weight=CROSS) == expected


def test_the_scores_of_a_linear_classifier() -> None:
    """The cat of the lectures: scores of cat, dog and ship."""
    scores = made(
        Linear(3),
        "56 231 24 2",
        weight=".2 -.5 .1 2; 1.5 1.3 2.1 0; 0 .25 .2 -.3",
        bias="1.1 3.2 -1.2",
    )
    assert scores == pytest.approx([-96.8, 437.9, 60.75])


def test_pools_of_one_grid() -> None:
    assert made(AvgPool(2), GRID) == [3.25, 5.25, 2, 2]
    assert made(MaxPool(2), GRID) == [6, 8, 3, 4]


@pytest.mark.parametrize(
    ("reduce", "expected"), [("mean", 4.87), ("sum", 6.42)], ids=["mean", "sum"]
)
def test_the_norm_of_a_window_as_mean_and_as_sum(reduce: str, expected: float) -> None:
    """A lecture has 4.86, which is cut, not rounded."""
    (first, *_) = made(LpPool(2, norm=5.0, reduce=reduce), GRID)
    assert first == pytest.approx(((1 + 1 + 5**5 + 6**5) / (4 if reduce == "mean" else 1)) ** 0.2)
    assert round(first, 2) == expected


def test_correlation_finds_what_it_looks_for_wherever_it_is() -> None:
    """A diagonal under a diagonal is 2, under the other one 1; moved, the largest stays."""
    falling, rising = "10 01", "01 10"
    layer = Conv(1, 2, bias=False)
    here, moved = "1000 0100 0000 0000", "0000 0000 0010 0001"
    assert max(made(layer, here, weight=falling)) == max(made(layer, moved, weight=falling)) == 2
    assert max(made(layer, here, weight=rising)) == 1


def test_named_filters_tell_edges() -> None:
    step = "0 0 1 1; 0 0 1 1; 0 0 1 1; 0 0 1 1"
    from cnncalc.worked.named_filters import FILTERS

    def through(name: str) -> list[float]:
        weights = Weights({"weight": FILTERS[name]})
        return list(work(Conv(1, 3, bias=False), literal(step), weights).outputs().numbers)

    assert through("prewitt") == [3, 3, 3, 3]
    assert through("sobel") == [4, 4, 4, 4]
    assert through("prewitt_y") == through("sobel_y") == [0, 0, 0, 0]
    assert through("edge") == [-3, 3, -3, 3]
    assert through("blur") == pytest.approx([1 / 3, 2 / 3, 1 / 3, 2 / 3])
    assert sum(FILTERS["blur"].numbers) == pytest.approx(1)
    assert sum(FILTERS["gauss"].numbers) == sum(FILTERS["sharpen"].numbers) == 1


def test_batch_norm_that_learned_the_statistics_changes_nothing() -> None:
    values = "1 2; 3 6"
    mean, variance = 3.0, ((1 - 3) ** 2 + (2 - 3) ** 2 + 0 + (6 - 3) ** 2) / 4
    from cnncalc.layers.norms.norm import BatchNorm

    given = Weights(
        {"weight": Array((1,), [variance**0.5]), "bias": Array((1,), [mean])}, training=True
    )
    found = work(BatchNorm(eps=0.0), literal(values), given).outputs()
    assert list(found.numbers) == pytest.approx([1, 2, 3, 6])


def test_relu_cuts() -> None:
    assert made(ACTIVATIONS["relu"](), "-1 0 2") == [0, 0, 2]
