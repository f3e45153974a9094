"""Groups of one class to a block and calls of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cnncalc.importing.drafts import Draft
from cnncalc.importing.structure.calling import says
from cnncalc.importing.structure.inferring import Argument, Inferred
from cnncalc.importing.structure.occurrences import (
    FIRST,
    REPEAT,
    SHARE,
    SOURCE,
    TO,
    UnlikeError,
    occurrences,
)
from cnncalc.importing.structure.phrases import GROUP, Expression, Phrase, Strand, walk
from cnncalc.importing.structure.presence import condition
from cnncalc.importing.structure.proportions import ABSENT
from cnncalc.importing.structure.templates import Slot, SlotStrand, Template
from cnncalc.layers import LAYERS


class Definition:
    """A block: its name, its arguments in order, what follows from them, its phrases."""

    __slots__ = ("arguments", "let", "name", "phrases")

    def __init__(
        self,
        name: str,
        arguments: Sequence[Argument],
        let: Mapping[str, str],
        phrases: Sequence[Phrase],
    ) -> None:
        self.let = let
        self.name = name
        self.arguments = list(arguments)
        self.phrases = list(phrases)


def definition(
    name: str, template: Template, groups: Sequence[Phrase], rules: bool
) -> Definition:
    """The block of which the groups are calls. Raises UnlikeError where they are none."""
    entries = [group.reads for group in groups]
    inferred = Inferred(template, entries, rules)
    inferred.solve([*occurrences(template, entries)])
    inferred.default()
    phrases = _Body(inferred, entries).list(template.slots, [True] * len(groups), entries)
    inferred.default()
    return Definition(name, inferred.arguments, inferred.let, phrases)


class _Body:
    """The phrases of a block, its slots filled in."""

    def __init__(self, inferred: Inferred, entries: Sequence[Draft]) -> None:
        self.inferred = inferred
        self.names: dict[Slot, str] = {}
        for value in inferred.texts.values():
            if isinstance(value, Slot):
                self.names.setdefault(value, self._name(value))

    def _name(self, slot: Slot) -> str:
        path = slot.sample.path
        stem = re.sub(r"\W+", "_", path[-1]) if path and not path[-1].isdigit() else slot.kind
        taken = {*self.names.values(), *(each.name for each in self.inferred.arguments), "input"}
        name, count = stem, 2
        while name in taken:
            name, count = f"{stem}_{count}", count + 1
        return name

    def list(
        self, slots: Sequence[Slot], there: Sequence[bool], arrives: Sequence[Draft]
    ) -> list[Phrase]:
        """The phrases of slots, in the instances where their list is there."""
        found: list[Phrase] = []
        here = [*arrives]
        start = 0
        while start < len(slots):
            end, presence = start + 1, slots[start].presence
            while end < len(slots) and slots[end].presence == presence != tuple(there):
                end += 1
            together = slots[start:end]
            made = [self._phrase(slot, here) for slot in together]
            if presence != tuple(there):
                aside = together == [*slots]
                made = self._conditional(made, together, there, here, aside)
            found += made
            for slot in together:
                here = [
                    each.gives if each is not None else before
                    for each, before in zip(slot.instances, here, strict=True)
                ]
            start = end
        return found

    def _conditional(
        self,
        made: list[Phrase],
        slots: Sequence[Slot],
        there: Sequence[bool],
        here: Sequence[Draft],
        aside: bool,
    ) -> list[Phrase]:
        presence = tuple(
            has if is_there else ABSENT
            for has, is_there in zip(slots[0].presence, there, strict=True)
        )
        arriving = [
            each.shape[0] if is_there and each.shape else 0
            for each, is_there in zip(here, there, strict=True)
        ]
        words = [re.sub(r"\W+", "_", word) for word in reversed(slots[0].sample.path) if says(word)]
        if [LAYERS[each.kind].role for each in slots if each.kind in LAYERS] == ["activation"]:
            words.insert(0, "act")
        when = condition(
            self.inferred, presence, arriving, aside, *words[:1], f"with_{slots[0].kind}"
        )
        if len(made) == 1:
            made[0].when = when
            return made
        group = Phrase(GROUP, {}, made[0].reads, made[-1].gives, phrases=made)
        group.when = when
        return [group]

    def _phrase(self, slot: Slot, here: Sequence[Draft]) -> Phrase:
        sample, texts = slot.sample, self.inferred.texts
        fields = {
            field: self._written(value)
            for (owner, field), value in self._of(slot)
            if not field.startswith("@")
        }
        made = Phrase(slot.kind, fields, sample.reads, sample.gives, path=sample.path, of=sample.of)
        made.source = self._written(texts.get((slot, SOURCE)))
        made.share = self._written(texts.get((slot, SHARE)))
        made.repeat = texts.get((slot, REPEAT), 1)
        made.first = {
            field.removeprefix(FIRST): self._written(value)
            for (_, field), value in self._of(slot)
            if field.startswith(FIRST)
        }
        made.name = self.names.get(slot, "")
        there = [each is not None for each in slot.instances]
        arrives = [
            each.reads if each is not None else before
            for each, before in zip(slot.instances, here, strict=True)
        ]
        parts = [
            self._strand(slot, number, strand, there, arrives)
            for number, strand in enumerate(slot.strands)
        ]
        if slot.kind == GROUP:
            made.phrases = parts[0].phrases
        else:
            made.strands = parts
        return made

    def _of(self, slot: Slot) -> Iterator[tuple[tuple[Slot, str], Any]]:
        for key in self._keys().get(slot, ()):
            yield key, self.inferred.texts[key]

    def _keys(self) -> Mapping[Slot, list[tuple[Slot, str]]]:
        if not hasattr(self, "_by_slot"):
            self._by_slot: dict[Slot, list[tuple[Slot, str]]] = {}
            for key in self.inferred.texts:
                self._by_slot.setdefault(key[0], []).append(key)
        return self._by_slot

    def _strand(
        self,
        slot: Slot,
        number: int,
        strand: SlotStrand,
        there: Sequence[bool],
        arrives: Sequence[Draft],
    ) -> Strand:
        known = next(each for each in strand.instances if each is not None)
        to = self._written(self.inferred.texts.get((slot, f"{TO}{number}")))
        present = [each is not None and each.present for each in strand.instances]
        made = Strand(self.list(strand.slots, present, arrives), to=to, name=known.name)
        if present != [*there]:
            presence = tuple(
                has if is_there else ABSENT for has, is_there in zip(present, there, strict=True)
            )
            arriving = [each.shape[0] if each.shape else 0 for each in arrives]
            made.when = condition(
                self.inferred, presence, arriving, True, "shortcut", f"with_{slot.kind}"
            )
        return made

    def _written(self, value: Any) -> Any:
        return Expression(self.names[value]) if isinstance(value, Slot) else value


def calls(block: Definition, groups: Sequence[Phrase]) -> None:
    """Makes the groups calls of the block."""
    times = _times(block)
    for number, group in enumerate(groups):
        group.kind = block.name
        group.phrases = []
        group.fields = {each.name: each.values[number] for each in block.arguments}
        if times:
            group.repeat = times.values[number]


def _times(block: Definition) -> Argument | None:
    """Takes the argument out of a block that says how often all that is in it repeats: the calls
    say it."""
    only = block.phrases[0]
    if len(block.phrases) > 1 or only.first or only.name or only.when:
        return None
    inner = only.phrases if only.kind == GROUP else [only]
    texts = [text for each in walk(inner) for text in _texts(each)]
    for argument in block.arguments:
        if only.repeat != argument.name or len(block.arguments) > 1 or block.let:
            continue
        if not any(argument.name in text or "input" in text for text in texts):
            only.repeat = 1
            block.phrases = inner
            block.arguments.remove(argument)
            return argument
    return None


def _texts(phrase: Phrase) -> Iterator[str]:
    """The expressions in a phrase."""
    found = [*phrase.fields.values(), *phrase.first.values(), *phrase.references, phrase.when]
    yield from (each for each in found if isinstance(each, str))
    yield from (strand.when for strand in phrase.strands)
