"""What is wrong with a spec, as values: where, what, and the way out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

Severity = Literal["error", "warning", "note"]

LONGEST_WORD = 60
"""Letters of a word that are compared with others."""


class Source:
    """A text a diagnostic can point into: a file, standard input, or a command-line option."""

    __slots__ = ("lines", "name", "text")

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self.lines = text.splitlines()

    def __repr__(self) -> str:
        return f"Source({self.name!r})"


class Span(NamedTuple):
    """A stretch of a source. Lines and columns count from 1; the end is exclusive."""

    source: Source
    line: int
    column: int
    end_line: int
    end_column: int


class Note(NamedTuple):
    """A further fact about a diagnostic, with its own place where it has one."""

    message: str
    span: Span | None = None


class Diagnostic(NamedTuple):
    """One fault. `message` states the fact, `hint` is something to type."""

    code: str
    span: Span
    message: str
    hint: str | None = None
    notes: tuple[Note, ...] = ()
    severity: Severity = "error"


class Diagnostics:
    """Collects the faults of a spec.

    A second fault with the same code at the same place is dropped: a block that is called sixteen
    times is wrong once.
    """

    def __init__(self) -> None:
        self._found: list[Diagnostic] = []
        self._seen: set[tuple[str, Span]] = set()

    def error(
        self,
        code: str,
        span: Span,
        message: str,
        hint: str | None = None,
        notes: Iterable[Note] = (),
    ) -> None:
        """Add an error."""
        self.add(Diagnostic(code, span, message, hint, tuple(notes)))

    def add(self, diagnostic: Diagnostic) -> None:
        """Add a diagnostic, unless the same fault was already reported there."""
        key = (diagnostic.code, diagnostic.span)
        if key in self._seen:
            return
        self._seen.add(key)
        self._found.append(diagnostic)

    @property
    def failed(self) -> bool:
        """Whether any of them is an error."""
        return any(diagnostic.severity == "error" for diagnostic in self._found)

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(sorted(self._found, key=_place))

    def __len__(self) -> int:
        return len(self._found)


def _place(diagnostic: Diagnostic) -> tuple[str, int, int]:
    span = diagnostic.span
    return span.source.name, span.line, span.column


def closest(word: str, known: Iterable[str]) -> str | None:
    """The one of the `known` words that `word` was probably meant to be; none is close: None."""
    from difflib import get_close_matches  # only ever needed once something is wrong

    lowered = {name.lower(): name for name in known}
    close = get_close_matches(word[:LONGEST_WORD].lower(), lowered, n=1, cutoff=0.6)
    return lowered[close[0]] if close else None


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """A hint that names the closest of the `known` words, or none when nothing is close."""
    close = closest(word, known)
    return f"did you mean `{close}`?" if close else None
