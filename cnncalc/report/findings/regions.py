"""Where findings are, as other programs want it said."""

from __future__ import annotations

import os.path

from cnncalc.checking.findings import Checked, Findings
from cnncalc.diagnostics import Diagnostic, Span
from cnncalc.records import NamedTuple


class Region(NamedTuple):
    """A stretch of a file: lines and columns from 1, the end exclusive. `file` is a path from the
    root where it is below it, with `/`."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    @property
    def one_line(self) -> bool:
        """Whether it ends on the line where it starts."""
        return self.line == self.end_line


def place(span: Span, checked: Checked, findings: Findings) -> Region:
    """The place of a span; of a text that is no file, as an option of the command, the first line
    of the file it was given for."""
    name = span.source.name
    if name.startswith("--"):
        return Region(path(checked.path, findings), 1, 1, 1, 1)
    return Region(path(name, findings), *span[1:])


def path(name: str, findings: Findings) -> str:
    """A file's path from the root, if it is below it."""
    if name == "<stdin>":
        return name
    whole = os.path.normpath(os.path.join(findings.root, name))
    below = os.path.join(findings.root, "")
    return (whole.removeprefix(below) if below != os.sep else whole).replace(os.sep, "/")


def full_message(diagnostic: Diagnostic) -> str:
    """The fact, and below it the hint."""
    hint = f"\nhint: {diagnostic.hint}" if diagnostic.hint else ""
    return f"{diagnostic.message}{hint}"
