"""Labelled images: in memory, or decoded when they are asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

import numpy
import torch
from torch import Tensor

from cnncalc.layers.base import Shape
from cnncalc.records import NamedTuple
from cnncalc.runtime.reading import ReadError, size_of
from cnncalc.runtime.train.errors import TrainError

CLASSES = 1_000_000
"""Labels end below it: a larger number is no class but a mistake, or an attack on the memory."""

FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF", "PPM")
"""What image files are opened as, whatever their names say: for others Pillow starts programs."""


class Images(Protocol):
    """Images of one shape, with the number of each one's class."""

    @property
    def shape(self) -> Shape:
        """Of one image: channels x height x width."""

    @property
    def labels(self) -> Tensor:
        """N, int64; N x positions, where each position has an answer of its own; where the answers
        are numbers, N or N x anything, float32."""

    def fetch(self, indices: Tensor) -> Tensor:
        """N x shape, float32; what was stored in 8 bits, from 0 to 1."""


class Data(NamedTuple):
    """What a network is trained with.

    kind: what it is, in words
    classes: their names, in the order of the labels; none where the answers are numbers
    test: images that are only ever tested on, where the set has them
    validation: images that are only validated on, where the set has them
    named: what the set calls those: `{"validation": "val"}`
    notes: what of it is not used, and why
    """

    kind: str
    train: Images
    classes: tuple[str, ...]
    test: Images | None = None
    validation: Images | None = None
    named: Mapping[str, str] = MappingProxyType({})
    notes: tuple[str, ...] = ()

    @property
    def real(self) -> bool:
        """Whether the answers are numbers, not classes."""
        return not self.classes


class Stored:
    """Images in memory.

    values: N x C x H x W, or N x anything; uint8 is divided by 255 when fetched
    """

    def __init__(self, values: Tensor, labels: Tensor) -> None:
        self.values = values
        self.labels = labels if labels.is_floating_point() else labels.to(torch.int64)

    @property
    def shape(self) -> Shape:
        """Of one image."""
        return tuple(self.values.shape[1:])

    def fetch(self, indices: Tensor) -> Tensor:
        """N x shape, float32."""
        values = self.values[indices]
        return values.float() / 255 if values.dtype == torch.uint8 else values.float()


class Joined:
    """Images of several sets, one set behind another."""

    def __init__(self, parts: Sequence[Images]) -> None:
        self.parts = parts
        self.labels = torch.cat([part.labels for part in parts])

    @property
    def shape(self) -> Shape:
        """Of one image."""
        return self.parts[0].shape

    def fetch(self, indices: Tensor) -> Tensor:
        """N x shape, float32."""
        found = torch.empty(len(indices), *self.shape)
        begin = 0
        for part in self.parts:
            end = begin + len(part.labels)
            own = (indices >= begin) & (indices < end)
            if own.any():
                found[own] = part.fetch(indices[own] - begin)
            begin = end
        return found


class Files:
    """Image files, decoded by some threads at once.

    size: height and width they are resized to; None: they have one size, that of the first
    way: the option that has them resized
    """

    def __init__(
        self,
        paths: Sequence[Path],
        labels: Tensor,
        channels: int,
        size: tuple[int, int] | None,
        way: str = "--recipe resize=true",
    ) -> None:
        self.way = way
        self.paths = paths
        self.labels = labels
        self.resized = size is not None
        self.mode = "L" if channels == 1 else "RGB"
        self.size = size or self.size_of(paths[0])
        self.threads = ThreadPoolExecutor()

    @property
    def shape(self) -> Shape:
        """Of one image."""
        return 1 if self.mode == "L" else 3, *self.size

    def size_of(self, path: Path) -> tuple[int, int]:
        """Height and width of a file."""
        _, height, width = self.decode(path, whole=True).shape
        return height, width

    def fetch(self, indices: Tensor) -> Tensor:
        """N x C x H x W, from 0 to 1."""
        found = self.threads.map(self.decode, (self.paths[i] for i in indices.tolist()))
        return torch.stack(list(found)).float() / 255

    def decode(self, path: Path, whole: bool = False) -> Tensor:
        """C x H x W, uint8. Raises TrainError."""
        from PIL.Image import Resampling

        image = opened(path, self.mode)
        if not whole and self.resized:
            image = image.resize(self.size[::-1], Resampling.BILINEAR)
        pixels = torch.from_numpy(numpy.array(image))
        pixels = pixels[None] if pixels.ndim == 2 else pixels.permute(2, 0, 1)
        if not whole and tuple(pixels.shape[1:]) != self.size:
            height, width = pixels.shape[1:]
            first = "x".join(map(str, self.size))
            raise TrainError(
                f"`{path}` is {height}x{width}, the first image {first};"
                f" `{self.way}` resizes all to the network's input"
            )
        return pixels


def opened(path: Path, mode: str) -> Any:
    """An image file, decoded. Raises TrainError."""
    from PIL import Image, UnidentifiedImageError

    most = Image.MAX_IMAGE_PIXELS or 2**26
    try:
        size_of(path)
        with Image.open(path, formats=FORMATS) as file:
            if file.width * file.height > most:
                raise Image.DecompressionBombError
            return file.convert(mode)
    except ReadError as error:
        raise TrainError(f"`{path}` {error}") from None
    except UnidentifiedImageError:
        why = f"it is none of {', '.join(FORMATS)}"
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        why = f"it has more than {most:,} pixels"
    except Exception as error:  # what is broken fails in the decoders in any way
        why = str(error) if isinstance(error, OSError) else "it is not whole"
    raise TrainError(f"`{path}` cannot be read as an image: {why}")
