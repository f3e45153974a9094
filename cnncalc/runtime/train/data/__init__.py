"""Data sets by name or path, and what kind they are. No pickle is ever loaded."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cnncalc.layers.base import Shape
from cnncalc.runtime.train.data.images import Data
from cnncalc.runtime.train.errors import TrainError

KINDS = (
    "`digits`, `synthetic`, or the path of idx files (MNIST), of CIFAR's binary version, of a"
    " folder with a folder of images for each class, or of an `.npz` file"
)


Given = str | Mapping[str, Any]
"""A name, a path, or arrays by name."""


def open_data(name: Given, shape: Shape, classes: int, resize: bool, positions: Shape = ()) -> Data:
    """The set called `name`, or at that path, or of those arrays. `shape`, of the network's input,
    `classes`, and the positions that each have one, are what noise is made for; image files are
    decoded to `shape`. Raises TrainError."""
    if not isinstance(name, str):
        from cnncalc.runtime.train.data.npz import arrays

        return arrays(name)
    path = Path(name)
    there = os.path.exists(name)  # of any name: it never raises
    if name == "digits" and not there:
        from cnncalc.runtime.train.data.digits import digits

        return digits()
    if name == "synthetic" and not there:
        from cnncalc.runtime.train.data.synthetic import synthetic

        return synthetic(shape, classes, positions)
    if not there:
        raise TrainError(f"there is no data `{name}`; --data wants {KINDS}")
    return _file(path) if path.is_file() else _folder(path, shape, resize)


def _file(path: Path) -> Data:
    if path.suffix == ".npz":
        from cnncalc.runtime.train.data.npz import npz

        return npz(path)
    if "-images" in path.name and "ubyte" in path.name:
        raise TrainError(f"`{path}` is one of four idx files; --data {path.parent}")
    if path.suffix in (".pkl", ".pickle", ".pt", ".pth", ".npy"):
        raise TrainError(f"`{path}`: {path.suffix} files are not loaded; save it as an `.npz` file")
    raise TrainError(f"`{path}` is no data set; --data wants {KINDS}")


def _folder(path: Path, shape: Shape, resize: bool) -> Data:
    from cnncalc.runtime.train.data import cifar, folder, idx

    if idx.holds(path):
        return idx.idx(path)
    if version := cifar.version(path):
        return cifar.cifar(path, version)
    if cifar.is_pickled(path):
        raise TrainError(
            f"`{path}` is CIFAR's Python version, made of pickles, which are not loaded;"
            " download the binary version"
        )
    if folder.holds(path):
        channels = shape[0] if shape[0] in (1, 3) else 3
        size = (shape[1], shape[2]) if resize and len(shape) == 3 else None
        return folder.folder(path, channels, size)
    raise TrainError(f"`{path}` holds no data set; --data wants {KINDS}")
