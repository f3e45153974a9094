"""What is wrong with a spec, as values: where, what, and the way out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import Literal

from cnncalc.budget import Budget, TooCostlyError
from cnncalc.display import as_text
from cnncalc.records import NamedTuple

Severity = Literal["error", "warning", "note"]

LONGEST_FACT = 1_000
"""Characters of a message, a hint or a note; what is longer is cut."""

MOST = 10_000
"""Faults that are kept; of more, only the number is told."""

LISTED = 40
"""Names that a message lists; of more, only the number is told."""

LONGEST_WORD = 100
"""Characters of each of them."""


class Source:
    """A text a diagnostic can point into: a file, standard input, or a command-line option."""

    __slots__ = ("lines", "name", "text")

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self.lines = text.splitlines()

    def __reduce__(self) -> tuple[type[Source], tuple[str, str]]:
        return Source, (self.name, self.text)

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
    """One fault. `message` states the fact, `hint` is something to type. As text it is a line:
    `specs/bad.yaml:12:36: CNN202 ...`."""

    code: str
    span: Span
    message: str
    hint: str | None = None
    notes: tuple[Note, ...] = ()
    severity: Severity = "error"

    @property
    def place(self) -> str:
        """Where it is, `specs/bad.yaml:12:36`: the source, the line and the column, from 1."""
        return f"{self.span.source.name}:{self.span.line}:{self.span.column}"

    def __str__(self) -> str:
        return as_text(self)


class Diagnostics:
    """Collects the faults of a spec.

    A second fault with the same code at the same place is dropped: a block that is called sixteen
    times is wrong once.

    budget: what is left to spend on the spec
    """

    def __init__(self, budget: Budget | None = None) -> None:
        self.budget = budget or Budget()
        self._found: list[Diagnostic] = []
        self._seen: set[tuple[str, Span]] = set()
        self._guessed: set[Span] = set()
        self._failed = False
        self._more = 0

    def error(
        self,
        code: str,
        span: Span,
        message: str,
        hint: str | None = None,
        notes: Iterable[Note] = (),
    ) -> None:
        """Add an error."""
        if (code, span) not in self._seen and span not in self._guessed:
            self.add(Diagnostic(code, span, message, hint, tuple(notes)))

    def add(self, diagnostic: Diagnostic) -> None:
        """Add a diagnostic, unless the same fault was already reported there."""
        key = (diagnostic.code, diagnostic.span)
        if key in self._seen:
            return
        self._seen.add(key)
        self._failed |= diagnostic.severity == "error"
        if len(self._found) < MOST:
            self._found.append(_cut(diagnostic))
        else:
            self._more += 1

    def guess(self, span: Span) -> None:
        """What stands there is read as what it may have been meant for, and that is reported: a
        second fault of it would be one of the guess."""
        self._guessed.add(span)

    def spend(self, steps: int, at: Span, calls: Sequence[Note] = ()) -> None:
        """Count steps of what is written `at` a place. Raises TooCostlyError, reported, where they
        are more than any network needs."""
        try:
            self.budget.spend(steps)
        except TooCostlyError:
            self.too_costly(at, calls)
            raise

    def too_costly(self, at: Span, calls: Sequence[Note] = ()) -> None:
        """Say that a spec costs too much, and where it came to that."""
        message = f"reading this takes more than {self.budget.allowed:,} steps"
        hint = "no network needs so many: shorter lists, fewer calls, names and conditions"
        self.error("CNN513", at, message, hint, reversed(calls))

    def closest(self, word: str, known: Iterable[str]) -> str | None:
        """The one of the `known` words that `word` was probably meant to be."""
        return self.budget.closest(word, known)

    def did_you_mean(self, word: str, known: Iterable[str]) -> str | None:
        """A hint that names the closest of the `known` words, or none when nothing is close."""
        return did_you_mean(word, known, self.budget)

    @property
    def failed(self) -> bool:
        """Whether any of them is an error."""
        return self._failed

    def __iter__(self) -> Iterator[Diagnostic]:
        found = sorted(self._found, key=_place)
        return iter([*found, _and_more(found[-1], self._more)] if self._more else found)

    def __len__(self) -> int:
        return len(self._found) + bool(self._more)


def _place(diagnostic: Diagnostic) -> tuple[str, int, int]:
    span = diagnostic.span
    return span.source.name, span.line, span.column


def bounded(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The first of very many diagnostics, and how many more there are."""
    every = iter(diagnostics)
    found = list(islice(every, MOST))
    more = sum(1 for _ in every)
    return [*found, _and_more(found[-1], more)] if more else found


def _and_more(last: Diagnostic, more: int) -> Diagnostic:
    """What is said of the diagnostics behind the last one that is kept."""
    message = "1 more fault is" if more == 1 else f"{more:,} more faults are"
    message = f"{message} not shown"
    return Diagnostic("CNN513", last.span, message, "mend these first", (), last.severity)


def _cut(diagnostic: Diagnostic) -> Diagnostic:
    """The diagnostic, its texts no longer than anybody reads."""
    message, hint, notes = diagnostic.message, diagnostic.hint, diagnostic.notes
    longest = max(len(message), len(hint or ""), *(len(note.message) for note in notes))
    if longest <= LONGEST_FACT:
        return diagnostic
    return diagnostic._replace(
        message=short(message, LONGEST_FACT),
        hint=hint and short(hint, LONGEST_FACT),
        notes=tuple(note._replace(message=short(note.message, LONGEST_FACT)) for note in notes),
    )


def short(text: str, longest: int = LONGEST_WORD) -> str:
    """A text, cut where it is too long."""
    return text if len(text) <= longest else f"{text[:longest]}..."


def listed(words: Collection[str], sign: str = "`") -> str:
    """`filters`, `kernel`, each between two signs; of very many, the first."""
    found = ", ".join(f"{sign}{short(word)}{sign}" for word in islice(words, LISTED))
    more = len(words) - LISTED
    return f"{found} and {more:,} more" if more > 0 else found


def closest(word: str, known: Iterable[str]) -> str | None:
    """The one of the `known` words that `word` was probably meant to be; none is close: None."""
    return Budget().closest(word, known)


def did_you_mean(word: str, known: Iterable[str], budget: Budget | None = None) -> str | None:
    """A hint that names the closest of the `known` words, or none when nothing is close, or the
    budget for it is spent."""
    close = (budget or Budget()).closest(word, known)
    return f"did you mean `{short(close)}`?" if close else None
