"""A tensor of an ONNX file, or of a file beside it: what it says of itself is checked at once, its
numbers are read when they are wanted."""

from __future__ import annotations

from math import prod
from pathlib import Path
from typing import Any

import numpy
import onnx
from numpy.typing import NDArray
from onnx.external_data_helper import ExternalDataInfo

from cnncalc.records import NamedTuple
from cnncalc.runtime.reading import ReadError, size_of

Array = NDArray[Any]

LARGE = 1024
"""Numbers in a tensor from which on it is no size, no axis, no factor: a weight."""

FIELDS = ("float_data", "int32_data", "string_data", "int64_data", "double_data", "uint64_data")


class FileTensor(NamedTuple):
    """As a file describes it; its numbers may stand in a part of another file."""

    proto: onnx.TensorProto
    file: Path | None = None
    begin: int = 0

    @property
    def sizes(self) -> tuple[int, ...]:
        return tuple(self.proto.dims)

    @property
    def dtype(self) -> str:
        """As NumPy calls the type."""
        return dtype_name(self.proto.data_type)

    def values(self) -> Array:
        """Its numbers."""
        if self.file is None:
            return numpy.array(onnx.numpy_helper.to_array(self.proto))
        kind = onnx.helper.tensor_dtype_to_np_dtype(self.proto.data_type)
        found = numpy.fromfile(self.file, kind, prod(self.sizes), offset=self.begin)
        return found.reshape(self.sizes)


class FilledTensor(NamedTuple):
    """One number everywhere, of however many."""

    sizes: tuple[int, ...]
    number: Array

    @property
    def dtype(self) -> str:
        return str(self.number.dtype)

    def values(self) -> Array:
        """All of them."""
        return numpy.full(self.sizes, self.number.reshape(()))


def dtype_name(number: int) -> str:
    """A type's name, by its number in ONNX."""
    try:
        return str(onnx.helper.tensor_dtype_to_np_dtype(number))
    except (KeyError, TypeError):
        return "object"


def tensor_in(proto: onnx.TensorProto, folder: Path) -> FileTensor:
    """A tensor of a file in a folder. Raises ReadError where its numbers are not as many as it
    says, or stand outside of that folder."""
    if any(size < 0 for size in proto.dims):
        raise ReadError(f"has a tensor `{proto.name}` of a negative size")
    if dtype_name(proto.data_type) == "object":
        raise ReadError(f"has a tensor `{proto.name}` of numbers of an unknown type")
    if proto.data_location == onnx.TensorProto.EXTERNAL:
        return _beside(proto, folder)
    wanted = _bytes(proto)
    if proto.HasField("raw_data"):
        if len(proto.raw_data) != wanted:
            have = len(proto.raw_data)
            raise ReadError(f"has {have:,} bytes of `{proto.name}`, which takes {wanted:,}")
    elif not sum(len(getattr(proto, field)) for field in FIELDS) and wanted:
        raise ReadError(f"has no numbers of its tensor `{proto.name}`")
    return FileTensor(proto)


def _bytes(proto: onnx.TensorProto) -> int:
    count: int = prod(proto.dims)
    if proto.data_type in FOUR_BITS:
        return (count + 1) // 2
    size: int = onnx.helper.tensor_dtype_to_np_dtype(proto.data_type).itemsize
    return count * size


FOUR_BITS = (onnx.TensorProto.INT4, onnx.TensorProto.UINT4, onnx.TensorProto.FLOAT4E2M1)


def _beside(proto: onnx.TensorProto, folder: Path) -> FileTensor:
    """One whose numbers stand in a file of the same folder."""
    try:
        said = ExternalDataInfo(proto)
        location, begin = str(said.location), int(said.offset or 0)
    except (ValueError, TypeError, AttributeError):
        raise ReadError(f"does not say where the numbers of `{proto.name}` are") from None
    file = (folder / location).resolve()
    if not location or not file.is_relative_to(folder.resolve()):
        raise ReadError(f"has the numbers of `{proto.name}` outside its own folder: `{location}`")
    try:
        there = size_of(file)
    except ReadError as error:
        raise ReadError(
            f"has the numbers of `{proto.name}` in `{location}`, which {error}"
        ) from None
    if begin < 0 or begin + _bytes(proto) > there:
        raise ReadError(f"has the numbers of `{proto.name}` beyond the end of `{location}`")
    return FileTensor(proto, file, begin)
