"""What a training says: a line for each epoch, the same in files, a bar on a terminal."""

from __future__ import annotations

import csv
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from pytorch_lightning.callbacks import Checkpoint
from tensorboardX import SummaryWriter  # type: ignore[import-untyped]

from cnncalc import text as encoded
from cnncalc.runtime.train.run_pictures import Row, draw_curves
from cnncalc.streams import write_ours

METRICS = "metrics.csv"
BETWEEN = 0.2
"""Seconds between two states of the bar."""

DRAWN = 1.0
"""Seconds between two states of the picture."""


class RunRecord(Checkpoint):
    """On the first process only. To Lightning a checkpoint: those are called behind the task."""

    def __init__(self, folder: Path, tell: Callable[[str], None], bar: bool) -> None:
        self.folder = folder
        self.tell = tell
        self.bar = bar
        self.epochs: list[Any] = []
        self.begun = self.shown = 0.0
        self.first = 1
        self.board: Any = None
        self.rows: list[Row] = []
        self.drawn = 0.0

    @property
    def shows(self) -> bool:
        """Whether there is a bar."""
        return self.bar and sys.stderr.isatty()

    def on_train_start(self, trainer: Any, pl_module: Any) -> None:
        """Lines of epochs that are trained again are dropped."""
        if trainer.is_global_zero:
            self.first = trainer.current_epoch + 1
            self._keep(self.first - 1, pl_module.columns)
            events = str(self.folder / "tensorboard")
            self.board = SummaryWriter(events, purge_step=pl_module.done or None)
            self.tell(pl_module.head)

    def _keep(self, epochs: int, columns: tuple[str, ...]) -> None:
        path = self.folder / METRICS
        rows = path.read_text(encoding="utf-8").splitlines()[1:] if path.is_file() else []
        kept = [row for row in rows if int(row.partition(",")[0]) <= epochs]
        self.rows = [_numbers(columns, row.split(",")) for row in kept]
        text = "\n".join([",".join(columns), *kept])
        path.write_text(f"{text}\n", encoding="utf-8", newline="\n")

    def on_train_epoch_start(self, trainer: Any, pl_module: Any) -> None:
        """The clock starts."""
        self.begun = time.monotonic()

    def on_train_batch_end(self, trainer: Any, pl_module: Any, *ignored: Any) -> None:
        """The bar moves."""
        now = time.monotonic()
        if trainer.is_global_zero and self.shows and now - self.shown > BETWEEN:
            self.shown = now
            pl_module.check(ignored[-1])  # reads what is on its way from a GPU
            done, steps = ignored[-1] + 1, pl_module.steps
            bar = "█" * (20 * done // steps)
            state = f"epoch {trainer.current_epoch + 1}  {bar:<20}  {done}/{steps}"
            write_ours(f"\r{state}  {pl_module.so_far} ", sys.stderr)
            sys.stderr.flush()

    def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:
        """The epoch that has ended, everywhere."""
        if not trainer.is_global_zero:
            return
        epoch = pl_module.ended(time.monotonic() - self.begun)
        self.epochs.append(epoch)
        if self.shows:
            write_ours("\r\033[K", sys.stderr)
        self.tell(pl_module.line(epoch))
        with (self.folder / METRICS).open("a", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerow(epoch)
        self.rows.append(epoch._asdict())
        if time.monotonic() - self.drawn > DRAWN:
            self.draw(pl_module)
        for name, value in epoch._asdict().items():
            if value is not None and name not in ("epoch", "step"):
                self.board.add_scalar(name, value, epoch.step)
        self.board.flush()

    def draw(self, task: Any) -> None:
        """The curves up to now. Raises OSError."""
        if self.rows:
            draw_curves(self.rows, task.graph.name, task.watch.epoch or None, self.folder)
        self.drawn = time.monotonic()

    def close(self, task: Any) -> None:
        """The event file and the picture are done. Raises OSError."""
        if self.board:
            self.board.close()
            self.draw(task)


def _numbers(columns: Sequence[str], cells: Sequence[str]) -> Row:
    """A line of the file, as far as it is of numbers."""
    found: dict[str, float | None] = dict.fromkeys(columns)
    for name, cell in zip(columns, cells, strict=False):
        with suppress(ValueError):
            found[name] = float(cell)
    return found


def say(text: str) -> None:
    """A line of the results."""
    sys.stdout.write(f"{encoded.line(text)}\n")
    sys.stdout.flush()
