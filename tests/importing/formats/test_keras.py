"""Keras' `model.to_json()`: what layers give, against PyTorch and against Keras' own formulas."""

from __future__ import annotations

import json
from itertools import pairwise
from math import ceil, prod
from typing import Any

import pytest
import torch
from torch.nn import functional

from cnncalc.importing.formats.asked import NetworkAsked
from cnncalc.importing.formats.format_error import FormatError
from cnncalc.importing.formats.keras_calls import CallOrder
from cnncalc.importing.formats.keras_json import DEEPEST, read_keras
from cnncalc.importing.program import Program
from cnncalc.importing.whole_program import of_program
from tests.importing.formats.running import given

Layer = dict[str, Any]


def layer(kind: str, name: str, reads: Any = (), **config: Any) -> Layer:
    """As Keras 2 writes it; `reads`: names, of one call, or calls of several."""
    calls = [reads] if reads and isinstance(reads[0], str) else list(reads)
    nodes = [[[source, 0, 0, {}] for source in call] for call in calls]
    config = {"name": name, **config}
    return {"class_name": kind, "name": name, "config": config, "inbound_nodes": nodes}


def first(*shape: int) -> Layer:
    return layer("InputLayer", "in", batch_input_shape=[None, *shape])


def network(*layers: Layer, last: str | None = None) -> Layer:
    names = [["in", 0, 0]], [[last or layers[-1]["name"], 0, 0]]
    config = {"name": "net", "layers": layers, "input_layers": names[0], "output_layers": names[1]}
    return {"class_name": "Functional", "config": config, "keras_version": "2.9.0"}


def read(whole: Any, *inputs: tuple[int, ...]) -> Program:
    return read_keras(json.dumps(whole), "net.json", NetworkAsked(inputs))


def test_layers_read_by_name() -> None:
    program = read(
        network(
            first(8, 10, 3),
            layer("Add", "sum", ["norm", "norm"]),
            layer("Conv2D", "conv", ["in"], filters=4, kernel_size=[3, 3], use_bias=False),
            layer("BatchNormalization", "norm", ["conv"], axis=[3], scale=False),
            layer("GlobalAveragePooling2D", "pool", ["sum"]),
            layer("Dense", "fc", ["pool"], units=5, activation="softmax"),
        )
    )
    assert program.inputs["in"].sizes == (2, 3, 8, 10)
    assert given(program)[program.outputs["output"].name].shape == (2, 5)
    assert program.counted.params == 4 * 27 + 4 + 4 * 5 + 5
    assert sum(prod(each.sizes) for each in program.stored.values()) == 4 * 27 + 3 * 4 + 25
    assert program.counted.macs == 6 * 8 * 4 * 27 + 4 * 5
    assert of_program(program).graph.heads


def tensor(name: str) -> Layer:
    return {"class_name": "__keras_tensor__", "config": {"keras_history": [name, 0, 0]}}


def test_the_third_version() -> None:
    layers = [
        layer("InputLayer", "in", batch_shape=[None, 8, 8, 3]),
        layer("ReLU", "a", max_value=6.0),
        layer("Concatenate", "b", axis=-1),
    ]
    layers[1]["inbound_nodes"] = [{"args": [tensor("in")], "kwargs": {}}]
    layers[2]["inbound_nodes"] = [{"args": [[tensor("in"), tensor("a")]], "kwargs": {}}]
    whole = network(*layers)
    whole["config"]["input_layers"], whole["config"]["output_layers"] = ["in", 0, 0], ["b", 0, 0]
    program = read({**whole, "keras_version": "3.1.0"})
    image = torch.randn(2, 3, 8, 8) * 9
    found = given(program, **{"in": image})[program.outputs["output"].name]
    assert torch.equal(found, torch.cat([image, image.clamp(0, 6)], 1))
    assert "relu6" in of_program(program).text


def test_layers_in_a_row_and_networks_within() -> None:
    inner = {
        "class_name": "Sequential",
        "name": "body",
        "config": {"layers": [layer("Conv2D", "conv", filters=3, kernel_size=1)]},
        "inbound_nodes": [[["in", 0, 0]], [["body", 0, 0]]],
    }
    whole = network(first(8, 8, 3), inner)
    whole["config"]["output_layers"] = [["body", 1, 0]]
    program = read(whole)
    assert list(program.stored) == ["body.conv.weight", "body.conv.bias"]
    assert program.counted.params == 3 * 3 + 3
    assert program.counted.macs == 2 * 8 * 8 * 3 * 3
    assert of_program(program).graph.heads
    row = {
        "class_name": "Sequential",
        "config": [
            layer("Conv2D", "c", filters=4, kernel_size=[3, 3], batch_input_shape=[None, 8, 8, 1]),
            layer("Flatten", "f"),
            layer("Dense", "d", units=2),
        ],
    }
    assert read(row).counted.params == 4 * 9 + 4 + 4 * 36 * 2 + 2


