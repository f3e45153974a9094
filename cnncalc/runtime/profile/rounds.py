"""Rounds that count: those in which nobody else used the processor, as far as there are any."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Generic, TypeVar

from cnncalc.analysis.measured import Disturbance
from cnncalc.records import NamedTuple
from cnncalc.runtime.profile.device import Device

Found = TypeVar("Found")

ALONE = 0.95
"""The share of a round's seconds for which this thread had the processor, at least."""

SHORT = 30e-6
"""Seconds without it that no other program's turn is as short as."""

TRIES = 3
"""So many times as many rounds as were asked for are tried."""


class TimedRound(NamedTuple, Generic[Found]):
    """What came of a round, its seconds, and those without the processor."""

    found: Found
    seconds: float
    lost: float

    @property
    def alone(self) -> bool:
        """Whether nobody else used the processor meanwhile."""
        return self.lost <= max(SHORT, (1 - ALONE) * self.seconds)


def one_round(device: Device, action: Callable[[], Found]) -> TimedRound[Found]:
    """An action, by its clock and by this thread's own, which stands still while others have the
    processor. While a GPU works there is nothing to see."""
    used, begun = time.thread_time(), time.perf_counter()
    found = action()
    seconds = time.perf_counter() - begun
    lost = 0.0 if device.cuda else max(0.0, seconds - (time.thread_time() - used))
    return TimedRound(found, seconds, lost)


def steady(
    device: Device, action: Callable[[], Found], count: int
) -> tuple[list[Found], Disturbance]:
    """What came of so many rounds, those that others disturbed tried again; of what is left of
    these, those that were disturbed least."""
    tried: list[TimedRound[Found]] = []
    while sum(each.alone for each in tried) < count and len(tried) < TRIES * count:
        tried.append(one_round(device, action))
    kept = sorted(tried, key=lambda each: (not each.alone, each.lost / (each.seconds or 1.0)))[
        :count
    ]
    disturbed = sum(not each.alone for each in kept)
    seconds, lost = sum(each.seconds for each in tried), sum(each.lost for each in tried)
    return [each.found for each in kept], Disturbance(
        count, len(tried) - count, disturbed, seconds, lost
    )
