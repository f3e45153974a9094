"""The way back from a max pool: as PyTorch's, and what it reads."""

from itertools import product

import pytest
import torch
from torch import nn

from cnncalc.layers.pooling.pool import MaxPool
from cnncalc.layers.pooling.unpool import MaxUnpool
from tests.layers.test_resizing import told
from tests.torch_form import module_of

pytestmark = pytest.mark.torch


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize(("kernel", "stride", "padding"), [(2, 2, 0), (3, 3, 1), (2, 3, 0)])
def test_as_pytorch_does(rank: int, kernel: int, stride: int, padding: int) -> None:
    torch.manual_seed(0)
    x = torch.rand(2, 3, *(7, 8, 9)[:rank])
    pool = getattr(nn, f"MaxPool{rank}d")(kernel, stride, padding, return_indices=True)
    values, places = pool(x)
    back = getattr(nn, f"MaxUnpool{rank}d")(kernel, stride, padding)
    layer = MaxUnpool(MaxPool(kernel, stride, padding))
    module = module_of(layer.torch(values.shape[1:], x.shape[1:]))
    expected = back(2 * values, places, output_size=x.shape)
    assert torch.equal(module(2 * values, x), expected)


@pytest.mark.parametrize("size", [4, 5, 6, 7, 8])
def test_what_an_output_may_read(size: int) -> None:
    """Every place of the map made the largest in turn: it then has the value of a window's."""
    for kernel, stride, dilation in product((1, 2, 3), (1, 2, 3), (1, 2)):
        for padding in range(kernel // 2 + 1):
            pool = MaxPool(kernel, stride, padding, dilation=dilation)
            if size + 2 * padding < dilation * (kernel - 1) + 1:
                continue
            (outputs,) = pool.output_shape((1, size))[1:]
            layer = MaxUnpool(pool)
            (axis,) = layer.window((1, outputs), (1, size)).axes
            module = module_of(layer.torch((1, outputs), (1, size)))
            reads = told(axis, outputs, size)
            for place in range(size):
                map_with_a_peak = torch.zeros(1, 1, size)
                map_with_a_peak[..., place] = 1
                windows = nn.MaxPool1d(kernel, stride, padding, dilation)(map_with_a_peak)[0, 0]
                assert reads[place] == set(windows.nonzero().flatten().tolist())
                for window in reads[place]:
                    value = torch.zeros(1, 1, outputs)
                    value[..., window] = 5
                    if len(reads[place]) == 1:
                        assert module(value, map_with_a_peak)[0, 0, place] == 5


def test_no_gradient_goes_to_the_map() -> None:
    x, pooled = torch.rand(1, 2, 3, requires_grad=True), torch.rand(1, 2, 6, requires_grad=True)
    module_of(MaxUnpool(MaxPool(2)).torch((2, 3), (2, 6)))(x, pooled).sum().backward()
    assert x.grad is not None
    assert pooled.grad is None
