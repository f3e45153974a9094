"""Tensors in files: read without running what is in them, and sealed by a digest.

PyTorch's own format: a zip file of uncompressed entries, one of them a pickle of which only
dictionaries, lists, texts, numbers and tensors are read.
"""

from __future__ import annotations

import hashlib
import pickletools
import struct
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, BinaryIO

import torch
from torch import Tensor, nn

from cnncalc.runtime.reading import ReadError, reason, size_of

END = 22
"""Bytes of a zip file's last record, without a comment."""

PICKLE = 2**24
"""Bytes of the pickle, at most: it has names and numbers, the values stand beside it."""

BROKEN = "is no file of weights that PyTorch can read safely, or it is not whole"

CALLED = {
    "collections OrderedDict",
    "torch._utils _rebuild_tensor_v2",
    "torch._utils _rebuild_parameter",
    "torch Size",
    "torch device",
}
"""What a pickle of weights may call: others that PyTorch allows take memory as they please."""

DEPTH, LEAVES = 32, 2_000_000
"""How deep entries lie in each other, and how many there are: a small pickle can repeat its parts
without end."""

Where = tuple[str, ...]


def load(path: Path) -> Any:
    """What `torch.save` wrote: tensors, numbers, texts, in dictionaries and lists. Raises
    ReadError."""
    size = size_of(path)
    try:
        with path.open("rb") as file:
            _check(file, size)
            file.seek(0)
            return _loaded(file)
    except OSError as error:
        raise ReadError(f"cannot be read: {reason(error)}") from None


def _loaded(file: BinaryIO) -> Any:
    try:
        with warnings.catch_warnings(action="ignore"):  # of how a file was pickled
            return torch.load(file, map_location="cpu", weights_only=True)
    except Exception:  # what is broken fails in the unpickler in any way
        raise ReadError(BROKEN) from None


# -- before it is loaded --------------------------------------------------------------------


def _check(file: BinaryIO, size: int) -> None:
    """Raises ReadError unless the file is a zip file that is no larger once it is read, and the
    pickle in it calls nothing but what builds tensors."""
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            _check_entries(file, size, entries)
            pickles = [entry for entry in entries if entry.filename.endswith("/data.pkl")]
            if len(pickles) != 1 or pickles[0].file_size > PICKLE:
                raise ReadError(BROKEN)
            called = _called(archive.read(pickles[0]))
    except (ReadError, OSError):
        raise
    except Exception:  # so does what is broken in the zip file, or in the pickle
        raise ReadError(BROKEN) from None
    if strange := [name for name in called if not _builds(name)]:
        name = strange[0].replace(" ", ".")
        raise ReadError(f"holds more than weights, numbers and texts, and is not loaded: `{name}`")


def _check_entries(file: BinaryIO, size: int, entries: list[zipfile.ZipInfo]) -> None:
    """Each is stored as it is, and all together are no larger than the file. No comment: PyTorch
    and Python find the same last record."""
    file.seek(-END, 2)
    last = file.read(END)
    plain = all(entry.compress_type == zipfile.ZIP_STORED for entry in entries)
    same = all(entry.compress_size == entry.file_size for entry in entries)
    names = {entry.filename for entry in entries}
    if not plain or not same or last[:4] != b"PK\5\6" or last[-2:] != b"\0\0":
        raise ReadError("is compressed or altered: `torch.save` writes no such file")
    if sum(entry.file_size for entry in entries) > size or len(names) != len(entries):
        raise ReadError("is altered: its parts are larger than itself, or lie in each other")


def whole(path: Path) -> bool:
    """Whether what the zip file says of its entries holds: PyTorch does not look at it."""
    with zipfile.ZipFile(path) as archive:
        return archive.testzip() is None


def _called(text: bytes) -> list[str]:
    """The functions and classes that a pickle names."""
    named = ("GLOBAL", "INST")
    return [str(given) for code, given, _ in pickletools.genops(text) if code.name in named]


