"""The phrases of a block: those of a template, with what was inferred in place of what varies."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cnncalc.importing.drafts import Draft
from cnncalc.importing.structure.calling import says
from cnncalc.importing.structure.inferring import Inferred
from cnncalc.importing.structure.occurrences import FIRST, REPEAT, SHARE, SOURCE, TO
from cnncalc.importing.structure.phrases import GROUP, Phrase, SpecFormula, Strand
from cnncalc.importing.structure.presence import condition
from cnncalc.importing.structure.proportions import ABSENT
from cnncalc.importing.structure.slots import Slot, SlotStrand
from cnncalc.layers import LAYERS


class BlockBody:
    """The phrases of a block, its slots filled in."""

    def __init__(self, inferred: Inferred) -> None:
        self.inferred = inferred
        self.names: dict[Slot, str] = {}
        for texts in inferred.texts.values():
            for value in texts.values():
                if isinstance(value, Slot) and value not in self.names:
                    self.names[value] = self._name(value)

    def _name(self, slot: Slot) -> str:
        path = slot.sample.path
        stem = re.sub(r"\W+", "_", path[-1]) if path and not path[-1].isdigit() else slot.kind
        taken = {*self.names.values(), *(each.name for each in self.inferred.arguments), "input"}
        name, count = stem, 2
        while name in taken:
            name, count = f"{stem}_{count}", count + 1
        return name

    def listed(
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
        presence = [
            has if is_there else ABSENT
            for has, is_there in zip(slots[0].presence, there, strict=True)
        ]
        arriving = [
            each.shape[0] if is_there and each.shape else 0
            for each, is_there in zip(here, there, strict=True)
        ]
        words = [re.sub(r"\W+", "_", word) for word in reversed(slots[0].sample.path) if says(word)]
        if [LAYERS[each.kind].role for each in slots if each.kind in LAYERS] == ["activation"]:
            words.insert(0, "act")
        when = condition(
            self.inferred, presence, arriving, aside, *words[:1], f"with_{_plain(slots[0].kind)}"
        )
        if len(made) == 1:
            made[0].when = when
            return made
        group = Phrase(GROUP, {}, made[0].reads, made[-1].gives, phrases=made)
        group.when = when
        return [group]

    def _phrase(self, slot: Slot, here: Sequence[Draft]) -> Phrase:
        sample = slot.sample
        texts = {
            field: SpecFormula(self.names[value]) if isinstance(value, Slot) else value
            for field, value in self.inferred.texts.get(slot, {}).items()
        }
        fields = {field: value for field, value in texts.items() if not field.startswith("@")}
        made = Phrase(slot.kind, fields, sample.reads, sample.gives, path=sample.path, of=sample.of)
        made.name = self.names.get(slot, "")
        made.source, made.share = texts.get(SOURCE), texts.get(SHARE)
        made.repeat = texts.get(REPEAT, 1)
        made.first = {
            field.removeprefix(FIRST): value
            for field, value in texts.items()
            if field.startswith(FIRST)
        }
        there = [each is not None for each in slot.instances]
        arrives = [
            each.reads if each is not None else before
            for each, before in zip(slot.instances, here, strict=True)
        ]
        parts = [self._strand(slot, strand, there, arrives) for strand in slot.strands]
        for number, part in enumerate(parts):
            part.to = texts.get(f"{TO}{number}")
        if slot.kind == GROUP:
            made.phrases = parts[0].phrases
        else:
            made.strands = parts
        return made

    def _strand(
        self,
        slot: Slot,
        strand: SlotStrand,
        there: Sequence[bool],
        arrives: Sequence[Draft],
    ) -> Strand:
        known = next(each for each in strand.instances if each is not None)
        present = [each is not None and each.present for each in strand.instances]
        made = Strand(self.listed(strand.slots, present, arrives), name=known.name)
        if present != [*there]:
            presence = [
                has if is_there else ABSENT for has, is_there in zip(present, there, strict=True)
            ]
            arriving = [each.shape[0] if each.shape else 0 for each in arrives]
            made.when = condition(
                self.inferred, presence, arriving, True, "shortcut", f"with_{_plain(slot.kind)}"
            )
        return made


def _plain(kind: str) -> str:
    """A kind; of a block the layer that it is about, if its name says so: `conv2d_norm`, `conv`."""
    words = (re.sub(r"[1-3]d\Z", "", word) for word in kind.split("_"))
    return kind if kind in LAYERS else next((word for word in words if word in LAYERS), kind)
