"""Columns made to fit a width: names shorten in their middle, then columns are left out; a number
is never cut."""

from __future__ import annotations

from collections.abc import Sequence

from cnncalc.later_patterns import pattern
from cnncalc.records import NamedTuple

DOTS = "..."

_COUNT = pattern(r" x[0-9]+\Z")
_NAME = 10
"""Letters that a shortened name keeps at least, the dots among them."""


class Strip(NamedTuple):
    """A column: its texts, head and foot among them.

    name: what it is left out by; is_name: whether its texts are names, which may be shortened
    """

    name: str
    texts: tuple[str, ...]
    left: bool
    is_name: bool = False

    @property
    def width(self) -> int:
        """Of its widest text."""
        return max(map(len, self.texts), default=0)

    @property
    def least(self) -> int:
        """How narrow it can get."""
        return max(map(_least, self.texts), default=0) if self.is_name else self.width


class Fitted(NamedTuple):
    """The columns that there is room for, and the names of the others."""

    strips: tuple[Strip, ...]
    omitted: tuple[str, ...]


def fitted(strips: Sequence[Strip], width: int, gap: int) -> Fitted:
    """Columns within a width, `gap` between two: the last are left out first, and two always stay,
    however wide they are."""
    kept, omitted = list(strips), []
    while len(kept) > 2 and _together([strip.least for strip in kept], gap) > width:
        omitted.append(kept.pop().name)
    spare = width - _together([strip.least for strip in kept], gap)
    for place, strip in enumerate(kept):
        room = strip.least + max(spare, 0)
        spare -= min(strip.width, room) - strip.least
        kept[place] = narrowed(strip, room)
    return Fitted(tuple(kept), tuple(reversed(omitted)))


def narrowed(strip: Strip, width: int) -> Strip:
    """A column of names, shortened to a width; any other as it is."""
    if not strip.is_name or strip.width <= width:
        return strip
    return strip._replace(texts=tuple(shortened(text, width) for text in strip.texts))


def shortened(text: str, width: int) -> str:
    """`inception...pool x3`: a name without its middle. What it is indented by stays, and how often
    it stands; a number in it is left out whole or not at all."""
    if len(text) <= width:
        return text
    name, count = _parts(text)
    start = len(name) - len(name.lstrip())
    room = max(width - start - len(count) - len(DOTS), 2)
    first, last = start + room - room // 2, len(name) - room // 2
    while first > start and name[first - 1].isdigit() and name[first].isdigit():
        first -= 1
    while last < len(name) and name[last].isdigit() and name[last - 1].isdigit():
        last += 1
    return name[:first] + DOTS + name[last:] + count


def _parts(text: str) -> tuple[str, str]:
    """A name, and how often it stands: ` x3`, or nothing."""
    found = _COUNT.search(text)
    return (text[: found.start()], found.group()) if found else (text, "")


def _least(text: str) -> int:
    name, count = _parts(text)
    indented = len(name) - len(name.lstrip())
    return min(len(text), indented + _NAME + len(count))


def _together(widths: Sequence[int], gap: int) -> int:
    return sum(widths) + gap * (len(widths) - 1)
