"""A GPU's queue held back while the host fills it: what waits there then follows at once."""

from __future__ import annotations

import time
from collections.abc import Callable

import torch

from cnncalc.runtime.profile.device import Device

CYCLES = 10**6
"""Slept to see how long a cycle is: half a millisecond, or so."""

MORE = 1.5
LEAST, MOST = 0.001, 0.5
"""So much longer than the host takes to start it all, and seconds between which that is held. What
is left to start behind that, or does not go into the queue, begins as the host starts it."""


class Hold:
    """How a device is held for an action of the host."""

    def __init__(self, device: Device, action: Callable[[], object]) -> None:
        self.cycles = 0
        if device.cuda:
            self.cycles = round(_cycles_a_second(device) * _seconds_of_host(device, action))

    def __call__(self) -> None:
        """Have the device sleep, and the host go on."""
        if self.cycles:
            _sleep(self.cycles)


def _sleep(cycles: int) -> None:
    torch.cuda._sleep(cycles)  # type: ignore[no-untyped-call]


def _cycles_a_second(device: Device) -> float:
    taken = [device.seconds(lambda: _sleep(CYCLES)) for _ in range(2)]
    return CYCLES / max(taken[-1], 1e-6)


def _seconds_of_host(device: Device, action: Callable[[], object]) -> float:
    """What it takes to start everything, though nothing is waited for."""
    device.wait()
    begun = time.perf_counter()
    action()
    taken = time.perf_counter() - begun
    device.wait()
    return min(max(MORE * taken, LEAST), MOST)
