"""A convolution whose taps are moved, against one whose taps are not, and what lies elsewhere."""

from itertools import product

import pytest
import torch
from torch import nn

from cnncalc.layers.base import ShapeError
from cnncalc.layers.convolution.deform import DeformConv
from tests.torch_form import module_of

pytestmark = pytest.mark.torch

SIZES = [
    sizes
    for sizes in product((1, 2, 3), (1, 2), (0, 1, 2), (1, 2), (1, 3, 6))
    if sizes[4] + 2 * sizes[2] > sizes[3] * (sizes[0] - 1)
]


@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_unmoved(sizes: tuple[int, ...], groups: int) -> None:
    """With offsets of 0, PyTorch's own; where that takes a size, and gives one."""
    kernel, stride, padding, dilation, size = sizes
    torch.manual_seed(0)
    plain = nn.Conv2d(4, 6, kernel, stride, padding, dilation, groups).double()
    x = torch.randn(2, 4, size, size + 3, dtype=torch.double)
    expected = plain(x)
    moves = torch.zeros(2, 4 * kernel**2, *expected.shape[2:]).double()
    layer = DeformConv(6, kernel, stride, padding, dilation, groups)
    assert layer.output_shape(x.shape[1:], moves.shape[1:]) == expected.shape[1:]
    module = module_of(layer.torch(x.shape[1:], moves.shape[1:])).double()
    module.load_state_dict(plain.state_dict())
    torch.testing.assert_close(module(x, moves), expected)
    masked = module(x, moves, torch.full_like(moves[:, : 2 * kernel**2], 0.5))
    bias = plain.bias[:, None, None]
    torch.testing.assert_close(masked, bias + (expected - bias) / 2)


@pytest.mark.parametrize("kernel", [1, 2, 3, 4, 5])
def test_both_refuse(kernel: int) -> None:
    for padding, dilation, size in product((0, 1), (1, 2, 3), (1, 2, 4)):
        layer = DeformConv(2, kernel, 1, padding, dilation)
        room = size + 2 * padding - dilation * (kernel - 1)
        moves = 2 * kernel**2, room, room
        if room > 0:
            assert layer.output_shape((3, size, size), moves) == (2, room, room)
            continue
        with pytest.raises(ShapeError, match="does not fit"):
            layer.output_shape((3, size, size), moves)


@pytest.mark.parametrize(("down", "right"), list(product((-2, 0, 1, 9), (-3, 0, 2))))
def test_moved_by_whole_pixels(down: int, right: int) -> None:
    """As the map moved the other way, zeros behind it."""
    torch.manual_seed(0)
    x = torch.randn(1, 3, 6, 7, dtype=torch.double)
    module = module_of(DeformConv(2, 3).torch((3, 6, 7), (18, 4, 5))).double()
    plain = nn.Conv2d(3, 2, 3).double()
    plain.load_state_dict(module.state_dict())
    moves = torch.tensor([down, right]).double().repeat(9)[None, :, None, None]
    found = module(x, moves.expand(1, 18, 4, 5))
    framed = nn.functional.pad(x, (10, 10, 10, 10))
    rows, columns = slice(10 + down, 16 + down), slice(10 + right, 17 + right)
    torch.testing.assert_close(found, plain(framed[:, :, rows, columns]))


def test_gradients() -> None:
    """Of the map, the offsets, the mask and the weights."""
    torch.manual_seed(0)
    module = module_of(DeformConv(4, 2, groups=2).torch((4, 3, 4), (16, 2, 3))).double()
    given = [(4, 3, 4), (16, 2, 3), (8, 2, 3)]
    inputs = [torch.rand(1, *shape, dtype=torch.double, requires_grad=True) for shape in given]
    assert torch.autograd.gradcheck(module, inputs)
