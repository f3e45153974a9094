"""The device that is measured: its clock, its name, its kinds of numbers."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import torch

DTYPES = {
    "fp32": torch.float32,
    "tf32": torch.float32,
    "bf16": torch.bfloat16,
    "fp16": torch.float16,
}


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

    def mark(self) -> Callable[[], float]:
        """A point in time; called after `wait`, its seconds on the device's own clock."""
        if not self.cuda:
            now = time.perf_counter()
            return lambda: now
        event = torch.cuda.Event(enable_timing=True)  # type: ignore[no-untyped-call]
        event.record()
        return lambda: _origin(self.torch_device).elapsed_time(event) / 1000

    def seconds(self, action: Callable[[], object]) -> float:
        """How long an action takes on the device."""
        self.wait()
        start = self.mark()
        action()
        end = self.mark()
        self.wait()
        return end() - start()


_ORIGINS: dict[torch.device, torch.cuda.Event] = {}


def _origin(device: torch.device) -> torch.cuda.Event:
    """An event that the others are counted from."""
    return _ORIGINS[device]


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
        _ready(found, wanted)
    elif dtype == "tf32":
        raise UnavailableError("tf32 is a way of GPUs to multiply: on a CPU take fp32 or bf16")
    torch.backends.cuda.matmul.allow_tf32 = dtype == "tf32"
    torch.backends.cudnn.allow_tf32 = dtype == "tf32"
    return Device(found, dtype)


def _ready(found: torch.device, wanted: str) -> None:
    """A GPU that is there, its clock started."""
    if not torch.cuda.is_available():
        raise UnavailableError("there is no CUDA device here: --device cpu measures this machine")
    if (found.index or 0) >= torch.cuda.device_count():
        count = torch.cuda.device_count()
        raise UnavailableError(f"there is no `{wanted}`: {count} CUDA devices, counted from 0")
    torch.cuda.set_device(found)
    event = torch.cuda.Event(enable_timing=True)  # type: ignore[no-untyped-call]
    event.record()
    _ORIGINS[found] = event


def _processor() -> str:
    """The processor's name, where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
