"""The tensors in a file of weights: a checkpoint of `cnncalc train`, a saved `state_dict`,
safetensors. Which it is, its first bytes say, not its name."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from cnncalc.runtime.reading import ReadError, content, size_of
from cnncalc.runtime.sealed import PREFIX, state_and_means
from cnncalc.runtime.weights.safetensors_file import TYPES, header_of, is_safetensors

ENDINGS = (".ckpt", ".pt", ".pth", ".bin", ".safetensors")
"""How names of such files end."""

PICKLE = b"\x80"
"""What a pickle begins with, and what `torch.save` wrote before it wrote zip files."""


def tensors_in(path: Path, prefix: str = PREFIX) -> dict[str, Tensor]:
    """By name, in the file's order; prefix: what stands before the names of those that are wanted,
    in a checkpoint. Nothing in the file is run. Raises ReadError."""
    return tensors_and_means(path, prefix)[0]


def tensors_and_means(path: Path, prefix: str = PREFIX) -> tuple[dict[str, Tensor], bool]:
    """The same, and whether they are running means of a training. Raises ReadError."""
    if is_safetensors(path):
        return _of_safetensors(path), False
    check_no_pickle(path)
    return state_and_means(path, prefix)


def check_no_pickle(path: Path) -> None:
    """Raises ReadError for a pickle alone."""
    size_of(path)
    with path.open("rb") as file:
        if file.read(1) == PICKLE:
            raise ReadError(
                "is a pickle, which could run anything, and is not loaded: where you trust it,"
                " `torch.save(torch.load(FILE, weights_only=True), NEW)` makes one that is"
            )


def _of_safetensors(path: Path) -> dict[str, Tensor]:
    header = header_of(path)
    whole = bytearray(content(path))
    return {
        name: torch.frombuffer(whole, dtype=torch.uint8)[stored.begin : stored.end]
        .clone()  # where it lies need not suit its type
        .view(getattr(torch, TYPES[stored.dtype]))
        .reshape(stored.shape)
        for name, stored in header.tensors.items()
    }
