"""Several lists of phrases laid upon each other: what is in all of them, what in some alone."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from cnncalc.importing.structure.laying import cost, steps
from cnncalc.importing.structure.phrases import Phrase, Strand, weight
from cnncalc.importing.structure.slots import ACTIVATION, Slot, size_of
from cnncalc.layers import LAYERS
from cnncalc.records import NamedTuple

LARGEST = 80
"""Phrases of a list that are laid upon others that are not just like them."""

UNLIKE_PART = 0.5
"""How much of a list may be left over where it is laid upon others."""


class SlotRoute(NamedTuple):
    """Where the phrases of a list go in a template: for each its slot, and of a join the routes of
    its branches."""

    steps: tuple[tuple[Slot, tuple[SlotRoute, ...]], ...]


def skeleton(phrases: Sequence[Phrase]) -> Hashable:
    """What is the same of two lists that differ in values alone."""
    return tuple(
        (
            phrase.kind,
            phrase.source is None,
            phrase.share is None,
            phrase.repeat == 1,
            tuple(phrase.first),
            tuple(
                (strand.to is None, strand.present, skeleton(strand.phrases))
                for strand in phrase.parts
            ),
        )
        for phrase in phrases
    )


class Template:
    """The lists of several instances, laid upon each other."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.slots: list[Slot] = []
        self.members: list[int] = []
        self._routes: dict[Hashable, SlotRoute] = {}

    def add(self, phrases: Sequence[Phrase], number: int) -> None:
        """One more instance."""
        phrases = self._wrapped(phrases)
        key = skeleton(phrases)
        route = self._routes.get(key)
        if route is None:
            self.slots, route = _merged(self.slots, phrases, self.count)
            self._routes[key] = route
        _fill(route, phrases, number)
        self.members.append(number)

    @property
    def size(self) -> int:
        """Its slots."""
        return size_of(self.slots)

    def takes(self, phrases: Sequence[Phrase]) -> bool:
        """Whether a list is so like the others that it is better one of them than by itself."""
        if not self.members or skeleton(phrases) in self._routes:
            return True
        size = weight(phrases)
        if max(size, size_of(self.slots)) > LARGEST:
            return False
        left = cost(self.slots, self._wrapped(phrases))
        return left <= max(1.0, UNLIKE_PART * max(size, size_of(self.slots)))

    def _wrapped(self, phrases: Sequence[Phrase]) -> Sequence[Phrase]:
        """A list without the join with what arrives that the others have, as one of which that
        branch is absent."""
        if skeleton(phrases) in self._routes:
            return phrases
        for number, slot in enumerate(self.slots):
            main = _main(slot)
            if main is None or any(phrase.kind == slot.kind for phrase in phrases):
                continue
            flat = [*self.slots[:number], *slot.strands[main].slots, *self.slots[number + 1 :]]
            if cost(flat, phrases) >= cost(self.slots, phrases):
                continue
            return _joined(phrases, flat, number, slot, main)
        return phrases


def _main(slot: Slot) -> int | None:
    """Which branch of a join of two is not that which passes on what arrives."""
    if len(slot.strands) != 2 or slot.kind not in LAYERS or not LAYERS[slot.kind].joins:
        return None
    empty = [
        not strand.slots and not any(each and each.to for each in strand.instances)
        for strand in slot.strands
    ]
    return empty.index(False) if sum(empty) == 1 else None


def _joined(
    phrases: Sequence[Phrase], flat: Sequence[Slot], number: int, slot: Slot, main: int
) -> Sequence[Phrase]:
    end = number + len(slot.strands[main].slots)
    sections: list[list[Phrase]] = [[], [], []]
    for place, item in steps(flat, phrases):
        if item is not None:
            section = 1 if place is None and sections[1] else 0
            if place is not None:
                section = 0 if place < number else 1 if place < end else 2
            sections[section].append(phrases[item])
    before, within, behind = sections
    if not within:
        return phrases
    strands = [Strand(present=False), Strand(present=False)]
    strands[main] = Strand(within)
    made = Phrase(slot.kind, {}, within[0].reads, within[-1].gives, strands=strands)
    made.path = within[0].path[:-1]
    made.count = sum(each.count for each in within)
    made.source, within[0].source = within[0].source, None
    return [*before, made, *behind]


def _merged(
    slots: Sequence[Slot], phrases: Sequence[Phrase], count: int
) -> tuple[list[Slot], SlotRoute]:
    """The slots with those that the phrases need besides, and where each goes."""
    found: list[Slot] = []
    stepped = []
    alike = (
        [(None, number) for number in range(len(phrases))] if not slots else steps(slots, phrases)
    )
    for place, number in alike:
        slot = slots[place] if place is not None else Slot(phrases[number or 0], count)
        found.append(slot)
        if number is None:
            continue
        phrase = phrases[number]
        if slot.kind != phrase.kind:
            slot.kind = ACTIVATION
        routes = []
        for strand, theirs in zip(phrase.parts, slot.strands, strict=True):
            theirs.slots, route = _merged(theirs.slots, strand.phrases, count)
            routes.append(route)
        stepped.append((slot, tuple(routes)))
    return found, SlotRoute(tuple(stepped))


def _fill(route: SlotRoute, phrases: Sequence[Phrase], number: int) -> None:
    for (slot, routes), phrase in zip(route.steps, phrases, strict=True):
        slot.instances[number] = phrase
        for theirs, strand, inner in zip(slot.strands, phrase.parts, routes, strict=True):
            theirs.instances[number] = strand
            _fill(inner, strand.phrases, number)
