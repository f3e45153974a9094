"""darknet's `.cfg`: what sections give, against PyTorch and against darknet's own formulas."""

from __future__ import annotations

from math import inf, prod

import pytest
import torch
from torch import Tensor

from cnncalc.importing.formats.asked import NetworkAsked
from cnncalc.importing.formats.darknet import read_darknet
from cnncalc.importing.formats.format_error import FormatError
from cnncalc.importing.program import Program
from cnncalc.importing.whole_program import of_program
from cnncalc.runtime.lower import lower
from tests.importing.formats.running import given, output
from tests.together import in_groups, slices

NET = "[net]\nbatch = 64 # of training\nwidth={1}\nheight={0}\nchannels={2}\n\n"


def read(layers: str, height: int = 8, width: int = 8, channels: int = 4) -> Program:
    return read_darknet(NET.format(height, width, channels) + layers, "net.cfg", NetworkAsked())


TINY = """
[convolutional]
batch_normalize=1
filters=8
size=3
stride=2
pad=1
activation=leaky

[convolutional]
filters=8
size=1
activation=mish

[shortcut]
from=-2
activation=linear

[route]
layers=-1, 0
groups=2
group_id=1

[upsample]
stride=2

[maxpool]
size=2
stride=2

[yolo]
mask=0,1

[route]
layers=-4

[avgpool]

[connected]
output=10
activation=linear

[softmax]
"""


def test_a_network_of_most_sections() -> None:
    program = read(TINY)
    values = given(program)
    assert [values[ref.name].shape[1:] for ref in program.outputs.values()] == [(8, 4, 4)]
    params = 8 * 4 * 9 + 2 * 8 + 8 * 8 + 8
    held = sum(prod(each.sizes) for each in program.stored.values())
    assert held == params + 2 * 8 + 10 * 8 + 10
    assert program.counted.params == params + 10 * 8 + 10
    assert program.counted.macs == 4 * 4 * 8 * (4 * 9 + 8)


def test_it_becomes_a_spec() -> None:
    found = of_program(read(TINY))
    assert "filters: 8, kernel: 3, stride: 2" in found.text
    assert "max_pool: 2\n" in found.text
    assert f"params: {8 * 4 * 9 + 2 * 8 + 8 * 8 + 8}" in found.text


POOLS = {
    f"{k} {s} {p}": (k, s, p)
    for k in (1, 2, 3, 4)
    for s in (1, 2, 3)
    for p in range(4)
    if p < 2 * k
}


