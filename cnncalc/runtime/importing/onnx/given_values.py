"""Inputs of a file that are always the same: a rate, a threshold, whether to train."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from types import MappingProxyType
from typing import Any

import numpy
import onnx

from cnncalc.layers.base import times
from cnncalc.runtime.importing.onnx.file_tensors import Array, dtype_name
from cnncalc.runtime.importing.onnx.given_shapes import dims_of
from cnncalc.runtime.importing.onnx.program_writing import PLACES
from cnncalc.runtime.reading import ReadError

NOTHING: Mapping[str, Any] = MappingProxyType({})


def given_values(
    inputs: Mapping[str, onnx.ValueInfoProto], values: Mapping[str, Any], batch: int
) -> dict[str, Array]:
    """What is given of inputs, as arrays of their types; one number is everywhere in a larger one.
    Raises ReadError where there is no such input, or it is not as large.

    batch: the size that is left open
    """
    return {name: _array(name, inputs, value, batch) for name, value in values.items()}


def _array(name: str, inputs: Mapping[str, onnx.ValueInfoProto], value: Any, batch: int) -> Array:
    if name not in inputs:
        names = ", ".join(f"`{each}`" for each in inputs)
        raise ReadError(f"has no input `{name}`: its inputs are {names}")
    dims = dims_of(inputs[name]) or ()
    try:
        array = numpy.asarray(value, dtype_name(inputs[name].type.tensor_type.elem_type))
    except (ValueError, TypeError, OverflowError):
        raise ReadError(f"has an input `{name}` of numbers, `--with` says {value!r}") from None
    open_ = {each for each in dims if isinstance(each, str)}
    sizes = tuple(batch if isinstance(each, str) else each for each in dims)
    if not array.ndim and len(open_) < 2 and prod(sizes) <= PLACES:
        return numpy.full(sizes, array)
    if not _fits(array.shape, dims):
        shown = times(dims) if dims else "one number"
        raise ReadError(f"has an input `{name}` of {shown}, `--with` says {value!r}")
    return array


def _fits(sizes: tuple[int, ...], dims: tuple[int | str, ...]) -> bool:
    return len(sizes) == len(dims) and all(
        isinstance(said, str) or said == size for said, size in zip(dims, sizes, strict=True)
    )
