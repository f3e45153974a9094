"""Files and folders to the samples in them, without labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

import torch

from cnncalc.records import NamedTuple
from cnncalc.runtime.train.data.folder import SUFFIXES, images_in
from cnncalc.runtime.train.data.idx import read
from cnncalc.runtime.train.data.images import Files, Images, Stored
from cnncalc.runtime.train.data.npz import unlabelled
from cnncalc.runtime.train.errors import TrainError
from cnncalc.runtime.train.fitting_data import check_images
from cnncalc.runtime.trained.evaluate import WAY
from cnncalc.runtime.trained.trained_network import TrainedNetwork


class Samples(NamedTuple):
    """Some that are of one kind, and where each is from: a file, and its place in that."""

    images: Images
    places: Sequence[tuple[str, int | None]]


def samples(
    paths: Sequence[str], known: TrainedNetwork, array: str | None = None
) -> Iterator[Samples]:
    """In the order of the paths; array: which one of an `.npz` file is meant. Raises TrainError."""
    files = [file for path in paths for file in _files(Path(path))]
    for several, group in groupby(files, _is_array):
        if several:
            for file in group:
                yield _checked(_arrays(file, array), known)
        else:
            yield _checked(_images(list(group), known), known)


def _checked(found: Samples, known: TrainedNetwork) -> Samples:
    try:
        check_images(found.images, known.wanted, known.recipe, WAY)
    except TrainError as error:
        raise TrainError(f"`{found.places[0][0]}`: {error}") from None
    return found


def _files(path: Path) -> list[Path]:
    """A file, or the images in a folder. Raises TrainError."""
    if not path.is_dir():
        return [path]
    left: Counter[str] = Counter()
    found = sorted(images_in(path, left))
    if not found:
        raise TrainError(f"`{path}` has no images")
    return found


def _is_array(path: Path) -> bool:
    """Whether it is no image by its name."""
    return path.suffix.lower() not in SUFFIXES


def _images(files: list[Path], known: TrainedNetwork) -> Samples:
    wanted = known.wanted
    channels = wanted[0] if wanted[0] in (1, 3) else 3
    size = (wanted[1], wanted[2]) if known.recipe.resize and len(wanted) == 3 else None
    labels = torch.zeros(len(files), dtype=torch.int64)
    images = Files(files, labels, channels, size, WAY.format("resize"))
    return Samples(images, [(str(file), None) for file in files])


def _arrays(file: Path, array: str | None) -> Samples:
    images = unlabelled(file, array) if file.suffix == ".npz" else _idx(file)
    return Samples(images, [(str(file), index) for index in range(len(images.labels))])


def _idx(file: Path) -> Stored:
    """Raises TrainError for what is none of the files there are."""
    if "idx" not in file.name and "ubyte" not in file.name:
        kinds = f"an image ({', '.join(sorted(SUFFIXES))}), an `.npz` file or an idx file"
        raise TrainError(f"`{file}` is not {kinds}" if file.exists() else f"there is no `{file}`")
    values = read(file)
    if values.ndim != 3:
        raise TrainError(f"`{file}` holds labels, not images")
    return Stored(values[:, None], torch.zeros(len(values), dtype=torch.int64))
