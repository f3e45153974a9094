"""What is told of each box: all that other viewers list of a layer, and PyTorch's modules have."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree

import pytest
import torch
from torch import nn

from cnncalc.analysis import analyze
from cnncalc.language.load import load, loads
from cnncalc.network.graph import Graph
from cnncalc.network.names import module_path
from cnncalc.report.picture.graph_style import graph_style
from cnncalc.report.picture.to_svg import to_svg
from cnncalc.report.picture.wish import Wish
from cnncalc.runtime.lower import lower
from tests.pictures.drawn import NAMESPACE

pytestmark = pytest.mark.torch


def told(graph: Graph) -> dict[str, str]:
    """Of each layer, by its path."""
    svg = to_svg(graph_style(analyze(graph), Wish(depth=99, unfold=True)))
    titles = [each.text or "" for each in ElementTree.fromstring(svg).iter(f"{NAMESPACE}title")]
    return {title.partition(": ")[0]: title for title in titles[1:]}


def shapes(module: nn.Module) -> Iterator[str]:
    for name, tensor in module.state_dict().items():
        yield f"{name} {'x'.join(map(str, tensor.shape))}".rstrip()


def same(values: object) -> int:
    """The number that a pair has twice."""
    return next(iter({*values})) if isinstance(values, tuple) else values  # type: ignore[return-value]


@pytest.mark.parametrize("name", ["resnet18", "unet"])
def test_all_that_a_module_has_is_told(name: str) -> None:
    """Kernel, stride, padding in pixels, dilation, groups, bias; weights and buffers with their
    shapes; what it reads, by name and size, and what it makes."""
    graph = load(name)
    network = lower(graph, device="meta").eval()
    made: dict[nn.Module, torch.Size] = {}
    for module in network.modules():
        module.register_forward_hook(lambda one, _, out: made.update({one: out.shape}))
    network(*(torch.empty(1, *node.shape, device="meta") for node in graph.inputs.values()))
    texts, modules = told(graph), dict(network.named_modules())
    convolutions = 0
    for node in graph.layers:
        fields, way, *others = texts[node.path].split("; ")
        reads = [f"{one.path} {'x'.join(map(str, one.shape))}" for one in node.inputs]
        assert way == f"{' + '.join(reads)} -> {'x'.join(map(str, node.shape))}"
        module = modules.get(module_path(node.path))
        if module is None:
            continue  # a sum is no module
        assert node.shape == tuple(made[module][1:])
        assert {*shapes(module)} <= {*others[0].split(", ")}
        said = dict(each.rpartition(" ")[::2] for each in fields.split(", "))
        if isinstance(module, nn.Conv2d):
            convolutions += 1
            assert int(said["kernel"]) == same(module.kernel_size)
            assert int(said["stride"]) == same(module.stride)
            assert int(said["dilation"]) == same(module.dilation)
            assert int(said["groups"]) == module.groups
            assert int(said["filters"]) == module.out_channels
            assert said["bias"] == str(module.bias is not None).lower()
            padding = said.get("padding") or said["padding half:"]
            assert int(padding) == same(module.padding)
        if isinstance(module, nn.MaxPool2d):
            assert int(said["kernel"]) == same(module.kernel_size)
            assert int(said["stride"]) == same(module.stride)
    assert convolutions == {"resnet18": 20, "unet": 19}[name]


def test_inputs_say_whether_they_are_indices() -> None:
    texts = told(load("neuraltalk"))
    assert "words 1x20 of each sample, indices" in texts
    assert "image 4096 of each sample" in texts
    assert "output 8792x20 of each sample, made by scores" in texts


def test_padding_of_two_sides() -> None:
    """8 pixels at stride 3: three windows of 3 reach over 9, so one is padded, behind."""
    spec = (
        "input: 3x8x7\nlayers: [{name: a, conv: {filters: 4, kernel: 3, padding: same, stride: 3}}]"
    )
    assert "padding same: 0+1x1," in told(loads(spec))["a"]


def test_many_maps_are_told_in_part() -> None:
    """WaveNet adds the maps of 30 layers."""
    assert "stack.3.skip 256x1600 + 26 more -> 256x1600" in told(load("wavenet"))["add"]
