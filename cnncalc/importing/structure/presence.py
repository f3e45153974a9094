"""On which condition a place of a template is there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from cnncalc.importing.structure.inferring import ARRIVING, Argument, Inferred
from cnncalc.importing.structure.proportions import ABSENT, ENOUGH

Presence = tuple[Any, ...]
"""True, False, or ABSENT where what it stands in is not there."""


def condition(
    inferred: Inferred, presence: Presence, arriving: Sequence[Any], aside: bool, *words: str
) -> str:
    """What is true of the instances that have it and of no other: of its stride and the channels
    that arrive, else an argument that says so, called by one of the words. aside: whether it is of a branch beside others, which a stride
    needs."""
    if inferred.rules and sum(each is not ABSENT for each in presence) >= ENOUGH:
        for text, holds in _tried(inferred, arriving, aside):
            if all(is_so is ABSENT or is_so == each for is_so, each in zip(presence, holds, strict=True)):
                return text
    return _as_argument(inferred, presence, words)


def _as_argument(inferred: Inferred, presence: Presence, words: Sequence[str]) -> str:
    for argument in inferred.arguments:
        if argument.told == "" and all(
            ABSENT in (one, other) or one == other
            for one, other in zip(presence, argument.values, strict=True)
        ):
            return argument.name
    name = inferred.free(*words)
    inferred.arguments.append(Argument(name, presence, "", channels=False))
    return name


def _tried(
    inferred: Inferred, arriving: Sequence[Any], aside: bool
) -> Iterator[tuple[str, list[bool]]]:
    counts = [(each.name, each.values) for each in inferred.arguments if each.is_width]
    counts += [(text, list(values)) for text, values in inferred.related]
    changes = [
        (name, [there != value for there, value in zip(arriving, values, strict=True)])
        for name, values in counts
        if ABSENT not in values
    ]
    moves = [
        (each.name, [value != 1 for value in each.values])
        for each in inferred.arguments
        if each.name in ("stride", "expand")
    ]
    both = [
        (f"{stride} {{}} 1 {{}} {ARRIVING} {{}} {name}", [*map(any, zip(m, c, strict=True))])
        for stride, m in moves
        for name, c in changes
        if stride == "stride"
    ]
    one = [(f"{name} {{}} 1", moving) for name, moving in moves]
    one += [(f"{ARRIVING} {{}} {name}", changing) for name, changing in changes]
    for text, holds in (*both, *one) if aside else (*one, *both):
        yield text.format("!=", *(("or", "!=") if text.count("{") > 1 else ())), holds
        yield text.format("==", *(("and", "==") if text.count("{") > 1 else ())), [not each for each in holds]
