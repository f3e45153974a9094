"""What a check has found, as a value that each format renders."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from cnncalc.diagnostics import Diagnostic, Note
from cnncalc.records import NamedTuple

Sort = Literal["spec", "library", "settings"]


class Checked(NamedTuple):
    """A file that was checked, and what was found."""

    path: str
    sort: Sort
    found: tuple[Diagnostic, ...]


class Findings(NamedTuple):
    """A whole check.

    named: files that were asked for by name and are no specs; others: how many more were met
    strict: whether warnings fail
    compared: whether `expect` was compared; what it says holds for the default arguments
    root: the folder that paths are relative to
    """

    checked: tuple[Checked, ...]
    named: tuple[str, ...] = ()
    others: int = 0
    strict: bool = False
    compared: bool = True
    root: str = ""

    def fails(self, diagnostic: Diagnostic) -> bool:
        """Whether a finding is a problem: an error, and if it is strict, a warning."""
        return diagnostic.severity == "error" or (self.strict and diagnostic.severity == "warning")

    def failed(self, checked: Checked) -> bool:
        """Whether a file has problems."""
        return any(map(self.fails, checked.found))

    @property
    def sound(self) -> bool:
        """Whether nothing has problems."""
        return not any(map(self.failed, self.checked))

    def each(self) -> Iterator[tuple[Checked, Diagnostic]]:
        """Each finding once, with the file where it was met first: what is wrong in a base is
        wrong in all that extend it. Where a finding points at another file than that one, and
        nothing leads back, a note does."""
        seen = set()
        for checked in self.checked:
            for diagnostic in checked.found:
                span = diagnostic.span
                key = (span.source.name, *span[1:], diagnostic.code, diagnostic.message)
                if key not in seen:
                    seen.add(key)
                    yield checked, _leading_back(checked, diagnostic)


def _leading_back(checked: Checked, diagnostic: Diagnostic) -> Diagnostic:
    spans = [diagnostic.span, *(note.span for note in diagnostic.notes if note.span)]
    if any(span.source.name == checked.path for span in spans):
        return diagnostic
    return diagnostic._replace(notes=(*diagnostic.notes, Note(f"in {checked.path}")))
