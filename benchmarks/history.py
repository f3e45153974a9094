"""What was measured before: a row a result in `docs/measurements/speed.csv`, the newest last."""

from __future__ import annotations

import csv
import platform
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from benchmarks.measure import Result
from cnncalc import __version__

FILE = Path(__file__).parents[1] / "docs" / "measurements" / "speed.csv"


class Entry(NamedTuple):
    """A row.

    way: `smoke`, or `whole`; lower, median, upper: the quartiles
    """

    date: str
    version: str
    python: str
    processor: str
    way: str
    name: str
    unit: str
    lower: str
    median: str
    upper: str


def medians(way: str) -> dict[str, float]:
    """The newest median of each result that was recorded this way."""
    return {row.name: float(row.median) for row in entries() if row.way == way}


def entries() -> list[Entry]:
    """All rows, from the oldest on."""
    if not FILE.exists():
        return []
    with FILE.open(encoding="utf-8", newline="") as file:
        return [Entry(*row) for row in list(csv.reader(file))[1:]]


def keep(way: str, results: Iterable[Result]) -> None:
    """Add rows of what was measured now; of one day, the last of each result is kept."""
    today = datetime.now(UTC).date().isoformat()
    new = [_entry(today, way, result) for result in results if result.found]
    again = {(row.date, row.way, row.name) for row in new}
    old = [row for row in entries() if (row.date, row.way, row.name) not in again]
    _write([*old, *new])


def _entry(today: str, way: str, result: Result) -> Entry:
    quartiles = [f"{value:.4g}" for value in result.found or ()]
    described = today, __version__, platform.python_version(), _processor()
    return Entry(*described, way, result.name.strip(), result.unit.strip(), *quartiles)


def _processor() -> str:
    """Its name, as the system says it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.machine()


def _write(rows: Sequence[Entry]) -> None:
    with FILE.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([Entry._fields, *rows])
