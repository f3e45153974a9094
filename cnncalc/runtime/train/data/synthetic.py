"""Noise with labels drawn by chance: to measure speed. Nothing can be learned from it."""

from __future__ import annotations

import torch

from cnncalc.layers.base import Shape
from cnncalc.runtime.train.data.images import Data, Stored

COUNT = 2048


def synthetic(shape: Shape, classes: int) -> Data:
    """2,048 images of a shape."""
    generator = torch.Generator().manual_seed(0)
    values = torch.randint(256, (COUNT, *shape), generator=generator, dtype=torch.uint8)
    labels = torch.randint(classes, (COUNT,), generator=generator)
    kind = "synthetic: noise, to measure speed; its accuracy says nothing"
    return Data(kind, Stored(values, labels), tuple(str(label) for label in range(classes)))
