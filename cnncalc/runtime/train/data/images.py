"""Labelled images: in memory, or decoded when they are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy
import torch
from torch import Tensor

from cnncalc.layers.base import Shape
from cnncalc.runtime.train.errors import TrainError


class Images(Protocol):
    """Images of one shape, with the number of each one's class."""

    @property
    def shape(self) -> Shape:
        """Of one image: channels x height x width."""

    @property
    def labels(self) -> Tensor:
        """N, int64."""

    def fetch(self, indices: Tensor) -> Tensor:
        """N x shape, float32; what was stored in 8 bits, from 0 to 1."""


class Data(NamedTuple):
    """What a network is trained with.

    kind: what it is, in words
    classes: their names, in the order of the labels
    test: images that are only ever tested on, where the set has them
    """

    kind: str
    train: Images
    classes: tuple[str, ...]
    test: Images | None = None


class Stored:
    """Images in memory.

    values: N x C x H x W, or N x anything; uint8 is divided by 255 when fetched
    """

    def __init__(self, values: Tensor, labels: Tensor) -> None:
        self.values = values
        self.labels = labels.to(torch.int64)

    @property
    def shape(self) -> Shape:
        """Of one image."""
        return tuple(self.values.shape[1:])

    def fetch(self, indices: Tensor) -> Tensor:
        """N x shape, float32."""
        values = self.values[indices]
        return values.float() / 255 if values.dtype == torch.uint8 else values.float()


class Files:
    """Image files, decoded by some threads at once.

    size: height and width they are resized to; None: they have one size, that of the first
    """

    def __init__(
        self, paths: Sequence[Path], labels: Tensor, channels: int, size: tuple[int, int] | None
    ) -> None:
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
        from PIL import Image, UnidentifiedImageError

        try:
            with Image.open(path) as file:
                image = file.convert(self.mode)
        except (OSError, UnidentifiedImageError, Image.DecompressionBombError, ValueError) as error:
            raise TrainError(f"`{path}` cannot be read as an image: {error}") from None
        if not whole and self.resized:
            image = image.resize(self.size[::-1], Image.Resampling.BILINEAR)
        pixels = torch.from_numpy(numpy.array(image))
        pixels = pixels[None] if pixels.ndim == 2 else pixels.permute(2, 0, 1)
        if not whole and tuple(pixels.shape[1:]) != self.size:
            height, width = pixels.shape[1:]
            first = "x".join(map(str, self.size))
            raise TrainError(
                f"`{path}` is {height}x{width}, the first image {first};"
                " `--recipe resize=true` resizes all to the network's input"
            )
        return pixels
