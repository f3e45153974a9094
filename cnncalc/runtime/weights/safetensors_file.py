"""Files of safetensors, without PyTorch: the length of a header, the header, the numbers in a row.

https://github.com/huggingface/safetensors, its section "Format".
"""

from __future__ import annotations

import json
import struct
from collections import Counter
from collections.abc import Mapping
from math import prod
from pathlib import Path
from typing import Any

from cnncalc.records import NamedTuple
from cnncalc.runtime.reading import ReadError, brief, reason, size_of

BEGIN = 8
"""Bytes of the header's length."""

LONGEST_HEADER = 2**24
"""Bytes of a header, at most: it has names and sizes. The format itself would allow six times as
many."""

MOST_DIMENSIONS = 64
LARGEST = 2**63
METADATA = "__metadata__"

WIDTHS = {
    **dict.fromkeys(("F64", "I64", "U64", "C64"), 8),
    **dict.fromkeys(("F32", "I32", "U32"), 4),
    **dict.fromkeys(("F16", "BF16", "I16", "U16"), 2),
    **dict.fromkeys(("I8", "U8", "BOOL", "F8_E4M3", "F8_E5M2"), 1),
}
"""Bytes of one number, by its type."""


TYPES = {
    "F64": "float64",
    "F32": "float32",
    "F16": "float16",
    "BF16": "bfloat16",
    "F8_E4M3": "float8_e4m3fn",
    "F8_E5M2": "float8_e5m2",
    "C64": "complex64",
    "I64": "int64",
    "I32": "int32",
    "I16": "int16",
    "I8": "int8",
    "U64": "uint64",
    "U32": "uint32",
    "U16": "uint16",
    "U8": "uint8",
    "BOOL": "bool",
}
"""What PyTorch calls them."""


class StoredBytes(NamedTuple):
    """A tensor in a file: the type of its numbers, its shape, and where its bytes lie in the file,
    from where to where."""

    dtype: str
    shape: tuple[int, ...]
    begin: int
    end: int


class SafetensorsHeader(NamedTuple):
    """What a file says of itself: its texts, and its tensors in the order of their bytes."""

    texts: Mapping[str, str]
    tensors: Mapping[str, StoredBytes]


def is_safetensors(path: Path) -> bool:
    """Whether a file begins like one. Raises ReadError."""
    size_of(path)
    try:
        with path.open("rb") as file:
            return file.read(BEGIN + 1)[BEGIN:] == b"{"
    except OSError as error:
        raise ReadError(f"cannot be read: {reason(error)}") from None


def header_of(path: Path) -> SafetensorsHeader:
    """The header, all of it checked against the bytes that are there. Raises ReadError."""
    size = size_of(path)
    try:
        with path.open("rb") as file:
            (length,) = struct.unpack("<Q", file.read(BEGIN).ljust(BEGIN, b"\0"))
            if length > min(LONGEST_HEADER, size - BEGIN):
                raise ReadError(f"has a header of {length:,} bytes, it says, and {size:,} in all")
            text = file.read(length)
    except OSError as error:
        raise ReadError(f"cannot be read: {reason(error)}") from None
    entries = _entries(text)
    texts = entries.pop(METADATA, {})
    if not isinstance(texts, dict) or not all(isinstance(each, str) for each in texts.values()):
        raise ReadError(f"has a `{METADATA}` that is not texts by name")
    begin = BEGIN + length
    found = {name: _stored(name, entry, begin) for name, entry in entries.items()}
    ordered = dict(sorted(found.items(), key=lambda each: (each[1].begin, each[1].end)))
    _check_places(ordered, begin, size)
    return SafetensorsHeader(texts, ordered)


def _entries(text: bytes) -> dict[str, Any]:
    """What a header says, by name. Raises ReadError."""
    try:
        found = json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise ReadError("has a header that is no JSON") from None
    if not isinstance(found, dict):
        raise ReadError("has a header that is no JSON object")
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Raises ReadError where two have one name: readers would differ in which they take."""
    found = dict(pairs)
    if len(found) < len(pairs):
        twice, _ = Counter(name for name, _ in pairs).most_common(1)[0]
        raise ReadError(f"names `{brief(twice)}` twice in its header")
    return found


def _stored(name: str, entry: Any, begin: int) -> StoredBytes:
    """A tensor as the header has it. Raises ReadError."""
    said = entry if isinstance(entry, dict) else {}
    dtype, shape, offsets = said.get("dtype"), _sizes(said, "shape"), _sizes(said, "data_offsets")
    if not isinstance(dtype, str) or dtype not in WIDTHS:
        raise ReadError(f"has numbers of type `{brief(str(dtype))}` in `{brief(name)}`")
    if shape is None or len(shape) > MOST_DIMENSIONS:
        raise ReadError(f"has a shape of `{brief(name)}` that is none")
    if offsets is None or len(offsets) != 2:
        raise ReadError(f"does not say where the numbers of `{brief(name)}` lie")
    held, taken = offsets[1] - offsets[0], prod(shape) * WIDTHS[dtype]
    if held != taken:
        what = f"has {held:,} bytes for `{brief(name)}`, its shape and type take {taken:,}"
        raise ReadError(what)
    return StoredBytes(dtype, shape, begin + offsets[0], begin + offsets[1])


def _sizes(said: Mapping[str, Any], name: str) -> tuple[int, ...] | None:
    """A list of them; None where it is none."""
    given = said.get(name)
    if not isinstance(given, list):
        return None
    return tuple(given) if all(type(n) is int and 0 <= n < LARGEST for n in given) else None


def _check_places(tensors: Mapping[str, StoredBytes], begin: int, size: int) -> None:
    """Raises ReadError unless the tensors fill the file, one behind the other."""
    at = begin
    for name, stored in tensors.items():
        if stored.begin != at:
            what = "over another tensor" if stored.begin < at else "behind bytes of no tensor"
            raise ReadError(f"has `{brief(name)}` {what}")
        at = stored.end
    if at != size:
        raise ReadError(f"has tensors up to byte {at:,}, and {size:,} bytes: it is not whole")
