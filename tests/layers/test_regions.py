"""Regions of a map, cell by cell."""

from itertools import product

import pytest
import torch
from torch import Tensor

from cnncalc.layers.pooling.adaptive import AdaptiveAvgPool, AdaptiveMaxPool
from cnncalc.layers.pooling.roi import PsRoiPool, RoiPool
from tests.torch_form import module_of

pytestmark = pytest.mark.torch


def pooled(size: int, x: Tensor, *box: float, scale: float = 1.0) -> Tensor:
    """What is made of one box."""
    module = module_of(RoiPool(size, scale).torch(x.shape[1:], (4, 1)))
    found: Tensor = module(x, torch.tensor(box).view(1, 4, 1))
    return found[0, 0, 0]


COUNTED = torch.arange(6 * 8).view(1, 1, 6, 8).float()
"""A value is 8 times its row, and its column."""


@pytest.mark.parametrize(
    ("box", "largest"),
    [
        ((0, 0, 7, 5), [[8 * 2 + 3, 8 * 2 + 7], [8 * 5 + 3, 8 * 5 + 7]]),
        ((1, 1, 3, 3), [[8 * 2 + 2, 8 * 2 + 3], [8 * 3 + 2, 8 * 3 + 3]]),  # 3: 2 and 2
        ((0.5, 1.4, 2.5, 1.5), [[8 * 1 + 2, 8 * 1 + 3], [8 * 2 + 2, 8 * 2 + 3]]),  # 1, 1, 3, 2
        ((4, 4, 2, 1), [[8 * 4 + 4] * 2] * 2),  # its end before its start: one pixel
        ((6, 0, 9, 1), [[7, 0], [8 + 7, 0]]),  # its right half behind the map
        ((-9, -9, -4, -4), [[0, 0], [0, 0]]),
        ((-3, -3, 10, 8), [[8 * 2 + 3, 8 * 2 + 7], [8 * 5 + 3, 8 * 5 + 7]]),
    ],
)
def test_cells(box: tuple[float, ...], largest: list[list[int]]) -> None:
    assert pooled(2, COUNTED, *box).tolist() == largest


def test_scale() -> None:
    half = [2.0 * side for side in (1, 1, 3, 3)]
    assert torch.equal(pooled(2, COUNTED, *half, scale=0.5), pooled(2, COUNTED, 1, 1, 3, 3))


@pytest.mark.parametrize("size", range(1, 9))
@pytest.mark.parametrize("side", range(1, 9))
def test_a_box_as_large_as_the_map(size: int, side: int) -> None:
    """The adaptive pool."""
    torch.manual_seed(0)
    x = torch.randn(1, 1, side, 5, dtype=torch.double)
    adaptive = module_of(AdaptiveMaxPool(size).torch(x.shape[1:]))(x)[0, 0]
    found = pooled(size, x, 0, 0, 4, side - 1)
    assert torch.equal(found, adaptive)


def test_gradients_go_to_the_largest() -> None:
    x = COUNTED.clone().requires_grad_()
    pooled(2, x, 0, 0, 7, 5).sum().backward()
    assert x.grad is not None
    assert x.grad.flatten().nonzero().flatten().tolist() == [
        8 * 2 + 3,
        8 * 2 + 7,
        8 * 5 + 3,
        8 * 5 + 7,
    ]


def by_place(x: Tensor, *box: float, scale: float = 1.0) -> Tensor:
    """The means of the 2x2 cells of one box, each of a channel of its own."""
    module = module_of(PsRoiPool(2, scale).torch(x.shape[1:], (4, 1)))
    found: Tensor = module(x, torch.tensor(box).view(1, 4, 1))
    return found[0, 0, 0]


APART = torch.cat([100 * cell + COUNTED for cell in range(4)], dim=1)
"""As `COUNTED`, and 100 times the channel."""


@pytest.mark.parametrize(
    ("box", "scale", "means"),
    [
        ((0, 0, 7, 5), 1, [[8 * 1 + 1.5, 105.5 + 8 * 1], [201.5 + 8 * 4, 305.5 + 8 * 4]]),
        ((1, 1, 3, 3), 1, [[8 * 1.5 + 1.5, 102.5 + 8 * 1.5], [201.5 + 8 * 2.5, 302.5 + 8 * 2.5]]),
        ((2, 2, 6, 6), 0.5, [[8 * 1.5 + 1.5, 102.5 + 8 * 1.5], [201.5 + 8 * 2.5, 302.5 + 8 * 2.5]]),
        ((0, 0, 0, 0), 0.5, [[0, 100], [200, 300]]),  # half a pixel, and the cells a quarter
        ((4, 4, 2, 1), 1, [[8 * 4 + 4, 104 + 8 * 4], [204 + 8 * 4, 304 + 8 * 4]]),  # a tenth of one
        ((6, 0, 9, 1), 1, [[6.5, 0], [206.5 + 8, 0]]),  # its right half behind the map
        ((-9, -9, -4, -4), 1, [[0, 0], [0, 0]]),
    ],
)
def test_cells_of_channels(box: tuple[float, ...], scale: float, means: list[list[float]]) -> None:
    assert by_place(APART, *box, scale=scale).tolist() == means


def test_means_of_a_box_as_large_as_the_map() -> None:
    """Those of the adaptive pool, in the channel of each cell."""
    torch.manual_seed(0)
    for size, side in product(range(1, 9), repeat=2):
        x = torch.randn(1, 2 * size**2, side, 5, dtype=torch.double)
        module = module_of(PsRoiPool(size).torch(x.shape[1:], (4, 1)))
        found = module(x, torch.tensor([0, 0, 4, side - 1], dtype=torch.double).view(1, 4, 1))
        adaptive = module_of(AdaptiveAvgPool(size).torch(x.shape[1:]))(x)
        wanted = adaptive.view(2, size**2, size**2).diagonal(dim1=1, dim2=2)
        assert torch.allclose(found.view(2, size**2), wanted), (size, side)


def test_gradients_go_to_all_places_of_a_cell() -> None:
    x = APART.clone().requires_grad_()
    by_place(x, 1, 1, 3, 3).sum().backward()
    assert x.grad is not None
    wanted = torch.zeros_like(x)
    for cell in range(4):
        row, column = 1 + cell // 2, 1 + cell % 2
        wanted[0, cell, row : row + 2, column : column + 2] = 1 / 4
    assert torch.allclose(x.grad, wanted)


def test_means_of_large_maps_are_as_exact_as_fp32() -> None:
    torch.manual_seed(0)
    x = torch.rand(1, 4, 200, 300)
    found = by_place(x, 100, 90, 107, 93)
    for row, column in product(range(2), repeat=2):
        top, left = 90 + 2 * row, 100 + 4 * column
        mean = x[0, 2 * row + column, top : top + 2, left : left + 4].mean()
        assert torch.allclose(found[row, column], mean, rtol=1e-6, atol=0)
