"""Rounds in which others used the processor."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from cnncalc import analyze, load
from cnncalc.analysis.measured import Disturbance, LayerTime, Profile, Setting, Timing
from cnncalc.analysis.memory import memory
from cnncalc.analysis.roofline import works
from cnncalc.machine import Ceilings
from cnncalc.report.profile.lines import Folded
from cnncalc.report.profile.to_text import to_text

pytestmark = pytest.mark.torch


def rounds_of(device: object, waits: list[float], count: int) -> tuple[list[int], object]:
    """Rounds of which some sleep, as one without the processor does."""
    from cnncalc.runtime.profile.rounds import steady

    left = list(waits)
    number = iter(range(100))

    def action() -> int:
        time.sleep(left.pop(0) if left else 0.0)
        end = time.thread_time() + 0.002
        while time.thread_time() < end:
            pass
        return next(number)

    work: Callable[[], int] = action
    return steady(device, work, count)  # type: ignore[arg-type]


@pytest.fixture
def cpu() -> object:
    from cnncalc.runtime.profile.device import device

    return device("cpu", "fp32")


def test_rounds_that_waited_are_measured_again(cpu: object) -> None:
    kept, others = rounds_of(cpu, [0.05, 0.05], 2)
    assert len(kept) == 2
    assert others.repeated >= 2  # type: ignore[attr-defined]
    assert others.lost >= 0.1  # type: ignore[attr-defined]
    assert not {0, 1} & set(kept) or others.disturbed  # type: ignore[attr-defined]


def test_where_all_waited_the_least_disturbed_count(cpu: object) -> None:
    kept, others = rounds_of(cpu, [0.4, 0.4, 0.02, 0.4, 0.4, 0.4], 2)
    assert others.disturbed == 2  # type: ignore[attr-defined]
    assert others.repeated == 4  # type: ignore[attr-defined]
    assert 2 in kept


# -- what is said of it ---------------------------------------------------------------------


def said(ceilings: Ceilings, forward: Timing, others: Disturbance) -> str:
    """The profile of LeNet-5 whose layers took a millisecond each."""
    summary = analyze(load("lenet5"))
    done = works(summary.graph, 1, 4)
    profile = Profile(
        summary,
        Setting("CPU", "cpu", "2", 1, "fp32", False, False, 20, 1),
        ceilings,
        forward,
        None,
        {node: LayerTime(1e-3, None, 10**6, 10**6, None, work) for node, work in done.items()},
        0.0,
        1,
        1,
        memory(summary.graph, 1, 4),
        None,
        None,
        disturbance=others,
    )
    return to_text(Folded(profile))


EVEN = Timing(1.0, 1.0, 1.1)
QUIET = Ceilings(1e12, 1e11, 1e-6)


def test_a_quiet_machine_is_no_matter() -> None:
    text = said(QUIET, EVEN, Disturbance(20, 0, 0, 1.0, 0.0))
    assert "disturbed" not in text
    assert "uneven" not in text


def test_what_others_did_is_said() -> None:
    text = said(
        QUIET._replace(disturbed=True), Timing(1.0, 0.8, 1.2), Disturbance(20, 40, 7, 10.0, 4.0)
    )
    assert "disturbed: others had the processor for 40% of the time; 40 rounds repeated" in text
    assert "disturbed: 7 of 20 rounds that count: times are too long" in text
    assert "disturbed: some ceilings" in text
    assert "uneven: half of the rounds took 800 ms to 1.2 s" in text


def test_nothing_reaches_more_than_is_possible() -> None:
    text = said(Ceilings(1e3, 1e3, 1e-6), EVEN, Disturbance())
    assert "disturbed   compute" in text
    assert "00%" not in text
