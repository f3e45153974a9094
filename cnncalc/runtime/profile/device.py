"""The device that is measured: its clock, its name, its kinds of numbers."""

from __future__ import annotations

import platform
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import torch

from cnncalc.layers.fields import counted
from cnncalc.records import NamedTuple
from cnncalc.runtime.exhaustion import release
from cnncalc.runtime.tf32 import tf32

DTYPES = {
    "fp32": torch.float32,
    "tf32": torch.float32,
    "bf16": torch.bfloat16,
    "fp16": torch.float16,
}


Mark = float | torch.cuda.Event


class UnavailableError(Exception):
    """There is no such device here, or it cannot do what is asked; the message says so."""


class Device(NamedTuple):
    """A device and the numbers it computes with."""

    torch_device: torch.device
    dtype: str

    @property
    def cuda(self) -> bool:
        """Whether it is a GPU, which works while Python goes on."""
        return self.torch_device.type == "cuda"

    @property
    def type(self) -> torch.dtype:
        """PyTorch's type of a number."""
        return DTYPES[self.dtype]

    @property
    def name(self) -> str:
        """As its maker calls it."""
        if self.cuda:
            return torch.cuda.get_device_name(self.torch_device)
        return _processor()

    def wait(self) -> None:
        """Until all that was started is done."""
        if self.cuda:
            torch.cuda.synchronize(self.torch_device)

    def seconds(self, action: Callable[[], object]) -> float:
        """How long an action takes on the device."""
        return Clock(self).seconds(action)


class Clock:
    """Points in time on a device's own clock; a GPU's events are used again for each action."""

    def __init__(self, device: Device) -> None:
        self.device = device
        self.events: list[torch.cuda.Event] = []
        self.used = 0

    def mark(self) -> Mark:
        """Now."""
        if not self.device.cuda:
            return time.perf_counter()
        if self.used == len(self.events):
            self.events.append(torch.cuda.Event(enable_timing=True))  # type: ignore[no-untyped-call]
        event = self.events[self.used]
        self.used += 1
        event.record()
        return event

    def again(self) -> None:
        """All that was started is done, and no mark is needed any more."""
        self.device.wait()
        self.used = 0

    def seconds(
        self, action: Callable[[], object], hold: Callable[[], object] | None = None
    ) -> float:
        """How long an action takes, once the device is held, if it is to be."""
        self.again()
        if hold:
            hold()
        start = self.mark()
        action()
        end = self.mark()
        self.device.wait()
        return elapsed(start, end)


@contextmanager
def measuring(device: Device) -> Iterator[None]:
    """Within it, the device is the one in use and computes with its numbers; behind it, nothing of
    what was measured takes memory."""
    with warnings.catch_warnings(), tf32(device.dtype == "tf32"):
        warnings.filterwarnings("ignore", message="TensorFloat32 tensor cores")  # it was asked for
        with torch.cuda.device(device.torch_device.index if device.cuda else -1):
            try:
                yield
            finally:
                release()


def elapsed(start: Mark, end: Mark) -> float:
    """Seconds between two marks of a device that has been waited for since."""
    if isinstance(start, float) and isinstance(end, float):
        return end - start
    assert not isinstance(start, float)
    assert not isinstance(end, float)
    return float(start.elapsed_time(end)) / 1000


def device(wanted: str, dtype: str) -> Device:
    """`cpu`, `cuda`, `cuda:1` or `auto`, ready to be measured. Raises UnavailableError."""
    if wanted == "auto":
        wanted = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        found = torch.device(wanted)
    except RuntimeError:
        raise UnavailableError(f"there is no device `{wanted}`: cpu, cuda, cuda:1, auto") from None
    if found.type not in ("cpu", "cuda"):
        raise UnavailableError(f"only cpu and cuda are measured, not `{wanted}`")
    if found.type == "cuda":
        found = torch.device("cuda", found.index or 0)
        _check(found, wanted)
    elif dtype == "tf32":
        raise UnavailableError("tf32 is a way of GPUs to multiply: on a CPU take fp32 or bf16")
    return Device(found, dtype)


def _check(found: torch.device, wanted: str) -> None:
    """Raises UnavailableError where there is no such GPU."""
    if not torch.cuda.is_available():
        raise UnavailableError("there is no CUDA device here: --device cpu measures this machine")
    if found.index >= torch.cuda.device_count():
        count = torch.cuda.device_count()
        raise UnavailableError(
            f"there is no `{wanted}`: {counted(count, 'CUDA device')}, counted from 0"
        )


def _processor() -> str:
    """The processor's name, where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
