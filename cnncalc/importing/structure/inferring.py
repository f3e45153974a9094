"""What varies in a template as arguments, as few as will do, and expressions of what arrives."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cnncalc.importing.drafts import Draft
from cnncalc.importing.structure.calling import says
from cnncalc.importing.structure.occurrences import FIRST, REPEAT, SOURCE, TO, Occurrence, UnlikeError
from cnncalc.importing.structure.phrases import Expression
from cnncalc.importing.structure.proportions import ABSENT, ENOUGH, follows
from cnncalc.importing.structure.templates import Slot, Template, every_slot
from cnncalc.language.written.mappings import can_be_name
from cnncalc.layers import LAYERS
from cnncalc.layers.fields import Choice

ARRIVING = "in_channels"
ENTERING = "channels(input)"

UNRULED = frozenset(
    {"kernel", "stride", "padding", "dilation", "scale", "size", "shift", "factor", "rate"}
)
"""Fields that say nothing of channels, whatever numbers they are."""

_TOKEN = re.compile(r"<\d+>")

ORDER = ("kernel", "stride", "padding", "dilation", "groups")
"""Arguments as they stand in a line, behind those that say how many channels there are."""

RATIO = "expand"
"""What an argument is told as that says how many times as wide as its input a block is within."""

WIDTHS = ("filters", "units", "features", "hidden")

SHORT = {SOURCE: "skip", REPEAT: "count", "kind": "act"}


def words_of_fields() -> frozenset[str]:
    """What no argument may be called, since it means something as the value of a field."""
    axes = {"channels", "depth", "height", "width", "steps", "space", "all", "none", "input"}
    said = {
        word
        for layer in LAYERS.values()
        for field in layer.fields.values()
        if isinstance(field.type, Choice)
        for word in field.type.words
    }
    return frozenset({*axes, *said, "half", "same", "valid", "causal", "previous", *LAYERS})


class Argument:
    """An argument of a block to be: its value in each instance; `channels`, whether it counts
    those; `told`, the field that it is first used for."""

    __slots__ = ("channels", "default", "name", "told", "used", "values")

    def __init__(self, name: str, values: Sequence[Any], told: str, channels: bool) -> None:
        self.name = name
        self.values = list(values)
        self.told = told
        self.channels = channels
        self.default: Any = ABSENT
        self.used: Sequence[Occurrence] = ()

    def fill(self, values: Sequence[Any]) -> None:
        """Takes the values of instances that had none."""
        pairs = zip(self.values, values, strict=True)
        self.values = [other if mine is ABSENT else mine for mine, other in pairs]

    @property
    def is_width(self) -> bool:
        """Whether it says how many channels a layer gives."""
        return self.channels and self.told.endswith(WIDTHS)


class Inferred:
    """What became of the occurrences of a template.

    arguments: in the order in which the block has them
    texts: for what varies, what is written in its place
    """

    def __init__(self, template: Template, entries: Sequence[Draft], rules: bool) -> None:
        self.template = template
        self.entries = entries
        self.entering = [entry.shape[0] if entry.shape else ABSENT for entry in entries]
        self.rules = rules
        self.arguments: list[Argument] = []
        self.texts: dict[tuple[Slot, str], Any] = {}
        self.related: list[tuple[str, Sequence[Any]]] = []
        self.let: dict[str, str] = {}
        self.repeated = _repeated(template.slots)
        self._forbidden = words_of_fields()

    def solve(self, found: Sequence[Occurrence]) -> None:
        """Finds an expression for each occurrence."""
        varying: dict[tuple[Any, ...], list[Occurrence]] = {}
        for each in found:
            if each.constant and not isinstance(each.known[0], Draft):
                self.texts[each.slot, each.field] = each.known[0]
            else:
                if any(isinstance(value, Slot) for value in each.known):
                    raise UnlikeError
                varying.setdefault(each.values, []).append(each)
        open_ones, closed = [], []
        for values, those in varying.items():
            texts = [self._of_channels(each) for each in those]
            if None in texts:
                open_ones.append((values, those))
            else:
                closed.append((values, list(zip(those, texts, strict=True))))
        for values, those in sorted(open_ones, key=lambda each: _largest(each[0])):
            self._settle(values, those)
        for values, told in closed:
            known = self._related(values)
            for each, text in told:
                self.texts[each.slot, each.field] = Expression(known or text)
        self._name()

    def _of_channels(self, each: Occurrence) -> str | None:
        if not self.rules or not _is_ruled(each.field):
            return None
        found = None
        if each.slot not in self.repeated:
            found = follows(each.values, arrivals(each.slot), ARRIVING)
        return found or follows(each.values, self.entering, ENTERING)

    def _settle(self, values: tuple[Any, ...], those: Sequence[Occurrence]) -> None:
        """As an argument, unless another says it."""
        text = self._known(values, _is_ruled(those[0].field))
        if text is None:
            told = those[-1].field
            given = [
                entry if isinstance(value, Expression) else value
                for value, entry in zip(values, self.entries, strict=True)
            ]
            argument = Argument(f"<{len(self.arguments)}>", given, told, _is_ruled(told))
            argument.used = those
            self.arguments.append(argument)
            text = argument.name
        else:
            if _is_ruled(those[0].field):
                self.related.append((text, values))
        for each in those:
            self.texts[each.slot, each.field] = Expression(text)

    def _related(self, values: tuple[Any, ...]) -> str | None:
        """An expression of an argument that is there anyway, and says it too."""
        for argument in self.arguments:
            if argument.channels and _agrees(values, argument.values):
                argument.fill(values)
                return argument.name
        said = {text for text, _ in self.related}
        for argument in self.arguments:
            text = argument.channels and follows(values, argument.values, argument.name)
            if text in said:
                return str(text)
        return None

    def _known(self, values: tuple[Any, ...], ruled: bool) -> str | None:
        for argument in self.arguments:
            if _agrees(values, argument.values):
                argument.fill(values)
                return argument.name
        if not (self.rules and ruled):
            return None
        for argument in self.arguments:
            found = argument.channels and follows(values, argument.values, argument.name)
            if found:
                return found
        return None

    def free(self, *words: str) -> str:
        """A name that no other argument has."""
        taken = {argument.name for argument in self.arguments} | {*self.let} | self._forbidden
        for word in words:
            if can_be_name(word) and word not in taken:
                return word
        stem = next((word for word in words if can_be_name(word)), "value")
        return next(name for n in range(2, 1000) if (name := f"{stem}_{n}") not in taken)

    def _name(self) -> None:
        """Calls the arguments after their fields; what a block gives stands first, by itself."""
        order = {slot: number for number, slot in enumerate(every_slot(self.template.slots))}
        counts = [each for each in self.arguments if each.is_width]
        counts.sort(key=lambda each: max(order[used.slot] for used in each.used), reverse=True)
        given: dict[str, str] = {}
        counts = counts[:1] + [each for each in counts[1:] if not self._as_ratio(each, given)]
        for argument in [*counts, *(each for each in self.arguments if not each.is_width)]:
            if argument.told == RATIO:
                continue
            first = argument.used[0]
            word = SHORT.get(argument.told, argument.told.removeprefix(FIRST))
            word = "skip" if word.startswith(TO) else word
            places = [re.sub(r"\W+", "_", each) for each in first.slot.sample.path if says(each)]
            hidden = ["hidden"] if len(counts) == 2 and argument.is_width else []
            others = [*hidden]
            if argument.is_width and places:
                others += [place if place[:1].isalpha() else f"n{place}" for place in places[-1:]]
            others += [f"{place}_{word}" for place in places[-1:]]
            others += [f"{first.slot.kind}_{word}"]
            token = argument.name
            given[token] = argument.name = self.free(word, *others)
        for key, text in self.texts.items():
            if isinstance(text, Expression):
                self.texts[key] = Expression(_TOKEN.sub(lambda found: given[found[0]], text))
        self.related = [(_TOKEN.sub(lambda found: given[found[0]], t), v) for t, v in self.related]
        main = counts[:1]
        usual = {name: number for number, name in enumerate(ORDER)}
        self.arguments.sort(
            key=lambda each: (each not in main, not each.is_width, usual.get(each.name, len(usual)))
        )

    def _as_ratio(self, argument: Argument, given: dict[str, str]) -> bool:
        """Whether a width is told as how many times the channels that enter it is; it is a name
        that follows from them then."""
        if not self.rules or len(self.entering) < ENOUGH or self.let:
            return False
        pairs = [*zip(argument.values, self.entering, strict=True)]
        if not all(isinstance(value, int) and value % base == 0 for value, base in pairs):
            return False
        ratios = [value // base for value, base in pairs]
        if len(set(ratios)) >= len(set(argument.values)) / 2:
            return False
        hidden, expand = self.free("hidden", "inner"), self.free("expand", "times")
        self.let[hidden] = f"{expand} * {ARRIVING}"
        self.related.append((hidden, argument.values))
        given[argument.name] = hidden
        argument.name, argument.values, argument.told = expand, ratios, RATIO
        return True

    def default(self) -> None:
        """Gives the arguments the values that most calls have; where an instance has no use for
        one, that is its value."""
        for argument in self.arguments:
            if argument.default is not ABSENT:
                continue
            counts = Counter((type(v), v) for v in argument.values if v is not ABSENT)
            (_, value), most = counts.most_common(1)[0]
            usual = most >= max(2, sum(counts.values()) / 2) and not argument.is_width
            if isinstance(value, Draft):
                usual, value = False, Expression("input")
            if usual or isinstance(value, bool) or ABSENT in argument.values:
                argument.default = value
            argument.values = [value if v is ABSENT else v for v in argument.values]


def arrivals(slot: Slot) -> list[Any]:
    """The channels that arrive at a slot, in each instance that has it."""
    return [
        ABSENT if each is None or not each.reads.shape else each.reads.shape[0]
        for each in slot.instances
    ]


def _is_ruled(field: str) -> bool:
    return not field.startswith("@") and field not in UNRULED and field != "kind"


def _largest(values: Sequence[Any]) -> float:
    numbers = [each for each in values if isinstance(each, int) and not isinstance(each, bool)]
    return max(numbers, default=0)


def _agrees(values: Sequence[Any], known: Sequence[Any]) -> bool:
    """Whether two rows can be one: of what an instance has of both, the same, and enough of it."""
    pairs = [
        (one, other)
        for one, other in zip(values, known, strict=True)
        if one is not ABSENT and other is not ABSENT
    ]
    return (
        all(type(one) is type(other) and one == other for one, other in pairs)
        and len({str(one) for one, _ in pairs}) > 1
    )


def _repeated(slots: Sequence[Slot]) -> set[Slot]:
    """Those that run several times, so that other channels arrive than those of the first."""
    found: set[Slot] = set()
    for slot in slots:
        if slot.sample.repeat != 1:
            found |= {slot, *every_slot([slot])}
        for strand in slot.strands:
            found |= _repeated(strand.slots)
    return found
