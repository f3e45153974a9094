"""How wide text is, in the font that pictures name first: DejaVu Sans, whose letters are wider than
those of the fonts named behind it."""

from __future__ import annotations

from cnncalc.report.picture.marks import Look

FONT = '"DejaVu Sans", Verdana, "Segoe UI", Helvetica, Arial, sans-serif'

SIZES: dict[Look, int] = {"strong": 12, "plain": 11, "faint": 10}
"""Of letters, in pixels."""

_FIRST = 32
_REGULAR = (
    318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337,
    636, 636, 636, 636, 636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 531,
    1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 295, 656, 557, 863, 748, 787,
    603, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 337, 390, 838, 500,
    500, 613, 635, 550, 635, 615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612,
    635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838,
)  # fmt: skip
_BOLD = (
    348, 456, 521, 838, 696, 1002, 872, 306, 457, 457, 523, 838, 380, 415, 380, 365,
    696, 696, 696, 696, 696, 696, 696, 696, 696, 696, 400, 400, 838, 838, 838, 580,
    1000, 774, 762, 734, 830, 683, 683, 821, 837, 372, 372, 775, 637, 995, 837, 850,
    733, 850, 770, 720, 682, 812, 774, 1103, 771, 724, 725, 457, 365, 457, 838, 500,
    500, 675, 716, 593, 716, 678, 435, 716, 712, 343, 343, 665, 343, 1042, 712, 687,
    716, 716, 493, 595, 478, 712, 652, 924, 645, 652, 582, 712, 365, 712, 838,
)  # fmt: skip
"""Advances of the characters from the space on, in thousandths of the size: the tables `hmtx` of
DejaVu Sans 2.37 and its bold."""

_WIDEST = 1900
"""Of the letters of other scripts: none is wider in these fonts."""


def width(text: str, look: Look) -> float:
    """Of a line of text; of letters that the table lacks, at most so much."""
    table = _BOLD if look == "strong" else _REGULAR
    units = sum(
        table[code] if 0 <= (code := ord(letter) - _FIRST) < len(table) else _WIDEST
        for letter in text
    )
    return units * SIZES[look] / 1000


def fitted(text: str, look: Look, room: float) -> str:
    """The text, or its beginning and its end where all of it has no room."""
    if width(text, look) <= room:
        return text
    kept = len(text) - 1
    while kept > 1 and width(_shortened(text, kept), look) > room:
        kept -= 1
    return _shortened(text, kept)


def listed(text: str, look: Look, room: float) -> str:
    """As many of some values, with commas, as there is room for: none is cut."""
    shown, values = text, text.split(", ")
    while values and width(shown, look) > room:
        values.pop()
        shown = ", ".join([*values, "..."])
    return shown


def _shortened(text: str, kept: int) -> str:
    """So many letters of it, the middle left out."""
    end = kept // 2
    return f"{text[: kept - end]}..{text[len(text) - end :]}"
