"""Values of a YAML file, each of the sort that is wanted."""

from __future__ import annotations

import re

from cnncalc.diagnostics import Diagnostics, Source
from cnncalc.importing.formats.format_error import FormatError, shortened
from cnncalc.importing.program import LARGEST_SIZE
from cnncalc.language.text import tree
from cnncalc.language.text.tree import Mapping, Node, Scalar, Sequence, described
from cnncalc.later_patterns import pattern
from cnncalc.records import NamedTuple

WHOLE = pattern(r"[+-]?\d{1,10}")
REAL = pattern(r"[+-]?(\d{1,30}\.?\d{0,30}|\.\d{1,30})(e[+-]?\d{1,2})?", re.IGNORECASE)
NOTHING = ("", "~", "null", "Null", "NULL", "None")
TRUTHS = {**dict.fromkeys(("true", "True"), True), **dict.fromkeys(("false", "False"), False)}


class YamlValue(NamedTuple):
    """A value with its name, for messages, and whether a file has it at all."""

    name: str
    node: Node | None
    line: int

    @property
    def given(self) -> bool:
        """Whether it says anything."""
        node = self.node
        return node is not None and not (
            isinstance(node, Scalar) and node.plain and node.text in NOTHING
        )

    def wrong(self, wanted: str) -> FormatError:
        """The error that says what it should be."""
        found = described(self.node) if self.node is not None else "nothing"
        return FormatError(f"{self.name} wants {wanted}, got {found}", self.line)

    def _text(self, wanted: str) -> str:
        if not isinstance(self.node, Scalar):
            raise self.wrong(wanted)
        return self.node.text

    def whole(self, default: int | None = None, least: int = 1) -> int:
        """A whole number of at least so much. Raises FormatError."""
        if not self.given and default is not None:
            return default
        wanted = f"a whole number from {least} on"
        text = self._text(wanted)
        if not WHOLE.fullmatch(text) or not least <= int(text) <= LARGEST_SIZE:
            raise self.wrong(wanted)
        return int(text)

    def real(self, default: float | None = None) -> float:
        """A number. Raises FormatError."""
        if not self.given and default is not None:
            return default
        text = self._text("a number")
        if not REAL.fullmatch(text):
            raise self.wrong("a number")
        return float(text)

    def truth(self, default: bool) -> bool:
        """Whether. Raises FormatError."""
        if not self.given:
            return default
        text = self._text("true or false")
        if text not in TRUTHS:
            raise self.wrong("true or false")
        return TRUTHS[text]

    def word(self, default: str = "") -> str:
        """A text. Raises FormatError."""
        return self._text("a word") if self.given else default

    def items(self, wanted: str) -> list[YamlValue]:
        """The values of a list, or the value by itself. Raises FormatError."""
        if isinstance(self.node, Mapping) or not self.given:
            raise self.wrong(wanted)
        if not isinstance(self.node, Sequence):
            return [self]
        return [YamlValue(self.name, each, each.span.line) for each in self.node.items]

    def wholes(self, least: int = 1) -> list[int]:
        """Whole numbers, or one. Raises FormatError."""
        return [each.whole(least=least) for each in self.items("whole numbers")]


def read_yaml(text: str, file: str) -> dict[str, YamlValue]:
    """The values of a file by their keys. Raises FormatError."""
    diagnostics = Diagnostics()
    root = tree.read(Source(file, text), diagnostics)
    if not isinstance(root, Mapping):
        first = next(iter(diagnostics), None)
        if first:
            raise FormatError(shortened(first.message), first.span.line)
        raise FormatError("it is no mapping of `backbone` and `head`")
    return {
        key.text: YamlValue(f"`{shortened(key.text)}`", node, key.span.line)
        for key, node in root.entries
    }
