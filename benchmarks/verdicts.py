"""What is to be made of a result: whether it keeps to its bound, and to what was recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from benchmarks.meanwhile import TOO_MUCH, Meanwhile
from benchmarks.measure import Result

Benchmark = Callable[[int], Iterator[Result]]

WORSE = 1.3
"""Times worse than what was recorded: too much."""


class Way(NamedTuple):
    """How to measure: so many rounds, each bound with some slack; `name` is that of the record."""

    name: str
    rounds: int
    slack: float


WHOLE = Way("whole", 20, 1.0)
SMOKE = Way("smoke", 3, 1.2)
"""Few rounds scatter."""


class Verdict(NamedTuple):
    """A result, what it was before, and what is to be said of it."""

    result: Result
    before: float | None
    word: str

    @property
    def failed(self) -> bool:
        """Whether it fails the run."""
        return self.word not in ("ok", BUSY)

    def __str__(self) -> str:
        result = self.result
        said = ["-"] if result.found is None else _measured(result)
        before = [f"{self.before:.3g} before"] if self.before else []
        return f"{result.name}\n    " + ", ".join([*said, result.bound, *before, self.word])


BUSY = "too busy to tell"


def verdicts(
    benchmark: Benchmark, way: Way, recorded: Mapping[str, float]
) -> tuple[list[Verdict], float | None]:
    """Of each result, and the share of the processors that others took meanwhile. What fails is
    measured once more: only what fails twice does. Where others took too much, it says nothing."""
    meanwhile = Meanwhile()
    found = [_verdict(result, way, recorded) for result in benchmark(way.rounds)]
    if any(verdict.failed for verdict in found):
        again = {result.name: result for result in benchmark(way.rounds)}
        found = [
            _verdict(again.get(one.result.name, one.result), way, recorded) if one.failed else one
            for one in found
        ]
    others = meanwhile.share()
    if others is not None and others > TOO_MUCH:
        found = [one._replace(word=BUSY) if one.failed else one for one in found]
    return found, others


def _verdict(result: Result, way: Way, recorded: Mapping[str, float]) -> Verdict:
    before = recorded.get(result.name.strip())
    if result.found is None:
        return Verdict(result, before, BUSY)
    if not result.holds(way.slack):
        return Verdict(result, before, "MISSED")
    if before is not None and result.worse(before) > WORSE:
        return Verdict(result, before, f"WORSE by more than {WORSE:g}")
    return Verdict(result, before, "ok")


def _measured(result: Result) -> list[str]:
    assert result.found
    lower, median, upper = (f"{value:.3g}" for value in result.found)
    quartiles = "" if lower == upper else f" ({lower} to {upper})"
    return [f"{median} {result.unit}{quartiles}"]
