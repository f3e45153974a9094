"""The picture of a network as a graph: boxes below each other, frames around the parts."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from cnncalc.analysis import Summary
from cnncalc.analysis.layout.diagram import NOTHING, Box, diagram, opened
from cnncalc.analysis.layout.layout import BoxSizes, Located, Route, layout
from cnncalc.records import NamedTuple
from cnncalc.report.picture.box_looks import look_of, marked
from cnncalc.report.picture.box_words import (
    BoxWords,
    End,
    Numbers,
    arriving,
    leaving,
    title,
    words,
)
from cnncalc.report.picture.lettering import fitted, listed, width
from cnncalc.report.picture.marks import (
    Bent,
    Figure,
    Letters,
    Look,
    Picture,
    Point,
    Polygon,
    Rectangle,
    Shape,
)
from cnncalc.report.picture.told import in_full, in_short
from cnncalc.report.picture.wish import NONE, Changed, Wish

MOST = 120
"""Boxes that a picture has unless a depth is asked for."""

WIDEST = 230
"""Of a box, unless its size and its number, which are never cut, take more."""

LINE = 14
PADDING = 8
SIGN = 24
SLIM = 22
HEAD = 5
TITLE = 18
HEAT = 4


def graph_style(summary: Summary, wish: Wish = NONE) -> Picture:
    """A network, with each box's number of a column; where it counts, a bar as long as its share of
    the largest."""
    whole = diagram(summary.graph, wish.unfold, wish.changed or NOTHING)
    box = opened(whole, wish.depth, MOST)
    return Graphs(summary, box, Numbers(summary, wish.show), wish.changed).picture()


class _Lines(NamedTuple):
    """What is written in a shut box: its name, what it is, what it makes."""

    words: BoxWords
    sign: str
    slim: bool


class Graphs:
    """Draws boxes; all that are as wide as their text are as wide as the widest of them."""

    def __init__(
        self, summary: Summary, box: Box, numbers: Numbers, changed: Changed | None = None
    ) -> None:
        self.summary, self.whole = summary, box
        self.numbers, self.changed = numbers, changed
        self.arrives, self.leaves = arriving(box, summary.graph), leaving(box, summary.graph)
        self.lines: dict[int, _Lines] = {}
        self.most = 0.0
        self.widest = self.numerals = 0.0
        self.measure(box)
        self.widest = ceil(max(min(self.widest, WIDEST), self.numerals))

    def picture(self) -> Picture:
        """All of it, in its place."""
        sizes = BoxSizes(self.size, self.title, self.arriving, self.leaving)
        placed = layout(self.whole, sizes)
        shapes, told = tuple(self.network(placed)), in_short(self.summary)
        about = in_full(self.summary.graph)
        return Picture(placed.width, placed.height + 2 * PADDING, told, shapes, about)

    def measure(self, box: Box) -> None:
        """Find what stands in each shut box, how wide that is, and the largest amount."""
        for each in box.boxes:
            if each.boxes:
                self.measure(each)
            else:
                self.most = max(self.most, self.numbers.amount(each))
                self.write(each)

    def write(self, box: Box) -> None:
        """Find what stands in a box when it is shut, and how wide that is."""
        found = self.lines[id(box)] = self.written(box)
        self.widest = max([self.widest, *(_room(*row) for row in _texts(found))])
        self.numerals = max(self.numerals, _room(*_numerals(found)))

    def written(self, box: Box) -> _Lines:
        """What is written in a shut box; a change needs more room than a sign has."""
        found = words(box, self.numbers)
        shown = marked(found, box, self.changed)
        return _lines(box, shown) if shown is found else _lines(box, shown)._replace(sign="")

    # -- sizes --------------------------------------------------------------------------------

    def size(self, box: Box) -> tuple[float, float]:
        """Of a shut box."""
        found = self.lines[id(box)]
        if found.sign:
            return SIGN, SIGN
        rows = len(_texts(found))
        return self.widest + 2 * PADDING, SLIM if rows == 1 else PADDING + LINE * rows + HEAT

    def title(self, box: Box) -> tuple[float, float]:
        """Of a frame."""
        text = title(box)
        return (min(width(text, "faint"), WIDEST), TITLE) if text else (0, 0)

    def arriving(self, number: int) -> tuple[float, float]:
        """Of an input."""
        return _sized(self.arrives[number].text)

    def leaving(self, number: int) -> tuple[float, float]:
        """Of an output."""
        return _sized(self.leaves[number].text)

    # -- shapes -------------------------------------------------------------------------------

    def network(self, placed: Located) -> Iterator[Shape]:
        """All of it."""
        yield from self.inside(placed, 0, PADDING)
        ends = [(way.points[0], way.wire.leaves) for way in placed.ways if way.wire.source is None]
        for (_, y), number in {number: (point, number) for point, number in ends}.values():
            x = placed.entries[number]
            yield _end(self.arrives[number], x, y + PADDING - SLIM)
        for number, x in enumerate(placed.exits):
            yield _end(self.leaves[number], x, placed.height + PADDING - SLIM)

    def inside(self, placed: Located, x: float, y: float) -> Iterator[Shape]:
        """What a frame holds: ways below, boxes upon them. x, y: of its corner in the picture."""
        for way in placed.ways:
            yield from _way(way, placed, x, y)
        for each in placed.inside:
            yield from self.box(each, x + each.x, y + each.y)

    def box(self, placed: Located, x: float, y: float) -> Iterator[Shape]:
        """A box, or a frame and all in it."""
        if placed.inside:
            yield self.frame(placed, x, y)
            yield from self.inside(placed, x, y)
        else:
            yield self.shut(placed, x, y)

    def frame(self, placed: Located, x: float, y: float) -> Figure:
        """The outline of a part that is open, and its title."""
        outline = Rectangle(x, y, placed.width, placed.height, "frame", 6)
        text = fitted(title(placed.box), "faint", WIDEST)
        letters = Letters(x + PADDING, y + 13, text, "faint")
        told = words(placed.box, self.numbers).told
        return Figure(told, (outline, letters), placed.box.part.path)

    def shut(self, placed: Located, x: float, y: float) -> Figure:
        """A shut box with what is written in it."""
        found, part = self.lines[id(placed.box)], placed.box.part.path
        look = look_of(placed.box, self.changed)
        middle, height = x + placed.width / 2, placed.height
        if found.sign:
            ring = Rectangle(x, y, SIGN, SIGN, look, SIGN / 2)
            sign = Letters(middle, y + SIGN / 2 + 4, found.sign, "strong", "middle")
            return Figure(found.words.told, (ring, sign), part)
        shapes: list[Shape] = [Rectangle(x, y, placed.width, height, look, 4)]
        rows = _texts(found)
        for number, row in enumerate(rows):
            below = y + (15 if len(rows) == 1 else PADDING + 3 + LINE * (number + 0.5))
            shapes += _row(row, x + PADDING, x + placed.width - PADDING, below)
        share = self.numbers.amount(placed.box) / self.most if self.most else 0
        if share:
            long = share * (placed.width - 2)
            shapes.append(Rectangle(x + 1, y + height - HEAT, long, HEAT - 1, "heat", 1))
        return Figure(found.words.told, tuple(shapes), part)


Row = tuple[tuple[str, Look], ...]
"""Texts beside each other; the last of several is flush to the right."""


def _lines(box: Box, found: BoxWords) -> _Lines:
    """What is written in a shut box: a sign for an operator; a line for what has no numbers and
    leaves the size as it is."""
    part = box.part
    node, form = part.node, part.form
    sign = form.operator.replace("*", "\N{MULTIPLICATION SIGN}") if form else ""
    same = node is not None and all(shape == node.shape for shape in node.shapes)
    slim = same and not node.weights if node else False
    return _Lines(found, sign, slim)


def _texts(found: _Lines) -> list[Row]:
    """The lines of a box, its name above them."""
    words = found.words
    what: Row = ((words.kind, "strong"), *(((words.fields, "plain"),) if words.fields else ()))
    name: list[Row] = [((words.name, "faint"),)] if words.name else []
    if found.slim:
        number: Row = ((words.number, "faint"),) if words.number not in ("", "0") else ()
        return [*name, (*what, *number)]
    return [*name, what, _numerals(found)]


def _numerals(found: _Lines) -> Row:
    """Its size and its number."""
    texts = (found.words.size, found.words.number)
    return tuple((text, "faint") for text in texts if text)


def _room(*row: tuple[str, Look]) -> float:
    return sum(width(*text) for text in row) + 6 * (len(row) - 1)


def _row(row: Row, left: float, right: float, y: float) -> Iterator[Letters]:
    """A line of texts: the first from the left, the last of several from the right."""
    room = right - left
    first, *others = row
    fields = room - _room(*(each for each in row if each[1] != "plain")) - 6
    for number, (text, look) in enumerate(reversed(others)):
        end = right - sum(width(*each) + 6 for each in others[len(others) - number :])
        shown = listed(text, look, fields) if look == "plain" else text
        yield Letters(end, y, shown, look, "end")
    yield Letters(left, y, fitted(first[0], first[1], room), first[1])


def _sized(text: str) -> tuple[float, float]:
    return width(text, "plain") + 2 * PADDING, SLIM


def _end(end: End, middle: float, y: float) -> Figure:
    """What arrives at the network, or leaves it."""
    wide = _sized(end.text)[0]
    outline = Rectangle(middle - wide / 2, y, wide, SLIM, "data", SLIM / 2)
    return Figure(end.told, (outline, Letters(middle, y + 15, end.text, "plain", "middle")))


def _way(way: Route, placed: Located, x: float, y: float) -> Iterator[Shape]:
    """A wire, with a head where it ends at a shut box."""
    points = tuple(dict.fromkeys((x + a, y + b) for a, b in way.points))
    yield Bent(points, "wire")
    target = way.wire.target
    if not (placed.inside[target].inside if target is not None else placed.box.part.path):
        yield Polygon(head(points[-1]), "head")


def head(at: Point) -> tuple[Point, ...]:
    """Of an arrow that ends there."""
    x, y = at
    return ((x, y), (x - HEAD * 0.6, y - HEAD), (x + HEAD * 0.6, y - HEAD))
