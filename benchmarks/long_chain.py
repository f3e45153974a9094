"""A chain of 100,000 layers, written out: time must grow as the chain does."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from math import log10
from pathlib import Path

from benchmarks.measure import Result, at_most, peak_memory_of_children, python, seconds
from cnncalc.language.load import loads
from cnncalc.lowering.source import source

LAYER = "  - conv: {filters: 8, kernel: 3, padding: 1}\n"


def long_chain(rounds: int) -> Iterator[Result]:
    """100,000 layers against 10,000, and the memory the long one takes."""
    with tempfile.TemporaryDirectory() as folder:
        short, long = (chain(Path(folder), length) for length in (10_000, 100_000))
        fast = min(seconds(short) for _ in range(max(rounds // 3, 1)))
        slow = min(seconds(long) for _ in range(max(rounds // 10, 1)))
    yield at_most("`analyze` of 100,000 layers / of 10,000", slow / fast, 12)
    yield at_most("exponent of `analyze`, from 10,000 layers to 100,000", log10(slow / fast), 1.15)
    yield from lowered_chains()
    yield at_most("peak memory of 100,000 layers", peak_memory_of_children() / 2**30, 1, "GiB")


def lowered_chains() -> Iterator[Result]:
    """How the time of `export` grows with a chain that is written out."""
    times = []
    for length in (1_000, 10_000):
        graph = loads(f"input: 8x32x32\nlayers:\n{LAYER * length}")
        times.append(seconds(partial(source, graph)))
    growth = log10(times[1] / times[0])
    yield at_most("exponent of `export`, from 1,000 layers to 10,000", growth, 1.15)


def chain(folder: Path, length: int) -> Callable[[], object]:
    """A process that analyses a generated chain."""
    spec = folder / f"chain{length}.yaml"
    spec.write_text(f"input: 8x32x32\nlayers:\n{LAYER * length}")
    return python("-m", "cnncalc", "analyze", str(spec))
