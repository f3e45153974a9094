"""Arrays in an `.npz` file: none that is pickled is loaded, and none before its size is known."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from math import prod
from pathlib import Path
from typing import IO, Any

import numpy
import torch
from torch import Tensor

from cnncalc.records import NamedTuple
from cnncalc.runtime.reading import (
    DEFLATED,
    ReadError,
    brief,
    check_size,
    first_line,
    reason,
    shown,
    size_of,
)
from cnncalc.runtime.train.data.images import CLASSES, Data, Stored
from cnncalc.runtime.train.data.part_names import parts
from cnncalc.runtime.train.errors import TrainError


class Style(NamedTuple):
    """What images and labels are called, `{}` being the part of the data; plain: where they have no
    part, they are those to train on."""

    images: str
    labels: str
    plain: tuple[str, str]


STYLES = (
    Style("x_{}", "y_{}", ("x", "y")),
    Style("{}_images", "{}_labels", ("images", "labels")),
    Style("images_{}", "labels_{}", ("images", "labels")),
)

WANTED = (
    "`x_train` and `y_train`, `train_images` and `train_labels`, `images` and `labels`, `x` and `y`"
)

SUFFIX = ".npy"
KINDS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""How numpy puts arrays into a file."""

SHOWN = 8

Pair = tuple[str, str]


def npz(path: Path) -> Data:
    """The set in a file. Raises TrainError."""
    with _archive(path) as archive:
        return _data(path, archive)


def unlabelled(path: Path, name: str | None) -> Stored:
    """The images in a file's array of that name, or in its only one, or in that which is called as
    images are; labels are all 0. Raises TrainError."""
    with _archive(path) as archive:
        entries = {e.filename.removesuffix(SUFFIX): e for e in archive.infolist()}
        chosen = name if name is not None else _of_images(path, list(entries))
        if chosen not in entries:
            raise TrainError(
                f"`{path}` has no `{brief(chosen)}`: {_listed(entries) or 'no arrays'}"
            )
        check_size(entries[chosen].file_size)
        values = _array(archive, entries[chosen], chosen)
        return _stored(path, (chosen, chosen), values, numpy.zeros(len(values), "i8"))


def _of_images(path: Path, names: list[str]) -> str:
    """Raises TrainError where it is not plain which array is meant."""
    plain = [style.plain[0] for style in STYLES]
    ends = [style.images.split("{}") for style in STYLES]
    found = [
        name
        for name in names
        if name in plain or any(name.startswith(a) and name.endswith(z) for a, z in ends)
    ]
    meant = names if len(names) == 1 else found
    if len(meant) != 1:
        raise TrainError(f"`{path}` has {_listed(names) or 'no arrays'}: say which, --array NAME")
    return meant[0]


@contextmanager
def _archive(path: Path) -> Iterator[zipfile.ZipFile]:
    """Raises TrainError for whatever is wrong with it, and for ReadError."""
    try:
        size_of(path)
        with zipfile.ZipFile(path) as archive:
            yield archive
    except TrainError:
        raise
    except ReadError as error:
        raise TrainError(f"`{path}` {error}") from None
    except OSError as error:
        raise TrainError(f"`{path}` cannot be read: {reason(error)}") from None
    except Exception:  # what is broken fails in the zip file, or in its compression, in any way
        raise TrainError(f"`{path}` cannot be read: it is no whole `.npz` file") from None


def arrays(given: Mapping[str, Any]) -> Data:
    """The set made of arrays, called as in a file. Raises TrainError."""
    path = Path("arrays")
    found = _pairs(path, list(given))
    return _set(path, "arrays", found, given, partial(_made, given))


def _made(given: Mapping[str, Any], name: str) -> Any:
    """An array, as numpy has it. Raises TrainError."""
    try:
        return numpy.asarray(given[name])
    except Exception as error:  # what other libraries hold fails in any way of theirs
        raise TrainError(f"numpy makes no array of `{brief(name)}`: {first_line(error)}") from None


def _data(path: Path, archive: zipfile.ZipFile) -> Data:
    entries = {e.filename.removesuffix(SUFFIX): e for e in archive.infolist()}
    found = _pairs(path, list(entries))
    check_size(sum(entries[name].file_size for pair in found.values() for name in pair))

    def read(name: str) -> Any:
        return _array(archive, entries[name], name)

    return _set(path, f"arrays in {path}", found, entries, read)


def _set(
    path: Path,
    kind: str,
    found: Mapping[str, Pair],
    names: Iterable[str],
    read: Callable[[str], Any],
) -> Data:
    """The set of these pairs; `names` are those of all there are."""
    sets = {part: _stored(path, pair, *map(read, pair)) for part, pair in found.items()}
    used = {name for pair in found.values() for name in pair}
    unused = [name for name in names if name not in used]
    return Data(
        kind,
        sets["train"],
        _classes(path, found, sets),
        sets.get("test"),
        sets.get("validation"),
        {part: pair[0] for part, pair in found.items() if part != "train"},
        (f"arrays that are not used: {_listed(unused)}",) if unused else (),
    )


def _classes(path: Path, found: Mapping[str, Pair], sets: Mapping[str, Stored]) -> tuple[str, ...]:
    """None where the answers are numbers. Raises TrainError where they are of two kinds."""
    real = {part: stored.labels.is_floating_point() for part, stored in sets.items()}
    for part in real:
        if real[part] != real["train"]:
            kinds = ["numbers" if real[p] else "classes" for p in ("train", part)]
            raise TrainError(
                f"`{path}`: `{found['train'][1]}` holds {kinds[0]}, `{found[part][1]}` {kinds[1]}:"
                " floats are numbers, integers classes"
            )
    if real["train"]:
        return ()
    return tuple(map(str, range(int(sets["train"].labels.max()) + 1)))


