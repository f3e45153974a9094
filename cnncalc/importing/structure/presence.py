"""On which condition a place of a template is there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from cnncalc.importing.structure.arguments import CONDITION, BlockArgument
from cnncalc.importing.structure.inferring import ARRIVING, Inferred
from cnncalc.importing.structure.proportions import ABSENT, ENOUGH

Presence = Sequence[Any]
"""True, False, or ABSENT where what it stands in is not there."""

ONES = ("stride", "expand")
"""BlockArguments that change nothing where they are 1."""


def condition(
    inferred: Inferred, presence: Presence, arriving: Sequence[Any], aside: bool, *words: str
) -> str:
    """What is true of the instances that have it and of no other: of the stride and the channels
    that arrive, else an argument that says so, called by one of the words.

    aside: whether it is of a branch beside others, where a stride matters, too
    """
    if inferred.rules and sum(each is not ABSENT for each in presence) >= ENOUGH:
        for text, holds in _tried(inferred, arriving, aside):
            if _agree(presence, holds):
                return text
    for argument in inferred.arguments:
        if argument.field == CONDITION and _agree(presence, argument.values):
            return argument.name
    name = inferred.arguments.free(*words)
    made = BlockArgument(name, presence, CONDITION)
    made.settle()
    inferred.arguments.append(made)
    return name


def _agree(presence: Presence, holds: Sequence[Any]) -> bool:
    return all(is_so in (ABSENT, each) for is_so, each in zip(presence, holds, strict=True))


def _tried(
    inferred: Inferred, arriving: Sequence[Any], aside: bool
) -> Iterator[tuple[str, list[bool]]]:
    """Conditions with what holds of each instance, and their opposites."""
    for terms in _terms(inferred, arriving, aside):
        holds = [any(each) for each in zip(*terms.values(), strict=True)]
        yield " or ".join(f"{one} != {other}" for one, other in terms), holds
        opposite = " and ".join(f"{one} == {other}" for one, other in terms)
        yield opposite, [not each for each in holds]


def _terms(
    inferred: Inferred, arriving: Sequence[Any], aside: bool
) -> list[dict[tuple[str, str], list[bool]]]:
    widths = [(each.name, each.values) for each in inferred.arguments if each.is_width]
    changes = {
        (ARRIVING, name): [there != value for there, value in zip(arriving, values, strict=True)]
        for name, values in (*widths, *inferred.related)
        if ABSENT not in values
    }
    moves = {
        (each.name, "1"): [value != 1 for value in each.values]
        for each in inferred.arguments
        if each.name in ONES
    }
    single = [{key: holds} for key, holds in (*moves.items(), *changes.items())]
    both = [
        {key: moving, other: changing}
        for key, moving in moves.items()
        for other, changing in changes.items()
        if key[0] == "stride"
    ]
    return both + single if aside else single + both
