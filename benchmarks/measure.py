"""Timing two things in turn, so that both meet the same noise, by the processor's time alone: what
others do on the machine meanwhile does not count."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from math import inf, log
from statistics import linear_regression, quantiles
from typing import NamedTuple


class Spread(NamedTuple):
    """What was measured several times: half of it lies from `lower` to `upper`."""

    lower: float
    median: float
    upper: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Spread:
        """The quartiles of some values, or of one."""
        found = list(values)
        return cls(*quantiles(found * 2 if len(found) == 1 else found, n=4, method="inclusive"))

    def each(self, change: Callable[[float], float]) -> Spread:
        """In another unit."""
        return Spread(*map(change, self))


class Result(NamedTuple):
    """What a benchmark found; low, high: what its median must lie between.

    found: None where the machine was too busy to tell
    """

    name: str
    found: Spread | None
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
        return bool(self.found) and self.low / slack <= self.found.median <= self.high * slack

    def worse(self, before: float) -> float:
        """How many times worse it is than it was before; 1 where that is not known."""
        if not self.found or not before:
            return 1.0
        more, less = self.found.median / before, before / self.found.median
        return max(more if self.high < inf else 0.0, less if self.low else 0.0)


def at_most(name: str, value: Spread | float, bound: float, unit: str = "x") -> Result:
    """A ratio that must not exceed `bound`."""
    return Result(name, _spread(value), unit, high=bound)


def at_least(name: str, value: Spread | float | None, bound: float, unit: str = "x") -> Result:
    """A ratio that must reach `bound`."""
    return Result(name, _spread(value), unit, low=bound)


def between(name: str, value: Spread | float, low: float, high: float) -> Result:
    """A ratio that must lie between two bounds."""
    return Result(name, _spread(value), "x", low, high)


def _spread(value: Spread | float | None) -> Spread | None:
    return Spread(value, value, value) if isinstance(value, float | int) else value


def seconds(action: Callable[[], object]) -> float:
    """The processor's time for one call, in all threads of this process and in all processes that
    it starts and waits for."""
    start = spent()
    action()
    return spent() - start


def spent() -> float:
    """The processor's time that this process has taken, and those that it waited for."""
    whose = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN
    return sum(sum(resource.getrusage(one)[:2]) for one in whose)


def ratio(one: Callable[[], object], other: Callable[[], object], rounds: int) -> Spread:
    """The time of `one` over that of `other`, run in turn after one round to warm up."""
    times = [(seconds(one), seconds(other)) for _ in range(rounds + 1)][1:]
    return Spread.of(ours / theirs for ours, theirs in times)


def exponent(sizes: Sequence[float], times: Sequence[float]) -> float:
    """The slope of the line that lies closest to the logarithms of sizes and times."""
    return linear_regression([*map(log, sizes)], [*map(log, times)]).slope


_BYTECODE = tempfile.mkdtemp(prefix="cnncalc-benchmarks-")


def python(*arguments: str, **variables: str) -> Callable[[], str]:
    """A run of this Python as a process, its bytecode cached as pip would have left it: what it
    prints.

    variables: of its environment
    """
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": _BYTECODE, **variables}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, *arguments]
    return lambda: (
        subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout
    )


def peak_memory() -> float:
    """The largest resident set of this process so far, in MiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10
