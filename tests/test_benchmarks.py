"""A bound that a benchmark misses fails the run, a smoke run too."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks import __main__ as runner
from benchmarks.measure import Result, at_least, at_most, between, seconds

RATIOS = {
    "below": (at_most("a", 2.0, 2), "at most 2", True, True),
    "a little above": (at_most("a", 2.4, 2), "at most 2", False, True),
    "far above": (at_most("a", 2.6, 2), "at most 2", False, False),
    "enough": (at_least("a", 10.0, 10), "at least 10", True, True),
    "nearly enough": (at_least("a", 8.1, 10), "at least 10", False, True),
    "not enough": (at_least("a", 7.9, 10), "at least 10", False, False),
    "between": (between("a", 1.04, 0.95, 1.05), "0.95 to 1.05", True, True),
    "beside": (between("a", 0.9, 0.95, 1.05), "0.95 to 1.05", False, True),
    "far beside": (between("a", 1.4, 0.95, 1.05), "0.95 to 1.05", False, False),
}


@pytest.mark.parametrize(("found", "bound", "held", "smoke"), RATIOS.values(), ids=RATIOS)
@pytest.mark.torch
def test_what_is_missed_fails(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    found: Result,
    bound: str,
    held: bool,
    smoke: bool,
) -> None:
    def benchmark(rounds: int) -> Iterator[Result]:
        yield found

    monkeypatch.setattr(runner, "BENCHMARKS", (benchmark,))
    for arguments, good in (([], held), (["--smoke"], smoke)):
        assert runner.main(arguments) == (0 if good else 1)
        said = capsys.readouterr().out
        assert bound in said
        assert said.endswith("ok\n" if good else "MISSED\n")


def test_waiting_takes_no_time() -> None:
    import time

    assert seconds(lambda: time.sleep(0.2)) < 0.1
    assert seconds(lambda: sum(range(3_000_000))) > 0.005
