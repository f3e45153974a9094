"""The volumes of a network as boxes in a row, as papers draw them, and the windows that slide over
them; a size in the picture grows as its logarithm."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.analysis import Summary
from cnncalc.analysis.layout.arranging import Spaces
from cnncalc.analysis.layout.diagram import Box, diagram, opened
from cnncalc.analysis.layout.layout import BoxSizes, Located, Route, layout
from cnncalc.layers.base import Axis, times
from cnncalc.layers.base import Shape as Volume
from cnncalc.network.graph import Node
from cnncalc.report.picture.box_words import Numbers, name_of
from cnncalc.report.picture.lettering import fitted, width
from cnncalc.report.picture.marks import (
    Figure,
    Letters,
    Look,
    Picture,
    Polygon,
    Rectangle,
    Shape,
    Stroke,
)
from cnncalc.report.picture.solids import SLANT, Solid, Stand, solid
from cnncalc.report.picture.told import in_full, in_short, told
from cnncalc.report.picture.wish import NONE, Wish

MOST = 40
"""Boxes of a picture unless a depth is asked for."""

SPACES = Spaces(beside=24, below=22, bent=44, lane=16, border=8, port=10)
TEXT = 13
WIDEST = 96
MARGIN = 12

NEAR = 120
"""How far from the volume that it reads a layer may stand whose window is drawn on it."""


def volumes_style(summary: Summary, wish: Wish = NONE) -> Picture:
    """What arrives, and the output of each layer, or part, in a row; branches below each other."""
    box = opened(diagram(summary.graph, wish.unfold), wish.depth, MOST)
    drawn = _Volumes(summary, box, Numbers(summary, wish.show))
    placed = layout(box, BoxSizes(drawn.size, drawn.title, drawn.arriving, drawn.leaving), SPACES)
    about = f"{in_short(summary)}, its volumes"
    size = placed.height + 2 * MARGIN, placed.width + 2 * MARGIN
    shapes = (*drawn.inside(placed, MARGIN, MARGIN), *drawn.windows())
    return Picture(*size, about, shapes, in_full(summary.graph))


class _Volumes:
    """Draws a layout on its side: what it has below each other stands in a row."""

    def __init__(self, summary: Summary, box: Box, numbers: Numbers) -> None:
        self.numbers = numbers
        self.inputs = list(box.part.reads)
        self.places: dict[Node, Stand] = {}

    # -- sizes, on their side -----------------------------------------------------------------

    def size(self, box: Box) -> tuple[float, float]:
        """Of a box, with what stands under it."""
        return self.under(solid(box.part.output.shape), self.words(box))

    def under(self, found: Solid, words: tuple[str, ...]) -> tuple[float, float]:
        """Of a solid, with words under it."""
        wide = max([found.width, *(width(word, "faint") for word in words)])
        return found.height + TEXT * len(words) + 4, wide

    def title(self, box: Box) -> tuple[float, float]:
        """Frames are not written on."""
        return (0, 0)

    def arriving(self, number: int) -> tuple[float, float]:
        """Of an input."""
        node = self.inputs[number]
        return self.under(solid(node.shape), (node.path, times(node.shape)))

    def leaving(self, number: int) -> tuple[float, float]:
        """What leaves is the last volume itself."""
        return (0, 0)

    def words(self, box: Box) -> tuple[str, ...]:
        """What stands under a box: what made it, its size, its number."""
        what = name_of(box) or box.part.kind
        if box.times > 1:
            what += f" x{box.times}"
        size, number = times(box.part.output.shape), self.numbers.number(box)
        return tuple(each for each in (fitted(what, "faint", WIDEST), size, number) if each)

    # -- shapes -------------------------------------------------------------------------------

    def inside(self, placed: Located, x: float, y: float) -> Iterator[Shape]:
        """What a frame holds. x, y: of its corner in the picture."""
        for way in placed.ways:
            if placed.box.part.path or way.wire.target is not None:
                yield self.way(way, placed, x, y)
        for number, middle in enumerate(placed.entries if not placed.box.part.path else ()):
            node = self.inputs[number]
            high, wide = self.arriving(number)
            found = solid(node.shape)
            words = (node.path, times(node.shape))
            top = y + middle - high / 2
            self.places[node] = Stand(x, top, wide, found)
            yield _volume(found, "data", words, ", ".join(words), x, top)
        for each in placed.inside:
            yield from self.box(each, x + each.y, y + each.x)

    def way(self, way: Route, placed: Located, x: float, y: float) -> Stroke:
        """A wire, along the row, from solid to solid through the room beside them."""
        points = [(x + b, y + a) for a, b in way.points]
        (left, first), (right, last) = points[0], points[-1]
        before = self.beside(placed, way.wire.source, way.wire.leaves)
        after = self.beside(placed, way.wire.target, None)
        return Stroke(((left - before, first), *points, (right + after, last)), "wire")

    def beside(self, placed: Located, number: int | None, enters: int | None) -> float:
        """The room on a side of a solid, whose words are wider; number: of the box in its frame."""
        if number is not None:
            found = placed.inside[number]
            return 0 if found.inside else _beside(found.height, found.box.part.output.shape)
        if placed.box.part.path or enters is None:
            return 0
        return _beside(self.arriving(enters)[1], self.inputs[enters].shape)

    def windows(self) -> Iterator[Shape]:
        """What layers see at once of the volumes that they read, where one stands before them."""
        for node, place in self.places.items():
            source = self.places.get(node.inputs[0]) if node.inputs else None
            if source and 0 < place.x - source.x - source.wide < NEAR:
                yield from _window(node, source, place)

    def box(self, placed: Located, x: float, y: float) -> Iterator[Shape]:
        """A volume, or a frame and all in it."""
        box, row = placed.box, self.numbers.row(placed.box)
        if placed.inside:
            outline = Rectangle(x, y, placed.height, placed.width, "frame", 6)
            yield Figure(told(box, row), (outline,))
            yield from self.inside(placed, x, y)
            return
        layer = box.part.node.layer if box.part.node else None
        look: Look = layer.role if layer else "part"
        found = solid(box.part.output.shape)
        self.places[box.part.output] = Stand(x, y, placed.height, found)
        yield _volume(found, look, self.words(box), told(box, row), x, y)


def _volume(
    found: Solid, look: Look, words: tuple[str, ...], about: str, x: float, y: float
) -> Figure:
    """Three faces, and words under them."""
    long, high, back = found.long, found.high, found.away * SLANT
    wide = max([found.width, *(width(word, "faint") for word in words)])
    left, top = x + (wide - found.width) / 2, y + back
    bottom, right = top + high, left + long
    faces = (
        ((left, top), (left, bottom), (right, bottom), (right, top)),
        ((left, top), (left + back, y), (right + back, y), (right, top)),
        ((right, top), (right + back, y), (right + back, y + high), (right, bottom)),
    )
    shapes: list[Shape] = [Polygon(face, look) for face in faces]
    for number, word in enumerate(words):
        shapes.append(Letters(x + wide / 2, bottom + TEXT * (number + 1), word, "faint", "middle"))
    return Figure(about, tuple(shapes))


def _beside(wide: float, volume: Volume) -> float:
    return (wide - solid(volume).width) / 2


def _window(node: Node, source: Stand, target: Stand) -> Iterator[Shape]:
    """What a layer sees at once, on the face of the volume that it reads, and the lines from there
    to what it makes of it."""
    axes = node.layer.window(*node.shapes).axes if node.layer else ()
    if not axes or len(node.shapes[0]) < 3:
        return
    down, away = (
        _share(axis, size) for axis, size in zip(axes[-2:], node.shapes[0][-2:], strict=True)
    )
    step, high = source.solid.away * SLANT, source.solid.high
    left, bottom = source.left + source.solid.long, source.y + step + high
    corners = [
        (
            left + step * (0.5 + across * away / 2),
            bottom - step * (0.5 + across * away / 2) - high * (0.5 + up * down / 2),
        )
        for across, up in ((-1, -1), (1, -1), (1, 1), (-1, 1))
    ]
    tip = target.left, target.y + target.solid.away * SLANT + target.solid.high / 2
    size = times(axis_size(axis) for axis in axes)
    yield Figure(
        f"{node.path} sees {size}",
        (
            Polygon(tuple(corners), "seen"),
            *(Stroke((corner, tip), "hatch") for corner in corners[1:3]),
        ),
    )


def axis_size(axis: Axis) -> int:
    """How many inputs an output reads along an axis, first to last."""
    return max((max(taps) - min(taps) + 1 for taps in axis.taps if taps), default=0)


def _share(axis: Axis, size: int) -> float:
    return min(1, axis_size(axis) / size)
