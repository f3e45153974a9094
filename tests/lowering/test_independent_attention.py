"""Swin and the Perceiver, small, against implementations of their papers that share nothing with
ours."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from cnncalc.language.given import Argument
from cnncalc.language.load import load
from cnncalc.runtime.lower import lower
from tests.lowering import independent_attention as independent
from tests.lowering.independent_transformers import Tensors

pytestmark = pytest.mark.torch


def prepared(spec: str, shape: tuple[int, ...], args: dict[str, Argument]) -> nn.Module:
    """A small network in doubles, no weight what it began as."""
    network = lower(load(spec, args=args, input=shape), seed=1).double().eval()
    generator = torch.Generator().manual_seed(2)
    for parameter in network.parameters():
        parameter.data.normal_(0.0, 0.5, generator=generator)
    return network


def drawn(*shape: int) -> Tensor:
    """Two samples."""
    generator = torch.Generator().manual_seed(3)
    return torch.randn(2, *shape, dtype=torch.double, generator=generator)


@pytest.mark.parametrize(("window", "size"), [(2, 64), (3, 96)])
@torch.no_grad()
def test_swin(window: int, size: int) -> None:
    """Maps of several windows along each axis, and at last of a single one."""
    depths, heads = [2, 2, 4, 2], [1, 2, 2, 4]
    args: dict[str, Argument] = {"width": 4, "depths": depths, "heads": heads}
    network = prepared("swin_t", (3, size, size), {**args, "window": window, "classes": 5})
    images = drawn(3, size, size)
    expected = independent.swin(Tensors(network.state_dict()), images, depths, heads, window)
    torch.testing.assert_close(network(images), expected)


@torch.no_grad()
def test_perceiver() -> None:
    args: dict[str, Argument] = {"latents": 5, "width": 8, "heads": 2, "depth": 2, "classes": 3}
    network, pixels = prepared("perceiver", (7, 9), args), drawn(7, 9)
    tensors = Tensors(network.state_dict())
    expected = independent.perceiver(tensors, pixels.transpose(1, 2), 2, 2)
    torch.testing.assert_close(network(pixels), expected)