@in_groups(slices(list(POOLS), 12))
def test_poolings_begin_half_their_padding_before_the_map(name: str) -> None:
    kernel, stride, padding = POOLS[name]
    options = f"size={kernel}\nstride={stride}\npadding={padding}"
    for size in range(max(kernel, 2), 8):
        program = read(f"[maxpool]\n{options}", size, size, 1)
        image = torch.randn(2, 1, size, size)
        count = (size + padding - kernel) // stride + 1
        wanted = torch.full((2, 1, count, count), -inf)
        for row in range(count):
            for column in range(count):
                rows = range(row * stride - padding // 2, row * stride - padding // 2 + kernel)
                columns = [n + (column - row) * stride for n in rows]
                inside = [
                    image[:, 0, i, j]
                    for i in rows
                    for j in columns
                    if 0 <= i < size and 0 <= j < size
                ]
                if inside:
                    wanted[:, 0, row, column] = torch.stack(inside).amax(0)
        assert (output(program, input=image) == wanted).all()


def reorganised(image: Tensor, stride: int, channels: int, rows: int, columns: int) -> Tensor:
    """`reorg_cpu` with `forward` 0, of a map that it takes for one of these sizes."""
    flat, found = image.flatten(1), torch.empty(len(image), channels * rows * columns)
    fewer = channels // stride**2
    for k in range(channels):
        for j in range(rows):
            for i in range(columns):
                down, right = j * stride + k // fewer // stride, i * stride + k // fewer % stride
                source = right + columns * stride * (down + rows * stride * (k % fewer))
                found[:, i + columns * (j + rows * k)] = flat[:, source]
    return found


@pytest.mark.parametrize(("kind", "own"), [("reorg", (8, 4, 6)), ("reorg3d", (32, 2, 3))])
def test_pixels_become_channels(kind: str, own: tuple[int, int, int]) -> None:
    program = read(f"[{kind}]\nstride=2", 4, 6, 8)
    image = torch.randn(2, 8, 4, 6)
    wanted = reorganised(image, 2, *own)
    assert (output(program, input=image) == wanted.reshape(2, 32, 2, 3)).all()
    assert of_program(program).graph.heads


def test_what_is_added_need_not_be_as_large() -> None:
    layers = "[convolutional]\nfilters=6\nsize=3\nstride=2\npad=1\n[shortcut]\nfrom=0"
    image = torch.randn(2, 4, 8, 8)
    program = read("[dropout]\n" + layers)
    values = given(program, input=image)
    before = values[program.operations[-1].arguments["self"].name]  # type: ignore[union-attr]
    wanted = before.clone()
    wanted[:, :4] += image[:, :, ::2, ::2]
    assert (values[program.operations[-1].outputs[0].name] == wanted).all()


ACTIVATIONS = {
    "leaky": lambda x: torch.where(x > 0, x, 0.1 * x),
    "ramp": lambda x: x * (x > 0) + 0.1 * x,
    "loggy": lambda x: 2 / (1 + (-x).exp()) - 1,
    "logistic": torch.sigmoid,
    "swish": lambda x: x * torch.sigmoid(x),
    "hardtan": lambda x: x.clamp(-1, 1),
    "relie": lambda x: torch.where(x > 0, x, 0.01 * x),
    "linear": lambda x: x,
}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations(name: str) -> None:
    image = torch.randn(2, 4, 8, 8)
    program = read(f"[dropout]\n[activation]\nactivation={name}")
    assert torch.allclose(output(program, input=image), ACTIVATIONS[name](image), atol=1e-6)


def test_local_weights_are_those_of_the_layer_that_says_it() -> None:
    program = read("[local]\nfilters=3\nsize=3\nstride=2\npad=1\nactivation=linear", 7, 6)
    image = torch.randn(2, 4, 7, 6)
    values = given(program, input=image)
    wanted = values[program.outputs["output"].name]
    assert program.counted.params == 4 * 3 * (3 * 4 * 9 + 3)
    assert program.counted.macs == 4 * 3 * 3 * 4 * 9
    found = of_program(program)
    network = lower(found.graph)
    assert "locally_connected: {filters: 3, kernel: 3, stride: 2" in found.text
    (layer,) = (each for each in network.modules() if hasattr(each, "weight"))
    with torch.no_grad():
        layer.weight.copy_(values["local_0.weight"].permute(0, 2, 1))
        layer.bias.copy_(values["local_0.bias"])
        assert torch.allclose(network(image), wanted, atol=1e-4)


def test_weights_are_shared_by_index() -> None:
    layer = "[convolutional]\nbatch_normalize=1\nfilters=4\nsize=3\npad=1\nactivation=relu\n"
    program = read(f"{layer}{layer}share_index=0")
    assert program.counted.params == 4 * 4 * 9 + 2 * 4
    assert program.counted.macs == 2 * 8 * 8 * 4 * 4 * 9
    assert of_program(program).graph.heads


def test_an_input_of_another_size() -> None:
    text = NET.format(8, 8, 3) + "[avgpool]"
    assert read_darknet(text, "n.cfg", NetworkAsked([(3, 5, 7)])).inputs["input"].sizes[1:] == (
        3,
        5,
        7,
    )


def test_what_cannot_be_said_keeps_its_size_and_place() -> None:
    program = read("[crnn]\noutput=16\nhidden=8\n[convolutional]\nfilters=4\n")
    (first, *_) = program.operations
    assert (first.operator, first.outputs[0].sizes) == ("darknet.crnn", (2, 16, 8, 8))
    assert (first.site.file, first.site.line) == ("net.cfg", 7)
    assert program.counted.macs is None


WRONG = {
    "no net": ("[convolutional]\nfilters=3", 1, "a network begins with `[net]`"),
    "no section": ("filters=3", 1, "before the first section"),
    "no option": ("[net]\nfilters", 2, "neither a `[section]` nor `key=value`"),
    "no layers": (NET.format(8, 8, 3), 1, "there are no layers"),
    "no size": ("[net]\nwidth=8\n[avgpool]", 1, "lacks `channels`, `height`"),
    "no number": (NET.format(8, 8, 3) + "[convolutional]\nfilters=many", 8, "a whole number"),
    "too small a number": (NET.format(8, 8, 3) + "[convolutional]\nsize=0", 8, "from 1 on"),
    "too large a number": (NET.format(8, 8, 3) + f"[convolutional]\nsize={'9' * 99}", 8, "got"),
    "an early layer": (NET.format(8, 8, 3) + "[route]\nlayers=-1", 8, "leads to no layer"),
    "no layers to route": (NET.format(8, 8, 3) + "[route]", 7, "wants `layers`"),
    "too large a window": (NET.format(8, 8, 3) + "[convolutional]\nsize=9", 7, "would give"),
    "groups": (NET.format(8, 8, 3) + "[convolutional]\ngroups=2\nfilters=4", 7, "2 groups"),
    "a vector": (NET.format(8, 8, 3) + "[connected]\n[maxpool]", 8, "reads an image"),
}


@pytest.mark.parametrize(("text", "line", "said"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_has_its_line(text: str, line: int, said: str) -> None:
    with pytest.raises(FormatError) as caught:
        read_darknet(text, "net.cfg", NetworkAsked())
    assert said in caught.value.problem.what
    assert caught.value.problem.line == line
