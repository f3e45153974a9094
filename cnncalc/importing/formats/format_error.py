"""What is wrong with a file of another tool, with its place and a way out."""

from __future__ import annotations

from cnncalc.records import NamedTuple

LONGEST = 60
"""Characters of a file that a message repeats."""


class FormatError(Exception):
    """A file is not what its format says; `problem` is what, where and what would help."""

    def __init__(self, what: str, line: int = 0, hint: str = "") -> None:
        self.problem = FormatProblem(what, line, hint)
        super().__init__(what)


class FormatProblem(NamedTuple):
    """What is wrong; line: where, from 1, 0 for nowhere in particular; hint: what would help."""

    what: str
    line: int = 0
    hint: str = ""

    def lines(self, file: str) -> list[str]:
        """As a person reads it."""
        at = f"{file}:{self.line}" if self.line else file
        return [f"{at}: {self.what}", *([f"  = hint: {self.hint}"] if self.hint else [])]


def shortened(text: str) -> str:
    """What a message repeats of a file."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."
