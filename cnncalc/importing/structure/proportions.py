"""A row of whole numbers as what follows from another: `4 * in_channels`, `filters // 2`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from cnncalc.language.values.functions import divisible

ABSENT: Final = type("Absent", (), {"__repr__": lambda _: "absent"})()
"""The value of what an instance lacks."""

ENOUGH = 3
"""Instances of which a rule is inferred."""

SMALLEST_PART = 32


def follows(values: Sequence[Any], bases: Sequence[Any], name: str) -> str | None:
    """The expression that makes the values of the bases, called `name`, in all instances that have
    them; None: there is none, or there are too few instances to tell."""
    pairs = [(v, b) for v, b in zip(values, bases, strict=True) if v is not ABSENT]
    if len(pairs) < ENOUGH or not all(_counts(v) and _counts(b) for v, b in pairs):
        return None
    if len({base for _, base in pairs}) < 2:
        return None
    return next((text for text, made in _tried(*pairs[0], name) if _makes(made, pairs)), None)


def _counts(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _makes(made: Any, pairs: Sequence[tuple[int, int]]) -> bool:
    return all(made(base) == value for value, base in pairs)


def _tried(value: int, base: int, name: str) -> Iterator[tuple[str, Any]]:
    if value % base == 0:
        times = value // base
        yield (name if times == 1 else f"{times} * {name}", lambda other: times * other)
    part = max(1, round(base / value))
    for parts in dict.fromkeys((part, base // value, -(-base // value))):
        if 1 < parts <= SMALLEST_PART:
            yield (f"{name} // {parts}", lambda other, parts=parts: other // parts)
            yield (
                f"divisible({name} / {parts})",
                lambda other, parts=parts: divisible(other / parts),
            )
