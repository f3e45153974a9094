"""A picture as LaTeX that stands alone: TikZ in the class `standalone`, in the colours of paper."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from cnncalc.report.picture.lettering import SIZES, width
from cnncalc.report.picture.looks import LIGHT
from cnncalc.report.picture.marks import (
    Bent,
    Letters,
    Look,
    Mark,
    Picture,
    Polygon,
    Rectangle,
    Stroke,
    flat,
)
from cnncalc.text import tex, tex_letters

POINT = 0.75
"""Of a pixel: TeX's `bp`, of which an inch has 72, and CSS's pixels, of which it has 96."""

ANCHORS = {"start": "base west", "middle": "base", "end": "base east"}


def to_tikz(picture: Picture, inches: float | None = None) -> str:
    """The whole document; so wide, else a pixel is 1/96 of an inch."""
    scale = 1.0 if inches is None else inches * 96 / picture.width
    unit = f"{POINT * scale:.4f}bp"
    return "\n".join(
        [
            f"% {tex(picture.told)}",
            r"\documentclass[tikz]{standalone}",
            r"\usepackage[T1]{fontenc}",
            r"\usepackage{lmodern}",
            *_colours(),
            r"\begin{document}",
            rf"\begin{{tikzpicture}}[x={unit}, y=-{unit}, line width={0.6 * scale:.3f}bp,",
            r"  every node/.style={inner sep=0pt, font=\sffamily}]",
            rf"\useasboundingbox (0,0) rectangle ({_at(picture.width, picture.height)});",
            *(text for mark in flat(picture.shapes) for text in _mark(mark, scale)),
            r"\end{tikzpicture}",
            r"\end{document}",
            "",
        ]
    )


def _colours() -> Iterator[str]:
    """The colours, by the look that has them."""
    for look, (fill, line) in LIGHT.boxes.items():
        if fill != "none":
            yield _colour(f"{look}fill", fill)
        yield _colour(f"{look}line", line)
    for look, fill in LIGHT.letters.items():
        yield _colour(look, fill)
    named = {"paper": LIGHT.paper, "wire": LIGHT.wire, "hatch": LIGHT.hatch, "heat": LIGHT.heat}
    yield from (_colour(name, value) for name, value in named.items())


def _colour(name: str, value: str) -> str:
    return rf"\definecolor{{{name}}}{{HTML}}{{{value[1:].upper()}}}"


def _mark(mark: Mark, scale: float) -> Iterator[str]:
    if isinstance(mark, Letters):
        room = width(mark.text, mark.look) / (width(tex_letters(mark.text), mark.look) or 1)
        size = SIZES[mark.look] * POINT * scale * min(1, room)
        font = rf"\fontsize{{{size:.2f}bp}}{{{size * 1.2:.2f}bp}}\selectfont"
        bold = r"\bfseries" if mark.look == "strong" else ""
        where = f"anchor={ANCHORS[mark.anchor]}, text={mark.look}"
        text = f"{font}{bold} {tex(mark.text)}"
        yield rf"\node[{where}] at ({_at(mark.x, mark.y)}) {{{text}}};"
    elif isinstance(mark, Rectangle):
        corner = _at(mark.x + mark.width, mark.y + mark.height)
        radius = f", rounded corners={mark.radius * POINT * scale:.2f}bp" if mark.radius else ""
        path = f"({_at(mark.x, mark.y)}) rectangle ({corner})"
        yield rf"\path[{_drawn(mark.look)}{radius}] {path};"
    elif isinstance(mark, Polygon):
        corners = " -- ".join(f"({_at(*point)})" for point in mark.points)
        yield rf"\path[{_drawn(mark.look)}] {corners} -- cycle;"
    else:
        yield rf"\path[{_drawn(mark.look)}] {_way(mark)};"


def _drawn(look: Look) -> str:
    """How a shape is filled and drawn."""
    if look in LIGHT.boxes:
        fill = "" if LIGHT.boxes[look][0] == "none" else f"fill={look}fill, "
        return f"{fill}draw={look}line"
    if look in ("wire", "hatch"):
        return f"draw={look}"
    if look == "seen":
        return "draw=heat"
    return f"fill={'wire' if look == 'head' else look}"


def _way(mark: Stroke | Bent) -> str:
    """From point to point; a bent one leaves and arrives straight down."""
    (x, y), *_ = mark.points
    found = f"({_at(x, y)})"
    for (x, y), (to_x, to_y) in pairwise(mark.points):
        if isinstance(mark, Bent) and abs(x - to_x) >= 0.05:
            half = (y + to_y) / 2
            found += f" .. controls ({_at(x, half)}) and ({_at(to_x, half)}) .."
        else:
            found += " --"
        found += f" ({_at(to_x, to_y)})"
    return found


def _at(x: float, y: float) -> str:
    return f"{x:.1f},{y:.1f}"
