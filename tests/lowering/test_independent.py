"""The lowered networks against implementations of their papers that share nothing with ours."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from cnncalc.language.load import load
from cnncalc.runtime.lower import lower
from tests.lowering import independent, independent_gates
from tests.lowering import independent_segmentation as segmentation
from tests.lowering.independent import Tensors

pytestmark = pytest.mark.torch

torch.set_num_threads(1)  # on busy cores several threads wait for each other

Network = Callable[[Tensors, Tensor], Tensor]

NETWORKS = {
    "resnet50": (independent.resnet50, 64),
    "vgg16": (independent.vgg16, 224),
    "densenet121": (independent.densenet121, 64),
    "mobilenet_v2": (independent.mobilenet_v2, 64),
    "segnet": (segmentation.segnet, 72),
    "pspnet50": (segmentation.pspnet50, 65),
    "deeplabv3plus_resnet101": (segmentation.deeplabv3plus_resnet101, 65),
    "cbam_resnet50": (independent_gates.cbam_resnet50, 64),
    "eca_resnet50": (independent_gates.eca_resnet50, 64),
    "sknet50": (independent_gates.sknet50, 64),
    "convnext_t": (independent_gates.convnext_t, 64),
    "convnext_v2_t": (independent_gates.convnext_v2_t, 64),
    "hrnet_w18": (independent.hrnet_w18, 64),
}

SAMPLES = {"sknet50": 8}
"""How many images the statistics are of: of two values, as vectors have, some hardly differ."""


def prepared(spec: str, side: int) -> nn.Module:
    """A network as after some training: no bias, scale or shift is what it began as, and what the
    normalisations keep is near to what they see, so that maps neither die out nor blow up."""
    network = lower(load(spec, input=(3, side, side)), seed=1).double()
    generator = torch.Generator().manual_seed(2)
    norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]
    for name, parameter in network.named_parameters():
        if name.endswith("bias"):
            parameter.data.normal_(0.0, 0.2, generator=generator)
        elif parameter.dim() == 1:
            parameter.data.uniform_(0.5, 1.5, generator=generator)
    for norm in norms:
        norm.weight.data.uniform_(0.5, 1.5, generator=generator)
        norm.momentum = 1.0
    if norms:
        with torch.no_grad():
            network.train()(image(side if side < 100 else 64, SAMPLES.get(spec, 2)))
    for norm in norms:
        norm.running_var *= torch.rand(norm.num_features, generator=generator) + 0.5
        norm.running_mean += 0.2 * norm.running_var.sqrt()
        norm.momentum = 0.1
    return network.eval()


def image(side: int, batch: int) -> Tensor:
    generator = torch.Generator().manual_seed(3)
    return torch.randn(batch, 3, side, side, generator=generator, dtype=torch.float64)


def difference(found: Tensor, expected: Tensor) -> float:
    """The largest, as a share of the largest value."""
    found, expected = found.detach(), expected.detach()
    return float((found - expected).abs().max() / expected.abs().max())


@pytest.mark.parametrize("spec", NETWORKS)
def test_inference(spec: str) -> None:
    """In doubles, where no error can pass for noise, then in floats."""
    function, side = NETWORKS[spec]
    network = prepared(spec, side)
    for dtype, least in ((torch.float64, 1e-12), (torch.float32, 1e-4)):
        x = image(side, 1).to(dtype)
        tensors = Tensors(network.to(dtype).state_dict().values())
        with torch.no_grad():
            expected = function(tensors, x)
            assert tensors.done()
            assert difference(network(x), expected) < least
        assert 0.1 < expected.std() < 1000, "what early layers do must not be lost in later ones"


def test_training() -> None:
    """Outputs and gradients by the statistics of the batch; the running ones move on."""
    network, x = prepared("resnet50", 64), image(64, 2)
    state = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    trained = [state[name].requires_grad_() for name, _ in network.named_parameters()]
    tensors = Tensors(state.values(), train=True)
    expected, found = independent.resnet50(tensors, x), network.train()(x)
    assert difference(found, expected) < 1e-9
    gradients = torch.autograd.grad(expected.square().mean(), trained)
    found.square().mean().backward()
    for (name, parameter), gradient in zip(network.named_parameters(), gradients, strict=True):
        assert parameter.grad is not None
        assert difference(parameter.grad, gradient) < 1e-8, name
    running = [name for name in state if ".running_" in name]
    moved = network.state_dict()
    for name, seen in zip(running, tensors.seen, strict=True):
        torch.testing.assert_close(moved[name], 0.9 * state[name] + 0.1 * seen, msg=name)


def test_a_wrong_network_differs() -> None:
    """The check can fail: version 1 strides elsewhere, with weights of the same shapes."""
    network, x = prepared("resnet50_v1", 64), image(64, 1)
    with torch.no_grad():
        expected = independent.resnet50(Tensors(network.state_dict().values()), x)
        assert difference(network(x), expected) > 1e-3


def test_wavenet() -> None:
    """Its outputs; and what is heard later changes none that came before."""
    network = lower(load("wavenet"), seed=1).double().eval()
    generator = torch.Generator().manual_seed(3)
    x = torch.randn(1, 256, 1600, generator=generator, dtype=torch.float64)
    tensors = Tensors(network.state_dict().values())
    with torch.no_grad():
        expected, found = independent.wavenet(tensors, x), network(x)
        later = network(torch.cat([x[..., :1000], -x[..., 1000:]], dim=2))
    assert tensors.done()
    assert difference(found, expected) < 1e-12
    assert torch.equal(found[..., :1000], later[..., :1000])
    assert not torch.equal(found[..., 1000:], later[..., 1000:])
