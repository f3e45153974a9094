"""TF32: whether a GPU multiplies float32 numbers with 10 of their 23 bits behind the point."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def tf32(allowed: bool) -> Iterator[None]:
    """Within it, matrix products and convolutions on a GPU are multiplied so, or neither is.

    By itself PyTorch multiplies convolutions so, and products whole. The flags are the process's.
    """
    before = _flags()
    _set(allowed, allowed)
    try:
        yield
    finally:
        _set(*before)


def _flags() -> tuple[bool, bool]:
    """Of products, of convolutions."""
    return torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32


def _set(products: bool, convolutions: bool) -> None:
    """By these names alone: PyTorch has others for the same (`fp32_precision`), its compiler reads
    these, and what was set by the ones cannot be read by the others."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*TF32")  # PyTorch 2.9 advises the others
        torch.backends.cuda.matmul.allow_tf32 = products
        torch.backends.cudnn.allow_tf32 = convolutions
