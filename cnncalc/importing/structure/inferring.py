"""What varies in a template as arguments, as few as will do, and expressions of what arrives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cnncalc.importing.drafts import Draft
from cnncalc.importing.structure.arguments import (
    RATIO,
    WIDTHS,
    BlockArgument,
    BlockArguments,
    is_ruled,
)
from cnncalc.importing.structure.occurrences import Occurrence, UnlikeError
from cnncalc.importing.structure.phrases import SpecFormula
from cnncalc.importing.structure.proportions import ABSENT, ENOUGH, follows
from cnncalc.importing.structure.slots import Slot, every_slot
from cnncalc.importing.structure.templates import Template
from cnncalc.later_patterns import pattern

ARRIVING = "in_channels"
ENTERING = "channels(input)"

_TOKEN = pattern(r"<\d+>")
"""What an argument is called until all of them are known."""

Row = tuple[Any, ...]


class Inferred:
    """What became of the occurrences of a template.

    texts: for each field of a slot its value, or the expression in its place
    related: expressions that are there anyway, with their values in the instances
    """

    def __init__(
        self, template: Template, entries: Sequence[Draft], exits: Sequence[Draft], rules: bool
    ) -> None:
        """entries, exits: what each instance reads and gives; rules: whether to infer any"""
        self.template = template
        self.exits = exits
        self.entries = entries
        self.entering = [entry.shape[0] if entry.shape else ABSENT for entry in entries]
        self.rules = rules
        self.arguments = BlockArguments()
        self.texts: dict[Slot, dict[str, Any]] = {}
        self.related: list[tuple[str, Sequence[Any]]] = []
        self.repeated = _repeated(template.slots)

    def solve(self, found: Sequence[Occurrence]) -> None:
        """Finds an expression for each occurrence. Raises UnlikeError."""
        varying = self._varying(found)
        told = {row: [self._of_channels(each) for each in those] for row, those in varying.items()}
        unknown = [row for row, texts in told.items() if None in texts]
        for row in sorted(unknown, key=lambda row: (not _has_width(varying[row]), _largest(row))):
            self._settle(varying[row])
        for row, texts in told.items():
            if None not in texts:
                known = self._said(row[1:])
                for each, text in zip(varying[row], texts, strict=True):
                    self._tell(each, SpecFormula(known or text))
        self._stride(found)
        self._name()
        self._fill()
        for argument in self.arguments:
            argument.settle()

    def _tell(self, each: Occurrence, value: Any) -> None:
        self.texts.setdefault(each.slot, {})[each.field] = value

    def _varying(self, found: Sequence[Occurrence]) -> dict[Row, list[Occurrence]]:
        """Those that are not the same in all instances, by their values, which begin with the
        field, unless that says how many channels there are."""
        varying: dict[Row, list[Occurrence]] = {}
        for each in found:
            if each.constant and not isinstance(each.known[0], Draft):
                self._tell(each, each.known[0])
            elif any(isinstance(value, Slot) for value in each.known):
                raise UnlikeError
            else:
                field = "" if is_ruled(each.field) else each.field
                varying.setdefault((field, *each.values), []).append(each)
        return varying

    def _stride(self, found: Sequence[Occurrence]) -> None:
        """A stride that is always the same where it is, as the argument that says so, too."""
        strides = [each for each in self.arguments if each.field == "stride"]
        for each in found:
            if each.field != "stride" or not each.constant or len(each.known) == len(each.values):
                continue
            for argument in strides:
                pairs = zip(each.values, argument.values, strict=True)
                if all(value in (ABSENT, other) for value, other in pairs):
                    self._tell(each, SpecFormula(argument.name))
                    break

    def _of_channels(self, each: Occurrence) -> str | None:
        if not self.rules or not is_ruled(each.field):
            return None
        found = None
        if each.slot not in self.repeated:
            found = follows(each.values, _arrivals(each.slot), ARRIVING)
        found = found or follows(each.values, self.entering, ENTERING)
        return found.text if found else None

    def _settle(self, those: Sequence[Occurrence]) -> None:
        """As an argument, unless another says it."""
        fields, values = [each.field for each in those], those[-1].values
        field = next((each for each in fields if each.endswith(WIDTHS)), fields[-1])
        text = self._known(values, field)
        if text is None:
            given = (
                entry if isinstance(value, SpecFormula) else value
                for value, entry in zip(values, self.entries, strict=True)
            )
            text = f"<{len(self.arguments)}>"
            self.arguments.append(BlockArgument(text, given, field, those))
        for each in those:
            self._tell(each, SpecFormula(text))

    def _known(self, values: Row, field: str) -> str | None:
        for argument in self.arguments:
            alike = (argument.is_ruled and is_ruled(field)) or argument.field == field
            if alike and _agrees(values, argument.values):
                argument.fill(values)
                return argument.name
        if not self.rules or not is_ruled(field):
            return None
        for argument in self.arguments:
            found = follows(values, argument.values, argument.name) if argument.is_ruled else None
            if found:
                whole = [ABSENT if v is ABSENT else found.of(v) for v in argument.values]
                self.related.append((found.text, whole))
                return found.text
        return None

    def _said(self, values: Row) -> str | None:
        """An expression of an argument that is there anyway, and says the same."""
        said = {text for text, _ in self.related}
        for argument in self.arguments:
            if not argument.is_ruled:
                continue
            if _agrees(values, argument.values):
                argument.fill(values)
                return argument.name
            found = follows(values, argument.values, argument.name)
            if found and found.text in said:
                return found.text
        return None

    def _fill(self) -> None:
        """What an instance has no use for and the others give as their last channels, it does."""
        given = self._given
        first = self.arguments[0] if self.arguments else None
        if first and first.is_width and ABSENT in first.values:
            pairs = zip(first.values, given, strict=True)
            if all(value in (ABSENT, channels) for value, channels in pairs):
                first.fill(given)

    @property
    def _given(self) -> list[Any]:
        """The channels that each instance gives."""
        return [last.shape[0] if last.shape else ABSENT for last in self.exits]

    def _name(self) -> None:
        order = {slot: number for number, slot in enumerate(every_slot(self.template.slots))}
        widths = self.arguments.widths(order)
        told = {}
        for argument in widths[1:]:
            if ratios := self._ratios(argument):
                hidden, token = self.arguments.free("hidden", "inner"), argument.name
                self.related.append((hidden, argument.values))
                argument.name = self.arguments.free("expand", "times")
                argument.values, argument.field, argument.used = ratios, RATIO, ()
                self.arguments.let[hidden] = f"{argument.name} * {ARRIVING}"
                told[token] = hidden
        told |= self.arguments.name([each for each in widths if each.used], self._given)

        def renamed(text: str) -> str:
            return _TOKEN.sub(lambda found: told[found[0]], text)

        for texts in self.texts.values():
            for field, text in texts.items():
                if isinstance(text, SpecFormula):
                    texts[field] = SpecFormula(renamed(text))
        self.related = [(renamed(text), values) for text, values in self.related]

    def _ratios(self, argument: BlockArgument) -> list[int]:
        """How many times the channels that enter an argument is, where that takes far fewer
        values; none where it is not, or another is told so."""
        if not self.rules or len(self.entering) < ENOUGH or self.arguments.let:
            return []
        pairs = [*zip(argument.values, self.entering, strict=True)]
        if any(value is ABSENT or base is ABSENT or value % base for value, base in pairs):
            return []
        ratios = [value // base for value, base in pairs]
        return ratios if 2 * len(set(ratios)) < len(set(argument.values)) else []


def _arrivals(slot: Slot) -> list[Any]:
    """The channels that arrive at a slot, in each instance that has it."""
    return [
        ABSENT if each is None or not each.reads.shape else each.reads.shape[0]
        for each in slot.instances
    ]


def _has_width(those: Sequence[Occurrence]) -> bool:
    return any(each.field.endswith(WIDTHS) for each in those)


def _largest(values: Row) -> float:
    numbers = [each for each in values if isinstance(each, int) and not isinstance(each, bool)]
    return max(numbers, default=0)


def _agrees(values: Sequence[Any], known: Sequence[Any]) -> bool:
    """Whether two rows can be one: of what an instance has of both, the same, and enough of it."""
    pairs = [
        (one, other)
        for one, other in zip(values, known, strict=True)
        if one is not ABSENT and other is not ABSENT
    ]
    alike = all(type(one) is type(other) and one == other for one, other in pairs)
    return alike and len({str(one) for one, _ in pairs}) > 1


def _repeated(slots: Sequence[Slot]) -> set[Slot]:
    """Those that run several times, so that other channels arrive than those of the first."""
    found: set[Slot] = set()
    for slot in slots:
        if slot.sample.repeat != 1:
            found |= {*every_slot([slot])}
        for strand in slot.strands:
            found |= _repeated(strand.slots)
    return found
