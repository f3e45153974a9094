"""One frame: its boxes in rows, and the ways between them, that pass through none."""

from __future__ import annotations

from collections.abc import Iterable

from cnncalc.analysis.layout.diagram import Wire
from cnncalc.analysis.layout.in_line import Tie, in_line
from cnncalc.analysis.layout.lanes import lanes
from cnncalc.analysis.layout.rows import in_rows
from cnncalc.records import NamedTuple

Size = tuple[float, float]
Point = tuple[float, float]


class Spaces(NamedTuple):
    """What is kept free, in the units of the picture.

    beside: between boxes of a row
    below: between rows that are tied straight; bent: between others
    lane: between what passes by and what it passes
    border: between a frame and what is in it
    port: between the ends of two ways on one box
    edge: what the lower edge of a frame takes
    """

    beside: float = 20
    below: float = 14
    bent: float = 30
    lane: float = 14
    border: float = 10
    port: float = 12
    edge: float = 0


SPACES = Spaces()


class Ports(NamedTuple):
    """A box of a frame: its size, and where its wires pass its border, from its middle; anywhere,
    where it is shut."""

    size: Size
    entries: tuple[float, ...]
    exits: tuple[float, ...]


class Content(NamedTuple):
    """What a frame holds: what arrives, its boxes, what leaves, their wires, its title's size."""

    arriving: tuple[Size, ...]
    boxes: tuple[Ports, ...]
    leaving: tuple[Size, ...]
    wires: tuple[Wire, ...]
    title: Size


class Arranged(NamedTuple):
    """A frame, everything from its left upper corner.

    corners: of what arrives, of the boxes, of what leaves
    ways: of each wire; entries, exits: where what arrives and leaves passes the border
    """

    size: Size
    corners: tuple[Point, ...]
    ways: tuple[tuple[Point, ...], ...]
    entries: tuple[float, ...]
    exits: tuple[float, ...]


def arranged(content: Content, spaces: Spaces) -> Arranged:
    """The frame that holds it all."""
    return _Frame(content, spaces).arranged()


class _End(NamedTuple):
    """Where a wire begins or ends: at which of all that stands in the frame, and how far from its
    middle."""

    number: int
    at: float


