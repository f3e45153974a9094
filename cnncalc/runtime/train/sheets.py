"""What a generator draws, a sheet after each epoch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy
from numpy.typing import NDArray
from pytorch_lightning.callbacks import Checkpoint

from cnncalc.whole_files import whole

FOLDER = "samples"
GAP = 2
"""Pixels between two images."""


class Sheets(Checkpoint):
    """`samples/0001.png` and so on. To Lightning a checkpoint: those are called behind the task."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / FOLDER

    def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:
        """Raises OSError."""
        if trainer.is_global_zero:
            self.folder.mkdir(exist_ok=True)
            write(pl_module.drawn().numpy(), self.folder / f"{trainer.current_epoch + 1:04}")


def write(samples: NDArray[Any], name: Path) -> None:
    """N x C x H x W from 0 to 1 as one picture, what is no image as a `.npy` file."""
    if samples.ndim != 4 or samples.shape[1] not in (1, 3):
        with whole(f"{name}.npy") as file, file.open("wb") as written:
            numpy.save(written, samples)
        return
    from PIL import Image

    pixels = sheet((samples.clip(0, 1) * 255).round().astype(numpy.uint8))
    with whole(f"{name}.png") as file:
        Image.fromarray(pixels.squeeze(-1) if pixels.shape[-1] == 1 else pixels).save(file, "PNG")


def sheet(images: NDArray[Any]) -> NDArray[Any]:
    """N x C x H x W side by side, as many in a row as there are rows: height x width x C."""
    count, channels, height, width = images.shape
    across = round(count**0.5)
    wide = numpy.pad(images, ((0, 0), (0, 0), (0, GAP), (0, GAP)), constant_values=255)
    rows = wide.reshape(-1, across, channels, height + GAP, width + GAP).transpose(0, 3, 1, 4, 2)
    return rows.reshape(-1, across * (width + GAP), channels)[:-GAP, :-GAP]
