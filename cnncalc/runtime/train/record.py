"""What a training says: a line for each epoch, the same in files, a bar on a terminal."""

from __future__ import annotations

import csv
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pytorch_lightning.callbacks import Checkpoint
from tensorboardX import SummaryWriter  # type: ignore[import-untyped]

from cnncalc import text as encoded
from cnncalc.streams import write_ours
from cnncalc.trained import Epoch

METRICS = "metrics.csv"
BETWEEN = 0.2
"""Seconds between two states of the bar."""


def head(graded: bool) -> str:
    """What stands above the lines of epochs; graded: whether answers are right or wrong."""
    accuracy = "  accuracy" if graded else ""
    return f"epoch      loss  validation loss{accuracy}  learning rate  seconds"


def line(epoch: Epoch, best: bool, graded: bool) -> str:
    """An epoch on standard output."""
    loss = "" if epoch.validation_loss is None else lost(epoch.validation_loss, graded)
    error = epoch.validation_error
    accuracy = "" if error is None else percent(1 - error)
    column = f"{accuracy:>10}" if graded else ""
    return (
        f"{epoch.epoch:5}{lost(epoch.loss, graded):>10}{loss:>17}{column}"
        f"{epoch.learning_rate:15.3g}{epoch.seconds:9.1f}{'  best' if best else ''}"
    )


def lost(loss: float, graded: bool) -> str:
    """A loss: in nats, or, of numbers, in whatever size they have."""
    return f"{loss:.4f}" if graded else f"{loss:.4g}"


def percent(share: float) -> str:
    """`98.33 %`."""
    return f"{100 * share:.2f} %"


class RunRecord(Checkpoint):
    """On the first process only. To Lightning a checkpoint: those are called behind the task."""

    def __init__(self, folder: Path, tell: Callable[[str], None], bar: bool) -> None:
        self.folder = folder
        self.tell = tell
        self.bar = bar
        self.epochs: list[Epoch] = []
        self.begun = self.shown = 0.0
        self.first = 1
        self.board: Any = None

    @property
    def shows(self) -> bool:
        """Whether there is a bar."""
        return self.bar and sys.stderr.isatty()

    def on_train_start(self, trainer: Any, pl_module: Any) -> None:
        """Lines of epochs that are trained again are dropped."""
        if trainer.is_global_zero:
            self.first = trainer.current_epoch + 1
            self._keep(self.first - 1)
            events = str(self.folder / "tensorboard")
            self.board = SummaryWriter(events, purge_step=trainer.global_step or None)
            self.tell(head(pl_module.graded))

    def _keep(self, epochs: int) -> None:
        path = self.folder / METRICS
        rows = path.read_text(encoding="utf-8").splitlines()[1:] if path.is_file() else []
        kept = [row for row in rows if int(row.partition(",")[0]) <= epochs]
        text = "\n".join([",".join(Epoch._fields), *kept])
        path.write_text(f"{text}\n", encoding="utf-8", newline="\n")

    def on_train_epoch_start(self, trainer: Any, pl_module: Any) -> None:
        """The clock starts."""
        self.begun = time.monotonic()

    def on_train_batch_end(self, trainer: Any, pl_module: Any, *ignored: Any) -> None:
        """The bar moves."""
        now = time.monotonic()
        if trainer.is_global_zero and self.shows and now - self.shown > BETWEEN:
            self.shown = now
            done, steps = ignored[-1] + 1, pl_module.steps
            bar = "█" * (20 * done // steps)
            state = f"epoch {trainer.current_epoch + 1}  {bar:<20}  {done}/{steps}"
            loss = pl_module.learned.loss / pl_module.learned.count
            write_ours(f"\r{state}  loss {loss:.4f} ", sys.stderr)
            sys.stderr.flush()

    def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:
        """The epoch that has ended, everywhere."""
        if not trainer.is_global_zero:
            return
        seconds = time.monotonic() - self.begun
        means, learned = pl_module.means, pl_module.training_means
        epoch = Epoch(
            trainer.current_epoch + 1,
            trainer.global_step,
            learned.loss,
            learned.error,
            means.loss if means else None,
            means.error if means else None,
            pl_module.optimizer.param_groups[0]["lr"],
            round(seconds, 3),
            round(pl_module.learned.count * trainer.world_size / max(seconds, 1e-9), 1),
        )
        self.epochs.append(epoch)
        if self.shows:
            write_ours("\r\033[K", sys.stderr)
        self.tell(line(epoch, pl_module.is_best, pl_module.graded))
        with (self.folder / METRICS).open("a", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerow(epoch)
        for name, value in epoch._asdict().items():
            if value is not None and name not in ("epoch", "step"):
                self.board.add_scalar(name, value, trainer.global_step)
        self.board.flush()

    def close(self) -> None:
        """The event file is done."""
        if self.board:
            self.board.close()


def say(text: str) -> None:
    """A line of the results."""
    sys.stdout.write(f"{encoded.line(text)}\n")
    sys.stdout.flush()
