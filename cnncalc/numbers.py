"""Numbers as people read them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from cnncalc.layers.base import times
from cnncalc.layers.fields import counted, shown

_PREFIXES = (("T", 10**12), ("G", 10**9), ("M", 10**6), ("K", 10**3))


def exact(number: int) -> str:
    """`25,557,032`."""
    return f"{number:,}"


def rounded(number: int) -> str:
    """`4.089 G`: four digits and a prefix; below a thousand the number itself."""
    for prefix, size in _PREFIXES:
        if number >= size * 0.99995:
            return f"{four_digits(number / size)} {prefix}"
    return str(number)


def short(number: float) -> str:
    """`5 M`, `200`: a number of few digits, with its prefix."""
    for prefix, size in _PREFIXES:
        if number >= size:
            return f"{number / size:g} {prefix}"
    return f"{number:g}"


def decimal(number: float) -> str:
    """`25,557,032`, `-0.5`, `33.2865`: four decimals at most."""
    text = f"{number:,.4f}" if isinstance(number, float) else f"{number:,}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def in_unit(number: int, size: int) -> str:
    """`4,089.284` of a million each; what is less than a thousandth and not nothing is said so."""
    if size == 1 or number == 0:
        return exact(number)
    return "<0.001" if 0 < number < size / 2000 else f"{number / size:,.3f}"


def in_bytes(number: int) -> str:
    """`102.2 MB`, of a million bytes each."""
    return f"{rounded(number)}B" if number >= 1000 else f"{number} B"


def four_digits(value: float) -> str:
    """With as many decimals as make four digits of it, once it is rounded."""
    texts = (f"{value:.{decimals}f}" for decimals in (3, 2, 1, 0))
    return next((text for text in texts if len(text) <= 5), f"{value:.0f}")


def per_axis(values: Sequence[float]) -> str:
    """`2`, or `2x1` where the axes differ."""
    texts = [f"{value:g}" for value in values]
    return texts[0] if len(set(texts)) == 1 else times(texts)


def field_value(value: object) -> str:
    """A field of a layer: `false`, `1x7`, `0.5`, `[channels, width]`."""
    if isinstance(value, bool) or value is None:
        return str(value).lower()
    if isinstance(value, tuple):
        listed = any(isinstance(part, tuple | str) for part in value)
        return shown(value) if listed else times(map(field_value, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


LINES = {1: ("step",), 2: ("row", "column"), 3: ("frame", "row", "column")}
"""What a map has along each of its axes."""


def edge(counts: Sequence[int]) -> str:
    """So many lines along each axis: `row and column`, `2 rows`."""
    pairs = zip(counts, LINES[len(counts)], strict=True)
    said = [name if count == 1 else counted(count, name) for count, name in pairs if count]
    return " and ".join(said)


def is_or_are(counts: Sequence[int]) -> str:
    """The verb of so many lines."""
    return "is" if sum(counts) == 1 else "are"


def signed(number: float, show: Callable[[Any], str]) -> str:
    """`+1,024`, `-57.80 M`, `0`."""
    sign = "+" if number > 0 else "-" if number < 0 else ""
    return sign + show(abs(number))


def ratio(number: float, first: float) -> str:
    """`x0.418`: three digits; `=` of two that are equal, nothing where there is none."""
    if number == first:
        return "="
    if not first:
        return ""
    if not number:
        return "x0"
    value = number / first
    return f"x{value:,.0f}" if value >= 1000 else f"x{value:#.3g}".rstrip(".")


_EIGHTHS = " ▏▎▍▌▋▊▉█"


def bar(share: float, width: int, plain: bool = False) -> str:
    """A bar as long as `share` of `width` characters; what is not nothing shows."""
    if plain:
        return "#" * max(round(share * width), int(share > 0))
    eighths = max(round(share * width * 8), int(share > 0))
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()


def seconds(value: float) -> str:
    """`34.05 ms`."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if value >= size * 0.99995:
            return f"{value / size:.4g} {unit}"
    return f"{value * 1e6:.4g} us"
