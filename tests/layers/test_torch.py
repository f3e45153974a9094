"""Every kind against PyTorch: output shape, names and shapes of its tensors, MACs."""

import inspect
from math import prod

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from cnncalc.layers.base import Layer, Shape, ShapeError
from cnncalc.layers.convolution.linear import Linear
from cnncalc.layers.moving.reshape import ChannelShuffle, Crop, PixelShuffle
from cnncalc.layers.moving.upsample import Upsample
from cnncalc.layers.norms.norm import GroupNorm, InstanceNorm, LocalResponseNorm
from cnncalc.layers.pointwise.dropout import Dropout
from cnncalc.runtime import modules
from tests.layers.cases import CASES, Case, of_each_kind
from tests.torch_form import module_of, on_meta

pytestmark = pytest.mark.torch


@of_each_kind()
def test_form(case: Case) -> None:
    layer, shapes = case
    with FlopCounterMode(display=False) as counted:
        module, output = on_meta(layer, *shapes)
    assert output == layer.output_shape(*shapes)
    tensors = [(name, tuple(tensor.shape)) for name, tensor in module.state_dict().items()]
    assert tensors == [(weight.name, weight.shape) for weight in layer.weights(*shapes)]
    trained = [name for name, _ in module.named_parameters()]
    assert trained == [weight.name for weight in layer.weights(*shapes) if not weight.buffer]
    assert counted.get_total_flops() == 2 * layer.ops(*shapes).macs


@of_each_kind()
def test_arguments(case: Case) -> None:
    """Those given by position are the first; what is left out is PyTorch's own default."""
    layer, shapes = case
    form = layer.torch(*shapes)
    for part in form.parts or (form,):
        home, _, name = part.name.rpartition(".")
        if home == "torch" or not (part.positional or part.defaults):
            continue
        signature = inspect.signature(getattr(nn if home else modules, name))
        assert (
            list(part.arguments)[: part.positional] == list(signature.parameters)[: part.positional]
        )
        own = {given: signature.parameters[given].default for given in part.defaults}
        if own.get("stride", 1) is None:  # the pools': as large as the window
            own["stride"] = part.arguments["kernel_size"]
        assert part.defaults == own


ON_MAPS = [
    (layer, shapes)
    for layer, shapes in CASES
    if layer.flattening and len(shapes[0]) > 1 and not layer.values().get("spatial")
]


@of_each_kind(ON_MAPS)
def test_flattening(case: Case) -> None:
    """The same before a `flatten` and behind it: of any map, or of a single position."""
    layer, shapes = case
    maps = shapes if layer.kind == "concat" else shapes[:1] * len(shapes)
    if layer.flattening == "single":
        maps = tuple((shape[0], *(1 for _ in shape[1:])) for shape in maps)
    given = [torch.rand(2, *shape) for shape in maps]
    flat = tuple((prod(shape),) for shape in maps)
    module, of_vectors = (module_of(layer.torch(*each)).eval() for each in (maps, flat))
    found = of_vectors(*(each.flatten(1) for each in given))
    torch.testing.assert_close(module(*given).flatten(1), found)
    assert layer.output_shape(*flat) == tuple(found.shape[1:])


@pytest.mark.parametrize(
    ("layer", "module", "shape"),
    [
        (Linear(3), nn.Linear(8, 3), (8, 2, 2)),
        (InstanceNorm(), nn.InstanceNorm2d(8), (8, 1, 1)),
        (GroupNorm(8), nn.GroupNorm(8, 8), (8,)),
        (GroupNorm(8), nn.GroupNorm(8, 8), (8, 1, 1)),
        (LocalResponseNorm(2), nn.LocalResponseNorm(2), (8,)),
        (ChannelShuffle(2), nn.ChannelShuffle(2), (8,)),
        (ChannelShuffle(3), nn.ChannelShuffle(3), (8, 2, 2)),
        (PixelShuffle(2), nn.PixelShuffle(2), (6, 2, 2)),
        (Upsample(2, mode="cubic"), nn.Upsample(scale_factor=2, mode="bicubic"), (8, 4)),
        (Upsample(2, mode="cubic"), nn.Upsample(scale_factor=2, mode="bicubic"), (8, 4, 4, 4)),
        (Crop(3), nn.ZeroPad2d(-3), (8, 5, 5)),
    ],
    ids=lambda value: repr(value),
)
def test_both_refuse(layer: Layer, module: nn.Module, shape: Shape) -> None:
    with pytest.raises(ShapeError):
        layer.output_shape(shape)
    with pytest.raises((RuntimeError, ValueError, NotImplementedError)):
        module.eval()(torch.empty(1, *shape))


def test_groups_that_do_not_divide() -> None:
    with pytest.raises(ShapeError):
        GroupNorm(3).output_shape((8, 2, 2))
    with pytest.raises(ValueError, match="divisible"):
        nn.GroupNorm(3, 8)


def test_dropout_of_channels_wants_a_map() -> None:
    """PyTorch would take the vectors of a batch for one sample's channels."""
    with pytest.raises(ShapeError):
        Dropout(0.5, spatial=True).output_shape((8,))
