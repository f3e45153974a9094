"""A list of phrases laid upon the slots of a template, so that as little as may be is left over."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import Any

from cnncalc.importing.structure.phrases import Phrase, weight
from cnncalc.importing.structure.slots import ACTIVATION, Slot, size_of
from cnncalc.layers import LAYERS

ARRIVING = "in_channels"
COUNTS = ("filters", "units", "hidden", "features")
"""Fields that differ between layers that are alike."""

BENT, ABSENT_BRANCH, UNLIKE = 0.4, 0.5, 0.05
"""What it costs, in phrases left over, that an activation is another one, that a branch is not
there, that a field differs."""


def cost(slots: Sequence[Slot], phrases: Sequence[Phrase]) -> float:
    """How many phrases and slots are left over, at least."""
    return _table(slots, phrases)[0][0]


def steps(
    slots: Sequence[Slot], phrases: Sequence[Phrase]
) -> Iterator[tuple[int | None, int | None]]:
    """Which slot and which phrase go together, from the first to the last; None: with nothing."""
    table = _table(slots, phrases)
    row = column = 0
    while row < len(slots) or column < len(phrases):
        here = table[row][column]
        if row < len(slots) and column < len(phrases):
            fits = _fit(slots[row], phrases[column])
            if fits is not None and here == table[row + 1][column + 1] + fits:
                yield row, column
                row, column = row + 1, column + 1
                continue
        if row < len(slots) and here == table[row + 1][column] + size_of([slots[row]]):
            yield row, None
            row += 1
        else:
            yield None, column
            column += 1


def _table(slots: Sequence[Slot], phrases: Sequence[Phrase]) -> list[list[float]]:
    """What it costs to lay the last phrases upon the last slots, from each of both on."""
    rows, columns = len(slots), len(phrases)
    table = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    gone = [size_of([slot]) for slot in slots]
    new = [weight([phrase]) for phrase in phrases]
    for row in range(rows, -1, -1):
        for column in range(columns, -1, -1):
            if row == rows and column == columns:
                continue
            ways = []
            if row < rows:
                ways.append(table[row + 1][column] + gone[row])
            if column < columns:
                ways.append(table[row][column + 1] + new[column])
            if row < rows and column < columns:
                fits = _fit(slots[row], phrases[column])
                if fits is not None:
                    ways.append(table[row + 1][column + 1] + fits)
            table[row][column] = min(ways)
    return table


def _fit(slot: Slot, phrase: Phrase) -> float | None:
    """What it costs that a phrase goes to a slot; None: it cannot."""
    sample = slot.sample
    if phrase.kind != slot.kind:
        bends = _bends(phrase) and (slot.kind == ACTIVATION or _bends(sample))
        return BENT if bends and (phrase.source is None) == (sample.source is None) else None
    if len(phrase.parts) != len(slot.strands) or tuple(phrase.first) != tuple(sample.first):
        return None
    if (phrase.source is None) != (sample.source is None):
        return None
    if (phrase.share is None) != (sample.share is None):
        return None
    if (phrase.repeat == 1) != (sample.repeat == 1):
        return None
    total = UNLIKE * len(_looks(phrase) ^ _looks(sample))
    for mine, theirs in zip(phrase.parts, slot.strands, strict=True):
        known = next(each for each in theirs.instances if each is not None)
        if (mine.to is None) != (known.to is None):
            return None
        total += cost(theirs.slots, mine.phrases) if mine.present else ABSENT_BRANCH
    return total


def _looks(phrase: Phrase) -> set[tuple[str, Any]]:
    """What tells it from others of its kind, however many channels there are."""
    channels = phrase.reads.shape[:1]
    return {
        (name, ARRIVING if (value,) == channels and name == "groups" else value)
        for name, value in phrase.fields.items()
        if name not in COUNTS and isinstance(value, Hashable)
    }


def _bends(phrase: Phrase) -> bool:
    layer = LAYERS.get(phrase.kind)
    return (
        layer is not None
        and not phrase.fields
        and not phrase.strands
        and layer.role == ACTIVATION
        and phrase.kind != ACTIVATION
    )
