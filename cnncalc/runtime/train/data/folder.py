"""A folder of images for each class; above them `train` and `test` (or `val`), if there are."""

from __future__ import annotations

from pathlib import Path

import torch

from cnncalc.runtime.train.data.images import Data, Files
from cnncalc.runtime.train.errors import TrainError

SUFFIXES = {".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".ppm", ".pgm"}
TESTED = ("test", "val", "validation")


def holds(folder: Path) -> bool:
    """Whether some folder in it has images."""
    return any(_images(inner) for inner in _folders(_train(folder)))


def folder(path: Path, channels: int, size: tuple[int, int] | None) -> Data:
    """The set in a folder, decoded as so many channels and resized to `size`, if one is given.
    Raises TrainError."""
    train = _train(path)
    classes = [inner for inner in _folders(train) if _images(inner)]
    if len(classes) < 2:
        raise TrainError(f"`{train}` has images of one class only; a folder for each is wanted")
    names = tuple(inner.name for inner in classes)
    tested = next((path / word for word in TESTED if (path / word).is_dir()), None)
    test = _files(tested, names, channels, size) if tested and train != path else None
    kind = f"a folder of images for each class, {path}"
    return Data(kind, _files(train, names, channels, size), names, test)


def _files(
    path: Path, names: tuple[str, ...], channels: int, size: tuple[int, int] | None
) -> Files:
    found = [(file, number) for number, n in enumerate(names) for file in _images(path / n)]
    if not found:
        raise TrainError(f"`{path}` has no images in folders named as those to train on")
    labels = torch.tensor([number for _, number in found])
    return Files([file for file, _ in found], labels, channels, size)


def _train(path: Path) -> Path:
    return path / "train" if (path / "train").is_dir() else path


def _folders(path: Path) -> list[Path]:
    return sorted(inner for inner in path.iterdir() if inner.is_dir()) if path.is_dir() else []


def _images(path: Path) -> list[Path]:
    if not path.is_dir():
        return []
    return sorted(file for file in path.rglob("*") if file.suffix.lower() in SUFFIXES)
