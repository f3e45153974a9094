"""An ONNX file as a Program."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import onnx

from cnncalc.importing.program import BATCH, Operation, PassedTensor, Program, Ref
from cnncalc.runtime.importing.onnx.counted_products import counted
from cnncalc.runtime.importing.onnx.file_tensors import FileTensor, dtype_name, tensor_in
from cnncalc.runtime.importing.onnx.given_shapes import GivenShapes, dims_of, given_shapes
from cnncalc.runtime.importing.onnx.joined_biases import with_biases
from cnncalc.runtime.importing.onnx.model_proto import model_of
from cnncalc.runtime.importing.onnx.module_paths import modules_of
from cnncalc.runtime.importing.onnx.node_reading import NodeReading
from cnncalc.runtime.importing.onnx.one_opset import of_one_opset, opset_of
from cnncalc.runtime.importing.onnx.own_vectors import with_own_vectors
from cnncalc.runtime.importing.onnx.program_writing import sizes_of, type_of
from cnncalc.runtime.reading import ReadError

GRAPH_NAMES = ("", "main_graph", "torch_jit", "torch-jit-export", "graph", "tf2onnx")
"""What exporters call every graph."""

SORT = "pkg.torch.export.graph_signature.InputSpec.kind"
"""Where PyTorch's exporter notes whether a tensor is trained."""

LIFTED = re.compile(r"val_\d+|onnx::\w+|const\w*_\d+")
"""Names that exporters give to what they have computed, which is no tensor of the model's own."""


def program_of_onnx(path: str, shapes: Sequence[Sequence[int]] = ()) -> Program:
    """What a file's network computes.

    shapes: of its inputs, without a batch, where the file leaves sizes open

    Raises ReadError.
    """
    file = Path(path)
    model = model_of(file)
    proto = of_one_opset(model.proto)
    graph = proto.graph
    held = {each.name for each in graph.initializer} | set(model.weights)
    inputs = {each.name: dims_of(each) for each in graph.input if each.name not in held}
    tensors = {each.name: tensor_in(each, file.parent) for each in graph.initializer}
    tensors |= model.weights
    given = given_shapes(inputs, shapes, BATCH)
    alone = given_shapes(inputs, shapes, 1)
    try:
        program = _program(proto, tensors, given, file)
    except ReadError as error:
        if not given.free:
            raise
        try:
            return _program(proto, tensors, alone, file)
        except ReadError:
            raise error from None
    if given.free and unread(program):
        try:
            return min(program, _program(proto, tensors, alone, file), key=unread)
        except ReadError:
            pass
    return program


def unread(program: Program) -> int:
    """How many nodes could not be said: some files have a batch of one within."""
    return sum(each.unsaid for each in program.operations)


def _program(
    proto: onnx.ModelProto, tensors: dict[str, FileTensor], given: GivenShapes, file: Path
) -> Program:
    """The network of inputs that are so large. Raises ReadError."""
    graph = proto.graph
    kinds = {each.name: each.type.tensor_type.elem_type for each in graph.input}
    reading = NodeReading(opset_of(proto), file.parent, {e.name: e.type for e in graph.value_info})
    writing = reading.writing
    writing.noted |= _noted(graph)
    for name, tensor in tensors.items():
        writing.hold(name, tensor, made_up=bool(LIFTED.fullmatch(name)))
    for name, sizes in given.sizes.items():
        writing.types[name] = type_of(kinds[name], sizes)
    reading.graph(graph)
    outputs = {each.name: writing.ref(each.name) for each in graph.output}
    for each in graph.output:
        _check_output(each, reading)
    operations = _read(with_biases(writing.operations, writing.stored, outputs.values()), outputs)
    read = {ref.name for each in operations for ref in each.refs()}
    read |= {ref.name for ref in outputs.values()}
    held = {name: tensor for name, tensor in writing.stored.items() if name in read}
    operations, stored = with_own_vectors(operations, held)
    inputs = {
        name: PassedTensor(name, sizes, dtype_name(kinds[name]))
        for name, sizes in given.sizes.items()
    }
    by = " ".join(filter(None, (proto.producer_name, proto.producer_version)))
    return Program(
        name=graph.name if graph.name not in GRAPH_NAMES else file.stem,
        source=f"{file.name}, ONNX{f' by {by}' if by else ''}",
        batch=given.batch,
        inputs=inputs,
        stored=stored,
        operations=operations,
        outputs=outputs,
        modules=modules_of(reading.scopes),
        counted=counted(operations, stored, given.sizes, given.batch),
        batched=given.batched,
    )


def _noted(graph: onnx.GraphProto) -> dict[str, str]:
    """What PyTorch's exporter says that tensors are."""
    return {
        value.name: each.value
        for value in graph.value_info
        for each in value.metadata_props
        if each.key == SORT
    }


def _read(operations: Sequence[Operation], outputs: Mapping[str, Ref]) -> tuple[Operation, ...]:
    """Those that an output comes of, and those that cannot be said."""
    wanted = {ref.name for ref in outputs.values()}
    kept: list[Operation] = []
    for operation in reversed(operations):
        if operation.unsaid or wanted.intersection(o.name for o in operation.outputs):
            kept.append(operation)
            wanted.update(ref.name for ref in operation.refs())
    return tuple(reversed(kept))


def _check_output(value: onnx.ValueInfoProto, reading: NodeReading) -> None:
    """Raises ReadError where an output is not as large as the file says."""
    found, said = sizes_of(reading.writing.types.get(value.name)), dims_of(value)
    if found is None or said is None:
        return
    fits = len(found) == len(said) and all(
        isinstance(one, str) or one == size for one, size in zip(said, found, strict=True)
    )
    if not fits:
        raise ReadError(
            f"says that its output `{value.name}` is {'x'.join(map(str, said))},"
            f" and its operations give {'x'.join(map(str, found))}"
        )
