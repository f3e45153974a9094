"""Modules of PyTorch's as specs: the lowered network, with the module's weights, gives what the
module gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from cnncalc.importing.checked import Imported
from cnncalc.runtime.importing.carried_weights import state_of
from cnncalc.runtime.importing.imported_model import of_module
from cnncalc.runtime.lower import lower
from tests.importing.vision_models import MODELS
from tests.together import in_groups, slices

CLOSE = 1e-5


def drawn(module: nn.Module) -> nn.Module:
    """With weights and statistics of which none are alike."""
    with torch.no_grad():
        for name, buffer in module.named_buffers():
            if name.endswith("running_var"):
                buffer.uniform_(0.5, 1.5)
            elif buffer.is_floating_point():
                buffer.normal_(0, 0.5)
        for weight in module.parameters():
            weight.add_(torch.randn_like(weight) * 0.1)
    return module.eval()


def given(outputs: Any) -> list[Tensor]:
    if isinstance(outputs, Tensor):
        return [outputs]
    values = outputs.values() if isinstance(outputs, Mapping) else outputs
    return [tensor for value in values for tensor in given(value)]


def lowered(found: Imported) -> nn.Module:
    network = lower(found.graph)
    missing, unexpected = network.load_state_dict(state_of(found), strict=False)
    assert not unexpected
    assert not {name for name, _ in network.named_parameters()} & set(missing)
    return network.eval()


def laid(found: Imported, outputs: list[Tensor]) -> list[Tensor]:
    """The network's outputs as the model lays them."""
    turned = []
    for tensor, layout in zip(outputs, found.sketch.laid.values(), strict=True):
        order = [next((atom.axis for atom in row), -1) for row in layout[1:]]
        free = iter(sorted({*range(len(order))} - {*order}))
        axes = [next(free) if axis < 0 else axis for axis in order]
        turned.append(tensor.permute(0, *(axis + 1 for axis in axes)))
    return turned


@in_groups(slices(list(MODELS), 8))
def test_outputs_are_the_models(name: str) -> None:
    torch.manual_seed(5)
    make, shapes = MODELS[name]
    module = drawn(make())
    found = of_module(module, shapes, name)
    inputs = [torch.randn(3, *shape) for shape in shapes]
    with torch.no_grad():
        wanted = given(module(*inputs)) if name != "channel_shuffle" else None
        if wanted is None:
            inputs = [each[:2] for each in inputs]
            wanted = given(module(*inputs))
        outputs = laid(found, given(lowered(found)(*inputs)))
    assert len(outputs) == len(wanted)
    for ours, theirs in zip(outputs, wanted, strict=True):
        assert ours.shape == theirs.shape
        assert (ours - theirs).abs().max() <= CLOSE * theirs.abs().max()


def test_what_is_left_out_is_told() -> None:
    make, shapes = MODELS["parameters_unused"]
    found = of_module(make(), shapes)
    (note,) = found.notes
    assert note.startswith("12 parameters are left out")
    assert "`unused.weight`, `unused.bias`" in note


def test_a_module_stays_as_it_is() -> None:
    module = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Dropout(0.5))
    module[2].eval()
    before = {name: tensor.clone() for name, tensor in module.state_dict().items()}
    of_module(module, [(3, 8, 8)])
    assert [part.training for part in module] == [True, True, False]
    assert all((before[name] == tensor).all() for name, tensor in module.state_dict().items())


@pytest.mark.parametrize("name", ["transformer", "convolutions"])
def test_weights_are_said_by_the_models_own_names(name: str) -> None:
    make, shapes = MODELS[name]
    module = make()
    found = of_module(module, shapes)
    named = {
        name for draft in found.sketch.layers for w in draft.weights.values() for name in w.tensors
    }
    assert named == {name for name, _ in module.named_parameters()}


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("merged_by_slices", "  - pixel_unshuffle: {factor: 2, order: columns}"),
        ("one_window", "  - {name: to_windows_2, to_windows: 3}"),
        ("blurred_by_fixed_filters", "  - {name: blur_pool_2, blur_pool: 3}"),
        ("parts_compete", "  - {name: softmax1, softmax: {among: 2}}"),
        ("latents", "  - {name: latents, learned: {features: 8, steps: 3}}"),
        ("registers", "      registers: [{learned: {features: 8, steps: 3}}, {permute: [1, 0]}]"),
    ],
)
def test_several_operations_are_the_layer_that_they_make(name: str, line: str) -> None:
    make, shapes = MODELS[name]
    assert line in of_module(make(), shapes, name).text.splitlines()
