"""Where every box of a diagram stands: frame by frame, the innermost first."""

from __future__ import annotations

from collections.abc import Callable

from cnncalc.analysis.layout.arranging import SPACES, Content, Ports, Size, Spaces, arranged
from cnncalc.analysis.layout.diagram import Box, Wire
from cnncalc.records import NamedTuple

Point = tuple[float, float]


class Route(NamedTuple):
    """The way of a wire: from point to point, straight down, or bent where they are not in line."""

    wire: Wire
    points: tuple[Point, ...]


class Located(NamedTuple):
    """A box in its place.

    x, y: its left upper corner, from that of the frame around it
    inside, ways: what is in it; arriving, leaving: of the whole network, what stands above and
        below
    entries, exits: where what it reads and gives passes its border, from its left side; none, where
        it is shut
    """

    box: Box
    x: float
    y: float
    width: float
    height: float
    inside: tuple[Located, ...] = ()
    ways: tuple[Route, ...] = ()
    entries: tuple[float, ...] = ()
    exits: tuple[float, ...] = ()


class BoxSizes(NamedTuple):
    """How large things are drawn: a shut box; the title of a frame; what arrives at the whole
    network and leaves it, by number."""

    box: Callable[[Box], Size]
    title: Callable[[Box], Size]
    arriving: Callable[[int], Size]
    leaving: Callable[[int], Size]


def layout(box: Box, sizes: BoxSizes, spaces: Spaces = SPACES) -> Located:
    """A network in its place, at 0, 0, with all that is in it."""
    arriving = tuple(map(sizes.arriving, range(len(box.part.reads))))
    leaving = tuple(map(sizes.leaving, range(len(box.part.gives))))
    return _open(box, sizes, spaces, arriving, leaving)


def _placed(box: Box, sizes: BoxSizes, spaces: Spaces) -> Located:
    """A box at 0, 0."""
    if not box.boxes:
        return Located(box, 0, 0, *sizes.box(box))
    nothing = (0.0, 0.0)
    arriving, leaving = [nothing] * len(box.part.reads), [nothing] * len(box.part.gives)
    return _open(box, sizes, spaces, tuple(arriving), tuple(leaving))


def _open(
    box: Box, sizes: BoxSizes, spaces: Spaces, arriving: tuple[Size, ...], leaving: tuple[Size, ...]
) -> Located:
    """A frame at 0, 0, and all in it."""
    inside = [_placed(each, sizes, spaces) for each in box.boxes]
    ports = [
        Ports(
            (each.width, each.height),
            _from_middle(each, each.entries),
            _from_middle(each, each.exits),
        )
        for each in inside
    ]
    content = Content(arriving, tuple(ports), leaving, box.wires, sizes.title(box))
    found = arranged(content, spaces)
    corners = found.corners[len(arriving) : len(arriving) + len(inside)]
    return Located(
        box,
        0,
        0,
        *found.size,
        tuple(each._replace(x=x, y=y) for each, (x, y) in zip(inside, corners, strict=True)),
        tuple(Route(*pair) for pair in zip(box.wires, found.ways, strict=True)),
        found.entries,
        found.exits,
    )


def _from_middle(placed: Located, places: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(place - placed.width / 2 for place in places)
