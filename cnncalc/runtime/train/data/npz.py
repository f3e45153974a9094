"""Arrays in an `.npz` file; none that is pickled is ever loaded."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy
import torch
from torch import Tensor

from cnncalc.runtime.train.data.images import Data, Stored
from cnncalc.runtime.train.errors import TrainError

NAMES = (("x_train", "y_train"), ("train_images", "train_labels"), ("images", "labels"), ("x", "y"))
TESTED = {"x_train": ("x_test", "y_test"), "train_images": ("test_images", "test_labels")}


def npz(path: Path) -> Data:
    """The set in a file. Raises TrainError."""
    try:
        with numpy.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise TrainError(f"`{path}` cannot be read: {error}") from None
    names = next((pair for pair in NAMES if set(pair) <= arrays.keys()), None)
    if names is None:
        wanted = ", ".join(f"`{x}` and `{y}`" for x, y in NAMES)
        raise TrainError(f"`{path}` has {', '.join(arrays) or 'no arrays'}; wanted: {wanted}")
    train = _images(path, arrays, names)
    tested = TESTED.get(names[0])
    test = _images(path, arrays, tested) if tested and set(tested) <= arrays.keys() else None
    count = int(train.labels.max()) + 1
    return Data(f"arrays in {path}", train, tuple(str(label) for label in range(count)), test)


def _images(path: Path, arrays: dict[str, Any], names: tuple[str, str]) -> Stored:
    values, labels = (arrays[name] for name in names)
    labels = labels.reshape(-1) if labels.size == len(labels) else labels
    if labels.ndim != 1 or labels.dtype.kind not in "iu" or len(values) != len(labels):
        raise TrainError(
            f"`{path}`: `{names[1]}` is {labels.dtype} {labels.shape}; a whole number"
            f" from 0 for each of {len(values):,} images is wanted"
        )
    if not len(values) or values.dtype.kind not in "uif" or labels.min() < 0 or values.ndim < 2:
        raise TrainError(f"`{path}`: `{names[0]}` is {values.dtype} {values.shape}, no images")
    stored = values if values.dtype == numpy.uint8 else values.astype(numpy.float32)
    if not numpy.isfinite(stored).all():
        raise TrainError(f"`{path}`: `{names[0]}` has values that are no numbers")
    return Stored(_channels_first(torch.from_numpy(stored)), torch.from_numpy(labels.astype("i8")))


def _channels_first(values: Tensor) -> Tensor:
    """N x H x W is grey; N x H x W x 3 has its channels last."""
    if values.ndim == 3:
        return values[:, None]
    if values.ndim == 4 and values.shape[1] not in (1, 3) and values.shape[3] in (1, 3):
        return values.permute(0, 3, 1, 2)
    return values
