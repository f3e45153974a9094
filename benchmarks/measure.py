"""Timing two things in turn, so that both meet the same noise."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from statistics import median
from typing import NamedTuple


class Result(NamedTuple):
    """What a benchmark found. `holds` says whether `value` is within its bound."""

    name: str
    value: float
    unit: str
    bound: str
    holds: bool


def at_most(name: str, value: float, bound: float, unit: str = "x") -> Result:
    """A ratio that must not exceed `bound`."""
    return Result(name, value, unit, f"at most {bound:g}", value <= bound)


def at_least(name: str, value: float, bound: float, unit: str = "x") -> Result:
    """A ratio that must reach `bound`."""
    return Result(name, value, unit, f"at least {bound:g}", value >= bound)


def between(name: str, value: float, low: float, high: float) -> Result:
    """A ratio that must lie between two bounds."""
    return Result(name, value, "x", f"{low:g} to {high:g}", low <= value <= high)


def seconds(action: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def ratio(one: Callable[[], object], other: Callable[[], object], rounds: int) -> float:
    """The median time of `one` over that of `other`, run in turn after one round to warm up."""
    times = [(seconds(one), seconds(other)) for _ in range(rounds + 1)][1:]
    return median(t for t, _ in times) / median(t for _, t in times)


_BYTECODE = tempfile.mkdtemp(prefix="cnncalc-benchmarks-")


def python(*arguments: str) -> Callable[[], object]:
    """A run of this Python as a process, its bytecode cached as pip would have left it."""
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": _BYTECODE}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, *arguments]
    return lambda: subprocess.run(
        command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment
    )


def peak_memory_of_children() -> int:
    """The largest resident set, in bytes, of any process that was started and has ended."""
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
