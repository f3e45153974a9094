"""Rounds in which others used the processor."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

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
