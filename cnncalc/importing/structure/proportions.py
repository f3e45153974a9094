"""A row of whole numbers as what follows from another: `4 * in_channels`, `filters // 2`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, Final

from cnncalc.language.values.functions import divisible
from cnncalc.records import NamedTuple

ABSENT: Final = type("Absent", (), {"__repr__": lambda _: "absent"})()
"""The value of what an instance lacks."""

ENOUGH = 3
"""Instances of which a rule is inferred."""

SMALLEST_PART, SMALLEST_WHOLE_PART = 32, 512
"""How small a part may be, and one that leaves no rest."""


class Follows(NamedTuple):
    """A row of numbers that follows from another: as text, and for a number of the other."""

    text: str
    of: Callable[[int], int]


def follows(values: Sequence[Any], bases: Sequence[Any], name: str) -> Follows | None:
    """What makes the values of the bases, called `name`, in all instances that have them; None:
    there is nothing, or there are too few instances to tell."""
    pairs = [(v, b) for v, b in zip(values, bases, strict=True) if v is not ABSENT]
    if len(pairs) < ENOUGH or not all(_counts(v) and _counts(b) for v, b in pairs):
        return None
    if len({base for _, base in pairs}) < 2:
        return None
    tried = _tried(*pairs[0], name)
    return next((each for each in tried if all(each.of(b) == v for v, b in pairs)), None)


def _counts(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _tried(value: int, base: int, name: str) -> Iterator[Follows]:
    if value % base == 0:
        times = value // base
        yield Follows(name if times == 1 else f"{times} * {name}", lambda other: times * other)
    part = max(1, round(base / value))
    for parts in dict.fromkeys((part, base // value, -(-base // value))):
        if 1 < parts <= (SMALLEST_PART if base % value else SMALLEST_WHOLE_PART):
            yield Follows(f"{name} // {parts}", partial(_part, parts))
            yield Follows(f"divisible({name} / {parts})", partial(_divisible, parts))


def _part(parts: int, of: int) -> int:
    return of // parts


def _divisible(parts: int, of: int) -> int:
    return divisible(of / parts)
