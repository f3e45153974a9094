"""The nodes of a graph, one after another: typed, computed where they always give the same, else
translated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from math import prod
from pathlib import Path

import numpy
import onnx
from onnx import shape_inference

from cnncalc.runtime.importing.onnx.families import OPERATORS
from cnncalc.runtime.importing.onnx.file_tensors import LARGE, Array, FilledTensor, tensor_in
from cnncalc.runtime.importing.onnx.folded_nodes import FOLDED, MOST, SIZED, folded
from cnncalc.runtime.importing.onnx.model_proto import OWN_DOMAINS
from cnncalc.runtime.importing.onnx.module_paths import Scopes, scopes_of
from cnncalc.runtime.importing.onnx.node_call import NodeCall, attributes_of
from cnncalc.runtime.importing.onnx.program_writing import UnreadError, Writing, sizes_of
from cnncalc.runtime.reading import ReadError, brief, first_line

KEEPING = ("GroupNormalization",)
"""Operators whose output is as large as their input, of which `onnx` does not say so."""

MOVING = ("Slice", "Concat", "Unsqueeze", "Squeeze", "Transpose", "Reshape")
"""Operators that give what they read, at other places."""


UNFIT = (shape_inference.InferenceError, onnx.checker.ValidationError, ValueError, RuntimeError)
"""What `onnx` raises where a node does not fit what it reads."""


class NodeReading:
    """A graph as it is read.

    declared: what the file says of tensors, which is asked only where nothing else is known
    """

    def __init__(self, opset: int, folder: Path, declared: Mapping[str, onnx.TypeProto]) -> None:
        self.opset = opset
        self.folder = folder
        self.declared = declared
        self.writing = Writing()
        self.scopes: list[Scopes] = []
        self.used: set[str] = set()

    def graph(self, graph: onnx.GraphProto) -> None:
        """All nodes, in their order. Raises ReadError for one that cannot be."""
        self.used |= {*_read(graph), *(each.name for each in graph.output)}
        for node in graph.node:
            if self.used.intersection(node.output):
                self._node(node)

    def _node(self, node: onnx.NodeProto) -> None:
        if node.op_type == "Constant" and node.domain in OWN_DOMAINS:
            self._constant(node)
            return
        lost = any(name in self.writing.lost for name in node.input)
        if not lost:
            self._infer(node)
            if self._known(node):
                return
        scopes = scopes_of(node)
        self.scopes.append(scopes)
        call = NodeCall(
            self.writing,
            node.op_type,
            tuple(node.input),
            self._outputs(node),
            attributes_of(node),
            scopes.site(node),
        )
        self._translate(node, call, lost)

    def _outputs(self, node: onnx.NodeProto) -> tuple[str, ...]:
        """Its outputs; those that nothing reads are left out, but of the parts of a tensor."""
        first, *rest = node.output
        if node.op_type == "Split":
            return tuple(node.output)
        return (first, *(name if name in self.used else "" for name in rest))

    def _translate(self, node: onnx.NodeProto, call: NodeCall, lost: bool) -> None:
        own = node.domain in OWN_DOMAINS
        function = OPERATORS.get(node.op_type) if own else None
        if node.op_type == "If" and own and self._branch(node):
            return
        name = f"{node.domain or 'onnx'}.{node.op_type}"
        if lost and (function or (own and node.op_type in FOLDED | SIZED)):
            self.writing.lose(call.outputs)
            return
        if function is None:
            self.writing.refuse(call.inputs, call.outputs, name, call.site)
            return
        before = len(self.writing.operations)
        try:
            function(call)
        except UnreadError as error:
            del self.writing.operations[before:]
            why = brief(str(error), 200)
            self.writing.refuse(call.inputs, call.outputs, name, call.site, why)
        except (ValueError, IndexError, KeyError, TypeError, ArithmeticError) as error:
            raise ReadError(
                f"{self._named(node)} has other inputs than it wants: {error}"
            ) from None

    def _named(self, node: onnx.NodeProto) -> str:
        return f"has a node `{brief(node.name) or brief(node.output[0])}` ({node.op_type}) that"

    def _constant(self, node: onnx.NodeProto) -> None:
        if not node.attribute:
            raise ReadError(f"{self._named(node)} holds no numbers")
        name, (attribute, *_) = node.output[0], node.attribute
        if attribute.name == "value":
            self.writing.hold(name, tensor_in(attribute.t, self.folder), made_up=True)
            return
        value = onnx.helper.get_attribute_value(attribute)
        kind = numpy.float32 if attribute.name.startswith("value_float") else None
        if attribute.name not in ("value_float", "value_floats", "value_int", "value_ints"):
            raise ReadError(f"{self._named(node)} holds no numbers")
        self.writing.know(name, numpy.asarray(value, kind))

    def _infer(self, node: onnx.NodeProto) -> None:
        """The sizes of what it gives. Raises ReadError where what it reads does not fit."""
        types = self.writing.types
        outer = {name for each in node.attribute if each.HasField("g") for name in _read(each.g)}
        wanted = [name for name in dict.fromkeys((*node.input, *outer)) if name in types]
        missing = [name for name in node.input if name and name not in types]
        try:
            schema = onnx.defs.get_schema(node.op_type, self.opset, node.domain)
        except onnx.defs.SchemaError:
            schema = None
        if schema is None or missing:
            types.update(
                {name: self.declared[name] for name in node.output if name in self.declared}
            )
            return
        try:
            found = shape_inference.infer_node_outputs(
                schema,
                node,
                {name: types[name] for name in wanted},
                {
                    name: onnx.numpy_helper.from_array(array)
                    for name in wanted
                    if (array := self.writing.constant(name)) is not None and array.size <= LARGE
                },
                opset_imports=[onnx.helper.make_opsetid("", self.opset)],
            )
            if node.op_type in KEEPING:
                found[node.output[0]] = types[node.input[0]]
        except UNFIT as error:
            raise ReadError(f"{self._named(node)} does not fit: {first_line(error)}") from None
        types.update(found)

    def _known(self, node: onnx.NodeProto) -> bool:
        """Whether it always gives the same, which is then what its outputs stand for."""
        writing = self.writing
        if node.op_type in SIZED and node.domain in OWN_DOMAINS:
            sizes = sizes_of(writing.types.get(node.input[0]))
            if sizes is None:
                return False
            if node.op_type == "Shape":
                asked = attributes_of(node)
                found = numpy.asarray(sizes[asked.get("start", 0) : asked.get("end")], numpy.int64)
            else:
                found = numpy.asarray(numpy.prod(sizes, dtype=numpy.int64))
            writing.know(node.output[0], found)
            return True
        if node.op_type == "ConstantOfShape" and self._filled(node):
            return True
        names = list(dict.fromkeys(name for name in node.input if name))
        arrays = [writing.constant(name) for name in names]
        if any(array is None for array in arrays) or any(map(writing.trained, names)):
            self._note_moved(node, names)
            return False
        sizes_out = [sizes_of(writing.types.get(name)) for name in node.output]
        found_all = folded(node, [a for a in arrays if a is not None], sizes_out, self.opset)
        if found_all is None:
            return False
        for name, array in zip(node.output, found_all, strict=True):
            writing.know(name, array)
        return True

    def _filled(self, node: onnx.NodeProto) -> bool:
        """Whether it is one number, in more places than are held."""
        name = node.output[0]
        sizes = sizes_of(self.writing.types.get(name))
        if sizes is None or prod(sizes) <= MOST:
            return False
        value = attributes_of(node).get("value")
        number = (
            numpy.zeros(1, numpy.float32) if value is None else onnx.numpy_helper.to_array(value)
        )
        self.writing.weights[name] = FilledTensor(sizes, number)
        return True

    def _note_moved(self, node: onnx.NodeProto, names: list[str]) -> None:
        """How what stored tensors become by moving alone is computed, if it is wanted."""
        writing = self.writing
        known = all(writing.fixed(name) or name in writing.computed for name in names)
        sizes = sizes_of(writing.types.get(node.output[0]))
        if known and node.op_type in MOVING and sizes is not None:
            writing.computed[node.output[0]] = partial(self._moved, node, names)

    def _moved(self, node: onnx.NodeProto, names: list[str]) -> Array:
        arrays = [a for name in names if (a := self.writing.whole(name)) is not None]
        found = folded(node, arrays, [(1,)], self.opset)
        if found is None:
            raise UnreadError("its weights are computed")
        return found[0]

    def _branch(self, node: onnx.NodeProto) -> bool:
        """Whether which graph of an `If` runs is known, which then is read."""
        condition = self.writing.constant(node.input[0])
        if condition is None:
            return False
        wanted = "then_branch" if condition.all() else "else_branch"
        graph = next((each.g for each in node.attribute if each.name == wanted), None)
        if graph is None or len(graph.output) != len(node.output):
            return False
        for tensor in graph.initializer:
            self.writing.hold(tensor.name, tensor_in(tensor, self.folder), made_up=False)
        self.graph(graph)
        for name, output in zip(node.output, graph.output, strict=True):
            if output.name in self.writing.lost:
                self.writing.lost.add(name)
            self.writing.alias(name, self.writing.ref(output.name))
        return True


def _read(graph: onnx.GraphProto) -> Iterator[str]:
    """Names that a graph within a node reads, of its own and others."""
    for node in graph.node:
        yield from node.input
        for each in node.attribute:
            if each.HasField("g"):
                yield from _read(each.g)
