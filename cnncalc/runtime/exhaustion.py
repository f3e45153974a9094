"""Memory that ran out: how it is told, and how it is had back."""

from __future__ import annotations

import gc

import torch


def ran_out(error: BaseException) -> bool:
    """Whether memory ran out, be it the device's or the machine's."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(error, RuntimeError) and "can't allocate memory" in str(error)


def release() -> None:
    """Give back what nothing holds any more: the command line does not collect garbage."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
