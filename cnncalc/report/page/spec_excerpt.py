"""The lines of a spec around a place, which is marked."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.diagnostics import Span
from cnncalc.report.page.markup import Markup, tag

AROUND = 2
"""Lines before and behind."""

LONGEST = 240
"""Characters of a line that are shown; of a longer one, those around the place."""


def spec_excerpt(span: Span) -> Markup | None:
    """The lines, with their numbers; None where the source has no such line."""
    lines = span.source.lines
    if not 1 <= span.line <= len(lines):
        return None
    first, last = max(span.line - AROUND, 1), min(span.line + AROUND, len(lines))
    shown = (tag("li", *_line(span, number)) for number in range(first, last + 1))
    listing = tag("ol", *shown, class_="listing", start=first)
    name = f"{span.source.name}, lines {first} to {last}"
    return tag("div", listing, class_="scrolls", tabindex=0, role="group", aria_label=name)


def _line(span: Span, number: int) -> Iterator[Markup]:
    """A line; of that where the place begins, the place in a mark."""
    text = span.source.lines[number - 1]
    at = min(span.column - 1, len(text)) if number == span.line else 0
    left = max(0, min(at - LONGEST // 2, len(text) - LONGEST))
    right = left + LONGEST
    before, after = "..." if left else "", "..." if right < len(text) else ""
    if number != span.line:
        yield tag("code", f"{text[left:right]}{after}" or " ")
        return
    end = span.end_column - 1 if span.end_line == span.line else len(text)
    end = min(max(end, at + 1), right)
    marked = tag("mark", text[at:end] or " ")
    yield tag("code", before, text[left:at], marked, text[end:right], after)
