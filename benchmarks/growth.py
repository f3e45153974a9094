"""Chains of 1,000 to 100,000 layers, written out: time grows as they do, and memory is bounded.

`python -m benchmarks.growth WORK FILE` does one of them, in a process of its own, as a command
does: the seconds of the processor, behind the start, and the MiB at the peak.
"""

from __future__ import annotations

import gc
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stdout
from pathlib import Path
from typing import NamedTuple

from benchmarks.measure import Result, Spread, at_most, exponent, peak_memory, python, seconds

LAYER = "  - conv: {filters: 8, kernel: 3, padding: 1}\n"
IGNORED = f"{LAYER.rstrip()}  # cnncalc: ignore[CNN9]\n"

LENGTHS = (1_000, 10_000, 100_000)
FEWER = (400, 4_000)
"""Where each is run a few times only; and what imports PyTorch is not."""

COMMANDS: Mapping[str, tuple[str, ...]] = {
    "analyze": ("analyze",),
    "analyze --format json": ("analyze", "--format", "json"),
    "analyze --format csv": ("analyze", "--format", "csv"),
    "check, a comment to each layer": ("check", "--no-cache"),
    "export": ("export",),
}
LOWER = "lower"
WORKS = (*COMMANDS, LOWER)

PEAKS = {"analyze": 450, "analyze --format json": 500}
"""MiB, of the longest."""


class Taken(NamedTuple):
    """By one work on one chain: seconds, and MiB."""

    time: float
    memory: float


def growth(rounds: int) -> Iterator[Result]:
    """The power of the layers by which the time of each grows, and the memory of some."""
    lengths, times = (LENGTHS, 3) if rounds > len(LENGTHS) else (FEWER, 1)
    for work in WORKS if lengths is LENGTHS else COMMANDS:
        with tempfile.TemporaryDirectory() as folder:
            runs = [[_taken(Path(folder), work, each) for each in lengths] for _ in range(times)]
        powers = [exponent(lengths, [one.time for one in run]) for run in runs]
        scale = f"{lengths[0]:,} to {lengths[-1]:,} layers"
        yield at_most(f"`{work}` of {scale}: time grows with", Spread.of(powers), 1.15, "power")
        if work in PEAKS and lengths is LENGTHS:
            peaks = Spread.of(run[-1].memory for run in runs)
            yield at_most(f"`{work}` of {lengths[-1]:,} layers: memory", peaks, PEAKS[work], "MiB")


def _taken(folder: Path, work: str, length: int) -> Taken:
    """By a process that works on a chain."""
    spec = folder / f"chain{length}.yaml"
    layer = IGNORED if work.startswith("check") else LAYER
    spec.write_text(f"input: 8x32x32\nlayers:\n{layer * length}")
    printed = python("-m", "benchmarks.growth", work, str(spec))().split()
    return Taken(*map(float, printed[-2:]))


def _working(work: str, spec: str) -> Callable[[], object]:
    """What does it, of which all that it imports is imported."""
    if work == LOWER:
        import cnncalc

        cnncalc.lower(cnncalc.load("lenet5"))
        return lambda: cnncalc.lower(cnncalc.load(spec))
    from cnncalc.cli import called

    def run(name: str) -> None:
        command, *options = COMMANDS[work]
        sys.argv = ["cnncalc", command, name, *options]
        with open(os.devnull, "w", encoding="utf-8") as nowhere, redirect_stdout(nowhere):
            called()

    run("lenet5")
    return lambda: run(spec)


if __name__ == "__main__":
    gc.disable()
    working = _working(*sys.argv[1:])
    print(seconds(working), peak_memory())
