"""Values as YAML writes them on a line."""

from __future__ import annotations

from collections.abc import Mapping

from cnncalc.later_patterns import pattern
from cnncalc.text import yaml_text

Plain = (
    str | int | float | bool | None | tuple["Plain", ...] | list["Plain"] | Mapping[str, "Plain"]
)
"""What a spec is made of; None is a value that is left out: `relu: `."""

_WORD = pattern(r"([A-Za-z_][A-Za-z0-9_+/.-]*|[0-9]+(x[0-9]+)+)\Z")
_MEANT_OTHERWISE = pattern(r"(?i)(y|yes|n|no|on|off|true|false|null|nan|inf)\Z")


def flow(value: Plain) -> str:
    """A value within a line; a None is nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return whole_number(value)
    if isinstance(value, float):
        return number(value)
    if isinstance(value, str):
        return text(value)
    if isinstance(value, Mapping):
        return braced(value)
    return f"[{', '.join(map(flow, value))}]"


def braced(entries: Mapping[str, Plain]) -> str:
    """`{filters: 64, kernel: 3}`."""
    inner = ", ".join(f"{text(name)}: {flow(value)}" for name, value in entries.items())
    return f"{{{inner}}}"


def text(words: str) -> str:
    """A text, in quotes unless it is a word that can only be a word."""
    if _WORD.match(words) and not _MEANT_OTHERWISE.match(words):
        return words
    return yaml_text(words)


def whole_number(value: int) -> str:
    """`1_000_000` where it has more than four digits."""
    return f"{value:_}" if abs(value) >= 10_000 else str(value)


def number(value: float) -> str:
    """The shortest that is read as the same number: `1e-5`, where Python has `1e-05`."""
    digits, exponent, power = repr(value).partition("e")
    digits = digits.removesuffix(".0") if exponent else digits
    return f"{digits}e{int(power)}" if exponent else digits
