"""What a file of weights says and holds, as values."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any

from cnncalc.records import NamedTuple

MEANS = "running means of the weights (EMA)"
"""What weights are that a training kept beside those of its last step, to be used."""


class HeldTensor(NamedTuple):
    """A tensor in a file. dtype: `float32`; norm: the root of the sum of its squares; None where
    values are no numbers, or of a type that is not known."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    norm: float | None

    @property
    def numbers(self) -> int:
        """How many it has."""
        return prod(self.shape)


class StoredWeights(NamedTuple):
    """A file of weights.

    form: `checkpoint`, `state_dict` or `safetensors`
    sha256: of all its bytes; sealed: whether a digest of its own was there, and held
    said: what it says of itself: of a checkpoint the spec, the recipe, the data, the epochs, the
        metrics; numbers, texts, lists and dictionaries alone
    averaged: whether there are running means of the weights: these stand first, by the names of the
        weights, those of the last step by the names that they have in the file
    """

    path: str
    form: str
    size: int
    sha256: str
    sealed: bool
    said: Mapping[str, Any]
    tensors: tuple[HeldTensor, ...]
    averaged: bool = False
