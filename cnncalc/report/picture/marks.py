"""What pictures are made of, whatever they are written as; units are a CSS pixel each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from cnncalc.records import NamedTuple

Look = Literal[
    "weighted",
    "norm",
    "contrast",
    "scale",
    "activation",
    "pool",
    "cells",
    "sequence",
    "table",
    "move",
    "join",
    "data",
    "part",
    "added",
    "removed",
    "edited",
    "frame",
    "paper",
    "wire",
    "hatch",
    "seen",
    "head",
    "heat",
    "strong",
    "plain",
    "faint",
]
"""How a shape looks: a box by the role of its layer, or by what became of it; what arrives and
leaves, `data`; a part that is shut; a frame; the paper; a wire and its head, hatches, what is seen;
a bar of heat; and three sorts of letters."""

Point = tuple[float, float]


class Rectangle(NamedTuple):
    """x, y: its left upper corner; radius: of its corners"""

    x: float
    y: float
    width: float
    height: float
    look: Look
    radius: float = 0


class Letters(NamedTuple):
    """A line of text; x, y: where its first letter stands, on the line, or its middle or end."""

    x: float
    y: float
    text: str
    look: Look
    anchor: Literal["start", "middle", "end"] = "start"


class Stroke(NamedTuple):
    """From point to point."""

    points: tuple[Point, ...]
    look: Look


class Bent(NamedTuple):
    """From point to point; where two stand not below each other, a curve, straight down at both."""

    points: tuple[Point, ...]
    look: Look


class Polygon(NamedTuple):
    """A filled shape."""

    points: tuple[Point, ...]
    look: Look


class Figure(NamedTuple):
    """Shapes that are one thing, with what is told of it: where a pointer rests, to who listens.

    part: the path of the part of the network that it is, if it is one
    """

    told: str
    shapes: tuple[Shape, ...]
    part: str = ""


class Fold(NamedTuple):
    """A part of a network that can be shut, where the picture can be touched: it stands open.

    x, y, width, height: of its frame; level: how deep it stands; open, shut: how it looks
    title: how wide its title is, left of what enters; middle: where that enters first
    wide, high: what it takes when it is shut
    """

    told: str
    part: str
    x: float
    y: float
    width: float
    height: float
    level: int
    title: float
    middle: float
    wide: float
    high: float
    open: tuple[Shape, ...]
    shut: tuple[Shape, ...]


Mark = Rectangle | Letters | Stroke | Bent | Polygon
Shape = Mark | Figure | Fold


class Picture(NamedTuple):
    """A picture. told: what it shows, in a line; about: what a spec says of itself"""

    width: float
    height: float
    told: str
    shapes: tuple[Shape, ...]
    about: str = ""


def flat(shapes: tuple[Shape, ...]) -> Iterator[Mark]:
    """The shapes of all figures, in order."""
    for shape in shapes:
        if isinstance(shape, Figure):
            yield from flat(shape.shapes)
        elif isinstance(shape, Fold):
            yield from flat(shape.open)
        else:
            yield shape
