"""Several lists of phrases laid upon each other: what is in all of them, what in some alone."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import Any, NamedTuple

from cnncalc.importing.structure.phrases import Phrase, Strand, weight
from cnncalc.layers import LAYERS

ACTIVATION = "activation"
ARRIVING = "in_channels"
COUNTS = ("filters", "units", "hidden", "features")
LARGEST = 80
"""Phrases of a list that are laid upon others that are not just like them."""


class Slot:
    """A place of a template: what each instance has there, None where it has nothing.

    kind: of them all; `activation`, where only that is common
    strands: of a join
    """

    __slots__ = ("instances", "kind", "strands")

    def __init__(self, phrase: Phrase, count: int) -> None:
        self.kind = phrase.kind
        self.instances: list[Phrase | None] = [None] * count
        self.strands = [SlotStrand(strand, count) for strand in phrase.parts]

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

    def __init__(self, strand: Strand, count: int) -> None:
        self.instances: list[Strand | None] = [None] * count
        self.slots: list[Slot] = []


class Route(NamedTuple):
    """Where the phrases of a list go in a template: for each its slot, and of a join the routes of
    its branches."""

    steps: tuple[tuple[Slot, tuple[Route, ...]], ...]


def skeleton(phrases: Sequence[Phrase]) -> Hashable:
    """What is the same of two lists that differ in values alone."""
    return tuple(
        (
            phrase.kind,
            phrase.source is None,
            phrase.share is None,
            phrase.repeat == 1,
            tuple(phrase.first),
            tuple((strand.to is None, strand.present, skeleton(strand.phrases)) for strand in phrase.parts),
        )
        for phrase in phrases
    )


class Template:
    """The lists of several instances, laid upon each other."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.slots: list[Slot] = []
        self.members: list[int] = []
        self._routes: dict[Hashable, Route] = {}

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
        return _size(self.slots)

    def takes(self, phrases: Sequence[Phrase]) -> bool:
        """Whether a list is so like the others that it is better one of them than by itself."""
        if not self.members or skeleton(phrases) in self._routes:
            return True
        size = weight(phrases)
        if max(size, _size(self.slots)) > LARGEST:
            return False
        cost = _cost(self.slots, self._wrapped(phrases))
        return cost <= max(1.0, 0.45 * max(size, _size(self.slots)))

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
            if _cost(flat, phrases) >= _cost(self.slots, phrases):
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
    for place, item in _steps(flat, phrases):
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


def _size(slots: Sequence[Slot]) -> int:
    return sum(1 + sum(_size(strand.slots) for strand in slot.strands) for slot in slots)


def _fit(slot: Slot, phrase: Phrase) -> float | None:
    """What it costs that a phrase goes to a slot; None: it cannot."""
    sample = slot.sample
    if phrase.kind != slot.kind:
        bends = _bends(phrase) and (slot.kind == ACTIVATION or _bends(sample))
        return 0.4 if bends and (phrase.source is None) == (sample.source is None) else None
    if len(phrase.parts) != len(slot.strands) or tuple(phrase.first) != tuple(sample.first):
        return None
    if (phrase.source is None) != (sample.source is None):
        return None
    if (phrase.share is None) != (sample.share is None):
        return None
    if (phrase.repeat == 1) != (sample.repeat == 1):
        return None
    cost = 0.05 * len(_looks(phrase) ^ _looks(sample))
    for mine, theirs in zip(phrase.parts, slot.strands, strict=True):
        known = next(each for each in theirs.instances if each is not None)
        if (mine.to is None) != (known.to is None):
            return None
        cost += _cost(theirs.slots, mine.phrases) if mine.present else 0.5
    return cost


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
    return layer is not None and not phrase.fields and not phrase.strands and layer.role == ACTIVATION and phrase.kind != ACTIVATION


def _table(slots: Sequence[Slot], phrases: Sequence[Phrase]) -> list[list[float]]:
    """What it costs to lay the last phrases upon the last slots, from each of both on."""
    rows, columns = len(slots), len(phrases)
    table = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    gone = [_size([slot]) for slot in slots]
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
                fit = _fit(slots[row], phrases[column])
                if fit is not None:
                    ways.append(table[row + 1][column + 1] + fit)
            table[row][column] = min(ways)
    return table


def _cost(slots: Sequence[Slot], phrases: Sequence[Phrase]) -> float:
    return _table(slots, phrases)[0][0]


def _steps(
    slots: Sequence[Slot], phrases: Sequence[Phrase]
) -> Iterator[tuple[int | None, int | None]]:
    """Which slot and which phrase go together, from the first to the last; None: with nothing."""
    table = _table(slots, phrases)
    row = column = 0
    while row < len(slots) or column < len(phrases):
        here = table[row][column]
        if row < len(slots) and column < len(phrases):
            fit = _fit(slots[row], phrases[column])
            if fit is not None and here == table[row + 1][column + 1] + fit:
                yield row, column
                row, column = row + 1, column + 1
                continue
        if row < len(slots) and here == table[row + 1][column] + _size([slots[row]]):
            yield row, None
            row += 1
        else:
            yield None, column
            column += 1


def _merged(
    slots: Sequence[Slot], phrases: Sequence[Phrase], count: int
) -> tuple[list[Slot], Route]:
    """The slots with those that the phrases need besides, and where each goes."""
    found: list[Slot] = []
    steps = []
    alike = [(None, number) for number in range(len(phrases))] if not slots else _steps(slots, phrases)
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
        steps.append((slot, tuple(routes)))
    return found, Route(tuple(steps))


def _fill(route: Route, phrases: Sequence[Phrase], number: int) -> None:
    for (slot, routes), phrase in zip(route.steps, phrases, strict=True):
        slot.instances[number] = phrase
        for theirs, strand, inner in zip(slot.strands, phrase.parts, routes, strict=True):
            theirs.instances[number] = strand
            _fill(inner, strand.phrases, number)


def every_slot(slots: Sequence[Slot]) -> Iterator[Slot]:
    """All slots, those in branches behind their join."""
    for slot in slots:
        yield slot
        for strand in slot.strands:
            yield from every_slot(strand.slots)