@pytest.mark.parametrize("kernel", [1, 2, 3, 5])
@pytest.mark.parametrize("stride", [1, 2, 3])
def test_same_padding_is_tensorflows(kernel: int, stride: int) -> None:
    for size in range(max(kernel, 4), 9):
        pool = {"pool_size": kernel, "strides": stride, "padding": "same"}
        program = read(
            network(
                first(size, size, 2),
                layer("MaxPooling2D", "pool", ["in"], **pool),
                layer(
                    "Conv2D", "conv", ["in"], filters=2, kernel_size=kernel, strides=stride,
                    padding="same", use_bias=False,
                ),
                layer("Subtract", "both", ["pool", "conv"]),
            )
        )  # fmt: skip
        image = torch.rand(2, 2, size, size)
        values = given(program, **{"in": image})
        total = max((ceil(size / stride) - 1) * stride + kernel - size, 0)
        sides = (total // 2, total - total // 2) * 2
        largest = functional.max_pool2d(functional.pad(image, sides, value=-1.0), kernel, stride)
        wide = functional.pad(image, sides)
        summed = functional.conv2d(wide, values["conv.weight"], stride=stride)
        assert torch.allclose(values[program.outputs["output"].name], largest - summed, atol=1e-5)


MAP = (8, 10, 4)
LAYERS: dict[str, tuple[dict[str, Any], tuple[int, ...]]] = {
    "DepthwiseConv2D": ({"kernel_size": 3, "depth_multiplier": 2, "strides": 2}, (8, 3, 4)),
    "SeparableConv2D": ({"filters": 6, "kernel_size": [3, 1], "activation": "relu"}, (6, 6, 10)),
    "Conv2DTranspose": (
        {"filters": 6, "kernel_size": 3, "strides": 2, "padding": "same"}, (6, 16, 20),
    ),
    "Dense": ({"units": 6, "activation": "swish"}, (6, 8, 10)),
    "AveragePooling2D": ({"pool_size": 2}, (4, 4, 5)),
    "GlobalMaxPooling2D": ({"keepdims": True}, (4, 1, 1)),
    "ZeroPadding2D": ({"padding": [[1, 2], [0, 3]]}, (4, 11, 13)),
    "Cropping2D": ({"cropping": [[1, 2], [0, 3]]}, (4, 5, 7)),
    "UpSampling2D": ({"size": 2, "interpolation": "bilinear"}, (4, 16, 20)),
    "Reshape": ({"target_shape": [-1, 8]}, (8, 40)),
    "Rescaling": ({"scale": 0.5, "offset": -1}, (4, 8, 10)),
    "Normalization": ({"axis": [-1]}, (4, 8, 10)),
    "LayerNormalization": ({"axis": [-1]}, (4, 8, 10)),
    "LayerScale": ({}, (4, 8, 10)),
    "SpatialDropout2D": ({"rate": 0.1}, (4, 8, 10)),
    "LeakyReLU": ({"alpha": 0.1}, (4, 8, 10)),
    "PReLU": ({"shared_axes": [1, 2]}, (4, 8, 10)),
    "Activation": ({"activation": "hard_sigmoid"}, (4, 8, 10)),
}  # fmt: skip


@pytest.mark.parametrize("kind", LAYERS)
def test_layers_of_one_input(kind: str) -> None:
    config, shape = LAYERS[kind]
    program = read(network(first(*MAP), layer(kind, "one", ["in"], **config)))
    assert given(program)[program.outputs["output"].name].shape == (2, *shape)
    assert of_program(program).graph.heads


def test_what_cannot_be_said_has_its_layer() -> None:
    program = read(
        network(first(*MAP), layer("Lambda", "odd", ["in"]), layer("ReLU", "r", ["odd"]))
    )
    (operation,) = program.operations
    assert (operation.operator, operation.site.module) == ("keras.Lambda", "odd")


def nested(depth: int) -> Any:
    inner: Any = layer("ReLU", "in", batch_input_shape=[None, 8, 8, 3])
    for _ in range(depth):
        inner = {
            "class_name": "Sequential",
            "name": "n",
            "config": {"layers": [first(8, 8, 3), inner]},
        }
    return inner


CONV = {"filters": 4, "kernel_size": 3}
WRONG: dict[str, tuple[Any, str]] = {
    "no layers": ({"class_name": "Sequential", "config": []}, "there are no layers"),
    "no list": ({"class_name": "Model", "config": {"layers": 3}}, "`layers` wants a list, got `3`"),
    "no size": (network(first(0, 0, 3), layer("ReLU", "r", ["in"])), "nothing says how large `in`"),
    "no source": (network(first(8, 8, 3), layer("ReLU", "r", ["x"])), "`r` reads what no layer"),
    "a ring": (network(first(8, 8, 3), layer("ReLU", "r", ["r"])), "`r` reads what no layer gives"),
    "no filters": (
        network(first(8, 8, 3), layer("Conv2D", "c", ["in"], kernel_size=3)),
        "`c`: `filters` wants a whole number from 1 on, got nothing",
    ),
    "a text": (
        network(first(8, 8, 3), layer("Conv2D", "c", ["in"], filters="4", kernel_size=3)),
        "got `4`",
    ),
    "a large window": (
        network(first(2, 2, 3), layer("Conv2D", "c", ["in"], **CONV)),
        "`c` would give",
    ),
    "no output": (network(first(8, 8, 3), last="y"), "`output_layers` names what no layer gives"),
    "too deep": ({**nested(DEEPEST + 2), "keras_version": "2"}, f"more than {DEEPEST} deep"),
    "sizes": (
        network(
            first(8, 8, 3), layer("Conv2D", "c", ["in"], **CONV), layer("Add", "a", ["in", "c"])
        ),
        "`a`: what is put together has several sizes",
    ),
    "a number beyond all": (
        network(first(8, 8, 3), layer("BatchNormalization", "b", ["in"], epsilon=10**400)),
        "`b`: `epsilon` is too large",
    ),
    "infinity": (
        network(first(8, 8, 3), layer("Rescaling", "s", ["in"], scale=float("inf"))),
        "`s`: `scale` is too large",
    ),
    "a list of paddings": (
        network(first(8, 8, 3), layer("Conv2D", "c", ["in"], **CONV, padding=["same"])),
        "`c`: `padding` wants `valid` or `same`, got `['same']`",
    ),
    "another padding": (
        network(first(8, 8, 3), layer("MaxPooling2D", "p", ["in"], padding="SAME")),
        "`p`: `padding` wants `valid` or `same`, got `SAME`",
    ),
    "a padding of the first version": (
        network(first(8, 8, 3), layer("Conv2D", "c", ["in"], **CONV, border_mode="full")),
        "`c`: `border_mode` wants",
    ),
    "a transposed padding": (
        network(first(8, 8, 3), layer("Conv2DTranspose", "c", ["in"], **CONV, padding={"a": 1})),
        "`c`: `padding` wants",
    ),
    "an order of axes": (
        network(
            layer("InputLayer", "in", batch_input_shape=[None, 8, 8, 3], data_format={}),
            layer("ReLU", "r", ["in"]),
        ),
        "`in`: `data_format` wants `channels_last` or `channels_first`, got `{}`",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said_of_its_layer(name: str) -> None:
    whole, said = WRONG[name]
    with pytest.raises(FormatError) as caught:
        read(whole)
    assert said in caught.value.problem.what


def test_layers_in_reverse() -> None:
    """Each waits for the next one of the file, of which there are many."""
    count = 5_000
    names = ["in", *(f"r{n}" for n in range(count))]
    layers = [layer("ReLU", own, [read]) for read, own in pairwise(names)]
    program = read(network(first(2, 2, 1), *layers[::-1], last=names[-1]))
    assert [each.site.module for each in program.operations] == names[1:]


def test_calls_are_looked_at_once() -> None:
    order, count = CallOrder(), 2_000
    for n in reversed(range(count)):
        order.add({"n": n}, 0, [(f"{n}", 0, 0)] * 2)
    order.give([("0", 0, 0)])
    found = []
    for call in order:
        found.append(call.layer["n"])
        order.give([(f"{call.layer['n'] + 1}", 0, 0)])
    assert found == [*range(count)]
    assert not order.readers
    assert not order.unread


@pytest.mark.parametrize("text", ["", "[", "[" * 100_000, "9" * 5000, '"class_name"', "[1]", "{}"])
def test_what_is_no_network(text: str) -> None:
    with pytest.raises(FormatError):
        read_keras(text, "net.json", NetworkAsked())
