"""Noise with labels drawn by chance: to measure speed. Nothing can be learned from it."""

from __future__ import annotations

from math import prod

import torch

from cnncalc.layers.base import Shape
from cnncalc.runtime.train.data.images import Data, Stored

COUNT = 2048

VALUES = 2**25
"""What maps of answers hold together, about."""


def synthetic(shape: Shape, classes: int, positions: Shape = ()) -> Data:
    """2,048 images of a shape; of large ones with an answer at each position, fewer."""
    count = min(COUNT, max(64, VALUES // prod(shape))) if positions else COUNT
    generator = torch.Generator().manual_seed(0)
    values = torch.randint(256, (count, *shape), generator=generator, dtype=torch.uint8)
    labels = torch.randint(classes, (count, *positions), generator=generator)
    kind = "synthetic: noise, to measure speed; its accuracy says nothing"
    return Data(kind, Stored(values, labels), tuple(str(label) for label in range(classes)))
