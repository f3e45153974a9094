"""A run that is ended by a signal, and what stands of it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pytorch_lightning.callbacks import Callback


class InterruptionError(Exception):
    """code: what the process exits with, 130 or 143
    last: the checkpoint to go on from; None: no run had begun, or another process says what stands
    epochs: how many are in it; 0: it is not written yet
    """

    def __init__(self, code: int, last: Path | None = None, epochs: int = 0) -> None:
        super().__init__(code, last, epochs)
        self.code = code
        self.last = last
        self.epochs = epochs


class Ending(Callback):
    """The signal that ends a run: Ctrl-C, unless it is SIGTERM. Lightning has listeners of its own
    meanwhile, which wait for the end of a step, and for other processes: this one comes after."""

    def __init__(self) -> None:
        self.code = 128 + signal.SIGINT

    def __call__(self, number: int, frame: Any) -> None:
        """SIGTERM ends a run as Ctrl-C does, at once."""
        self.code = 128 + number
        raise KeyboardInterrupt

    def listen(self) -> None:
        """Be told of SIGTERM."""
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, self)

    def on_train_start(self, trainer: Any, pl_module: Any) -> None:
        """Once Lightning listens."""
        self.listen()

    def on_test_start(self, trainer: Any, pl_module: Any) -> None:
        """Once Lightning listens."""
        self.listen()


@contextmanager
def listening() -> Iterator[Ending]:
    """SIGTERM is a KeyboardInterrupt meanwhile."""
    before = signal.getsignal(signal.SIGTERM)
    ending = Ending()
    ending.listen()
    try:
        yield ending
    finally:
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, before or signal.SIG_DFL)
