"""Rows of a file, `[from, repeats, module, arguments]`, each with its line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from cnncalc.importing.formats.format_error import FormatError, shortened
from cnncalc.importing.formats.ultralytics.yaml_values import YamlValue
from cnncalc.language.text.tree import Scalar

MOST_REPEATS = 1_000


@dataclass(frozen=True, slots=True)
class YamlRow:
    """A row: which rows it reads, below 0 back from here; how often its module follows on itself,
    before the depth of the network; the module; its arguments."""

    place: int
    sources: Sequence[int]
    repeats: int
    kind: str
    arguments: Sequence[YamlValue]
    line: int

    def __getitem__(self, place: int) -> YamlValue:
        """An argument, whether or not it is there."""
        if place < len(self.arguments):
            return self.arguments[place]
        return YamlValue(self._name(place), None, self.line)

    def _name(self, place: int) -> str:
        return f"argument {place + 1} of `{shortened(self.kind)}`"

    def wrong(self, what: str) -> FormatError:
        """The error that says so of the row."""
        return FormatError(f"`{shortened(self.kind)}`: {what}", self.line)


def rows(values: Mapping[str, YamlValue]) -> list[YamlRow]:
    """Those of the backbone and of the head. Raises FormatError."""
    found: list[YamlRow] = []
    for section in ("backbone", "head"):
        if section not in values:
            raise FormatError(f"there is no `{section}`", 1)
        for row in values[section].items("a list of rows"):
            found.append(_row(len(found), row, values))
    return found


def _row(place: int, row: YamlValue, values: Mapping[str, YamlValue]) -> YamlRow:
    wanted = "`[from, repeats, module, [arguments]]`"
    parts = YamlValue("a row", row.node, row.line).items(wanted)
    if len(parts) != 4:
        raise YamlValue("a row", row.node, row.line).wrong(wanted)
    sources, repeats, kind, arguments = parts
    told = [] if not arguments.given else arguments.items("a list")
    read = sources._replace(name="`from`").wholes(-(10**6))
    often = repeats._replace(name="`repeats`").whole()
    if often > MOST_REPEATS:
        raise FormatError(f"more than {MOST_REPEATS:,} repeats", row.line)
    made = YamlRow(place, read, often, kind._replace(name="a module").word(), [], row.line)
    named = [_named(value, values)._replace(name=made._name(n)) for n, value in enumerate(told)]
    return replace(made, arguments=named)


def _named(value: YamlValue, values: Mapping[str, YamlValue]) -> YamlValue:
    """What a name among the arguments stands for: a value of the file's own."""
    if isinstance(value.node, Scalar) and value.node.plain and value.node.text in values:
        return value._replace(node=values[value.node.text].node)
    return value
