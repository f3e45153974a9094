"""CIFAR-10 and CIFAR-100 in their binary version: labels and 3x32x32 bytes for each image."""

from __future__ import annotations

import os
from pathlib import Path

import torch

from cnncalc.records import NamedTuple
from cnncalc.runtime.reading import ReadError, check_size, content, size_of
from cnncalc.runtime.train.data.images import Data, Stored
from cnncalc.runtime.train.errors import TrainError

PIXELS = 3 * 32 * 32


class Version(NamedTuple):
    """labels: bytes before the pixels; the last one is the class"""

    name: str
    train: str
    test: str
    labels: int
    classes: int
    names: str


VERSIONS = (
    Version("CIFAR-10", "data_batch_*.bin", "test_batch.bin", 1, 10, "batches.meta.txt"),
    Version("CIFAR-100", "train.bin", "test.bin", 2, 100, "fine_label_names.txt"),
)


def version(folder: Path) -> Version | None:
    """Which of them is in a folder."""
    return next((version for version in VERSIONS if any(folder.glob(version.train))), None)


def is_pickled(folder: Path) -> bool:
    """Whether it is the Python version, which is made of pickles."""
    return (folder / "data_batch_1").is_file() or (folder / "meta").is_file()


def cifar(folder: Path, version: Version) -> Data:
    """The set in a folder. Raises TrainError."""
    train = _images(sorted(folder.glob(version.train)), version)
    test = folder / version.test
    kind = f"{version.name} in {folder}"
    tested = _images([test], version) if os.path.lexists(test) else None
    names = _names(folder / version.names, version.classes)
    named = {"test": version.test} if tested else {}
    return Data(kind, train, names, tested, named=named)


def _images(paths: list[Path], version: Version) -> Stored:
    record = version.labels + PIXELS
    parts = []
    for path, data in zip(paths, _contents(paths), strict=True):
        if not data or len(data) % record:
            raise TrainError(
                f"`{path}` has {len(data):,} bytes, which is no multiple of {record:,}:"
                " it is not whole; download it again"
            )
        parts.append(torch.frombuffer(bytearray(data), dtype=torch.uint8).view(-1, record))
    whole = torch.cat(parts)
    labels = whole[:, version.labels - 1]
    if int(labels.max()) >= version.classes:
        raise TrainError(f"`{paths[0].parent}` has labels beyond the classes of {version.name}")
    return Stored(whole[:, version.labels :].reshape(-1, 3, 32, 32), labels)


def _contents(paths: list[Path]) -> list[bytes]:
    """Raises TrainError."""
    path = paths[0]
    try:
        check_size(sum(size_of(path := each) for each in paths))
        return [content(path := each) for each in paths]
    except ReadError as error:
        raise TrainError(f"`{path}` {error}") from None


def _names(path: Path, count: int) -> tuple[str, ...]:
    try:
        names = content(path).decode().split()
    except (ReadError, UnicodeDecodeError):
        names = []
    return tuple(names) if len(names) == count else tuple(map(str, range(count)))
