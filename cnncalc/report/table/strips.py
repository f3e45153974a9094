"""A table column by column, as many as a width has room for."""

from __future__ import annotations

from cnncalc.numbers import bar
from cnncalc.records import NamedTuple
from cnncalc.report.fitting import Strip, fitted
from cnncalc.report.table.footnotes import left_out, of_columns
from cnncalc.report.table.table import Table
from cnncalc.text import line

BAR = 8
_BARS = "bars"
_COMFORTABLE = 24
"""Letters of a name that bars leave room for; where they do not, they are not drawn."""


class Strips(NamedTuple):
    """Columns of encoded texts, the head first and the total last, and the notes below them."""

    strips: tuple[Strip, ...]
    notes: tuple[str, ...]

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """The same line by line."""
        return list(zip(*(strip.texts for strip in self.strips), strict=True))

    @property
    def left(self) -> list[int]:
        """The places of the columns that are flush to the left."""
        return [place for place, strip in enumerate(self.strips) if strip.left]


def strips(table: Table, width: int | None, gap: int, plain: bool = False) -> Strips:
    """The columns of a table, and its notes; within a width, as many as it has room for, what is
    left out said. `plain` draws bars that need no Unicode."""
    found = _columns(table)
    if (at := table.after_macs) is not None:
        drawn = tuple(bar(share, BAR, plain) for share in table.shares)
        found.insert(at, Strip(_BARS, ("", *drawn, ""), True))
    if width is None:
        return Strips(tuple(found), table.notes)
    if at is not None and _comfortable(found, gap) > width:
        del found[at]
    kept, omitted = fitted(found, width, gap)
    if not omitted:
        return Strips(kept, table.notes)
    shown = [strip.name for strip in kept]
    notes = of_columns(table.notes, shown)
    return Strips(kept, (*notes, left_out([name for name in omitted if name != _BARS])))


def _columns(table: Table) -> list[Strip]:
    """The names, then a column each."""
    rows = [table.head, *(list(map(line, table.cells(one))) for one in table.lines), table.total]
    names, *others = zip(*rows, strict=True)
    pairs = zip(table.columns, others, strict=True)
    return [
        Strip("layer", names, True, True),
        *(Strip(one.name, texts, one.left, one.name == "kind") for one, texts in pairs),
    ]


def _comfortable(found: list[Strip], gap: int) -> int:
    """How wide columns are where names are short, and not cut to their ends."""
    widths = (_comfortable_width(one) if one.is_name else one.width for one in found)
    return sum(widths) + gap * (len(found) - 1)


def _comfortable_width(names: Strip) -> int:
    return min(names.width, max(names.least, _COMFORTABLE))
