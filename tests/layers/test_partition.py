"""Maps cut into windows and put together again."""

from itertools import product

import pytest
import torch
from torch import Tensor

from cnncalc.layers.base import COLLAPSED, Layer, Shape, ShapeError
from cnncalc.layers.moving.partition import FromWindows, ToWindows
from tests.torch_form import module_of

pytestmark = pytest.mark.torch


def numbered(*shape: int) -> Tensor:
    """One sample, whose values are their places."""
    return torch.arange(torch.Size(shape).numel(), dtype=torch.float).view(1, *shape)


def run(layer: Layer, x: Tensor) -> Tensor:
    made: Tensor = module_of(layer.torch(tuple(x.shape[1:])))(x)
    return made


def test_windows_of_a_swin_transformer() -> None:
    """As Liu 2021 draws them: the four windows of a 4x4 map, then those of the map rolled by 1."""
    x = numbered(1, 4, 4)
    assert run(ToWindows(2), x)[0, 0].tolist() == [
        [0, 1, 4, 5],
        [2, 3, 6, 7],
        [8, 9, 12, 13],
        [10, 11, 14, 15],
    ]
    assert run(ToWindows(2, 1), x)[0, 0].tolist() == [
        [5, 6, 9, 10],
        [7, 4, 11, 8],
        [13, 14, 1, 2],
        [15, 12, 3, 0],
    ]


def test_a_grid_over_the_whole_map() -> None:
    """Of MaxViT (Tu 2022) and MobileViT (Mehta 2021): pixels in one place of each patch."""
    grid = run(ToWindows(2, dilation=2), numbered(1, 4, 4))
    assert grid[0, 0].tolist() == [[0, 2, 8, 10], [1, 3, 9, 11], [4, 6, 12, 14], [5, 7, 13, 15]]


def test_rank_and_file() -> None:
    signal = run(ToWindows(3, 2, 2), numbered(1, 12))
    assert signal[0, 0].tolist() == [[2, 4, 6], [3, 5, 7], [8, 10, 0], [9, 11, 1]]
    clip = run(ToWindows((1, 2, 2)), numbered(1, 2, 2, 2))
    assert clip[0, 0].tolist() == [[0, 1, 2, 3], [4, 5, 6, 7]]


SIZES = [((6,), (1, 2, 3, 6)), ((4, 6), (1, 2)), ((2, 4, 2), (1, 2))]


@pytest.mark.parametrize(("sizes", "each"), SIZES)
def test_there_and_back(sizes: Shape, each: tuple[int, ...]) -> None:
    x = numbered(2, *sizes)
    for size, shift, dilation in product(each, range(4), (1, 2)):
        layer = ToWindows(size, shift, dilation)
        try:
            shape = layer.output_shape((2, *sizes))
        except ShapeError:
            assert any(n % (size * dilation) for n in sizes)
            continue
        back = FromWindows(size, shift, dilation, sizes)
        assert back.output_shape(shape) == (2, *sizes)
        assert torch.equal(run(back, run(layer, x)), x)


def test_windows_have_no_place_in_the_input() -> None:
    assert ToWindows(2).window((3, 4, 4)) == COLLAPSED
    assert FromWindows(2).window((3, 4, 4)) == COLLAPSED


@pytest.mark.parametrize(
    ("layer", "shape", "fact", "hint"),
    [
        (
            ToWindows(7),
            (8, 16, 21),
            "windows of 7x7 do not cover 16x21 evenly",
            "a map padded by `pad: [[0, 5], [0, 0]]`",
        ),
        (
            ToWindows(3, 1, 2),
            (8, 11),
            "windows of 3, 2 apart, do not cover 11 evenly",
            "a map padded by `pad: [[0, 1]]`",
        ),
        (
            ToWindows((2, 2)),
            (8, 4),
            "`size` has 2 sizes, the input has 1 spatial axis",
            "write one size, or 1: `[2]`",
        ),
        (
            ToWindows(2),
            (8,),
            "`to_windows` reads a map of one to three spatial axes, got 8",
            "put it before `flatten`, or give the global pool `keep: true`",
        ),
        (
            FromWindows(2),
            (8, 4),
            "`from_windows` reads channels x windows x positions, got 8x4",
            "`to_windows` makes them of a map",
        ),
        (
            FromWindows(2),
            (8, 3, 4),
            "3x4 positions make no square image",
            "`map: 56x48`, its sizes",
        ),
        (
            FromWindows(2, map=(4, 4)),
            (8, 3, 4),
            "a map of 4x4 has 4x4 of 2x2, got 3x4",
            "the fields of its `to_windows`",
        ),
        (
            FromWindows(3, map=(4, 6)),
            (8, 4, 6),
            "windows of 3x3 do not cover 4x6 evenly",
            "a map padded by `pad: [[0, 2], [0, 0]]`",
        ),
    ],
    ids=repr,
)
def test_refused(layer: Layer, shape: Shape, fact: str, hint: str) -> None:
    with pytest.raises(ShapeError) as refused:
        layer.output_shape(shape)
    assert (refused.value.fact, refused.value.hint) == (fact, hint)


def test_fields_of_one_rank() -> None:
    (problem,) = FromWindows((2, 2), map=(4, 4, 4)).check()
    assert problem.fact == "`size` and `map` have 2 and 3 sizes"
