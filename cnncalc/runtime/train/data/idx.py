"""MNIST's format, plain or compressed by gzip: a magic number, sizes, bytes."""

from __future__ import annotations

import gzip
import zlib
from math import prod
from pathlib import Path

import torch
from torch import Tensor

from cnncalc.runtime.train.data.images import Data, Stored
from cnncalc.runtime.train.errors import TrainError

UNSIGNED_BYTES = 8
PARTS = ("train", "t10k")


def find(folder: Path, part: str, what: str) -> Path | None:
    """`train-images-idx3-ubyte` and its like: with `.` for the last `-`, and with `.gz`."""
    found = sorted(folder.glob(f"*{part}-{what}[-.]idx?-ubyte*"))
    return found[0] if found else None


def holds(folder: Path) -> bool:
    """Whether there are training images in this format."""
    return find(folder, PARTS[0], "images") is not None


def idx(folder: Path) -> Data:
    """The set in a folder. Raises TrainError."""
    train = _part(folder, PARTS[0])
    test = _part(folder, PARTS[1]) if find(folder, PARTS[1], "images") else None
    count = int(train.labels.max()) + 1
    kind = f"idx files in {folder}"
    return Data(kind, train, tuple(str(label) for label in range(count)), test)


def _part(folder: Path, part: str) -> Stored:
    images, labels = find(folder, part, "images"), find(folder, part, "labels")
    if images is None or labels is None:
        raise TrainError(f"`{folder}` has no `{part}-labels-idx1-ubyte` beside the images")
    values, numbers = read(images), read(labels)
    if values.ndim != 3 or numbers.ndim != 1 or len(values) != len(numbers) or not len(values):
        raise TrainError(
            f"`{images.name}` holds {tuple(values.shape)}, `{labels.name}` {tuple(numbers.shape)};"
            " N x height x width images and N labels are wanted"
        )
    return Stored(values[:, None], numbers)


def read(path: Path) -> Tensor:
    """The bytes of a file in the shape that it says, uint8. Raises TrainError."""
    try:
        data = path.read_bytes()
        data = gzip.decompress(data) if path.suffix == ".gz" else data
    except (OSError, EOFError, zlib.error) as error:
        raise TrainError(f"`{path}` cannot be read: {error}") from None
    rank = data[3] if len(data) > 4 else 0
    sizes = [int.from_bytes(data[4 + 4 * i : 8 + 4 * i]) for i in range(rank)]
    body = data[4 + 4 * rank :]
    if data[:3] != bytes([0, 0, UNSIGNED_BYTES]) or prod(sizes) != len(body) or not body:
        raise TrainError(f"`{path}` is no whole idx file of bytes; download it again")
    return torch.frombuffer(bytearray(body), dtype=torch.uint8).view(sizes)
