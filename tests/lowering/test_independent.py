"""The lowered networks against implementations of their papers that share nothing with ours."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from cnncalc.runtime.lower import lower
from cnncalc.spec.load import load
from tests.lowering import independent
from tests.lowering.independent import Tensors

pytestmark = pytest.mark.torch

Network = Callable[[Tensors, Tensor], Tensor]

NETWORKS = {
    "resnet50": (independent.resnet50, 224),
    "vgg16": (independent.vgg16, 224),
    "densenet121": (independent.densenet121, 224),
    "mobilenet_v2": (independent.mobilenet_v2, 224),
}


def prepared(spec: str, dtype: torch.dtype) -> nn.Module:
    """A network whose normalisations do something: all of their tensors are drawn."""
    network = lower(load(spec), seed=1).to(dtype).eval()
    generator = torch.Generator().manual_seed(2)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            for tensor in (module.weight, module.running_var):
                tensor.data.uniform_(0.5, 1.5, generator=generator)
            for tensor in (module.bias, module.running_mean):
                tensor.data.normal_(0.0, 0.2, generator=generator)
    return network


def image(side: int, batch: int, dtype: torch.dtype) -> Tensor:
    generator = torch.Generator().manual_seed(3)
    return torch.randn(batch, 3, side, side, generator=generator).to(dtype)


def difference(found: Tensor, expected: Tensor) -> float:
    """The largest, as a share of the largest value."""
    return float((found - expected).abs().max() / expected.abs().max())


@pytest.mark.parametrize("spec", NETWORKS)
@pytest.mark.parametrize(("dtype", "least"), [(torch.float32, 1e-5), (torch.float64, 1e-12)])
def test_inference(spec: str, dtype: torch.dtype, least: float) -> None:
    function, side = NETWORKS[spec]
    network, x = prepared(spec, dtype), image(side, 1, dtype)
    tensors = Tensors(network.state_dict().values())
    with torch.no_grad():
        expected = function(tensors, x)
        assert tensors.done()
        assert difference(network(x), expected) < least


@pytest.mark.parametrize("spec", ["resnet50", "densenet121"])
def test_training(spec: str) -> None:
    """Batch normalisation takes the statistics of the batch, and keeps running ones."""
    function, _ = NETWORKS[spec]
    network, x = prepared(spec, torch.float64), image(64, 4, torch.float64)
    state = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    with torch.no_grad():
        expected = function(Tensors(state.values(), train=True), x)
        assert difference(network.train()(x), expected) < 1e-9
    first = next(name for name in state if name.endswith("running_mean"))
    seen = nn.functional.conv2d(x, next(iter(state.values())), None, 2, 3).mean((0, 2, 3))
    kept = 0.9 * state[first] + 0.1 * seen
    assert torch.allclose(network.state_dict()[first], kept)


def test_a_wrong_network_differs() -> None:
    """The check can fail: version 1 strides elsewhere, with weights of the same shapes."""
    network, x = prepared("resnet50_v1", torch.float64), image(64, 1, torch.float64)
    with torch.no_grad():
        expected = independent.resnet50(Tensors(network.state_dict().values()), x)
        assert difference(network(x), expected) > 1e-3
