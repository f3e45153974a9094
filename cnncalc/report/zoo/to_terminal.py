"""The zoo on a terminal."""

from __future__ import annotations

from shutil import get_terminal_size

from cnncalc.report.zoo.entry import Entry
from cnncalc.report.zoo.to_text import to_text


def to_terminal(entries: list[Entry]) -> str:
    """A network a line, its source cut to what is left of the terminal's width."""
    width = get_terminal_size().columns
    return "".join(f"{_cut(text, width)}\n" for text in to_text(entries).splitlines())


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 3]}..."