def _builds(name: str) -> bool:
    module, _, word = name.partition(" ")
    return (
        name in CALLED
        or (module == "torch" and word.endswith("Storage"))
        or (module == "torch" and isinstance(getattr(torch, word, None), torch.dtype))
    )


# -- tensors --------------------------------------------------------------------------------


def tensors(found: Any) -> dict[str, Tensor]:
    """Those of a state by name, each with its values in memory. Raises ReadError."""
    if not isinstance(found, Mapping):
        raise ReadError(f"holds a {type(found).__name__}, not a state_dict")
    for name, value in found.items():
        if not isinstance(name, str) or not isinstance(value, Tensor):
            raise ReadError(f"has a state_dict with `{name}`, which is no tensor")
        if not is_plain(value):
            raise ReadError(f"has a tensor without values of its own: `{name}`")
    return dict(found)


def is_plain(tensor: Tensor) -> bool:
    """Whether it has as many values as it says: a few bytes can pretend to be any number."""
    if type(tensor) not in (Tensor, nn.Parameter) or tensor.layout != torch.strided:
        return False
    if tensor.is_quantized or tensor.device.type != "cpu":
        return False
    return tensor.numel() * tensor.element_size() <= tensor.untyped_storage().nbytes()


# -- the digest -----------------------------------------------------------------------------


def digest(contents: Mapping[str, Any]) -> str:
    """SHA-256 of every entry, sorted by where it stands: of a tensor the type, the shape and the
    SHA-256 of its bytes. Raises ValueError where something else than tensors, texts and numbers is
    in it."""
    found = hashlib.sha256()
    leaves = sorted(_leaves(contents), key=lambda leaf: leaf[0])
    inner = _inner_digests([value for _, value in leaves if isinstance(value, Tensor)])
    for where, value in leaves:
        for word in (str(len(where)), *where, *_kind(value)):
            text = word.encode("utf-8", "surrogatepass")
            found.update(struct.pack("<Q", len(text)) + text)
        if isinstance(value, Tensor):
            found.update(next(inner))
    return found.hexdigest()


def _inner_digests(tensors: list[Tensor]) -> Iterator[bytes]:
    """Of the bytes of each tensor, on all processors at once."""
    with ThreadPoolExecutor() as threads:
        yield from threads.map(_inner_digest, tensors)


def _inner_digest(tensor: Tensor) -> bytes:
    values = tensor.detach().cpu()
    if not is_plain(values):
        raise ValueError("has a tensor without values of its own")
    held: Any = values.contiguous().reshape(-1).view(torch.uint8).numpy()
    return hashlib.sha256(held).digest()


def _leaves(contents: Mapping[str, Any]) -> Iterator[tuple[Where, Any]]:
    """What stands where; an empty dictionary or list stands there, too."""
    waiting: list[tuple[Where, Any]] = [((), contents)]
    count = 0
    while waiting:
        where, value = waiting.pop()
        if not isinstance(value, Mapping | list | tuple) or not value:
            yield where, value
            continue
        count += len(value)
        if count > LEAVES or len(where) >= DEPTH:
            raise ValueError("has too many entries, or too deep in each other")
        waiting += [((*where, name), within) for name, within in _inner(value)]


def _inner(value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, Mapping):
        return [(f"{type(name).__name__} {name}", within) for name, within in value.items()]
    return [(f"{type(value).__name__} {index:08}", within) for index, within in enumerate(value)]


def _kind(value: Any) -> tuple[str, ...]:
    if isinstance(value, Tensor):
        return "tensor", str(value.dtype), *map(str, value.shape)
    if value is None or isinstance(value, bool | int | str):
        return type(value).__name__, str(value)
    if isinstance(value, float):
        return "float", value.hex()
    if isinstance(value, Mapping | list | tuple):
        return (type(value).__name__ if isinstance(value, list | tuple) else "dict",)
    raise ValueError(f"holds a {type(value).__name__}")
