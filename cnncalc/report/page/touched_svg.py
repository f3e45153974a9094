"""A picture as SVG on the page of its network: its figures are told by their parts, and lead to the
lines of the spec; blocks can be shut by the page's script."""

from __future__ import annotations

from collections.abc import Iterable

from cnncalc.report.page.chapter import Chapter
from cnncalc.report.page.markup import Markup, ours, tag
from cnncalc.report.picture.marks import Figure, Fold, Picture, Shape
from cnncalc.report.picture.to_svg import number, shape_lines


def touched_svg(chapter: Chapter, picture: Picture, kind: str) -> Markup:
    """The picture; kind: its class."""
    wide, high = number(picture.width), number(picture.height)
    return tag(
        "svg",
        tag("title", picture.told),
        *_shapes(chapter, picture.shapes),
        class_=kind,
        role="group",
        width=wide,
        height=high,
        viewBox=f"0 0 {wide} {high}",
    )


def _shapes(chapter: Chapter, shapes: Iterable[Shape]) -> list[Markup]:
    return [_shape(chapter, shape) for shape in shapes]


def _shape(chapter: Chapter, shape: Shape) -> Markup:
    if isinstance(shape, Fold):
        return _fold(chapter, shape)
    if isinstance(shape, Figure):
        return _figure(chapter, shape)
    return ours("".join(shape_lines(shape)))


def _fold(chapter: Chapter, fold: Fold) -> Markup:
    """What a block is open, its frame first, and shut."""
    frame, *inside = fold.open
    assert isinstance(frame, Figure)
    numbers = {"x": fold.x, "y": fold.y, "w": fold.width, "h": fold.height, "title": fold.title}
    numbers |= {"middle": fold.middle, "wide": fold.wide, "high": fold.high}
    return tag(
        "g",
        tag(
            "g",
            tag("g", tag("title", fold.told), *_shapes(chapter, frame.shapes), class_="frame-of"),
            *_shapes(chapter, inside),
            class_="open",
        ),
        tag("g", *_shapes(chapter, fold.shut), class_="shut"),
        class_="fold",
        data_part=chapter.parts[fold.part],
        data_level=fold.level,
        data_place=" ".join(f"{name}={number(value)}" for name, value in numbers.items()),
    )


def _figure(chapter: Chapter, figure: Figure) -> Markup:
    """One of a layer leads to its line."""
    content = [tag("title", figure.told), *_shapes(chapter, figure.shapes)]
    part = chapter.parts.get(figure.part)
    if part is None:
        return tag("g", *content, class_="end", role="img")
    place = chapter.place_of(part)
    look = "box flagged" if chapter.findings_of(part) else "box"
    if place is None:
        return tag("g", *content, class_=look, role="img", data_part=part)
    return tag("a", *content, class_=look, href=f"#{place}", data_part=part)
