"""A folder of images for each class; above them `train`, `val` and `test`, if there are.

Links to folders are not entered: they may lead in a circle, or out. Links to files are followed.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch

from cnncalc.records import NamedTuple
from cnncalc.runtime.reading import reason
from cnncalc.runtime.train.data.images import Data, Files
from cnncalc.runtime.train.data.part_names import PartNames, parts
from cnncalc.runtime.train.errors import TrainError

SUFFIXES = {".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".ppm", ".pgm"}

DEPTH = 32
"""Folders in each other, below that of a class."""

SHOWN = 4


class FoundImages(NamedTuple):
    """The images in a folder, by class; left: what else is in it, and how often."""

    name: str
    images: dict[str, list[Path]]
    left: Counter[str]


def holds(folder: Path) -> bool:
    """Whether it has folders, of parts or of classes."""
    return folder.is_dir() and any(entry.is_dir() for entry in _entries(folder))


def folder(path: Path, channels: int, size: tuple[int, int] | None) -> Data:
    """The set in a folder, decoded as so many channels and resized to `size`, if one is given.
    Raises TrainError."""
    named = _parts(path)
    found = {part: _found(path / name) for part, name in named.named.items()}
    train = _found(path / (named.train or ""))
    classes = tuple(name for name, files in train.images.items() if files)
    if len(classes) < 2:
        raise TrainError(_too_few(path / (named.train or ""), train, classes))
    sets = {
        part: _files(inner, _checked(path, inner, classes), channels, size)
        for part, inner in found.items()
    }
    return Data(
        f"a folder of images for each class, {path}",
        _files(train, classes, channels, size),
        classes,
        sets.get("test"),
        sets.get("validation"),
        named.named,
        tuple(note for inner in (train, *found.values()) for note in _notes(inner, classes)),
    )


def _parts(path: Path) -> PartNames:
    """Raises TrainError where there are images to test on, and none to train on."""
    found = parts((entry.name for entry in _entries(path) if _is_folder(entry)), str(path))
    if found.named and not found.train:
        name = next(iter(found.named.values()))
        raise TrainError(
            f"`{path}` has `{name}`, and no folder `train` beside it: put the classes to train on"
            " there"
        )
    return found


def _too_few(path: Path, train: FoundImages, classes: Sequence[str]) -> str:
    what = f"images of one class only, `{classes[0]}`" if classes else "no images in folders"
    left = "".join(f"; {note}" for note in _notes(train, classes))
    return f"`{path}` has {what}; a folder for each class is wanted{left}"


def _checked(path: Path, found: FoundImages, classes: tuple[str, ...]) -> tuple[str, ...]:
    """Raises TrainError where images are of no class that is trained."""
    strange = [name for name, files in found.images.items() if files and name not in classes]
    if strange:
        where = path / found.name
        raise TrainError(f"`{where}` has images of {_listed(strange)}, those to train on have none")
    if not any(found.images.values()):
        left = "".join(f"; {note}" for note in _notes(found, classes))
        raise TrainError(f"`{path / found.name}` has no images in folders of classes{left}")
    return classes


def _notes(found: FoundImages, classes: Sequence[str]) -> Iterator[str]:
    """What is not used, with counts."""
    empty = [name for name, files in found.images.items() if not files]
    empty += [name for name in classes if name not in found.images]
    if empty:
        yield f"`{found.name}` has no images of {_listed(empty)}"
    if found.left:
        words = ", ".join(f"{count:,} {what}" for what, count in sorted(found.left.items()))
        yield f"in `{found.name}` not used: {words}"


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:SHOWN])
    return shown + (f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else "")


def _files(
    found: FoundImages, classes: tuple[str, ...], channels: int, size: tuple[int, int] | None
) -> Files:
    images = [found.images.get(name, []) for name in classes]
    labels = [number for number, files in enumerate(images) for _ in files]
    return Files([file for files in images for file in files], torch.tensor(labels), channels, size)


# -- what is there --------------------------------------------------------------------------


def _found(path: Path) -> FoundImages:
    """Each folder in it is a class. Raises TrainError."""
    left: Counter[str] = Counter()
    images: dict[str, list[Path]] = {}
    for entry in _entries(path):
        if _is_folder(entry):
            images[entry.name] = sorted(images_in(Path(entry.path), left))
        elif _kind(entry) is None:
            left["images in no folder of a class"] += 1
        else:
            left[str(_kind(entry))] += 1
    return FoundImages(path.name, images, left)


def images_in(path: Path, left: Counter[str], depth: int = DEPTH) -> Iterator[Path]:
    """All the image files in a folder, and in folders there; `left` counts what else is in it.
    Raises TrainError."""
    if not depth:
        raise TrainError(f"`{path}` lies more than {DEPTH} folders deep")
    for entry in _entries(path):
        if _is_folder(entry):
            yield from images_in(Path(entry.path), left, depth - 1)
        elif (kind := _kind(entry)) is None:
            yield Path(entry.path)
        else:
            left[kind] += 1


def _kind(entry: os.DirEntry[str]) -> str | None:
    """What it is, if not an image file. Nothing is opened: a pipe would wait forever."""
    if entry.is_dir():
        return "links to folders"
    if not entry.is_file():
        return "pipes, devices or broken links"
    if Path(entry.name).suffix.lower() not in SUFFIXES:
        return "files that are no images by their names"
    return None


def _is_folder(entry: os.DirEntry[str]) -> bool:
    return entry.is_dir(follow_symlinks=False)


def _entries(path: Path) -> list[os.DirEntry[str]]:
    """By name. Raises TrainError."""
    try:
        with os.scandir(path) as found:
            return sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        raise TrainError(f"`{path}` cannot be read: {reason(error)}") from None
