"""Which numbers a command shows, and in which order: `--columns`, `--sort`, `--top`, `--unit`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cnncalc.commands.options import UsageError, one_of
from cnncalc.diagnostics import did_you_mean
from cnncalc.report.table.columns import COLUMNS, MEMORY, SHOWN, UNITS

if TYPE_CHECKING:
    from cnncalc.report.table.ranking import Ranking

ALSO = {"receptive_field": "field"}
"""Metrics whose column has a shorter name; it goes by theirs too."""


def columns(names: str | None) -> tuple[str, ...]:
    """`kind,params,macs` as names of columns; `+macts` adds to the usual ones, before the field.
    Raises UsageError."""
    return chosen(names, SHOWN, COLUMNS, ALSO, SHOWN.index("field"))


def chosen(
    names: str | None,
    usual: tuple[str, ...],
    known: Iterable[str],
    also: dict[str, str],
    at: int,
) -> tuple[str, ...]:
    """Names that are known; the usual where none are given, and those with a `+` put in at a place
    among them. `also`: other names that some have. Raises UsageError."""
    if names is None:
        return usual
    words = [word for name in names.split(",") if (word := name.strip().removeprefix("+"))]
    if not words:
        raise UsageError(f"--columns wants names: {', '.join(known)}")
    found = tuple(one(name, known, also) for word in words for name in _meant(word))
    if not names.lstrip().startswith("+"):
        return found
    added = tuple(name for name in dict.fromkeys(found) if name not in usual)
    return (*usual[:at], *added, *usual[at:])


def _meant(word: str) -> tuple[str, ...]:
    return MEMORY if word == "memory" else (word,)


def one(name: str, known: Iterable[str], also: dict[str, str]) -> str:
    """A name that is known. Raises UsageError."""
    found = also.get(name, name)
    if found not in known:
        hint = did_you_mean(name, (*known, *also)) or f"columns: {', '.join(known)}"
        raise UsageError(f"there is no column `{name}`; {hint}")
    return found


def ranking(name: str | None, top: int | None) -> Ranking | None:
    """`--sort macs --top 10`; by MACs, unless it is said. Raises UsageError."""
    if top is not None and top < 1:
        raise UsageError(f"--top wants a number of at least 1, got {top}")
    if name is None and top is None:
        return None
    from cnncalc.report.table.ranking import Ranking

    if name is None:
        return Ranking("macs", top)
    found = one(name, COLUMNS, ALSO)
    if not COLUMNS[found].ranks:
        orders = ", ".join(column.name for column in COLUMNS.values() if column.ranks)
        raise UsageError(f"--sort wants a column of numbers, got `{name}`; columns: {orders}")
    return Ranking(found, top)


def unit(name: str) -> str:
    """`--unit M`. Raises UsageError."""
    one_of("--unit", name, tuple(UNITS))
    return name
