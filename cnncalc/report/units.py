"""How what was measured is written: bytes, with four digits."""

from __future__ import annotations


def memory(count: int) -> str:
    """`1.5 MiB`, of bytes."""
    for unit, size in (("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10)):
        if count >= size:
            return f"{count / size:.4g} {unit}"
    return f"{count} B"
