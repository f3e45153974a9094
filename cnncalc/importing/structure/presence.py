"""On which condition a place of a template is there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from cnncalc.importing.structure.inferring import ARRIVING, Argument, Inferred
from cnncalc.importing.structure.proportions import ABSENT, ENOUGH

Presence = tuple[Any, ...]
"""True, False, or ABSENT where what it stands in is not there."""


def condition(
    inferred: Inferred, presence: Presence, arriving: Sequence[Any], *words: str
) -> str:
    """What is true of the instances that have it and of no other: of its stride and the channels
    that arrive, else an argument that says so, called by one of the words."""
    if inferred.rules and sum(each is not ABSENT for each in presence) >= ENOUGH:
        for text, holds in _tried(inferred, arriving):
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


def _tried(inferred: Inferred, arriving: Sequence[Any]) -> Iterator[tuple[str, list[bool]]]:
    counts = [(each.name, each.values) for each in inferred.arguments if each.is_width]
    counts += [(text, list(values)) for text, values in inferred.related]
    strides = [each for each in inferred.arguments if each.name == "stride"]
    changes = [
        (name, [a is not ABSENT and v is not ABSENT and a != v for a, v in zip(arriving, values, strict=True)])
        for name, values in counts
        if not any(a is ABSENT for a in arriving)
    ]
    moves = [(each.name, [v not in (1, ABSENT) for v in each.values]) for each in strides]
    for stride, moving in moves:
        for name, changing in changes:
            either = [m or c for m, c in zip(moving, changing, strict=True)]
            yield f"{stride} != 1 or {ARRIVING} != {name}", either
            yield f"{stride} == 1 and {ARRIVING} == {name}", [not each for each in either]
    for name, changing in changes:
        yield f"{ARRIVING} != {name}", changing
        yield f"{ARRIVING} == {name}", [not each for each in changing]
    for stride, moving in moves:
        yield f"{stride} != 1", moving
        yield f"{stride} == 1", [not each for each in moving]
