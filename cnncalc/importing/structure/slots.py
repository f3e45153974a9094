"""Places of a template, and what each instance has there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cnncalc.importing.structure.phrases import Phrase, Strand

ACTIVATION = "activation"


class Slot:
    """A place of a template: what each instance has there, None where it has nothing.

    kind: of them all; `activation`, where only that is common
    strands: of a join
    """

    __slots__ = ("instances", "kind", "strands")

    def __init__(self, phrase: Phrase, count: int) -> None:
        self.kind = phrase.kind
        self.instances: list[Phrase | None] = [None] * count
        self.strands = [SlotStrand(count) for _ in phrase.parts]

    @property
    def sample(self) -> Phrase:
        """One of those that are there."""
        return next(each for each in self.instances if each is not None)

    @property
    def presence(self) -> tuple[bool, ...]:
        """In which instances it is."""
        return tuple(each is not None for each in self.instances)


class SlotStrand:
    """A branch of a join in a template: the branch of each instance, and the places in it."""

    __slots__ = ("instances", "slots")

    def __init__(self, count: int) -> None:
        self.instances: list[Strand | None] = [None] * count
        self.slots: list[Slot] = []


def every_slot(slots: Sequence[Slot]) -> Iterator[Slot]:
    """All slots, those in branches behind their join."""
    for slot in slots:
        yield slot
        for strand in slot.strands:
            yield from every_slot(strand.slots)


def size_of(slots: Sequence[Slot]) -> int:
    """How many items are written for them."""
    return sum(1 + sum(size_of(strand.slots) for strand in slot.strands) for slot in slots)
