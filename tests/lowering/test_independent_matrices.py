"""PointNet and YOLO11 against implementations that share nothing with ours."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from cnncalc.language.load import load
from cnncalc.runtime.lower import lower
from tests.lowering import independent_matrices as independent
from tests.lowering.independent import Tensors

pytestmark = pytest.mark.torch


def prepared(spec: str, sample: tuple[int, ...], **args: int) -> tuple[nn.Module, Tensor]:
    """A network in doubles, as after some training, and what it reads: its normalisations keep
    what they have seen."""
    shape = "x".join(map(str, sample))
    network = lower(load(spec, args=args, input=shape), seed=1).double()
    torch.manual_seed(2)
    for name, parameter in network.named_parameters():
        if name.endswith("bias"):
            parameter.data.normal_(0.0, 0.2)
    norms = [m for m in network.modules() if isinstance(m, nn.BatchNorm1d | nn.BatchNorm2d)]
    for norm in norms:
        norm.weight.data.uniform_(0.5, 1.5)
        norm.momentum = 1.0
    with torch.no_grad():
        network.train()(torch.randn(4, *sample, dtype=torch.float64))
    return network.eval(), torch.randn(2, *sample, dtype=torch.float64)


@torch.no_grad()
def test_pointnet() -> None:
    network, points = prepared("pointnet", (3, 64))
    tensors = Tensors(network.state_dict().values())
    expected = independent.pointnet(tensors, points)
    assert tensors.done()
    torch.testing.assert_close(network(points), expected)
    shuffled = points[:, :, torch.randperm(64)]
    torch.testing.assert_close(network(shuffled), expected)


@torch.no_grad()
@pytest.mark.parametrize("base", [16, 32])
def test_yolo11(base: int) -> None:
    network, images = prepared("yolo11n", (3, 96, 64), base=base)
    tensors = Tensors(network.state_dict().values(), eps=1e-3)
    expected = independent.yolo11(tensors, images)
    assert tensors.done()
    assert expected.shape == (2, 84, 12 * 8 + 6 * 4 + 3 * 2)
    torch.testing.assert_close(network(images), expected)
