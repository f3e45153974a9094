"""A node as the functions that translate it read it: attributes, sizes, what its inputs are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy
import onnx

from cnncalc.importing.program import Argument, Ref, Site, Sizes
from cnncalc.runtime.importing.onnx.file_tensors import Array
from cnncalc.runtime.importing.onnx.program_writing import UnreadError, Writing


def plain(value: float) -> float:
    """A number of 32 bits as a person writes it: `1e-05` of 9.99999974e-06."""
    return float(str(numpy.float32(value)))


def attributes_of(node: onnx.NodeProto) -> dict[str, Any]:
    """By their names: texts as such, numbers as people write them."""
    found = {}
    for each in node.attribute:
        value = onnx.helper.get_attribute_value(each)
        if isinstance(value, bytes):
            value = value.decode("utf-8", "replace")
        elif isinstance(value, float):
            value = plain(value)
        elif each.type == onnx.AttributeProto.FLOATS:
            value = tuple(map(plain, value))
        elif each.type == onnx.AttributeProto.INTS:
            value = tuple(value)
        found[each.name] = value
    return found


@dataclass(frozen=True, slots=True)
class NodeCall:
    """One node, and the program that it is written into.

    inputs, outputs: names, empty where one is left out
    """

    writing: Writing
    operator: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, Any]
    site: Site

    def __getitem__(self, attribute: str) -> Any:
        return self.attributes.get(attribute)

    def has(self, place: int) -> bool:
        """Whether an input is given."""
        return len(self.inputs) > place and bool(self.inputs[place])

    def sizes(self, place: int = 0) -> Sizes:
        """Of an input."""
        return self.writing.sizes(self.inputs[place])

    def rank(self, place: int = 0) -> int:
        """How many dimensions an input has."""
        return len(self.sizes(place))

    def made(self, place: int = 0) -> Sizes:
        """The sizes of an output."""
        return self.writing.sizes(self.outputs[place])

    def per_axis(self, attribute: str, usual: int) -> tuple[int, ...]:
        """A number for each axis of space."""
        found = self[attribute]
        return tuple(found) if found else (usual,) * (self.rank() - 2)

    def array(self, place: int) -> Array | None:
        """What an input always is; None where it is left out. Raises UnreadError where it comes out
        of the network."""
        if not self.has(place):
            return None
        found = self.writing.constant(self.inputs[place])
        if found is None:
            raise UnreadError(f"its input {place + 1} is computed while the network runs")
        return found

    def whole_numbers(self, attribute: str, place: int) -> tuple[int, ...] | None:
        """Those of an attribute, or, as newer versions have it, of an input."""
        if attribute in self.attributes:
            found = self[attribute]
            return tuple(found) if isinstance(found, tuple) else (found,)
        array = self.array(place)
        return None if array is None else tuple(int(each) for each in array.flat)

    def axis(self, attribute: str = "axis", usual: int = -1, rank: int | None = None) -> int:
        """A dimension, counted from the first. Raises UnreadError where there is none such."""
        given = self.attributes.get(attribute, usual)
        count = self.rank() if rank is None else rank
        if not -count <= given < count:
            raise UnreadError(f"it is along dimension {given} of {count}")
        return int(given) % count

    def ref(self, place: int = 0) -> Ref:
        """An input as a tensor."""
        return self.writing.ref(self.inputs[place])

    def weight(self, place: int) -> Ref | None:
        """An input that is trained; None where it is left out."""
        return self.writing.stored_as(self.inputs[place], "parameter") if self.has(place) else None

    def buffer(self, place: int) -> Ref:
        """An input that moves along without being trained."""
        return self.writing.stored_as(self.inputs[place], "buffer")

    def operand(self, place: int) -> Argument:
        """An input of arithmetic: a number where it is one."""
        name = self.inputs[place]
        found = self.writing.constant(name)
        if found is None or found.size != 1 or found.dtype.kind not in "fiub":
            return self.ref(place)
        return self.ref(place) if self.writing.trained(name) else number(found)

    def step(self, operator: str, sizes: Sizes, /, **arguments: Argument) -> Ref:
        """An operation before the last one of this node: a tensor of its own."""
        of = next(name for name in self.outputs if name)
        dtype = self.writing.dtype(self.inputs[0])
        return self.writing.step(of, operator, sizes, arguments, self.site, dtype)

    def give(self, operator: str, /, **arguments: Argument) -> None:
        """The operation that gives the node's outputs."""
        self.writing.give(self.outputs, operator, arguments, self.site)

    def same_as(self, ref: Ref, place: int = 0) -> None:
        """An output that is another tensor."""
        self.writing.alias(self.outputs[place], ref)


def number(array: Array) -> float | int | bool:
    """The one that an array holds."""
    value = array.reshape(-1)[0].item()
    return plain(value) if isinstance(value, float) else value
