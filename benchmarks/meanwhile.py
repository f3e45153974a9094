"""What others do on the machine while something is measured."""

from __future__ import annotations

import os
from time import perf_counter

from benchmarks.measure import spent

TOO_MUCH = 0.25
"""The share of the processors from which on a bound that is missed tells nothing: what others do
takes caches, and the other half of a core, from what is measured."""

_IDLE = 3, 4
"""The places of a line of /proc/stat that tell of processors with nothing to do."""


class Meanwhile:
    """From now on."""

    def __init__(self) -> None:
        self._start = perf_counter()
        self._ours, self._all = spent(), _worked()

    def share(self) -> float | None:
        """Of the processors' time since, what others took; None where the system does not say."""
        now = _worked()
        if now is None or self._all is None:
            return None
        others = now - self._all - (spent() - self._ours)
        whole = (perf_counter() - self._start) * (os.cpu_count() or 1)
        return min(max(others / whole, 0.0), 1.0)


def _worked() -> float | None:
    """Seconds of all processors in which they had something to do."""
    try:
        with open("/proc/stat", encoding="ascii") as file:
            ticks = [int(word) for word in file.readline().split()[1:9]]
    except (OSError, ValueError):
        return None
    busy = sum(ticks) - sum(ticks[place] for place in _IDLE)
    return busy / os.sysconf("SC_CLK_TCK")
