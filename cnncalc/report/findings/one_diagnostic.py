"""A diagnostic as text: the place, the fact, the line it is about, the way out.

specs/bad.yaml:12:36: CNN202 `conv` has no field `strid`
   |
12 |   - conv: {filters: 64, kernel: 3, strid: 2}
   |                                    ^^^^^
   = hint: did you mean `stride`?
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import get_args
from unicodedata import combining, east_asian_width

from cnncalc.diagnostics import Diagnostic, Severity, Span
from cnncalc.later_patterns import pattern
from cnncalc.layers.fields import counted
from cnncalc.text import line

WIDEST = 100
"""Characters of a source line that are shown around the fault."""

LONGEST_FACT = 600
LONGEST_QUOTE = 60
_QUOTE = pattern(r"`([^`]*)`")


def render_one(diagnostic: Diagnostic) -> str:
    """One diagnostic with the line it is about."""
    code, span, message, hint, notes, severity = diagnostic
    word = "" if severity == "error" else f"{severity} "
    gutter = " " * len(str(span.line))
    lines = [f"{place(span)}: {word}{code} {tidy(message)}", *_excerpt(span, gutter)]
    if hint:
        lines.append(f"{gutter} = hint: {tidy(hint)}")
    for note in notes:
        where = f"{place(note.span)}: " if note.span else ""
        lines.append(f"{gutter} = note: {where}{tidy(note.message)}")
    return "\n".join(lines)


def count(diagnostics: Iterable[Diagnostic]) -> str:
    """`2 errors, 1 warning`."""
    severities = [diagnostic.severity for diagnostic in diagnostics]
    numbers = ((severities.count(word), word) for word in get_args(Severity))
    return ", ".join(counted(n, word) for n, word in numbers if n)


def place(span: Span) -> str:
    """`specs/bad.yaml:12:36`."""
    return f"{tidy(span.source.name)}:{span.line}:{span.column}"


def tidy(text: str) -> str:
    """One line of printable text, overlong quotations cut."""
    text = _QUOTE.sub(_shortened, text)
    if len(text) > LONGEST_FACT:
        text = f"{text[:LONGEST_FACT]}..."
    return line(text)


def _shortened(quotation: re.Match[str]) -> str:
    text = quotation[1]
    return f"`{text[:LONGEST_QUOTE]}...`" if len(text) > LONGEST_QUOTE else quotation[0]


def _excerpt(span: Span, gutter: str) -> list[str]:
    """The line a span is in, carets under the span; nothing where the source has no such line."""
    lines = span.source.lines
    if not 1 <= span.line <= len(lines):
        return []
    written = lines[span.line - 1]
    start = min(span.column - 1, len(written))
    end = span.end_column - 1 if span.end_line == span.line else len(written)
    left = max(0, min(start - WIDEST // 2, len(written) - WIDEST))
    right = left + WIDEST
    before, marked = written[left:start], written[start : min(end, right)]
    cut, rest = "..." if left else "", "..." if right < len(written) else ""
    text = "".join(map(_printable, written[left:right]))
    carets = " " * (len(cut) + _width(before)) + "^" * max(1, _width(marked))
    return [
        f"{gutter} |",
        f"{span.line} | {cut}{text}{rest}".rstrip(),
        f"{gutter} | {carets}",
    ]


def _width(text: str) -> int:
    """Columns that `text` takes on a terminal, each character made printable."""
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if combining(character):
        return 0
    if east_asian_width(character) in "WF":
        return 2
    return len(_printable(character))


def _printable(character: str) -> str:
    """What shows a character of a source."""
    return "    " if character == "\t" else line(character)
