"""The text of a darknet `.cfg` as sections of options, each with its line.

The grammar is darknet's own (`read_cfg`, `option_list.c`): `[kind]` begins a section, `key=value`
is an option of it, white space means nothing, lines that begin with `#` or `;` are comments, and of
a number what stands behind its digits is not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from cnncalc.importing.formats.format_error import FormatError, shortened
from cnncalc.later_patterns import pattern
from cnncalc.records import NamedTuple

WHOLE = pattern(r"[+-]?\d{1,9}(?!\d)")
REAL = pattern(r"[+-]?(\d{1,30}\.?\d{0,30}|\.\d{1,30})(e[+-]?\d{1,2})?", re.IGNORECASE)


class CfgSection(NamedTuple):
    """A section: its kind without brackets, the line of it, its options and theirs."""

    kind: str
    line: int
    options: Mapping[str, tuple[str, int]]

    def __contains__(self, name: object) -> bool:
        return name in self.options

    def word(self, name: str, default: str = "") -> str:
        """An option as it stands."""
        return self.options[name][0] if name in self.options else default

    def whole(self, name: str, default: int, least: int = -(10**9)) -> int:
        """An option that is a whole number, of at least so much. Raises FormatError."""
        if name not in self.options:
            return default
        text, line = self.options[name]
        found = WHOLE.match(text)
        if not found or int(found[0]) < least:
            wanted = f"a whole number from {least} on" if least > -(10**9) else "a whole number"
            raise FormatError(f"`{name}` wants {wanted}, got `{shortened(text)}`", line)
        return int(found[0])

    def real(self, name: str, default: float) -> float:
        """An option that is a number. Raises FormatError."""
        if name not in self.options:
            return default
        text, line = self.options[name]
        found = REAL.match(text)
        if not found:
            raise FormatError(f"`{name}` wants a number, got `{shortened(text)}`", line)
        return float(found[0])

    def several(self, name: str) -> list[int]:
        """An option that is whole numbers between commas. Raises FormatError."""
        if name not in self.options:
            raise FormatError(f"`[{shortened(self.kind)}]` wants `{name}`", self.line)
        text, line = self.options[name]
        found = [WHOLE.match(part) for part in text.rstrip(",").split(",")]
        if not all(found):
            raise FormatError(f"`{name}` wants whole numbers, got `{shortened(text)}`", line)
        return [int(each[0]) for each in found if each]


def sections(text: str) -> list[CfgSection]:
    """All of a file, in order. Raises FormatError."""
    found: list[CfgSection] = []
    options: dict[str, tuple[str, int]] = {}
    for number, line in _lines(text):
        if line.startswith("["):
            options = {}
            found.append(CfgSection(line.strip("[]"), number, options))
        elif "=" not in line:
            what = f"neither a `[section]` nor `key=value`: `{shortened(line)}`"
            raise FormatError(what, number)
        elif not found:
            raise FormatError("an option stands before the first section", number, "`[net]`")
        else:
            name, _, value = line.partition("=")
            options.setdefault(name, (value, number))
    return found


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Those that say something, without white space, with their numbers."""
    for number, line in enumerate(text.split("\n"), 1):
        bare = "".join(line.split())
        if bare and bare[0] not in "#;\0":
            yield number, bare
