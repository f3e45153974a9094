"""What varies between the instances of a template: each field at each place, with its values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cnncalc.importing.drafts import Draft
from cnncalc.importing.structure.phrases import Phrase, SpecFormula
from cnncalc.importing.structure.proportions import ABSENT
from cnncalc.importing.structure.slots import ACTIVATION, Slot, every_slot
from cnncalc.importing.structure.templates import Template
from cnncalc.layers import LAYERS
from cnncalc.records import NamedTuple

REPEAT, FIRST, SOURCE, SHARE, TO = "@repeat", "@first.", "@source", "@share", "@to."
"""What is no field of a slot, as one: beside its kind, or a branch by name."""


class Occurrence(NamedTuple):
    """A field of a slot, with its value in each instance; ABSENT where that has no such slot."""

    slot: Slot
    field: str
    values: tuple[Any, ...]

    @property
    def known(self) -> list[Any]:
        """The values of those that have it."""
        return [value for value in self.values if value is not ABSENT]

    @property
    def constant(self) -> bool:
        """Whether it is the same in all of them."""
        first, *rest = self.known
        return all(type(each) is type(first) and each == first for each in rest)


class UnlikeError(Exception):
    """Instances are no calls of one block."""


def occurrences(template: Template, entries: Sequence[Draft]) -> Iterator[Occurrence]:
    """All of a template; layers that are referred to within it by the names of their slots.

    entries: what each instance reads
    """
    places = _places(template)
    for slot in every_slot(template.slots):
        for field in _fields(slot):
            found = (
                ABSENT if phrase is None else _value(phrase, field, slot)
                for phrase in slot.instances
            )
            values = tuple(
                _placed(value, places[number], entries[number])
                for number, value in enumerate(found)
            )
            yield Occurrence(slot, field, values)


def _places(template: Template) -> list[dict[Draft, Slot]]:
    found: list[dict[Draft, Slot]] = [{} for _ in range(template.count)]
    for slot in every_slot(template.slots):
        for number, phrase in enumerate(slot.instances):
            if phrase is not None:
                found[number][phrase.gives] = slot
    return found


def _placed(value: Any, places: Mapping[Draft, Slot], entry: Draft) -> Any:
    """A reference that means the same in each instance; of a layer outside that layer."""
    if not isinstance(value, Draft):
        return value
    if value in places:
        return places[value]
    return SpecFormula("input") if value is entry else value


def _fields(slot: Slot) -> list[str]:
    there = [phrase for phrase in slot.instances if phrase is not None]
    if slot.kind == ACTIVATION:
        return ["kind"]
    found = dict.fromkeys(name for phrase in there for name in phrase.fields)
    sample = slot.sample
    found |= dict.fromkeys(f"{FIRST}{name}" for name in sample.first)
    if sample.repeat != 1:
        found[REPEAT] = None
    if sample.source is not None:
        found[SOURCE] = None
    if sample.share is not None:
        found[SHARE] = None
    found |= {f"{TO}{n}": None for n, each in enumerate(sample.strands) if each.to is not None}
    return list(found)


def _value(phrase: Phrase, field: str, slot: Slot) -> Any:
    if slot.kind == ACTIVATION:
        return phrase.kind
    if not field.startswith("@"):
        return phrase.fields[field] if field in phrase.fields else _default(phrase, field)
    if field == REPEAT:
        return phrase.repeat
    if field == SOURCE:
        return phrase.source
    if field == SHARE:
        return phrase.share
    if field.startswith(TO):
        return phrase.strands[int(field.removeprefix(TO))].to
    return phrase.first[field.removeprefix(FIRST)]


def _default(phrase: Phrase, field: str) -> Any:
    if not phrase.is_layer or LAYERS[phrase.kind].fields[field].default is None:
        raise UnlikeError
    return LAYERS[phrase.kind].fields[field].default
