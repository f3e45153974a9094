"""A picture as SVG on the page of its network: its figures are told by their parts, and lead to the
lines of the spec; blocks can be shut by the page's script."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from cnncalc.report.page.markup import Markup, ours, tag
from cnncalc.report.picture.marks import Figure, Fold, Picture, Shape
from cnncalc.report.picture.to_svg import number, shape_lines


class Touched(Protocol):
    """What the parts of a picture lead to: their numbers by their paths, the anchor of each, if it
    has one, and the findings there."""

    @property
    def parts(self) -> Mapping[str, int]:
        """The numbers, by path."""

    def place_of(self, part: int) -> str | None:
        """The anchor of a part."""

    def findings_of(self, part: int) -> list[int]:
        """The findings at a part."""


def touched_svg(at: Touched, picture: Picture, kind: str) -> Markup:
    """The picture; kind: its class."""
    wide, high = number(picture.width), number(picture.height)
    return tag(
        "svg",
        tag("title", picture.told),
        *_shapes(at, picture.shapes),
        class_=kind,
        role="group",
        width=wide,
        height=high,
        viewBox=f"0 0 {wide} {high}",
    )


def _shapes(at: Touched, shapes: Iterable[Shape]) -> list[Markup]:
    return [_shape(at, shape) for shape in shapes]


def _shape(at: Touched, shape: Shape) -> Markup:
    if isinstance(shape, Fold):
        return _fold(at, shape)
    if isinstance(shape, Figure):
        return _figure(at, shape)
    return ours("".join(shape_lines(shape)))


def _fold(at: Touched, fold: Fold) -> Markup:
    """What a block is open, its frame first, and shut."""
    frame, *inside = fold.open
    assert isinstance(frame, Figure)
    numbers = {"x": fold.x, "y": fold.y, "w": fold.width, "h": fold.height, "title": fold.title}
    numbers |= {"middle": fold.middle, "wide": fold.wide, "high": fold.high}
    return tag(
        "g",
        tag(
            "g",
            tag("g", tag("title", fold.told), *_shapes(at, frame.shapes), class_="frame-of"),
            *_shapes(at, inside),
            class_="open",
        ),
        tag("g", *_shapes(at, fold.shut), class_="shut"),
        class_="fold",
        data_part=at.parts[fold.part],
        data_level=fold.level,
        data_place=" ".join(f"{name}={number(value)}" for name, value in numbers.items()),
    )


def _figure(at: Touched, figure: Figure) -> Markup:
    """One of a layer leads to its line."""
    content = [tag("title", figure.told), *_shapes(at, figure.shapes)]
    part = at.parts.get(figure.part)
    if part is None:
        return tag("g", *content, class_="end", role="img")
    place = at.place_of(part)
    look = "box flagged" if at.findings_of(part) else "box"
    if place is None:
        return tag("g", *content, class_=look, role="img", data_part=part)
    return tag("a", *content, class_=look, href=f"#{place}", data_part=part)
