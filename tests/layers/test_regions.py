"""Regions of a map, cell by cell."""

import pytest
import torch
from torch import Tensor

from cnncalc.layers.pooling.adaptive import AdaptiveMaxPool
from cnncalc.layers.pooling.roi import RoiPool
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
