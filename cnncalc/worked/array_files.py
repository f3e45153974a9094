"""Arrays from files, and into them: CSV, `.npy`, pictures."""

from __future__ import annotations

from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnncalc.layers.base import Shape, times
from cnncalc.project import NoFileError, opened
from cnncalc.worked.array import Array
from cnncalc.worked.literals import ValuesError, literal

if TYPE_CHECKING:
    from collections.abc import Callable

FORMATS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".bmp": "BMP", ".gif": "GIF"}
"""Pictures, by the end of their names."""

LARGEST = 64 * 2**20
"""Bytes of a file."""

MOST = 4_000_000
"""Numbers of an array."""

RANKS = range(1, 5)


def read_values(path: str) -> Array:
    """The numbers in a file; a picture's pixels are from 0 to 255. Raises ValuesError, and
    ModuleNotFoundError where a picture wants pillow."""
    suffix = Path(path).suffix.lower()
    reader: Callable[[str], Array] = _text
    if suffix == ".npy":
        reader = _npy
    elif suffix in FORMATS:
        reader = _picture
    try:
        with opened(path) as file:
            if file.seek(0, 2) > LARGEST:
                raise ValuesError(f"`{path}` has more than {LARGEST >> 20} MiB")
        return reader(path)
    except NoFileError as error:
        raise ValuesError(f"`{path}` is {error.what}, not a file") from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ValuesError(f"`{path}` cannot be read: {reason}") from None


def write_values(found: Array, path: Path, suffix: str) -> None:
    """The numbers into a file of that ending: `.csv`, `.npy`, or a picture, whose numbers are cut
    to 0 to 255. Raises ValuesError, OSError, ModuleNotFoundError."""
    if suffix == ".csv":
        path.write_text(_csv(found), encoding="utf-8")
    elif suffix == ".npy":
        import numpy

        with path.open("wb") as file:
            numpy.save(file, numpy.array(found.numbers).reshape(found.shape))
    else:
        _drawn(found).save(path, FORMATS[suffix])


def can_write(suffix: str) -> bool:
    """Whether a file of that ending can hold numbers."""
    return suffix in {".csv", ".npy", *FORMATS}


# -- text -----------------------------------------------------------------------------------


def _text(path: str) -> Array:
    with opened(path) as file:
        try:
            text = file.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            message = f"`{path}` is no text"
            raise ValuesError(message, "CSV, `.npy`, or a picture") from None
    try:
        return literal(text.replace("\r", "\n"))
    except ValuesError as error:
        raise ValuesError(f"`{path}`: {error.fact}", error.hint) from None


def _csv(found: Array) -> str:
    """A line for each row; an empty one between channels."""
    if len(found.shape) == 1:
        return ",".join(f"{value:.9g}" for value in found.numbers) + "\n"
    row = found.shape[-1]
    lines = [
        ",".join(f"{value:.9g}" for value in found.numbers[start : start + row])
        for start in range(0, len(found.numbers), row)
    ]
    rows = prod(found.shape[1:-1])
    channels = [lines[start : start + rows] for start in range(0, len(lines), rows)]
    return "\n\n".join("\n".join(channel) for channel in channels) + "\n"


# -- arrays ---------------------------------------------------------------------------------


def _npy(path: str) -> Array:
    """As `numpy.save` writes it; nothing in it is run, and no more is taken than there is."""
    from numpy.lib.format import open_memmap

    try:
        found = open_memmap(path, mode="r")  # it refuses what would have to be unpickled
        shape, kind = found.shape, found.dtype.kind
    except OSError:
        raise
    except Exception:  # what is broken fails in any way
        raise ValuesError(f"`{path}` is no whole `.npy` file of numbers") from None
    if kind not in "biuf" or len(shape) not in RANKS or not prod(shape):
        message = f"`{path}` has {found.dtype} of {times(shape) or 'no axes'}"
        raise ValuesError(message, "numbers, channels first: `1x28x28`")
    _must_be_few(path, shape)
    return _array(shape, found.astype(float).ravel().tolist())


def _array(shape: Shape, numbers: list[float]) -> Array:
    return Array((1, *shape) if len(shape) == 2 else shape, numbers)


def _must_be_few(path: str, shape: Shape) -> None:
    if prod(shape) > MOST:
        raise ValuesError(f"`{path}` has more than {MOST:,} numbers")


# -- pictures -------------------------------------------------------------------------------


def _picture(path: str) -> Array:
    """Grey as one channel, colours as three."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path, formats=sorted(set(FORMATS.values()))) as file:
            _must_be_few(path, (3, file.height, file.width))
            image = file.convert("L" if file.mode in ("1", "L", "LA", "I;16") else "RGB")
    except ValuesError:
        raise
    except UnidentifiedImageError:
        raise ValuesError(f"`{path}` is no picture") from None
    except Exception as error:  # what is broken fails in the decoders in any way
        if isinstance(error, FileNotFoundError | PermissionError):
            raise
        raise ValuesError(f"`{path}` is no whole picture") from None
    numbers = [float(value) for band in image.split() for value in band.tobytes()]
    return Array((len(image.getbands()), image.height, image.width), numbers)


def _drawn(found: Array) -> Any:
    from PIL import Image

    if len(found.shape) != 3 or found.shape[0] not in (1, 3):
        raise ValuesError(
            f"{times(found.shape)} is no picture", "1 or 3 channels of rows; or `--output x.csv`"
        )
    _, height, width = found.shape
    bands = [
        Image.frombytes("L", (width, height), bytes(map(_pixel, channel)))
        for channel in found.channels()
    ]
    return bands[0] if len(bands) == 1 else Image.merge("RGB", bands)


def _pixel(value: float) -> int:
    return round(min(max(value, 0.0), 255.0)) if value == value else 0
