"""Many networks or files, one after another: each in a process with limits, and a row of a table,
which goes on where it was cut."""

from __future__ import annotations

import csv
import multiprocessing
import resource
import signal
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

Row = Mapping[str, Any]

LATE = (-signal.SIGXCPU, -signal.SIGKILL)
"""How a process ends that has computed for too long."""


class Limits(NamedTuple):
    """seconds: in all, and of the processor; memory: bytes of addresses"""

    seconds: float
    processor: int
    memory: int


def in_a_process(action: Callable[[], Row], limits: Limits) -> Row:
    """What it gives, in a process that is a copy of this one, which has all libraries; `late` or
    `failed` and why, where it gives nothing."""
    ours, theirs = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(
        target=_told, args=(action, limits, theirs), daemon=True
    )
    begin = time.monotonic()
    process.start()
    theirs.close()
    try:
        found: Row = ours.recv() if ours.poll(limits.seconds) else {"result": "late"}
    except EOFError:
        process.join()
        took = round(time.monotonic() - begin)
        late = process.exitcode in LATE
        why = f"its process ended after {took} s"
        found = {"result": "late" if late else "failed", "why": why}
    process.kill()
    process.join()
    return found


def _told(action: Callable[[], Row], limits: Limits, to: Connection) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.processor, limits.processor))
    before = time.process_time()
    try:
        found = action()
    except Exception as error:
        why = f"{type(error).__name__}: {error}"[:300].replace("\n", " ")
        found = {"result": "failed", "why": why}
    to.send({"seconds": round(time.process_time() - before, 1), **found})


class Table:
    """A file of rows; the first column names what each is of."""

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self.path = path
        self.columns = columns
        if not path.exists():
            path.write_text(",".join(columns) + "\n")

    def rows(self) -> list[dict[str, str]]:
        """Those that it has."""
        with self.path.open(newline="") as file:
            return list(csv.DictReader(file))

    def fill(self, names: Iterable[str], row: Callable[[str], Row]) -> Iterator[Row]:
        """A row for each name that has none, kept before the next one begins."""
        first = self.columns[0]
        known = {each[first] for each in self.rows()}
        with self.path.open("a", newline="") as file:
            writer = csv.DictWriter(file, self.columns)
            for name in names:
                if name not in known:
                    found = {first: name, **row(name)}
                    writer.writerow(found)
                    file.flush()
                    yield found
