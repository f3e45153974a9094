"""A GPU's clocks, power and heat, as `nvidia-smi` tells them."""

from __future__ import annotations

import csv
import subprocess
import time
from collections.abc import Callable

import torch

from cnncalc.analysis.measured import Condition
from cnncalc.runtime.profile.device import Device

ASKED = ("clocks.sm", "clocks.max.sm", "power.draw", "power.limit", "temperature.gpu")
REASONS = "clocks_throttle_reasons.active"

SLOWED = {
    0x4: "power cap",
    0x8: "hardware slowdown",
    0x20: "heat",
    0x40: "heat, by hardware",
    0x80: "power brake",
}
"""Bits of the reasons why clocks are low, but for those that somebody set, or nothing to do."""

PATIENCE = 5.0
"""Seconds in which it must have answered."""


def condition(device: Device, load: Callable[[], object] | None = None) -> Condition | None:
    """Now, or while a load runs; None where nobody tells it."""
    if not device.cuda:
        return None
    identity = str(torch.cuda.get_device_properties(device.torch_device).uuid)
    command = [
        *("nvidia-smi", f"--query-gpu={','.join([*ASKED, REASONS])}"),
        *("--format=csv,noheader,nounits", f"--id=GPU-{identity}"),
    ]
    try:
        asked = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except OSError:
        return None
    with asked:
        end = time.monotonic() + PATIENCE
        while load and asked.poll() is None and time.monotonic() < end:
            load()
            device.wait()
        try:
            told, _ = asked.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            asked.kill()
            return None
    return _read(told.decode(errors="replace")) if asked.returncode == 0 else None


def _read(told: str) -> Condition | None:
    """Of its line: numbers, and a mask of reasons."""
    rows = list(csv.reader(told.splitlines()))
    if len(rows) != 1 or len(rows[0]) != len(ASKED) + 1:
        return None
    *cells, reasons = (cell.strip() for cell in rows[0])
    clock, most, power, limit, heat = map(_number, cells)
    return Condition(clock, most, power, limit, heat, _slowed(reasons))


def _number(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return None  # [N/A]


def _slowed(cell: str) -> tuple[str, ...] | None:
    try:
        mask = int(cell, 16)
    except ValueError:
        return None
    return tuple(name for bit, name in SLOWED.items() if mask & bit)
