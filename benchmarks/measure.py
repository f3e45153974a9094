"""Timing two things in turn, so that both meet the same noise, by the processor's time alone: what
others do on the machine meanwhile does not count."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from math import inf
from statistics import median
from typing import NamedTuple


class Result(NamedTuple):
    """What a benchmark found; low, high: what it must lie between."""

    name: str
    value: float
    unit: str
    low: float = 0.0
    high: float = inf

    @property
    def bound(self) -> str:
        """In words."""
        if self.high == inf:
            return f"at least {self.low:g}"
        return f"{self.low:g} to {self.high:g}" if self.low else f"at most {self.high:g}"

    def holds(self, slack: float = 1.0) -> bool:
        """Whether it lies there, or so many times beyond."""
        return self.low / slack <= self.value <= self.high * slack


def at_most(name: str, value: float, bound: float, unit: str = "x") -> Result:
    """A ratio that must not exceed `bound`."""
    return Result(name, value, unit, high=bound)


def at_least(name: str, value: float, bound: float, unit: str = "x") -> Result:
    """A ratio that must reach `bound`."""
    return Result(name, value, unit, low=bound)


def between(name: str, value: float, low: float, high: float) -> Result:
    """A ratio that must lie between two bounds."""
    return Result(name, value, "x", low, high)


def seconds(action: Callable[[], object]) -> float:
    """The processor's time for one call, in all threads of this process and in all processes that
    it starts and waits for."""
    start = _spent()
    action()
    return _spent() - start


def _spent() -> float:
    whose = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN
    return sum(sum(resource.getrusage(one)[:2]) for one in whose)


def ratio(one: Callable[[], object], other: Callable[[], object], rounds: int) -> float:
    """The median time of `one` over that of `other`, run in turn after one round to warm up."""
    times = [(seconds(one), seconds(other)) for _ in range(rounds + 1)][1:]
    return median(t for t, _ in times) / median(t for _, t in times)


_BYTECODE = tempfile.mkdtemp(prefix="cnncalc-benchmarks-")


def python(*arguments: str, **variables: str) -> Callable[[], object]:
    """A run of this Python as a process, its bytecode cached as pip would have left it.

    variables: of its environment
    """
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": _BYTECODE, **variables}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, *arguments]
    return lambda: subprocess.run(
        command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment
    )


def peak_memory_of_children() -> int:
    """The largest resident set, in bytes, of any process that was started and has ended."""
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
