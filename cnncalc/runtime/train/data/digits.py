"""The digits that scikit-learn ships: 1,797 grey images of 8x8, offline."""

from __future__ import annotations

import torch

from cnncalc.runtime.train.data.images import Data, Stored


def digits() -> Data:
    """Values from 0 to 1, in sixteenths (Alpaydin & Kaynak 1998)."""
    from sklearn.datasets import load_digits  # type: ignore[import-untyped]  # slow to import

    found = load_digits()
    values = torch.from_numpy(found.images).float()[:, None] / 16
    images = Stored(values, torch.from_numpy(found.target))
    return Data("digits of scikit-learn", images, tuple(map(str, found.target_names)))