class _Frame:
    """All that stands in a frame has a number: what arrives, then the boxes, then what leaves.

    row_of, rows: in which row each stands; middles: where in it
    """

    def __init__(self, content: Content, spaces: Spaces) -> None:
        self.content = content
        self.spaces = spaces
        self.first = len(content.arriving)
        self.last = self.first + len(content.boxes)
        sizes = [*content.arriving, *(box.size for box in content.boxes), *content.leaving]
        self.widths = [width for width, _ in sizes]
        self.heights = [height for _, height in sizes]
        self.begins = [self.begin(wire) for wire in content.wires]
        self.ends = [self.end(wire) for wire in content.wires]
        pairs = zip(self.begins, self.ends, strict=True)
        edges = sorted({(begin.number, end.number) for begin, end in pairs})
        self.rows, self.row_of = in_rows(len(sizes), self.first, self.last, edges)
        self.passed = [
            self.rows_between(*pair) for pair in zip(self.begins, self.ends, strict=True)
        ]
        self.middles = in_line(self.rows, self.widths, spaces.beside, list(self.ties()))
        self.lanes, self.right = self.beside()
        self.spread()
        self.tops, self.bottoms = self.heights_of_rows()

    def begin(self, wire: Wire) -> _End:
        """Where a wire begins."""
        if wire.source is None:
            return _End(wire.leaves, 0)
        exits = self.content.boxes[wire.source].exits
        return _End(self.first + wire.source, exits[wire.leaves] if exits else 0)

    def end(self, wire: Wire) -> _End:
        """Where it ends."""
        if wire.target is None:
            return _End(self.last + wire.enters, 0)
        entries = self.content.boxes[wire.target].entries
        return _End(self.first + wire.target, entries[wire.enters] if entries else 0)

    def rows_between(self, begin: _End, end: _End) -> range:
        """The rows that a wire passes by."""
        return range(self.row_of[begin.number] + 1, self.row_of[end.number])

    def ties(self) -> Iterable[Tie]:
        """The wires between neighbouring rows."""
        for begin, end, passed in zip(self.begins, self.ends, self.passed, strict=True):
            if not passed:
                yield Tie(begin.number, begin.at, end.number, end.at)

    def x(self, end: _End) -> float:
        """Where an end of a wire is."""
        return self.middles[end.number] + end.at

    def beside(self) -> tuple[list[float | None], list[float]]:
        """The lane of each wire that passes rows by, and how far each row then reaches."""
        right = [
            max((self.middles[n] + self.widths[n] / 2 for n in row), default=0.0)
            for row in self.rows
        ]
        passing = [(passed[0], passed[-1]) for passed in self.passed if passed]
        found, right = lanes(right, passing, self.spaces.lane)
        each = iter(found)
        return [next(each) if passed else None for passed in self.passed], right

    def spread(self) -> None:
        """Let wires that end on one shut box end beside each other: those from the row above around
        its middle, those that passed others by to the right of them."""
        for number, wires in self.on_shut_boxes().items():
            near = sum(self.lanes[wire] is None for wire in wires)
            step = min(self.spaces.port, self.widths[number] / (2 * len(wires)))
            wires.sort(key=self.comes_from)
            for place, wire in enumerate(wires):
                self.ends[wire] = _End(number, (place - (max(near, 1) - 1) / 2) * step)

    def on_shut_boxes(self) -> dict[int, list[int]]:
        """The wires that end on a shut box that has several, by its number."""
        found: dict[int, list[int]] = {}
        for wire, end in enumerate(self.ends):
            place = end.number - self.first
            if 0 <= place < len(self.content.boxes) and not self.content.boxes[place].entries:
                found.setdefault(end.number, []).append(wire)
        return {number: wires for number, wires in found.items() if len(wires) > 1}

    def comes_from(self, wire: int) -> tuple[bool, float]:
        """From where a wire arrives: of those that come from beside, the farthest is last."""
        lane = self.lanes[wire]
        return lane is not None, self.x(self.begins[wire]) if lane is None else lane

    # -- heights ------------------------------------------------------------------------------

    def heights_of_rows(self) -> tuple[list[float], list[float]]:
        """The top and the bottom of each row; the title stands beside what arrives."""
        bent = self.bent_below()
        tops, bottoms, top = [], [], 0.0
        least = {0: self.content.title[1], len(self.rows) - 1: self.spaces.edge}
        for number, row in enumerate(self.rows):
            height = max([least.get(number, 0.0), *(self.heights[n] for n in row)])
            tops.append(top)
            bottoms.append(top + height)
            top += height + (self.spaces.bent if number in bent else self.spaces.below)
        return tops, bottoms

    def bent_below(self) -> set[int]:
        """The rows below which a wire bends."""
        found: set[int] = set()
        for begin, end, passed in zip(self.begins, self.ends, self.passed, strict=True):
            if passed:
                found |= {passed[0] - 1, passed[-1]}
            elif abs(self.x(begin) - self.x(end)) > 0.5:
                found.add(self.row_of[begin.number])
        return found

    def way(self, wire: int) -> list[Point]:
        """The points of a wire."""
        begin, end, lane = self.begins[wire], self.ends[wire], self.lanes[wire]
        row = self.row_of[begin.number]
        from_ = self.tops[row] + self.heights[begin.number]
        points = [(self.x(begin), from_), (self.x(begin), self.bottoms[row])]
        if lane is not None:
            passed = self.passed[wire]
            points += [(lane, self.tops[passed[0]]), (lane, self.bottoms[passed[-1]])]
        points.append((self.x(end), self.tops[self.row_of[end.number]]))
        return points

    # -- the whole ----------------------------------------------------------------------------

    def arranged(self) -> Arranged:
        """Everything, from the left upper corner."""
        left, right = self.sides()
        moved = [x - left for x in self.middles]
        return Arranged(
            (right - left, self.bottoms[-1]),
            tuple(
                (moved[n] - self.widths[n] / 2, self.tops[self.row_of[n]])
                for n in range(len(self.widths))
            ),
            tuple(
                tuple((x - left, y) for x, y in self.way(wire))
                for wire in range(len(self.content.wires))
            ),
            tuple(moved[: self.first]),
            tuple(moved[self.last :]),
        )

    def sides(self) -> tuple[float, float]:
        """Where the frame begins and ends: the title has room to the left of what arrives."""
        border, title = self.spaces.border, self.content.title[0]
        pairs = list(zip(self.middles, self.widths, strict=True))
        left = min((middle - width / 2 for middle, width in pairs), default=0) - border
        arriving = self.middles[: self.first]
        if title and arriving:
            left = min(left, min(arriving) - title - border)
        right = max([*(middle + width / 2 for middle, width in pairs), *self.right]) + border
        return left, max(right, left + title + 2 * border)
