"""Figures as people write them: `25_557_032`, `25.6M`, `at most 30M`."""

from __future__ import annotations

import re

from cnncalc.later_patterns import pattern
from cnncalc.records import NamedTuple

LONGEST = 60
"""Characters of a figure."""

_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "B": 10**9, "T": 10**12}
_BYTES = {"B": 1, "": 1} | {
    f"{prefix}{infix}B": base ** (power + 1)
    for power, prefix in enumerate("KMGT")
    for infix, base in (("", 1000), ("i", 1024))
}
"""Units of memory."""

_NUMBER = pattern(r"(?P<digits>-?\d[\d_]*(?:\.\d+)?)\s*(?P<unit>[KMGBT]?)\Z")
_BOUND = pattern(r"(?P<bound>at most|at least|<=|>=)\s*(?P<number>.*)\Z")


class Interval(NamedTuple):
    """The values that a figure allows, both ends included; None: no bound."""

    low: float | None
    high: float | None


def interval(text: str) -> Interval | None:
    """The values that a figure allows; None where it is none."""
    bound = _BOUND.match(text)
    number = _NUMBER.match(bound["number"] if bound else text)
    if not number:
        return None
    exact, half = _around(number)
    if not bound:
        return Interval(exact - half, exact + half) if half else Interval(exact, exact)
    return Interval(None, exact) if bound["bound"] in ("at most", "<=") else Interval(exact, None)


def bytes_of(text: str) -> Interval | None:
    """The bytes that a figure allows, `at most 24 GiB`; None where it is none."""
    bound = _BOUND.match(text)
    size = size_in_bytes(bound["number"]) if bound else None
    if bound is None or size is None:
        return interval(text)
    return Interval(None, size) if bound["bound"] in ("at most", "<=") else Interval(size, None)


def limit(text: str) -> float | None:
    """The number that a bound such as `30M` says; None where it is none."""
    number = _NUMBER.match(text.strip()) if len(text) <= LONGEST else None
    found = _around(number)[0] if number else None
    return found if found is None or found >= 0 else None


def written_as(text: str, value: float) -> str:
    """`value` as `text` writes a number or a bound: to the same digits of the same unit, so that
    it holds."""
    bound = _BOUND.match(text)
    if bound:
        return f"at {'most' if bound['bound'] in ('at most', '<=') else 'least'} {value:_}"
    number = _NUMBER.match(text)
    if not number or not (number["unit"] or "." in number["digits"]):
        return f"{value:_}"
    decimals = len(number["digits"].partition(".")[2])
    return f"{value / _UNITS[number['unit']]:.{decimals}f}{number['unit']}"


def _around(number: re.Match[str]) -> tuple[float, float]:
    """A figure as written, and how far a value may be from it: half of its last digit, but nothing
    where every digit is given."""
    whole, point, decimals = number["digits"].replace("_", "").partition(".")
    unit = _UNITS[number["unit"]]
    if not point and unit == 1:
        return int(whole), 0
    scale = 10 ** len(decimals)
    return int(whole + decimals) * unit / scale, unit / scale / 2


_SIZE = pattern(r"([0-9]{1,15}(?:\.[0-9]{1,6})?)\s*([KMGT]i?B|B|)\Z", re.IGNORECASE)


def size_in_bytes(text: str) -> int | None:
    """`24GiB`, `80 GB` or `512` in bytes; None of what is no size."""
    found = _SIZE.match(text.strip())
    if not found:
        return None
    units = {name.lower(): size for name, size in _BYTES.items()}
    return int(float(found[1]) * units[found[2].lower()])
