"""Reductions over every set of axes of small shapes, against PyTorch."""

from itertools import chain, combinations

import pytest
import torch

from cnncalc.layers.base import Shape, ShapeError
from cnncalc.layers.pooling.reduction import Max, Mean, Std, Variance
from tests.torch_form import on_meta

pytestmark = pytest.mark.torch

SHAPES: list[Shape] = [(3,), (1,), (3, 4), (3, 1), (3, 4, 5), (1, 4, 1), (3, 2, 4, 5)]


def sets(rank: int) -> list[tuple[int, ...]]:
    """All that have an axis."""
    return [*chain.from_iterable(combinations(range(rank), n) for n in range(1, rank + 1))]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("keep", [True, False])
def test_every_set_of_axes(shape: Shape, keep: bool) -> None:
    for over in sets(len(shape)):
        layer = Mean(over, keep)
        expected = torch.empty(2, *shape).mean([axis + 1 for axis in over], keep).shape[1:]
        if not expected:  # a number for each sample, which is no shape here
            with pytest.raises(ShapeError, match="leaves no axis"):
                layer.output_shape(shape)
            continue
        assert layer.output_shape(shape) == tuple(expected)
        assert on_meta(layer, shape)[1] == tuple(expected)


@pytest.mark.filterwarnings("ignore:.*degrees of freedom:UserWarning")
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("correction", [0, 1, 2, 5])
def test_a_spread_wants_more_values_than_are_taken_away(shape: Shape, correction: int) -> None:
    """PyTorch makes no number of fewer."""
    for over in sets(len(shape)):
        values = torch.rand(2, *shape)
        found = values.var([axis + 1 for axis in over], correction=correction, keepdim=True)
        for kind in (Variance, Std):
            layer = kind(over, correction=correction)
            if found.isfinite().all():
                assert layer.output_shape(shape) == tuple(found.shape[1:])
            else:
                with pytest.raises(ShapeError, match="nothing to divide by"):
                    layer.output_shape(shape)


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ((3, 4), {"channels": 0, "steps": 1}),
        ((3, 4, 5), {"channels": 0, "height": 1, "width": 2, "steps": 2}),
        ((3, 2, 4, 5), {"channels": 0, "depth": 1, "height": 2, "width": 3, "steps": 3}),
    ],
)
def test_words_are_numbers(shape: Shape, words: dict[str, int]) -> None:
    for word, number in words.items():
        assert Max(word).axes(shape) == Max(number).axes(shape) == (number,)
    assert Max("space").axes(shape) == tuple(range(1, len(shape)))
    assert Max("all").axes(shape) == tuple(range(len(shape)))
    for word in {"depth", "height", "width"} - words.keys():
        with pytest.raises(ShapeError, match="no such axis"):
            Max(word).output_shape(shape)
