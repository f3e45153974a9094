"""The picture of a network in characters, folded until a terminal has room for it."""

from __future__ import annotations

from itertools import pairwise

from cnncalc.analysis import Summary
from cnncalc.analysis.layout.arranging import Size, Spaces
from cnncalc.analysis.layout.diagram import Box, diagram, fitting, shut
from cnncalc.analysis.layout.layout import BoxSizes, Located, Route, layout
from cnncalc.report.picture.box_words import Numbers, arriving, leaving, title, words
from cnncalc.report.picture.characters import Canvas
from cnncalc.report.picture.wish import NONE, Wish
from cnncalc.text import line

WIDTH = 80
MOST = 60
"""Boxes of a picture that is still taken in."""

TERSEST = 2
"""Of labels: 1 without the fields, 2 without the size too."""

PASSED_BY = 3
"""Points of a way that passes nothing by. One that does turns off above those that come back."""

SPACES = Spaces(beside=3, below=1, bent=3, lane=3, border=2, port=2, edge=1)


def to_text(summary: Summary, wish: Wish = NONE, width: int = WIDTH, plain: bool = False) -> str:
    """A network as a graph, in so many columns where no depth is asked for; `plain` without
    Unicode."""
    whole = diagram(summary.graph, wish.unfold)
    drawn = _InCharacters(summary, whole, Numbers(summary, wish.show))
    if wish.depth is None:
        box = fitting(whole, lambda one: drawn.fits(one, width))
    else:
        box = shut(whole, wish.depth)
    while drawn.terse < TERSEST and drawn.placed(box).width > width:
        drawn.terse += 1
    return drawn.sheet(drawn.placed(box)).text(plain)


class _InCharacters:
    """Draws boxes with what is written in each."""

    def __init__(self, summary: Summary, box: Box, numbers: Numbers) -> None:
        self.numbers = numbers
        self.terse = 0
        self.arrives = [end.text for end in arriving(box, summary.graph)]
        self.leaves = [end.text for end in leaving(box, summary.graph)]

    def fits(self, box: Box, width: int) -> bool:
        """Whether a network is taken in at once, and is no wider."""
        return box.drawn <= MOST and self.placed(box).width <= width

    def placed(self, box: Box) -> Located:
        """All that stands in a network in its place."""
        sizes = BoxSizes(
            lambda one: _sized(self.label(one)),
            lambda one: (len(line(title(one))) + 2, 1) if one.part.path else (0, 0),
            lambda number: _sized(self.arrives[number]),
            lambda number: _sized(self.leaves[number]),
        )
        return layout(box, sizes, SPACES)

    def label(self, box: Box) -> str:
        """`conv1: conv 7x7, 64, /2  64x112x112`"""
        if box.part.form and box.part.form.operator:
            return f"({box.part.form.operator})"
        found = words(box, self.numbers)
        name = f"{found.name}: " if found.name else ""
        fields = found.fields if self.terse < 1 else ""
        size = found.size if self.terse < TERSEST else ""
        what = " ".join(filter(None, (f"{name}{found.kind}", fields)))
        return f"[{'  '.join(filter(None, (what, size, found.number)))}]"

    # -- characters ---------------------------------------------------------------------------

    def sheet(self, placed: Located) -> Canvas:
        """A network on a sheet of its size."""
        sheet = Canvas(int(placed.width) + 1, int(placed.height) + 1)
        self.inside(sheet, placed, 0, 0)
        for way in placed.ways:
            if way.wire.source is None:
                _centred(sheet, self.arrives[way.wire.leaves], way.points[0][0], 0)
        for number, x in enumerate(placed.exits):
            _centred(sheet, self.leaves[number], x, placed.height - 1)
        return sheet

    def inside(self, sheet: Canvas, placed: Located, x: float, y: float) -> None:
        """What a frame holds. x, y: of its corner on the sheet."""
        for way in placed.ways:
            _draw(sheet, way, x, y)
        for each in placed.inside:
            self.box(sheet, each, x + each.x, y + each.y)

    def box(self, sheet: Canvas, placed: Located, x: float, y: float) -> None:
        """A box, or a frame and all in it."""
        if not placed.inside:
            _centred(sheet, self.label(placed.box), x + placed.width / 2, y)
            return
        left, right = int(x), int(x + placed.width)
        sheet.frame(left, int(y), right - left, int(placed.height))
        sheet.write(left + 1, int(y), f" {line(title(placed.box))} ")
        self.inside(sheet, placed, x, y)


def _sized(text: str) -> Size:
    return len(line(text)), 1


def _centred(sheet: Canvas, text: str, middle: float, y: float) -> None:
    shown = line(text)
    sheet.write(int(middle - len(shown) / 2), int(y), shown)


def _draw(sheet: Canvas, way: Route, x: float, y: float) -> None:
    """A way, from the edge of what it leaves to that of what it enters."""
    cells = [(int(x + a), int(y + b)) for a, b in way.points]
    if way.wire.source is not None or cells[0][1] > y:
        cells[0] = (cells[0][0], cells[0][1] - 1)
    passes = len(cells) > PASSED_BY
    for place, ((column, row), (to_column, to_row)) in enumerate(pairwise(cells)):
        across = (row + to_row) // 2
        if passes:
            across = row if place == 1 else to_row - 1
        middle = across if column != to_column else to_row
        sheet.down(column, row, middle)
        sheet.across(column, middle, to_column)
        sheet.down(to_column, middle, to_row)
