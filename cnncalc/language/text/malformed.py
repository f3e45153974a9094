"""Texts that are not YAML: where, and what to do about it."""

from __future__ import annotations

from typing import Any

from cnncalc.diagnostics import Diagnostics, Note, Source, Span


def not_text(source: Source, index: int, diagnostics: Diagnostics) -> None:
    """A character that YAML does not allow."""
    stray = source.text[index]
    *before, last = f"{source.text[:index]}.".splitlines()
    line, column = len(before) + 1, len(last)
    span = Span(source, line, column, line, column + 1)
    message = f"the character U+{ord(stray):04X} is not allowed in a spec"
    diagnostics.error("CNN107", span, message, "delete it, or save the file as UTF-8 text")


_REASONS = (
    ("expected ',' or '}'", "this `{...}` is not closed"),
    ("expected ',' or ']'", "this `[...]` is not closed"),
    ("unexpected end of stream", "a quote or a bracket is not closed"),
    ("mapping values are not allowed", "`: ` cannot stand here"),
    ("expected <block end>", "this line is not indented like those it belongs to"),
    ("expected '-' indicator", "this line is not indented like those it belongs to"),
    ("expected key", "this line is not indented like those it belongs to"),
    ("block sequence entries are not allowed", "`- ` cannot stand here: it begins a line"),
    ("could not find expected ':'", "a key is not followed by `: `"),
    ("cannot start any token", "a value cannot begin like this"),
    ("found unexpected ':'", "a `:` cannot stand here"),
)

_WAYS_OUT = (
    ("tab", "indent with spaces"),
    ("expected ',' or", 'inside {...} and [...] quote an expression: "depths[1]", "max(a, b)"'),
    ("mapping values are not allowed", "quote a text that holds `: `"),
    ("cannot start any token", "quote a text that begins with a sign"),
    ("found unexpected ':'", "leave a space after the colon: `{filters: }`"),
)


def not_yaml(source: Source, error: Any, diagnostics: Diagnostics) -> None:
    """What keeps a text from being YAML; of a bracket or quote left open, where it begins."""
    problem, begun = error.problem or "", error.context_mark
    mark = error.problem_mark or begun
    reason = next((words for sign, words in _REASONS if sign in problem), problem)
    unclosed = "not closed" in reason and begun and mark and begun.line < mark.line
    span = _point(source, begun if unclosed else mark)
    text = source.lines[span.line - 1] if span.line <= len(source.lines) else ""
    if "\t" in text[: span.column]:
        reason, problem = "a tab cannot indent a line", "tab"
    hint = next((hint for sign, hint in _WAYS_OUT if sign in problem), None)
    if "expected ',' or" in problem and not ("(" in text or "[" in text):
        hint = None
    notes = [Note("it is still open here", _point(source, mark))] if unclosed else []
    diagnostics.error("CNN101", span, f"not YAML: {reason}", hint, notes)


def _point(source: Source, mark: Any) -> Span:
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    return Span(source, line, column, line, column + 1)
