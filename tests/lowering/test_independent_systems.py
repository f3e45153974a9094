"""Systems that lectures name against implementations that share nothing with ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
import torch
from torch import Tensor, nn

from cnncalc.language.load import load
from cnncalc.runtime.lower import lower
from tests.lowering import independent_systems as systems
from tests.lowering.independent import Tensors
from tests.sampled import sampled

pytestmark = pytest.mark.torch

SYSTEMS: dict[str, tuple[Callable[..., Tensor | tuple[Tensor, ...]], dict[str, int]]] = {
    "dcgan_digits_generator": (systems.digits_generator, {}),
    "dcgan_digits_discriminator": (systems.digits_discriminator, {}),
    "stackgan_stage1_generator": (systems.stage1_generator, {}),
    "stackgan_stage1_discriminator": (systems.stage1_discriminator, {}),
    "stackgan_stage2_generator": (systems.stage2_generator, {"width": 24}),
    "style_network": (systems.style_network, {"width": 8}),
    "style_losses": (systems.style_losses, {"size": 32}),
    "facenet_nn2": (systems.facenet_nn2, {}),
    "deepface": (systems.deepface, {"size": 72, "people": 20}),
    "overfeat_fast": (systems.overfeat_fast, {}),
    "overfeat_accurate": (systems.overfeat_accurate, {}),
    "farabet": (systems.farabet, {"height": 32, "width": 48}),
    "neuraltalk": (systems.neuraltalk, {"steps": 7}),
    "deepspeech": (systems.deepspeech, {"frames": 30, "units": 256}),
}
"""Each with what makes it small enough to run in a moment."""


def prepared(network: nn.Module) -> nn.Module:
    """In inference; what begins as 0 is drawn, so that it shows."""
    generator = torch.Generator().manual_seed(2)
    with torch.no_grad():
        for name, tensor in network.state_dict().items():
            if name.rpartition(".")[2] in ("bias", "running_mean"):
                tensor.normal_(0.0, 0.1, generator=generator)
    return network


def given(shapes: Mapping[str, tuple[int, ...]]) -> list[Tensor]:
    """Words where words are read, else normal noise."""
    generator = torch.Generator().manual_seed(3)
    return [
        torch.randint(8791, (2, *shape), generator=generator).double()
        if name == "words"
        else torch.randn(2, *shape, generator=generator, dtype=torch.float64)
        for name, shape in shapes.items()
    ]


@pytest.mark.parametrize("spec", sampled(SYSTEMS, 2))
def test_inference(spec: str) -> None:
    function, args = SYSTEMS[spec]
    graph = load(spec, args=args)
    network = prepared(lower(graph, seed=1).double().eval())
    inputs = given({name: node.shape for name, node in graph.inputs.items()})
    shared_once = {tensor.data_ptr(): tensor for tensor in network.state_dict().values()}
    tensors = Tensors(shared_once.values())
    with torch.no_grad():
        found, wanted = network(*inputs), function(tensors, *inputs)
    assert tensors.done()
    outputs = list(found.values()) if isinstance(found, dict) else [found]
    for one, other in zip(outputs, wanted if isinstance(wanted, tuple) else [wanted], strict=True):
        torch.testing.assert_close(one, other, rtol=1e-9, atol=1e-12)
        assert other.std() > 1e-6
