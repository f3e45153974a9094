"""MNIST's format, plain or compressed by gzip: a magic number, sizes, bytes."""

from __future__ import annotations

import gzip
from math import prod
from pathlib import Path
from typing import IO

import torch
from torch import Tensor

from cnncalc.runtime.reading import DEFLATED, ReadError, check_size, reason, size_of
from cnncalc.runtime.train.data.images import Data, Stored
from cnncalc.runtime.train.data.part_names import VALIDATION, parts
from cnncalc.runtime.train.errors import TrainError

TESTED = ("t10k", "test")
BEGINNINGS = (b"\0\0\x08\1", b"\0\0\x08\3")
"""Unsigned bytes along one axis: labels; along three: images."""


def find(folder: Path, part: str, what: str) -> Path | None:
    """`train-images-idx3-ubyte` and its like: with `.` for the last `-`, and with `.gz`."""
    found = sorted(folder.glob(f"*{part}-{what}[-.]idx?-ubyte*"))
    return found[0] if found else None


def holds(folder: Path) -> bool:
    """Whether there are training images in this format."""
    return find(folder, "train", "images") is not None


def idx(folder: Path) -> Data:
    """The set in a folder. Raises TrainError."""
    there = (part for part in (*VALIDATION, *TESTED) if find(folder, part, "images"))
    named = parts(there, str(folder), TESTED).named
    train = _part(folder, "train")
    sets = {part: _part(folder, name) for part, name in named.items()}
    count = int(train.labels.max()) + 1
    kind = f"idx files in {folder}"
    classes = tuple(str(label) for label in range(count))
    return Data(kind, train, classes, sets.get("test"), sets.get("validation"), named)


def _part(folder: Path, part: str) -> Stored:
    images, labels = find(folder, part, "images"), find(folder, part, "labels")
    if images is None or labels is None:
        raise TrainError(f"`{folder}` has no `{part}-labels-idx1-ubyte` beside the images")
    values, numbers = read(images), read(labels)
    if values.ndim != 3 or numbers.ndim != 1 or len(values) != len(numbers) or not len(values):
        raise TrainError(
            f"`{images}` holds {tuple(values.shape)}, `{labels.name}` {tuple(numbers.shape)};"
            " N x height x width images and N labels are wanted"
        )
    return Stored(values[:, None], numbers)


def read(path: Path) -> Tensor:
    """The bytes of a file in the shape that it says, uint8. Raises TrainError."""
    try:
        size = size_of(path)
        if path.suffix == ".gz":
            with gzip.open(path) as inner:
                return _read(inner, size * DEFLATED)
        with path.open("rb") as file:
            return _read(file, size)
    except ReadError as error:
        raise TrainError(f"`{path}` {error}") from None
    except OSError as error:
        raise TrainError(f"`{path}` cannot be read: {reason(error)}") from None
    except Exception:  # what is broken fails in its compression in any way
        raise TrainError(f"`{path}` is no whole idx file of bytes; download it again") from None


def _read(file: IO[bytes] | gzip.GzipFile, most: int) -> Tensor:
    """No more than the header says, and that only where the file can hold it. Raises ReadError,
    and what gzip raises."""
    magic = file.read(4)
    if magic not in BEGINNINGS:
        raise ValueError(magic)
    sizes = [int.from_bytes(file.read(4)) for _ in range(magic[3])]
    count = prod(sizes)
    if not 0 < count <= most:
        raise ValueError(sizes)
    check_size(count)
    body = file.read(count + 1)
    if len(body) != count:
        raise ValueError(sizes)
    return torch.frombuffer(bytearray(body), dtype=torch.uint8).view(sizes)
