"""The most memory that tensors take at once."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch.profiler import ProfilerActivity, profile

from cnncalc.analysis.measured import Peak
from cnncalc.runtime.profile.device import Device


def peak(
    device: Device, action: Callable[[], object], clear: Callable[[], object], held: int
) -> Peak | None:
    """Of an action, once it has run, and `clear` has freed what it left. held: bytes of the tensors
    that are there all the time, which count, too."""
    action()
    clear()
    if device.cuda:
        return _of_allocator(device, action, held)
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as seen:
        action()
    more = _highest(seen)
    return None if more is None else Peak(held + more, None)


def _of_allocator(device: Device, action: Callable[[], object], held: int) -> Peak:
    """What tensors asked for is taken from its own count: the one of what was allocated is in whole
    blocks."""
    place = device.torch_device
    device.wait()
    torch.cuda.empty_cache()
    torch.cuda.reset_peak_memory_stats(place)
    before = torch.cuda.memory_stats(place)["requested_bytes.all.current"]
    action()
    device.wait()
    after = torch.cuda.memory_stats(place)
    requested = after["requested_bytes.all.peak"] - before
    return Peak(held + requested, after["reserved_bytes.all.peak"])


def _highest(seen: profile) -> int | None:
    """The highest sum of what was allocated and freed in turn."""
    results = getattr(seen.profiler, "kineto_results", None)
    if results is None:
        return None
    changes = [event for event in results.events() if event.name() == "[memory]"]
    total = highest = 0
    for event in sorted(changes, key=lambda event: event.start_ns()):
        total += event.nbytes()
        highest = max(highest, total)
    return int(highest)
