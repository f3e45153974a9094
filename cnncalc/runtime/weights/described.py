"""What a file of weights says and holds. Nothing in it is run; of safetensors PyTorch is not even
imported."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from math import isfinite, sqrt
from pathlib import Path
from typing import Any

import numpy

from cnncalc.runtime.reading import ReadError, brief, check_size, reason, size_of
from cnncalc.runtime.weights.safetensors_file import (
    LARGEST,
    TYPES,
    StoredBytes,
    header_of,
    is_safetensors,
)
from cnncalc.stored_weights import HeldTensor, StoredWeights

Numbers = numpy.ndarray[Any, Any]

AT_ONCE = 2**20
"""Numbers that are turned into those of double precision at once."""

DEEPEST, MOST_ENTRIES, LONGEST_TEXT = 8, 100_000, 2**20
"""Of what a file says of itself, as far as it is shown: a small pickle can repeat its parts without
end."""


def described(path: Path) -> StoredWeights:
    """Raises ReadError."""
    if is_safetensors(path):
        header = header_of(path)
        tensors = _of_safetensors(path, header.tensors)
        said: Mapping[str, Any] = header.texts
        return _file(path, "safetensors", False, said, tensors)
    return _of_torch(path)


def _file(
    path: Path, form: str, sealed: bool, said: Mapping[str, Any], tensors: Iterator[HeldTensor]
) -> StoredWeights:
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        known: dict[str, Any] = _Plain().of(said)
        return StoredWeights(str(path), form, size_of(path), digest, sealed, known, tuple(tensors))
    except OSError as error:
        raise ReadError(f"cannot be read: {reason(error)}") from None


def _of_torch(path: Path) -> StoredWeights:
    from cnncalc.runtime.sealed import MEANS, OWN, PREFIX, contents, has_means
    from cnncalc.runtime.weights.weight_files import check_no_pickle

    check_no_pickle(path)
    found, named, sealed = contents(path)
    own = isinstance(found.get(OWN), Mapping)
    said = {name: value for name, value in found[OWN].items() if name != "source"} if own else {}
    averaged = own and has_means(named)
    prefix = MEANS if averaged else PREFIX
    first = sorted(named, key=lambda name: not name.startswith(prefix))  # in their order
    tensors = (
        HeldTensor(
            name.removeprefix(prefix) if own else name,
            str(tensor.dtype).removeprefix("torch."),
            tuple(tensor.shape),
            norm(_numbers(tensor)),
        )
        for name, tensor in ((name, named[name]) for name in first)
    )
    held = _file(path, "checkpoint" if own else "state_dict", sealed, said, tensors)
    return held._replace(averaged=averaged)


def _numbers(tensor: Any) -> Numbers:
    """A tensor's, also of types that NumPy lacks."""
    import torch

    try:
        return numpy.asarray(tensor.detach().reshape(-1).numpy())
    except TypeError:
        return numpy.asarray(tensor.detach().to(torch.float32).reshape(-1).numpy())


def _of_safetensors(path: Path, tensors: Mapping[str, StoredBytes]) -> Iterator[HeldTensor]:
    check_size(max((each.end - each.begin for each in tensors.values()), default=0))
    with path.open("rb") as file:
        for name, stored in tensors.items():
            file.seek(stored.begin)
            numbers = _read(file.read(stored.end - stored.begin), TYPES[stored.dtype])
            found = None if numbers is None else norm(numbers)
            yield HeldTensor(name, TYPES[stored.dtype], stored.shape, found)


def _read(held: bytes, kind: str) -> Numbers | None:
    """Bytes as numbers; None of those of 8 bits with a point, which NumPy lacks."""
    if kind == "bfloat16":  # the upper half of a number of 32 bits
        upper = numpy.frombuffer(held, dtype="<u2").astype(numpy.uint32)
        return (upper << 16).view(numpy.float32)
    if kind.startswith("float8"):
        return None
    return numpy.frombuffer(held, dtype=numpy.dtype(kind).newbyteorder("<"))


def norm(numbers: Numbers) -> float | None:
    """The root of the sum of squares, in double precision; None where that is no number."""
    total = 0.0
    for begin in range(0, numbers.size, AT_ONCE):
        part = numpy.abs(numbers[begin : begin + AT_ONCE].astype(_wide(numbers)))
        with numpy.errstate(over="ignore"):
            total += float(numpy.dot(part, part))
    return sqrt(total) if isfinite(total) else None


def _wide(numbers: Numbers) -> type:
    return numpy.complex128 if numbers.dtype.kind == "c" else numpy.float64


class _Plain:
    """Dictionaries, lists, texts and numbers; of others their type. What is too much is cut."""

    def __init__(self) -> None:
        self.left = MOST_ENTRIES

    def of(self, value: Any, deep: int = 0) -> Any:
        """As plain values."""
        if isinstance(value, Mapping):
            return {brief(str(n)): self.of(v, deep + 1) for n, v in self._some(value.items(), deep)}
        if isinstance(value, list | tuple):
            return [self.of(each, deep + 1) for each in self._some(value, deep)]
        if isinstance(value, str):
            return brief(value, LONGEST_TEXT)
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, float):
            return value if isfinite(value) else str(value)
        small = isinstance(value, int) and abs(value) < LARGEST
        return value if small else type(value).__name__

    def _some(self, values: Iterable[Any], deep: int) -> Iterator[Any]:
        """As many as there is room for."""
        for value in values:
            if not self.left or deep >= DEEPEST:
                return
            self.left -= 1
            yield value
