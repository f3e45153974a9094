"""An ONNX file as `onnx` has it, its large tensors beside it, and what must hold of both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import prod
from pathlib import Path

import onnx
from google.protobuf.descriptor import FieldDescriptor  # type: ignore[import-untyped]
from google.protobuf.message import DecodeError, Message  # type: ignore[import-untyped]

from cnncalc.records import NamedTuple
from cnncalc.runtime.importing.onnx.file_tensors import LARGE, FileTensor, tensor_in
from cnncalc.runtime.reading import ReadError, content, first_line

MOST_NODES = 200_000
"""Nodes that are read, those of the functions that a file has among them."""

OWN_DOMAINS = ("", "ai.onnx")
"""How the operators of the standard are called."""


class ReadModel(NamedTuple):
    """A model without its large tensors, which are inputs of its graph, and these by name."""

    proto: onnx.ModelProto
    weights: Mapping[str, FileTensor]


def model_of(path: Path) -> ReadModel:
    """The model in a file that is no larger than memory holds. Raises ReadError."""
    try:
        proto = onnx.ModelProto.FromString(content(path))
    except DecodeError:
        raise ReadError("is no ONNX file, or is cut") from None
    if not _is_text(proto):
        raise ReadError("is no sound ONNX model: it has a name that is no text in UTF-8")
    if not proto.HasField("graph") or not proto.graph.node:
        raise ReadError("is no ONNX file: it has no graph")
    if proto.graph.sparse_initializer:
        raise ReadError("has sparse tensors, which are not read: save it with dense ones")
    _check_count(proto)
    weights = dict(_taken_out(proto.graph, path.parent))
    _check(proto)
    return ReadModel(_inlined(proto), weights)


def _is_text(message: Message) -> bool:
    """Whether all its texts are some: others are read as bytes."""
    for field, value in message.ListFields():
        several = isinstance(value, Sequence) and not isinstance(value, str | bytes)
        parts = value if several else [value]
        if field.type == FieldDescriptor.TYPE_STRING and any(type(each) is bytes for each in parts):
            return False
        if field.type == FieldDescriptor.TYPE_MESSAGE and not all(map(_is_text, parts)):
            return False
    return True


def _check(proto: onnx.ModelProto) -> None:
    """What `onnx` itself says of it, but that outputs lack sizes: these follow from the rest."""
    open_ = [each.type.tensor_type for each in _outputs(proto.graph)]
    open_ = [each for each in open_ if each.elem_type and not each.HasField("shape")]
    for each in open_:
        each.shape.SetInParent()
    try:
        onnx.checker.check_model(proto)
    except (onnx.checker.ValidationError, ValueError, RuntimeError) as error:
        raise ReadError(f"is no sound ONNX model: {first_line(error)}") from None
    for each in open_:
        each.ClearField("shape")


def _outputs(graph: onnx.GraphProto) -> Iterator[onnx.ValueInfoProto]:
    """Those of a graph, and of the graphs within its nodes."""
    yield from graph.output
    for node in graph.node:
        for each in node.attribute:
            if each.HasField("g"):
                yield from _outputs(each.g)


def _taken_out(graph: onnx.GraphProto, folder: Path) -> list[tuple[str, FileTensor]]:
    """The large tensors of a graph, which then reads them as inputs; all are looked at."""
    found, kept = [], []
    inputs = {each.name for each in graph.input}
    for tensor in graph.initializer:
        stored = tensor_in(tensor, folder)
        if prod(tensor.dims) < LARGE and tensor.data_location != onnx.TensorProto.EXTERNAL:
            kept.append(tensor)
            continue
        found.append((tensor.name, stored))
        if tensor.name not in inputs:
            shape = onnx.helper.make_tensor_value_info(tensor.name, tensor.data_type, tensor.dims)
            graph.input.append(shape)
    del graph.initializer[:]
    graph.initializer.extend(kept)
    return found


def _check_count(proto: onnx.ModelProto) -> None:
    """Raises ReadError where there are too many nodes once each function stands where it is called,
    or one calls itself: each is looked at once."""
    functions = {(each.domain, each.name): each for each in proto.functions}
    known: dict[tuple[str, str], int] = {}
    total = sum(_nodes(node, functions, known, ()) for node in proto.graph.node)
    if total > MOST_NODES:
        raise ReadError(f"has {total:,} nodes, {MOST_NODES:,} are read at most")


def _nodes(
    node: onnx.NodeProto,
    functions: Mapping[tuple[str, str], onnx.FunctionProto],
    known: dict[tuple[str, str], int],
    within: tuple[tuple[str, str], ...],
) -> int:
    """How many a node is, with those of its graphs and of the function that it calls."""
    graphs = [g for each in node.attribute for g in (each.g, *each.graphs)]
    inside = sum(_nodes(each, functions, known, within) for g in graphs for each in g.node)
    name = (node.domain, node.op_type)
    if name not in functions:
        return 1 + inside
    if name in within or len(within) > 100:
        raise ReadError("has a function that calls itself")
    if name not in known:
        body = functions[name].node
        known[name] = sum(_nodes(each, functions, known, (*within, name)) for each in body)
    return known[name] + inside


def _inlined(proto: onnx.ModelProto) -> onnx.ModelProto:
    """With what its functions do in place of their calls."""
    if not proto.functions:
        return proto
    from onnx.inliner import inline_local_functions

    try:
        return inline_local_functions(proto)
    except RuntimeError as error:
        raise ReadError(f"has functions that cannot be read: {first_line(error)}") from None
