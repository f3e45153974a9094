"""A picture as SVG: one file that needs no other, in the colours of the page that it is on."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from cnncalc.report.picture.lettering import FONT, SIZES
from cnncalc.report.picture.looks import DARK, LIGHT, Colours
from cnncalc.report.picture.marks import (
    Bent,
    Figure,
    Fold,
    Letters,
    Picture,
    Point,
    Rectangle,
    Shape,
    Stroke,
)
from cnncalc.text import xml, xml_attribute


def to_svg(picture: Picture, inches: float | None = None) -> str:
    """The whole file; so wide, else a pixel is one of CSS."""
    wide, high = number(picture.width), number(picture.height)
    paper = f'<rect class="paper" width="{wide}" height="{high}"/>'
    if inches is not None:
        high = f"{inches * picture.height / picture.width:.4g}in"
        wide = f"{inches:.4g}in"
    return _sized(picture, (wide, high), f"<style>{style()}</style>", paper)


def _sized(picture: Picture, size: tuple[str, str], *before: str) -> str:
    """size: as the attributes say it; before: what stands below its shapes"""
    wide, high = size
    box = f"{number(picture.width)} {number(picture.height)}"
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}"'
            f' viewBox="0 0 {box}" role="img" aria-label={xml_attribute(picture.told)}>',
            f"<title>{xml(picture.told)}</title>",
            *([f"<desc>{xml(picture.about)}</desc>"] if picture.about else []),
            *before,
            *(line for shape in picture.shapes for line in shape_lines(shape)),
            "</svg>\n",
        ]
    )


def style(within: str = "") -> str:
    """Fonts and colours; of what is `within` something alone."""
    fonts = "".join(f" {within}.{look} {{ font-size: {size}px }}" for look, size in SIZES.items())
    return (
        f"{within}text {{ font-family: {FONT} }}{fonts} {within}.strong {{ font-weight: bold }}"
        f"{_rules(LIGHT, within)} @media (prefers-color-scheme: dark) {{{_rules(DARK, within)} }}"
    )


def _rules(colours: Colours, within: str) -> str:
    rules = {"paper": f"fill: {colours.paper}"}
    rules |= {look: f"fill: {fill}; stroke: {line}" for look, (fill, line) in colours.boxes.items()}
    rules |= {look: f"fill: {fill}" for look, fill in colours.letters.items()}
    rules |= {
        "wire": f"fill: none; stroke: {colours.wire}; stroke-width: 1.3",
        "hatch": f"fill: none; stroke: {colours.hatch}",
        "seen": f"fill: none; stroke: {colours.heat}; stroke-width: 1.5",
        "head": f"fill: {colours.wire}",
        "heat": f"fill: {colours.heat}",
    }
    return "".join(f" {within}.{look} {{ {rule} }}" for look, rule in rules.items())


def shape_lines(shape: Shape) -> Iterator[str]:
    """Of a shape, and of all in it."""
    if isinstance(shape, Fold):
        for each in shape.open:
            yield from shape_lines(each)
    elif isinstance(shape, Figure):
        yield f'<g role="img" aria-label={xml_attribute(shape.told)}>'
        yield f"<title>{xml(shape.told)}</title>"
        for each in shape.shapes:
            yield from shape_lines(each)
        yield "</g>"
    elif isinstance(shape, Rectangle):
        x, y, width, height = map(number, shape[:4])
        radius = f' rx="{number(shape.radius)}"' if shape.radius else ""
        place = f'x="{x}" y="{y}" width="{width}" height="{height}"'
        yield f'<rect class="{shape.look}" {place}{radius}/>'
    elif isinstance(shape, Letters):
        anchor = "" if shape.anchor == "start" else f' text-anchor="{shape.anchor}"'
        x, y = number(shape.x), number(shape.y)
        yield f'<text class="{shape.look}" x="{x}" y="{y}"{anchor}>{xml(shape.text)}</text>'
    elif isinstance(shape, Bent):
        yield f'<path class="{shape.look}" d="{_bent(shape.points)}"/>'
    else:
        points = " ".join(f"{number(x)},{number(y)}" for x, y in shape.points)
        tag = "polyline" if isinstance(shape, Stroke) else "polygon"
        yield f'<{tag} class="{shape.look}" points="{points}"/>'


def _bent(points: tuple[Point, ...]) -> str:
    """Straight where two points stand below each other, else a curve that is straight down at
    both."""
    (x, y), *_ = points
    steps = [f"M{number(x)} {number(y)}"]
    for (x, y), (to_x, to_y) in pairwise(points):
        if abs(x - to_x) < 0.05:
            steps.append(f"V{number(to_y)}")
        else:
            half = number((y + to_y) / 2)
            end = f"{number(to_x)} {number(to_y)}"
            steps.append(f"C{number(x)} {half} {number(to_x)} {half} {end}")
    return "".join(steps)


def number(value: float) -> str:
    """To a tenth of a pixel."""
    text = f"{value:.1f}"
    return text.removesuffix(".0") if text != "-0.0" else "0"
