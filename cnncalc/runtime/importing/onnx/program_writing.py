"""A program as it is written, node by node: what the names of a file stand for, and how large."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from math import prod
from typing import Literal

import onnx

from cnncalc.importing.program import (
    WHY,
    Argument,
    Operation,
    PassedTensor,
    Ref,
    Site,
    Sizes,
    StoredTensor,
)
from cnncalc.runtime.importing.onnx.file_tensors import (
    LARGE,
    Array,
    FileTensor,
    FilledTensor,
    dtype_name,
)


class UnreadError(Exception):
    """A node does what no operation of ours says; the text is what that is."""


PARAMETER = "PARAMETER"

PLACES = 2**20
"""Whole numbers in a tensor that are read at once: they may be the places of others."""

Sort = Literal["parameter", "buffer", "constant"]
Values = Callable[[], Array]
Names = Sequence[str]
Arguments = Mapping[str, Argument]


class Writing:
    """One program in the making.

    types: of all tensors whose sizes are known, as ONNX says it; lost: names of those that are not
    weights, arrays: the tensors of the file, the large ones and the small
    computed: those that nodes make of these, and nothing else
    noted: what PyTorch's exporter says that tensors are, `PARAMETER` or `BUFFER`
    made_up: names of those that the model has from no trained tensor: constants, sizes, places
    """

    def __init__(self) -> None:
        self.operations: list[Operation] = []
        self.types: dict[str, onnx.TypeProto] = {}
        self.lost: set[str] = set()
        self.stored: dict[str, StoredTensor] = {}
        self.weights: dict[str, FileTensor | FilledTensor] = {}
        self.made_up: set[str] = set()
        self.noted: dict[str, str] = {}
        self.computed: dict[str, Values] = {}
        self.arrays: dict[str, Array] = {}
        self._refs: dict[str, Ref] = {}
        self._used_as: dict[str, Sort] = {}
        self._sources: dict[str, frozenset[str]] = {}

    def hold(self, name: str, tensor: FileTensor, made_up: bool) -> None:
        """A tensor of the file."""
        count = prod(tensor.sizes)
        if count > PLACES or (count >= LARGE and is_float(tensor.dtype)):
            self.weights[name] = tensor
            self.types[name] = type_of(tensor.proto.data_type, tensor.sizes)
        else:
            self.know(name, tensor.values(), made_up)
        if made_up:
            self.made_up.add(name)

    def know(self, name: str, array: Array, made_up: bool = True) -> None:
        """What a name always is."""
        self.arrays[name] = array
        self.types[name] = type_of(onnx.helper.np_dtype_to_tensor_dtype(array.dtype), array.shape)
        if made_up:
            self.made_up.add(name)

    def trained(self, name: str) -> bool:
        """Whether a tensor of the file is a weight, for all that is known before it is used: as
        its exporter has noted, or by its name and size: a number alone is none."""
        noted = self.noted.get(name)
        if noted or not is_float(self.dtype(name)):
            return noted == PARAMETER
        return name not in self.made_up and self.sizes(name) != ()

    def constant(self, name: str) -> Array | None:
        """What a name always is, of what is small; None for any other."""
        return self.arrays.get(name)

    def whole(self, name: str) -> Array | None:
        """The same of large tensors, too, and of what is made of these by moving them."""
        held = self.weights.get(name)
        if held is None and name in self.computed:
            return self.computed[name]()
        return held.values() if held else self.constant(name)

    def fixed(self, name: str) -> bool:
        """Whether a name is a tensor of the file."""
        return name in self.arrays or name in self.weights

    def sources(self, name: str) -> list[str]:
        """The stored tensors that a name is made of."""
        return sorted(self._sources.get(self.ref(name).name, ()))

    def sizes(self, name: str) -> Sizes:
        """Of a tensor. Raises UnreadError where nobody knows."""
        found = sizes_of(self.types.get(name))
        if found is None:
            raise UnreadError(f"the sizes of `{name}` are not known before it runs")
        return found

    def dtype(self, name: str) -> str:
        """Of its numbers."""
        return dtype_name(self.types[name].tensor_type.elem_type)

    def ref(self, name: str) -> Ref:
        """A tensor by the name that it has in the program, a stored one's among them."""
        found = self._refs.get(name)
        if found is None:
            found = self._refs[name] = Ref(name)
            if self.fixed(name) and name not in self.stored:
                self.store(name, "parameter" if self.trained(name) else "constant")
        return found

    def store(self, name: str, sort: Sort) -> None:
        """A tensor of the file as one of the model's."""
        held, sizes = self.weights.get(name), self.sizes(name)
        values = held.values if held else partial(self.arrays.__getitem__, name)
        self.stored[name] = StoredTensor(name, sort, sizes, self.dtype(name), values)

    def stored_as(self, name: str, sort: Sort) -> Ref:
        """A tensor that is used as a weight of that sort: what it is made of is of that sort. One
        that is used as another sort before, since exporters write what is alike once, has a name of
        its own. Raises UnreadError where it is only made of such."""
        ref = self.ref(name)
        for source in self._sources.get(ref.name, (ref.name,)):
            known = self.stored.get(source)
            if known is None:
                continue
            if self._used_as.setdefault(source, sort) != sort:
                if source != ref.name:
                    raise UnreadError(f"`{source}` is a weight and a statistic")
                own = f"{source}~{sort}"
                self.stored[own] = known._replace(name=own, sort=sort)
                return Ref(own)
            self.stored[source] = known._replace(sort=sort)
        return ref

    def derived(self, name: str, sort: Sort, sizes: Sizes, values: Values, dtype: str) -> Ref:
        """A stored tensor that is a part of one of the file's, or that in another order."""
        if name not in self.stored:
            self.stored[name] = StoredTensor(name, sort, sizes, dtype, values)
        return Ref(name)

    def alias(self, name: str, ref: Ref) -> None:
        """A name for what another one stands for."""
        self._refs[name] = ref
        if ref.name in self.types:
            self.types[name] = self.types[ref.name]
        if ref.name in self.arrays:
            self.arrays[name] = self.arrays[ref.name]
        if ref.name in self.weights:
            self.weights[name] = self.weights[ref.name]
        if ref.name in self.made_up:
            self.made_up.add(name)

    def step(
        self, of: str, operator: str, sizes: Sizes, arguments: Arguments, site: Site, dtype: str
    ) -> Ref:
        """An operation on the way to `of`, which gives a tensor that no node of the file does."""
        made = PassedTensor(f"{of}~{len(self.operations)}", sizes, dtype)
        self._add(Operation(operator, arguments, (made,), site))
        return Ref(made.name)

    def give(self, outputs: Names, operator: str, arguments: Arguments, site: Site) -> None:
        """An operation that gives these. Raises UnreadError where nobody knows how large they
        are."""
        made = tuple(PassedTensor(n, self.sizes(n), self.dtype(n)) for n in outputs if n)
        self._add(Operation(operator, arguments, made, site))

    def _add(self, operation: Operation) -> None:
        self.operations.append(operation)
        refs = [ref.name for ref in operation.refs()]
        if refs and all(name in self.stored or name in self._sources for name in refs):
            sources = [self._sources.get(name, frozenset((name,))) for name in refs]
            for made in operation.outputs:
                self._sources[made.name] = frozenset().union(*sources)

    def refuse(
        self, inputs: Names, outputs: Names, operator: str, site: Site, why: str = ""
    ) -> None:
        """Note a node that cannot be said."""
        refs = tuple(self.ref(name) for name in inputs if name)
        given: Arguments = {"inputs": refs, WHY: why or f"no layer does what `{operator}` does"}
        made = tuple(PassedTensor(n, sizes_of(self.types.get(n)) or ()) for n in outputs if n)
        self._add(Operation(operator, given, made, site))
        self.lose(outputs)

    def lose(self, outputs: Names) -> None:
        """Note tensors of which nothing is known."""
        self.lost.update(filter(None, outputs))


def is_float(dtype: str) -> bool:
    """Whether numbers of a type may be trained."""
    return dtype.startswith(("float", "bfloat"))


def type_of(number: int, sizes: Sizes) -> onnx.TypeProto:
    """A tensor's, as ONNX says it."""
    return onnx.helper.make_tensor_type_proto(number, sizes)


def sizes_of(kind: onnx.TypeProto | None) -> Sizes | None:
    """Of a tensor; None where some are not known, or it is none."""
    if kind is None or not kind.HasField("tensor_type") or not kind.tensor_type.HasField("shape"):
        return None
    dims = kind.tensor_type.shape.dim
    if not all(dim.HasField("dim_value") and dim.dim_value >= 0 for dim in dims):
        return None
    return tuple(int(dim.dim_value) for dim in dims)
