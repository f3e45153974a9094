"""What a network says of each place of a sample, as files: a picture of classes, or an array."""

from __future__ import annotations

from colorsys import hsv_to_rgb
from pathlib import Path
from typing import Any

import numpy
from torch import Tensor

from cnncalc.runtime.train.errors import TrainError
from cnncalc.whole_files import whole

MOST = 256
"""Classes of a picture: a byte for each pixel."""

GOLDEN = 0.618033988749895
"""Of a turn, from the hue of a class to that of the next: none are alike."""


class Maps:
    """Files in a folder, one for each sample, named after the file that it is from."""

    def __init__(self, folder: Path, force: bool) -> None:
        """Raises TrainError where a folder cannot be, or has files that would be lost."""
        self.folder = folder
        self.taken: set[str] = set()
        try:
            full = folder.exists() and any(folder.iterdir()) and not force
        except OSError as error:
            raise TrainError(f"cannot write in `{folder}`: {error.strerror}") from None
        if full:
            raise TrainError(f"`{folder}` has files already; --force writes over those of one name")

    def write(self, values: Tensor, source: str, place: int | None, classes: int) -> str:
        """The path of what was written. values: whole numbers below `classes` (H x W is then a
        picture), or any numbers. Raises TrainError."""
        whole_numbers = not values.is_floating_point()
        picture = whole_numbers and values.ndim == 2 and classes <= MOST
        name = self._name(Path(source).stem, place, ".png" if picture else ".npy")
        array = values.numpy()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with whole(str(self.folder / name)) as file:
                if picture:
                    _picture(array.astype("uint8"), classes).save(file, "PNG")
                else:
                    kind = (
                        "float32" if not whole_numbers else "uint16" if classes > MOST else "uint8"
                    )
                    numpy.save(file, array.astype(kind), allow_pickle=False)
        except OSError as error:
            raise TrainError(f"cannot write `{self.folder / name}`: {error.strerror}") from None
        return str(self.folder / name)

    def _name(self, stem: str, place: int | None, suffix: str) -> str:
        """`scan.png`, `scan-0003.png`; `scan_2.png` where there was one of that name."""
        base = stem if place is None else f"{stem}-{place:04}"
        name, number = f"{base}{suffix}", 1
        while name in self.taken:
            number += 1
            name = f"{base}_{number}{suffix}"
        self.taken.add(name)
        return name


def _picture(pixels: Any, classes: int) -> Any:
    """Pixels that are classes, each in a colour of its own, the first one black."""
    from PIL import Image

    image = Image.fromarray(pixels, "P")
    image.putpalette([level for one in range(classes) for level in colour(one)])
    return image


def colour(one: int) -> tuple[int, int, int]:
    """Of a class, by its number."""
    if not one:
        return 0, 0, 0
    value = (1.0, 0.75)[(one - 1) // 6 % 2]
    red, green, blue = hsv_to_rgb(GOLDEN * one % 1, 0.8, value)
    return round(255 * red), round(255 * green), round(255 * blue)
