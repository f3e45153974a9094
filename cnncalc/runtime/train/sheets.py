"""What a generator draws, a sheet after each epoch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pytorch_lightning.callbacks import Checkpoint
from torch import Tensor

from cnncalc.runtime.filter_picture import WHITE, beside
from cnncalc.whole_files import whole
from cnncalc.worked.array import Array
from cnncalc.worked.array_files import write_values

FOLDER = "samples"
COLUMNS = 8


class Sheets(Checkpoint):
    """`samples/0001.png` and so on. To Lightning a checkpoint: those are called behind the task."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / FOLDER

    def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:
        """Raises OSError."""
        if trainer.is_global_zero:
            self.folder.mkdir(exist_ok=True)
            write(pl_module.drawn(), self.folder / f"{trainer.current_epoch + 1:04}")


def write(samples: Tensor, name: Path) -> None:
    """N x C x H x W from 0 to 1 as one picture, what is no image as a `.npy` file."""
    found, suffix = samples, ".npy"
    if samples.ndim == 4 and samples.shape[1] in (1, 3):
        found, suffix = beside(samples * WHITE, COLUMNS), ".png"
    with whole(f"{name}{suffix}") as file:
        write_values(Array(tuple(found.shape), found.flatten().tolist()), file, suffix)
