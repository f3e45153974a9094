"""The picture of a network in which every block can be shut: as deep as it goes, and how each block
looks when it is shut, where its frame is."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.analysis import Summary
from cnncalc.analysis.layout.diagram import NOTHING, Box, diagram, opened
from cnncalc.analysis.layout.layout import Located
from cnncalc.report.picture.box_words import Numbers
from cnncalc.report.picture.graph_style import Graphs, head
from cnncalc.report.picture.marks import Fold, Picture, Polygon, Shape
from cnncalc.report.picture.wish import Changed

MOST = 700
"""Boxes of a page; of a network that has more, the deepest are left out."""

AT_FIRST = 40
"""Boxes that are seen before a reader opens more."""


def diagram_of(summary: Summary, changed: Changed | None = None) -> Box:
    """The network, as deep as a page shows it."""
    return opened(diagram(summary.graph, False, changed or NOTHING), None, MOST)


def depth_at_first(box: Box) -> int:
    """How deep it is open before a reader opens more."""
    seen = opened(box, None, AT_FIRST)
    return max(each.level for each in every_box(seen))


def every_box(box: Box) -> Iterator[Box]:
    """A box, and all in it."""
    yield box
    for each in box.boxes:
        yield from every_box(each)


class FoldableGraphs(Graphs):
    """Draws each block open and shut. Bars are shares of the whole network's, since a block and
    what is in it stand for the same."""

    def measure(self, box: Box) -> None:
        """Of the blocks too."""
        self.most = self.numbers.amount(box)
        for each in every_box(box):
            if each is not box:
                self.write(each)

    def box(self, placed: Located, x: float, y: float) -> Iterator[Shape]:
        """A box; a block, where it has room for what it is when it is shut."""
        wide, high = self.size(placed.box)
        if not placed.inside or placed.width < wide or placed.height < high:
            yield from super().box(placed, x, y)
            return
        seen = (self.frame(placed, x, y), *self.inside(placed, x, y))
        heads = [Polygon(head((x + entry, y)), "head") for entry in placed.entries]
        yield Fold(
            told=self.lines[id(placed.box)].words.told,
            part=placed.box.part.path,
            x=x,
            y=y,
            width=placed.width,
            height=placed.height,
            level=placed.box.level,
            title=self.title(placed.box)[0],
            middle=x + next(iter(placed.entries), placed.width / 2),
            wide=wide,
            high=high,
            open=seen,
            shut=(*self.shut(placed._replace(height=high), x, y).shapes, *heads),
        )


def foldable(box: Box, numbers: Numbers, changed: Changed | None = None) -> Picture:
    """The picture, with its number in each box; changed: what became of its layers beside another
    network, which colours them."""
    return FoldableGraphs(numbers.summary, box, numbers, changed).picture()
