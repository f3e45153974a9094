"""The shortest of several rounds: what a device reaches at best."""

from __future__ import annotations

from collections.abc import Callable

from cnncalc.runtime.profile.device import Clock, Device
from cnncalc.runtime.profile.rounds import TimedRound, one_round

BEST_OF = 20
LASTING = 0.2
"""Rounds, and seconds of them altogether, at least."""

BRIEF = 0.04
"""Seconds, where many are measured."""

ENOUGH = 3
PATIENCE = 5
"""Rounds without others on the processor, for which at most so many times as long is waited."""

UNDISTURBED: list[bool] = []
"""Of each ceiling so far, whether it is of a round that nobody disturbed."""


def best(
    device: Device,
    action: Callable[[], object],
    lasting: float = LASTING,
    count: int = BEST_OF,
) -> float:
    """The shortest of the rounds, after two to warm up; a CPU waits, as long as it is worth, for
    rounds that nobody disturbs. What takes longer than that has as many rounds as fit into it."""
    clock, limit = Clock(device), PATIENCE * lasting
    if clock.seconds(action) < limit:
        clock.seconds(action)
    rounds: list[TimedRound[float]] = []
    alone, passed = 0, 0.0
    while not rounds or (
        passed < limit and (len(rounds) < count or passed < lasting or alone < ENOUGH)
    ):
        rounds.append(one_round(device, lambda: clock.seconds(action)))
        alone += rounds[-1].alone
        passed += rounds[-1].seconds
    UNDISTURBED.append(alone > 0)
    return min(each.found for each in rounds)
