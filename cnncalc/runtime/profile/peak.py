"""The most memory that tensors take at once."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch.profiler import ProfilerActivity, profile

from cnncalc.runtime.profile.device import Device


def peak(device: Device, action: Callable[[], object], clear: Callable[[], object]) -> int | None:
    """Bytes that an action allocates on top of what there is once it has run, and `clear` has freed
    what it left, at most at once."""
    action()
    clear()
    if device.cuda:
        device.wait()
        before = torch.cuda.memory_allocated(device.torch_device)
        torch.cuda.reset_peak_memory_stats(device.torch_device)
        action()
        device.wait()
        return torch.cuda.max_memory_allocated(device.torch_device) - before
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as seen:
        action()
    return _highest(seen)


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
