"""ONNX files and `.pt2` files changed at random, as no exporter writes them."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any

import numpy
from onnx import AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto

NUMBERS = (0, -1, 1, 2, 3, 7, 65536, 10**6, 2**31, 2**40, 2**62, -(2**63))
FRACTIONS = (0.0, -1.0, 1e38, float("inf"), float("nan"))
WORDS = (b"", b"x", b"\xff", b"same")
TYPES = 26
OPERATORS = (
    *("Conv", "Gemm", "LSTM", "Reshape", "Loop", "If", "Scan", "Resize", "Gather", "Concat"),
    *("Slice", "TopK", "Einsum", "NonMaxSuppression", "SequenceAt", "Optional", "Identity"),
)


def changed_model(draw: Random, model: ModelProto) -> bytes:
    """The file of a model in which one to three things are otherwise, or some bytes, too."""
    for _ in range(draw.choice((1, 1, 2, 3))):
        draw.choice(CHANGES)(draw, model.graph)
    found = bytearray(model.SerializeToString())
    return bytes(_with_bytes(draw, found) if draw.random() < 0.2 else found)


def _with_bytes(draw: Random, found: bytearray) -> bytearray:
    for _ in range(3):
        found[draw.randrange(len(found))] = draw.randrange(256)
    return found


def _attribute(draw: Random, graph: GraphProto) -> None:
    node = draw.choice(graph.node)
    if not node.attribute:
        return
    each = draw.choice(node.attribute)
    if draw.random() < 0.3:
        node.attribute.remove(each)
    elif each.type == AttributeProto.INT:
        each.i = draw.choice(NUMBERS)
    elif each.type == AttributeProto.INTS and each.ints:
        each.ints[draw.randrange(len(each.ints))] = draw.choice(NUMBERS)
    elif each.type == AttributeProto.FLOAT:
        each.f = draw.choice(FRACTIONS)
    elif each.type == AttributeProto.STRING:
        each.s = draw.choice(WORDS)


def _wiring(draw: Random, graph: GraphProto) -> None:
    node = draw.choice(graph.node)
    made = [name for each in graph.node for name in each.output]
    if node.input:
        place = draw.randrange(len(node.input))
        stored = [each.name for each in graph.initializer]
        node.input[place] = draw.choice([*made, *stored, *graph.node[0].input, "none", ""])
    if draw.random() < 0.3 and node.input:
        del node.input[draw.randrange(len(node.input))]
    if draw.random() < 0.2:
        node.output.append(draw.choice([*made, "more"]))


def _operator(draw: Random, graph: GraphProto) -> None:
    draw.choice(graph.node).op_type = draw.choice(OPERATORS)


def _again(draw: Random, graph: GraphProto) -> None:
    again = draw.choice(graph.node)
    node: NodeProto = graph.node.add()
    node.CopyFrom(again)
    node.output[0] = draw.choice(("again", node.output[0]))


def _tensor(draw: Random, graph: GraphProto) -> None:
    if not graph.initializer:
        return
    tensor = draw.choice(graph.initializer)
    what = draw.randrange(3)
    if what == 0 and tensor.dims:
        tensor.dims[draw.randrange(len(tensor.dims))] = draw.choice(NUMBERS)
    elif what == 1:
        tensor.data_type = draw.randrange(TYPES)
    elif tensor.data_type == TensorProto.INT64 and tensor.raw_data:
        values = numpy.frombuffer(tensor.raw_data, "<i8").copy()
        values[draw.randrange(values.size)] = draw.choice(NUMBERS)
        tensor.raw_data = values.tobytes()
    else:
        tensor.raw_data = b"\xff" * len(tensor.raw_data)


def _input(draw: Random, graph: GraphProto) -> None:
    kind = graph.input[0].type.tensor_type
    if kind.shape.dim and draw.random() < 0.7:
        draw.choice(kind.shape.dim).dim_value = draw.choice(NUMBERS)
    else:
        kind.elem_type = draw.randrange(TYPES)


CHANGES: Sequence[Callable[[Random, GraphProto], None]] = (
    *(_attribute, _attribute, _wiring, _wiring, _operator),
    *(_again, _tensor, _tensor, _input),
)


def changed_archive(draw: Random, path: Path, target: Path) -> None:
    """Writes a `.pt2` file in which something of its program is otherwise, of its other texts, or
    some bytes."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            name = entry.filename
            likely = 0.9 if name.endswith("model.json") else 0.1
            if name.endswith(".json") and draw.random() < likely:
                content = json.dumps(_changed(draw, json.loads(content))).encode()
            elif content and draw.random() < 0.05:
                content = bytes(_with_bytes(draw, bytearray(content)))
            new.writestr(name, content)


def _changed(draw: Random, text: Any) -> Any:
    """The same with one to three entries that are otherwise, anywhere in it."""
    for _ in range(draw.choice((1, 1, 2, 3))):
        places = _places(text)
        if not places:
            break
        holder, key = draw.choice(places)
        other, name = draw.choice(places)
        what = draw.random()
        if what < 0.15:
            del holder[key]
        elif what < 0.4:
            holder[key] = json.loads(json.dumps(other[name]))
        else:
            holder[key] = _otherwise(draw, holder[key], [o[n] for o, n in places])
    return text


def _otherwise(draw: Random, value: Any, others: Sequence[Any]) -> Any:
    if isinstance(value, str):
        return draw.choice([*(each for each in others if isinstance(each, str)), "", "x"])
    if isinstance(value, bool) or value is None:
        return draw.choice((True, False, None))
    if isinstance(value, list) and value:
        return draw.choice((value[1:], [*value, value[0]], value[::-1]))
    return draw.choice((*NUMBERS, *FRACTIONS[:3], "x", None, [], {}))


def _places(text: Any) -> list[tuple[Any, Any]]:
    """All entries of all objects and lists, by what holds them and the key."""
    found, waiting = [], [text]
    while waiting:
        holder = waiting.pop()
        entries = holder.items() if isinstance(holder, dict) else enumerate(holder)
        for key, value in entries:
            found.append((holder, key))
            if isinstance(value, dict | list):
                waiting.append(value)
    return found
