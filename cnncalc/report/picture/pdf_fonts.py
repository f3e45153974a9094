"""The fonts of a PDF, all embedded: Bitstream Vera, of which DejaVu Sans was made, as wide, comes
with reportlab; what it lacks, Greek, Cyrillic, the scripts of East Asia, this machine may have."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from itertools import groupby
from pathlib import Path

import reportlab
from reportlab.pdfbase.pdfmetrics import registerFont, stringWidth
from reportlab.pdfbase.ttfonts import TTFError, TTFont

from cnncalc.report.picture.lettering import SIZES
from cnncalc.report.picture.marks import Letters, Look, Picture, flat
from cnncalc.text import by_number, line

FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.local/share/fonts",
    "/System/Library/Fonts",
    "/Library/Fonts",
    "C:/Windows/Fonts",
)

NAMES = (
    *("DejaVuSans.ttf", "arial.ttf", "Arial Unicode.ttf"),
    *("ipaexg.ttf", "ipag.ttf", "msgothic.ttc"),
    *("wqy-zenhei.ttc", "wqy-microhei.ttc", "DroidSansFallbackFull.ttf", "simsun.ttc"),
    *("NanumGothic.ttf", "malgun.ttf"),
)
"""Of fonts with outlines of TrueType, which alone can be embedded; the first that has a letter sets
it."""

APART = (range(0x370, 0x530), range(0x3040, 0xA000), range(0xAC00, 0xD7A4))
"""Letters that stand one behind another, from the left: others need a machinery for their script,
and are shown by their numbers."""

Run = tuple[str, str]
"""A font, and letters that it has."""


def usual_font() -> str:
    """The name of the font of most texts."""
    return str(_own("Vera").fontName)


def runs(text: str, look: Look) -> list[Run]:
    """A text as letters of fonts; what none has, by its number."""
    own = _own("VeraBd" if look == "strong" else "Vera")
    shown = by_number(text, lambda letter: bool(_font(letter, own)))
    pairs = groupby(shown, lambda letter: _font(letter, own))
    return [(str(font), "".join(letters)) for font, letters in pairs]


def long(found: list[Run], look: Look) -> float:
    """How wide they are set, in pixels."""
    return sum(stringWidth(text, font, SIZES[look]) for font, text in found)


def lacking(picture: Picture) -> str:
    """The letters of a picture that no font here has."""
    own = _own("Vera")
    texts = (line(mark.text) for mark in flat(picture.shapes) if isinstance(mark, Letters))
    return "".join(sorted({letter for text in texts for letter in text if not _font(letter, own)}))


@cache
def _own(name: str) -> TTFont:
    return _registered(Path(reportlab.__file__).parent / "fonts" / f"{name}.ttf")


@cache
def _font(letter: str, own: TTFont) -> str | None:
    """The name of the first font that has a letter."""
    if _has(own, letter):
        return str(own.fontName)
    if any(ord(letter) in some for some in APART):
        return next((str(font.fontName) for font in _others() if _has(font, letter)), None)
    return None


def _has(font: TTFont, letter: str) -> bool:
    return ord(letter) in font.face.charToGlyph


@cache
def _others() -> tuple[TTFont, ...]:
    """The fonts of this machine, in the order of their names."""
    found: dict[str, Path] = {}
    for folder in FOLDERS:
        for path, _, files in os.walk(os.path.expanduser(folder)):
            found = {name: Path(path, name) for name in files if name in NAMES} | found
    return tuple(_readable(found[name] for name in NAMES if name in found))


def _readable(paths: Iterator[Path]) -> Iterator[TTFont]:
    for path in paths:
        try:
            yield _registered(path)
        except (TTFError, OSError):
            continue  # what is broken sets nothing


def _registered(path: Path) -> TTFont:
    font = TTFont(f"cnncalc-{path.stem}", str(path))
    registerFont(font)
    return font
