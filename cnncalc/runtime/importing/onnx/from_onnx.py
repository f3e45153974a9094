"""An ONNX file as a Program."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import prod
from pathlib import Path
from typing import Any

import onnx

from cnncalc.importing.program import BATCH, Operation, PassedTensor, Program, Ref, StoredTensor
from cnncalc.later_patterns import pattern
from cnncalc.runtime.importing.onnx.counted_products import counted
from cnncalc.runtime.importing.onnx.file_tensors import Array, FileTensor, dtype_name, tensor_in
from cnncalc.runtime.importing.onnx.fixed_summands import with_fixed_summands
from cnncalc.runtime.importing.onnx.given_shapes import GivenShapes, dims_of, given_shapes
from cnncalc.runtime.importing.onnx.given_values import NOTHING, given_values
from cnncalc.runtime.importing.onnx.joined_biases import with_biases
from cnncalc.runtime.importing.onnx.model_proto import model_of
from cnncalc.runtime.importing.onnx.module_paths import modules_of
from cnncalc.runtime.importing.onnx.node_reading import NodeReading
from cnncalc.runtime.importing.onnx.one_hot_tables import with_tables
from cnncalc.runtime.importing.onnx.one_opset import of_one_opset, opset_of
from cnncalc.runtime.importing.onnx.own_vectors import OWN, with_own_vectors
from cnncalc.runtime.importing.onnx.program_writing import sizes_of, type_of
from cnncalc.runtime.reading import ReadError, brief

GRAPH_NAMES = ("", "main_graph", "torch_jit", "torch-jit-export", "graph", "tf2onnx")
"""What exporters call every graph."""

MANY = 6
"""Names that are listed; of more the number is told."""

SORT = "pkg.torch.export.graph_signature.InputSpec.kind"
"""Where PyTorch's exporter notes whether a tensor is trained."""

LIFTED = pattern(r"val_\d+|onnx::\w+|const\w*_\d+|.*\bConstant(_\d+)?_output_\d+")
"""Names that exporters give to what they have computed, which is no tensor of the model's own."""


def program_of_onnx(
    path: str, shapes: Sequence[Sequence[int]] = (), values: Mapping[str, Any] = NOTHING
) -> Program:
    """What a file's network computes.

    shapes: of its inputs, without a batch, where the file leaves sizes open
    values: of inputs that are always the same, by their names, which then are none

    Raises ReadError.
    """
    file = Path(path)
    model = model_of(file)
    proto = of_one_opset(model.proto)
    graph = proto.graph
    held = {each.name for each in graph.initializer} | set(model.weights)
    open_ = {each.name: each for each in graph.input if each.name not in held}
    known, known_alone = (given_values(open_, values, batch) for batch in (BATCH, 1))
    inputs = {name: dims_of(each) for name, each in open_.items() if name not in known}
    tensors = {each.name: tensor_in(each, file.parent) for each in graph.initializer}
    tensors |= model.weights
    given = given_shapes(inputs, shapes, BATCH)
    alone = given_shapes(inputs, shapes, 1)
    try:
        program = _program(proto, tensors, known, given, file)
    except ReadError as error:
        if not given.free:
            raise
        try:
            return _program(proto, tensors, known_alone, alone, file)
        except ReadError:
            raise error from None
    if given.free and any(worth(program)):
        try:
            return min(program, _program(proto, tensors, known_alone, alone, file), key=worth)
        except ReadError:
            pass
    return program


def worth(program: Program) -> tuple[int, int]:
    """How many nodes could not be said, and outputs are not as the file says: some files have a
    batch of one within."""
    otherwise = sum(each.startswith(OTHERWISE) for each in program.notes)
    return sum(each.unsaid for each in program.operations), otherwise


OTHERWISE = "the file says that its output"
"""How what is said of an output begins that is not as large."""


def _program(
    proto: onnx.ModelProto,
    tensors: dict[str, FileTensor],
    known: Mapping[str, Array],
    given: GivenShapes,
    file: Path,
) -> Program:
    """The network of inputs that are so large. Raises ReadError."""
    graph = proto.graph
    kinds = {each.name: each.type.tensor_type.elem_type for each in graph.input}
    reading = NodeReading(opset_of(proto), file.parent, {e.name: e.type for e in graph.value_info})
    writing = reading.writing
    writing.noted |= _noted(graph)
    for name, tensor in tensors.items():
        writing.hold(name, tensor, made_up=bool(LIFTED.fullmatch(name)))
    for name, array in known.items():
        writing.know(name, array)
    for name, sizes in given.sizes.items():
        writing.types[name] = type_of(kinds[name], sizes)
    reading.graph(graph)
    outputs = {each.name: writing.ref(each.name) for each in graph.output}
    joined = with_biases(writing.operations, writing.stored, outputs.values())
    summed, fixed = with_fixed_summands(with_tables(joined, writing.stored), writing.stored)
    operations = _read(summed, outputs)
    read = {ref.name for each in operations for ref in each.refs()}
    read |= {ref.name for ref in outputs.values()}
    held = {name: tensor for name, tensor in writing.stored.items() if name in read}
    operations, stored = with_own_vectors(operations, held)
    notes = [*filter(None, (_otherwise(each, reading) for each in graph.output))]
    notes += _merged(stored)
    if fixed:
        notes.append(
            f"{len(fixed):,} numbers that are added are fixed in the spec: {_listed(fixed)}"
        )
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
        counted_by="the sum over the file's products",
        notes=tuple(notes),
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


def _otherwise(value: onnx.ValueInfoProto, reading: NodeReading) -> str:
    """What is to say of an output that is not as large as the file says: nothing else reads that,
    and some exporters lose it on their way."""
    found, said = sizes_of(reading.writing.types.get(value.name)), dims_of(value)
    if found is None or not said:
        return ""
    fits = len(found) == len(said) and all(
        isinstance(one, str) or one == size for one, size in zip(said, found, strict=True)
    )
    if fits:
        return ""
    return (
        f"{OTHERWISE} `{value.name}` is {'x'.join(map(str, said))},"
        f" and its operations give {'x'.join(map(str, found))}"
    )


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(f"`{brief(name)}`" for name in names[:MANY])
    return f"{shown} and {len(names) - MANY:,} more" if len(names) > MANY else shown


def _merged(stored: Mapping[str, StoredTensor]) -> Iterator[str]:
    """What the file holds once and the model has for each layer that reads it."""
    again = [prod(each.sizes) for name, each in stored.items() if OWN in name]
    if again:
        yield (
            f"{sum(again):,} params in {len(again):,} vectors stand in the file once for several"
            " layers, and are each layer's own in the spec"
        )
