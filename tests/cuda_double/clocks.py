"""Events that tell the CPU's time, and streams that have nothing to order."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, ClassVar

import torch

if TYPE_CHECKING:
    from .floor import Double


class Event:
    """A point in time, known once the host has waited for it."""

    double: ClassVar[Double]

    def __init__(self, enable_timing: bool = False, **ignored: bool) -> None:
        self.timed = enable_timing
        self.time: float | None = None
        self.waited = 0
        self.number = 0

    def record(self, stream: Stream | None = None) -> None:
        """Now, on the device in use."""
        self.time = time.perf_counter()
        self.waited = self.double.waited
        self.number = self.double.current()

    def query(self) -> bool:
        """Whether it has happened."""
        return True

    def synchronize(self) -> None:
        """The host waits."""
        self.double.wait()

    def wait(self, stream: Stream | None = None) -> None:
        """A stream waits."""

    def elapsed_time(self, end: Event) -> float:
        """Milliseconds. Raises where a real device may not know them yet."""
        if not self.timed or not end.timed:
            raise ValueError("Both events must be created with argument 'enable_timing=True'.")
        if self.time is None or end.time is None:
            raise ValueError("Both events must be recorded before calculating elapsed time.")
        if self.number != end.number:
            raise RuntimeError("CUDA error: invalid resource handle")
        if self.double.waited in (self.waited, end.waited):
            raise RuntimeError("CUDA error: device not ready")
        return (end.time - self.time) * 1000


class Stream:
    """The one that a device has."""

    double: ClassVar[Double]

    def __init__(self, device: Any = None, **ignored: int) -> None:
        given = torch.device("cuda", device) if isinstance(device, int) else device
        index = torch.device(given).index if given is not None else None
        self.device_index = self.double.current() if index is None else index
        self.device = torch.device("cuda", self.device_index)
        self.stream_id = self.cuda_stream = 0

    def synchronize(self) -> None:
        """The host waits."""
        self.double.wait()

    def query(self) -> bool:
        """Whether all is done."""
        return True

    def wait_stream(self, stream: Stream) -> None:
        """After another one."""

    def wait_event(self, event: Event) -> None:
        """After an event."""

    def record_event(self, event: Event | None = None) -> Event:
        """An event, now."""
        event = event or Event()
        event.record(self)
        return event
