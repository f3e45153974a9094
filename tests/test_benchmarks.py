"""A bound that a benchmark misses fails the run, a smoke run too; so does what is much worse than
recorded, unless others took the machine meanwhile."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import __main__ as runner
from benchmarks import history, verdicts
from benchmarks.measure import Result, Spread, at_least, at_most, between, exponent, seconds

RATIOS = {
    "below": (at_most("a", 2.0, 2), "at most 2", True, True),
    "a little above": (at_most("a", 2.3, 2), "at most 2", False, True),
    "far above": (at_most("a", 2.5, 2), "at most 2", False, False),
    "enough": (at_least("a", 10.0, 10), "at least 10", True, True),
    "nearly enough": (at_least("a", 8.4, 10), "at least 10", False, True),
    "not enough": (at_least("a", 8.2, 10), "at least 10", False, False),
    "between": (between("a", 1.04, 0.95, 1.05), "0.95 to 1.05", True, True),
    "beside": (between("a", 0.9, 0.95, 1.05), "0.95 to 1.05", False, True),
    "far beside": (between("a", 1.4, 0.95, 1.05), "0.95 to 1.05", False, False),
}


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where what is recorded goes; nothing yet, and nothing else is on the machine."""
    monkeypatch.setattr(history, "FILE", tmp_path / "speed.csv")
    others(monkeypatch, 0.0)
    return tmp_path / "speed.csv"


def others(monkeypatch: pytest.MonkeyPatch, share: float) -> None:
    monkeypatch.setattr(verdicts.Meanwhile, "share", lambda self: share)


def finds(monkeypatch: pytest.MonkeyPatch, *results: Result) -> None:
    """From now on a benchmark finds one of them after another, and the last again and again."""
    left = list(results)

    def benchmark(rounds: int) -> Iterator[Result]:
        yield left.pop(0) if len(left) > 1 else left[0]

    monkeypatch.setattr(runner, "_benchmark", lambda name: benchmark)


@pytest.mark.parametrize(("found", "bound", "held", "smoke"), RATIOS.values(), ids=RATIOS)
def test_what_is_missed_fails(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    kept: Path,
    found: Result,
    bound: str,
    held: bool,
    smoke: bool,
) -> None:
    finds(monkeypatch, found)
    for arguments, good in (([], held), (["--smoke"], smoke)):
        assert runner.main(["pages", *arguments]) == (0 if good else 1)
        said = capsys.readouterr().out
        assert f"{bound}, {'ok' if good else 'MISSED'}\n" in said
        assert said.endswith(f"1 results, {0 if good else 1} missed\n")


@pytest.mark.parametrize(
    ("before", "now", "good"),
    [
        (at_most("a", 1.0, 9), at_most("a", 1.29, 9), True),
        (at_most("a", 1.0, 9), at_most("a", 1.31, 9), False),
        (at_most("a", 1.0, 9), at_most("a", 0.1, 9), True),
        (at_least("a", 13.1, 2), at_least("a", 10.0, 2), False),
        (at_least("a", 10.0, 2), at_least("a", 50.0, 2), True),
        (between("a", 1.0, 0.1, 9), between("a", 1.4, 0.1, 9), False),
        (between("a", 1.4, 0.1, 9), between("a", 1.0, 0.1, 9), False),
        (at_most("another", 1.0, 9), at_most("a", 2.0, 9), True),
    ],
)
def test_what_is_much_worse_than_recorded_fails(
    monkeypatch: pytest.MonkeyPatch, kept: Path, before: Result, now: Result, good: bool
) -> None:
    finds(monkeypatch, before)
    assert runner.main(["pages", "--smoke", "--record"]) == 0
    finds(monkeypatch, now)
    assert runner.main(["pages", "--smoke"]) == (0 if good else 1)
    assert runner.main(["pages"]) == 0, "what was recorded of a smoke run is of smoke runs"


def test_what_fails_is_measured_again(monkeypatch: pytest.MonkeyPatch, kept: Path) -> None:
    finds(monkeypatch, at_most("a", 3.0, 2), at_most("a", 1.0, 2))
    assert runner.main(["pages"]) == 0


def test_a_machine_that_is_too_busy_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], kept: Path
) -> None:
    finds(monkeypatch, at_most("a", 3.0, 2))
    others(monkeypatch, 0.5)
    assert runner.main(["pages"]) == 0
    said = capsys.readouterr().out
    assert "others took 50% of the processors" in said
    assert "at most 2, too busy to tell" in said
    finds(monkeypatch, at_least("a", None, 2))
    others(monkeypatch, 0.0)
    assert runner.main(["pages"]) == 0
    assert "-, at least 2, too busy to tell" in capsys.readouterr().out


def test_quartiles_are_shown_and_recorded(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], kept: Path
) -> None:
    finds(monkeypatch, at_most("a", Spread.of([1, 2, 3, 4, 5]), 4))
    assert runner.main(["pages", "--record"]) == 0
    assert "3 x (2 to 4), at most 4, ok" in capsys.readouterr().out
    finds(monkeypatch, at_most("a", Spread.of([2.0]), 4))
    assert runner.main(["pages", "--record", "--smoke"]) == 0
    runner.main(["pages", "--record"])  # of one day, the last
    rows = [(row.way, row.name, row.lower, row.median, row.upper) for row in history.entries()]
    assert rows == [("smoke", "a", "2", "2", "2"), ("whole", "a", "2", "2", "2")]


def test_help_runs_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        runner.main(["--help"])
    assert left.value.code == 0
    assert "--record" in capsys.readouterr().out
    with pytest.raises(SystemExit) as left:
        runner.main(["no_such"])
    assert left.value.code == 2


def test_an_exponent_is_the_power_by_which_it_grows() -> None:
    assert exponent([1, 10, 100], [2, 20, 200]) == pytest.approx(1)
    assert exponent([1, 10, 100], [5, 500, 50_000]) == pytest.approx(2)


def test_waiting_takes_no_time() -> None:
    assert seconds(lambda: time.sleep(0.2)) < 0.1
    assert seconds(lambda: sum(range(3_000_000))) > 0.005


@pytest.mark.skipif(not Path("/proc/stat").exists(), reason="the system does not say")
def test_what_this_process_does_is_not_what_others_do() -> None:
    meanwhile = verdicts.Meanwhile()
    time.sleep(0.05)
    share = meanwhile.share()
    assert share is not None
    assert 0 <= share <= 1
