"""The arguments of a block: their values in each instance, what they are called, their defaults."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from cnncalc.importing.drafts import Draft
from cnncalc.importing.structure.calling import says
from cnncalc.importing.structure.occurrences import FIRST, REPEAT, SOURCE, TO, Occurrence
from cnncalc.importing.structure.proportions import ABSENT
from cnncalc.importing.structure.slots import Slot
from cnncalc.language.written.mappings import can_be_name
from cnncalc.layers import LAYERS
from cnncalc.layers.fields import Choice

UNRULED = frozenset(
    {"kernel", "stride", "padding", "dilation", "scale", "size", "shift", "factor", "rate", "kind"}
)
"""Fields that say nothing of channels, whatever numbers they are."""

WIDTHS = ("filters", "units", "features", "hidden")
"""How fields end that say how many channels a layer gives."""

ORDER = ("kernel", "stride", "padding", "dilation", "groups")
"""BlockArguments as they stand in a line, behind those that say how many channels there are."""

SHORT = {SOURCE: "skip", REPEAT: "count", "kind": "act"}

NO_LAYER = "none"
"""The default of an argument that is a layer, where some calls have no use for it."""

RATIO, CONDITION = "expand", "when"
"""What an argument is of that says how many times as wide as its input a block is within, or
whether something is there."""


def is_ruled(field: str) -> bool:
    """Whether it may say something of channels."""
    return not field.startswith("@") and field not in UNRULED


class BlockArgument:
    """An argument of a block to be.

    values: in each instance; ABSENT in those that have no use for it
    field: that it is for; used: where
    """

    __slots__ = ("default", "field", "name", "used", "values")

    def __init__(
        self, name: str, values: Iterable[Any], field: str, used: Sequence[Occurrence] = ()
    ) -> None:
        self.name = name
        self.values = list(values)
        self.field = field
        self.used = used
        self.default: Any = ABSENT

    @property
    def is_ruled(self) -> bool:
        """Whether others may follow from it."""
        return is_ruled(self.field) and bool(self.used)

    @property
    def is_width(self) -> bool:
        """Whether it says how many channels a layer gives."""
        return self.is_ruled and self.field.endswith(WIDTHS)

    def fill(self, values: Sequence[Any]) -> None:
        """Takes the values of instances that had none."""
        pairs = zip(self.values, values, strict=True)
        self.values = [other if mine is ABSENT else mine for mine, other in pairs]

    def settle(self) -> None:
        """Gives it the value as default that most calls have; where an instance has no use for it,
        that is its value."""
        if self.default is not ABSENT:
            return
        counts = Counter((type(v), v) for v in self.values if v is not ABSENT)
        (_, value), most = counts.most_common(1)[0]
        usual = most >= max(2, sum(counts.values()) / 2) and not self.is_width
        if isinstance(value, Draft):
            usual, value = False, NO_LAYER
        if usual or isinstance(value, bool) or ABSENT in self.values:
            self.default = value
        self.values = [value if v is ABSENT else v for v in self.values]


class BlockArguments(list[BlockArgument]):
    """Those of one block, and the names that follow from them (`let`)."""

    def __init__(self) -> None:
        super().__init__()
        self.let: dict[str, str] = {}

    def free(self, *words: str) -> str:
        """The first of the words that nothing is called yet, or the first with a number."""
        taken = {each.name for each in self} | {*self.let} | meaning_otherwise()
        for word in words:
            if can_be_name(word) and word not in taken:
                return word
        stem = next((word for word in words if can_be_name(word)), "value")
        return next(name for n in range(2, 10_000) if (name := f"{stem}_{n}") not in taken)

    def widths(self, order: Mapping[Slot, int]) -> list[BlockArgument]:
        """Those that say how many channels there are, that of the last slot first, then as
        they come."""
        found = [each for each in self if each.is_width]
        found.sort(key=lambda each: min(order[used.slot] for used in each.used))
        last = max(found, key=lambda each: max(order[u.slot] for u in each.used), default=None)
        return sorted(found, key=lambda each: each is not last)

    def name(self, widths: Sequence[BlockArgument], exits: Sequence[Any]) -> dict[str, str]:
        """Calls them after their fields, and tells what each was called before.

        exits: how many channels each instance gives; where these do not follow from the first of
            the widths, as of branches side by side, each is called after its module
        """
        given = {}
        rest = [each for each in self if each not in widths and each.used]
        in_order = [*widths[1:], *widths[:1]]
        last = {_place(each): each for each in in_order}
        apart = bool(widths) and not _as_many(widths[0].values, exits)
        widths = in_order if apart else widths
        for argument in (*widths, *rest):
            place = _place(argument)
            words = _words(argument, place)
            if argument.is_width and place:
                words.insert(not apart, place if last[place] is argument else f"{place}_in")
            if argument.is_width and len(widths) == 2 and not apart:
                words.insert(1, "hidden")
            given[argument.name] = argument.name = self.free(*words)
        usual = {name: number for number, name in enumerate(ORDER)}
        self.sort(
            key=lambda each: (
                widths.index(each) if each in widths else len(widths),
                usual.get(each.name, len(usual)),
            )
        )
        return given


def _words(argument: BlockArgument, place: str) -> list[str]:
    """What an argument may be called: as its field; else as the module where it is used, too."""
    word = SHORT.get(argument.field, argument.field.removeprefix(FIRST))
    word = "skip" if word.startswith(TO) else word
    placed = [f"{place}_{word}"] if place else []
    return [word, *placed, f"{argument.used[0].slot.kind}_{word}"]


def _place(argument: BlockArgument) -> str:
    """The module where it is used first, without a number: `branch7x7` of `branch7x7_1`."""
    path = argument.used[0].slot.sample.path
    word = next((re.sub(r"\W+", "_", each) for each in reversed(path) if says(each)), "")
    word = re.sub(r"_\d+\Z", "", word)
    return word if word[:1].isalpha() or not word else f"n{word}"


def _as_many(values: Sequence[Any], exits: Sequence[Any]) -> bool:
    """Whether what it says are the channels that are given, or as many times less everywhere."""
    pairs = [*zip(values, exits, strict=True)]
    known = [(value, given) for value, given in pairs if ABSENT not in (value, given)]
    return len({given / value for value, given in known}) == 1


@cache
def meaning_otherwise() -> frozenset[str]:
    """What no argument may be called, since it means something as the value of a field."""
    axes = {"channels", "depth", "height", "width", "steps", "space", "all", "none", "input"}
    said = {
        word
        for layer in LAYERS.values()
        for field in layer.fields.values()
        if isinstance(field.type, Choice)
        for word in field.type.words
    }
    bent = {kind for kind, layer in LAYERS.items() if layer.role == "activation"}
    words = {"half", "same", "valid", "causal", "previous", "identity"}
    return frozenset({*axes, *said, *bent, *words})
