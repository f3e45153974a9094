"""Memory that ran out: how it is told, how it is had back, and how much less would do."""

from __future__ import annotations

import gc
from collections.abc import Callable

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


def fitting(batch: int, run: Callable[[int], object]) -> int:
    """The largest batch, a half or a quarter and so on of one that does not fit, that can be run; 0
    where not even one sample can. To be called once the error is gone: it holds what it met."""
    batch //= 2
    while batch and not _suffices(run, batch):
        batch //= 2
    return batch


def _suffices(run: Callable[[int], object], batch: int) -> bool:
    release()
    try:
        run(batch)
    except Exception as error:
        if not ran_out(error):
            raise
        return False
    return True
