"""The zoo on a terminal."""

from __future__ import annotations

from shutil import get_terminal_size
from textwrap import fill

from cnncalc.report.fitting import DOTS, Strip, fitted
from cnncalc.report.grid import GAP, aligned
from cnncalc.report.zoo.entry import HEAD, LEFT, Entry
from cnncalc.text import line

_SOURCE = 20
"""Columns of a source below which nothing is shown of it."""


def to_terminal(entries: list[Entry]) -> str:
    """A network a line, its source shortened to what is left of the terminal's width. Where that is
    too little for the numbers, the last are left out, and it is said."""
    rows = [HEAD, *(tuple(map(line, entry.cells)) for entry in entries)]
    columns = zip(HEAD, zip(*rows, strict=True), strict=True)
    strips = [Strip(name, texts, place in LEFT) for place, (name, texts) in enumerate(columns)]
    width = get_terminal_size().columns
    kept, omitted = fitted(strips[:-1], width - _SOURCE, len(GAP))
    if omitted:
        kept, omitted = fitted(strips[:-1], width, len(GAP))
        said = f"columns left out: {', '.join((*omitted, HEAD[-1]))}; a wider terminal shows them"
        return _lines(kept) + f"\n{fill(said, width)}\n"
    room = width - sum(strip.width for strip in kept) - len(kept) * len(GAP)
    sources = tuple(_cut(text, room) for text in strips[-1].texts)
    return _lines((*kept, strips[-1]._replace(texts=sources)))


def _lines(strips: tuple[Strip, ...]) -> str:
    rows = list(zip(*(strip.texts for strip in strips), strict=True))
    left = [place for place, strip in enumerate(strips) if strip.left]
    return "".join(f"{text}\n" for text in aligned(rows, left))


def _cut(text: str, width: int) -> str:
    """As many words as have room."""
    if len(text) <= width:
        return text
    return text[: width - len(DOTS)].rpartition(" ")[0] + DOTS
