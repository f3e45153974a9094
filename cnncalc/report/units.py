"""How what was measured is written: seconds and bytes, with four digits."""

from __future__ import annotations


def seconds(value: float) -> str:
    """`34.05 ms`."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if value >= size * 0.99995:
            return f"{value / size:.4g} {unit}"
    return f"{value * 1e6:.4g} us"


def memory(count: int) -> str:
    """`1.5 MiB`, of bytes."""
    for unit, size in (("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10)):
        if count >= size:
            return f"{count / size:.4g} {unit}"
    return f"{count} B"