# -- names ----------------------------------------------------------------------------------


def _pairs(path: Path, names: list[str]) -> dict[str, Pair]:
    """The names of images and labels of each part. Raises TrainError."""
    for style in STYLES:
        found = _styled(path, names, style)
        if "train" in found:
            return found
    raise TrainError(f"`{path}` has {_listed(names) or 'no arrays'}; wanted: {WANTED}")


def _styled(path: Path, names: list[str], style: Style) -> dict[str, Pair]:
    before, after = style.images.split("{}")
    inner = [
        name[len(before) : len(name) - len(after)]
        for name in names
        if name.startswith(before) and name.endswith(after)
    ]
    train, validation, test = parts(inner, str(path))
    words = {"train": train, "validation": validation, "test": test}
    found = {
        part: (style.images.format(word), style.labels.format(word))
        for part, word in words.items()
        if word
    }
    if not train and style.plain[0] in names:
        found["train"] = style.plain
    for images, labels in found.values():
        if labels not in names:
            raise TrainError(f"`{path}` has `{images}` without `{labels}`")
    return found


def _listed(names: Iterable[str]) -> str:
    given = [f"`{brief(name)}`" for name in names]
    return ", ".join(given[:SHOWN]) + (f" and {len(given) - SHOWN} more" if given[SHOWN:] else "")


# -- arrays ---------------------------------------------------------------------------------


class Header(NamedTuple):
    """What an array says of itself."""

    shape: tuple[int, ...]
    by_column: bool
    dtype: Any


def _array(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> Any:
    """An array, once its header says no more than what is there. Raises ReadError."""
    size = entry.file_size
    if entry.compress_type not in KINDS or size > DEFLATED * entry.compress_size + DEFLATED:
        raise ReadError(
            f"says that `{name}` holds {shown(size)}, which {shown(entry.compress_size)} cannot"
            " become"
        )
    with archive.open(entry) as file:
        shape, by_column, dtype = _header(file, name)
        wanted = prod(shape) * dtype.itemsize
        if min(shape, default=0) < 0 or wanted != size - file.tell():
            raise ReadError(
                f"is not whole: `{name}` says that it is {dtype} {shape}, {shown(wanted)}, and has"
                f" {shown(size - file.tell())}"
            )
        body = bytearray(file.read())
    values = numpy.frombuffer(body, dtype) if body else numpy.empty(0, dtype)
    return values.reshape(shape, order="F" if by_column else "C")


def _header(file: IO[bytes], name: str) -> Header:
    """Raises ReadError for what is no array of numbers: numpy's advice would be to load it
    nevertheless."""
    try:
        version = numpy.lib.format.read_magic(file)
        readers: dict[Any, Any] = {
            (1, 0): numpy.lib.format.read_array_header_1_0,
            (2, 0): numpy.lib.format.read_array_header_2_0,
        }
        header = Header(*readers[version](file))
    except zipfile.BadZipFile:
        raise
    except Exception:  # what is no header fails in the reader of Python's literals in any way
        raise ReadError(f"has `{name}`, which is no array") from None
    if header.dtype.hasobject or header.dtype.names:
        what = "Python objects, which are never loaded" if header.dtype.hasobject else "records"
        raise ReadError(f"has {what} in `{name}`; numbers are wanted: save it as `uint8`")
    return header


def _stored(path: Path, names: Pair, values: Any, labels: Any) -> Stored:
    """Raises TrainError for what are no images with labels."""
    if values.ndim < 2 or not values.size or values.dtype.kind not in "uif":
        raise TrainError(f"`{path}`: `{names[0]}` is {values.dtype} {values.shape}, no images")
    labels = labels.reshape(-1) if labels.ndim and labels.size == len(labels) else labels
    if (
        not labels.ndim
        or not labels.size
        or labels.dtype.kind not in "iuf"
        or len(values) != len(labels)
    ):
        raise TrainError(
            f"`{path}`: `{names[1]}` is {labels.dtype} {labels.shape}; a whole number"
            f" from 0 for each of {len(values):,} images is wanted, or floats for each"
        )
    if labels.dtype.kind == "f":
        targets = _floats(path, names[1], labels)
        return Stored(_channels_first(_floats(path, names[0], values)), targets)
    least, most = int(labels.min()), int(labels.max())
    if least < 0 or most >= CLASSES:
        raise TrainError(
            f"`{path}`: `{names[1]}` has the label {least if least < 0 else most}; whole numbers"
            f" from 0 to {CLASSES - 1:,} are wanted"
        )
    return Stored(_channels_first(_floats(path, names[0], values)), _tensor(labels, "i8"))


def _floats(path: Path, name: str, values: Any) -> Tensor:
    """Bytes as they are, other numbers as float32. Raises TrainError where some are none."""
    if values.dtype == numpy.uint8:
        return torch.from_numpy(numpy.ascontiguousarray(values))
    with numpy.errstate(over="ignore"):
        found = _tensor(values, "f4")
    if not bool(found.isfinite().all()):
        raise TrainError(f"`{path}`: `{name}` has values that are no numbers, or too large")
    return found


def _tensor(values: Any, dtype: str) -> Tensor:
    return torch.from_numpy(numpy.ascontiguousarray(values.astype(dtype)))


def _channels_first(values: Tensor) -> Tensor:
    """N x H x W is grey; N x H x W x 3 has its channels last."""
    if values.ndim == 3:
        return values[:, None]
    if values.ndim == 4 and values.shape[1] not in (1, 3) and values.shape[3] in (1, 3):
        return values.permute(0, 3, 1, 2)
    return values
