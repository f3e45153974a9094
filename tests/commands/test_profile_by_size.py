"""How long a CPU is measured by size, whatever it computes with."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.torch

SLOW = 5e8
"""Operations a second, of numbers that a CPU has no operations for."""

RUNS = 2
"""Of each that lasts, one to warm up."""


def test_a_slow_cpu_is_measured_in_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """All that it measures takes as long as it has operations, and is known of every map."""
    import torch

    from cnncalc.runtime.profile import by_size
    from cnncalc.runtime.profile.device import Device

    passed = 0.0

    def lasting(operations: float) -> float:
        nonlocal passed
        passed += RUNS * operations / SLOW
        return operations / SLOW

    def product(_: Device, *sides: int) -> by_size._Timed:
        operations = 2 * sides[0] * sides[1] * sides[2]
        return by_size._Timed(operations, lasting(operations))

    monkeypatch.setattr(by_size, "_linear", product)
    monkeypatch.setattr(by_size, "_at_once", product)
    monkeypatch.setattr(by_size._Maps, "seconds", lambda _, of: lasting(of.operations))
    monkeypatch.setattr(by_size, "_fresh", lambda _: [])
    found = by_size.by_size(Device(torch.device("cpu"), "fp32"), last=False)
    rows = (*found.windows, *found.pointwise, *found.turned)
    assert passed < 60
    assert all(row.levels for row in rows)
    assert found.linear
    largest = max(level.size for row in rows for level in row.levels)
    assert largest < (1024 * 3) ** 2
