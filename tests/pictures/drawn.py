"""A picture read from its file, and what must not be in any: this knows SVG, and no layout."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple
from xml.etree import ElementTree

from cnncalc.report.picture.lettering import width

NAMESPACE = "{http://www.w3.org/2000/svg}"
NEAR = 0.11
"""Numbers are written to a tenth."""


class Rectangle(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float
    look: str

    def holds(self, other: Rectangle) -> bool:
        return (
            self.left <= other.left + NEAR
            and self.top <= other.top + NEAR
            and self.right >= other.right - NEAR
            and self.bottom >= other.bottom - NEAR
        )

    def meets(self, other: Rectangle) -> bool:
        return (
            min(self.right, other.right) - max(self.left, other.left) > NEAR
            and min(self.bottom, other.bottom) - max(self.top, other.top) > NEAR
        )


def faults(svg: str) -> list[str]:
    """What is wrong with a picture: each line names what overlaps, crosses or sticks out."""
    root = ElementTree.fromstring(svg)
    figures = [_figure(g) for g in root.iter(f"{NAMESPACE}g")]
    outlines = [outline for outline, _ in figures]
    shut = [one for one in outlines if one.look != "frame"]
    paper = Rectangle(*map(float, root.get("viewBox", "").split()), "paper")
    found = [f"{one} sticks out" for one in outlines if not paper.holds(one)]
    found += _overlaps(outlines)
    found += [fault for outline, texts in figures for fault in _too_wide(outline, texts)]
    for path in root.iter(f"{NAMESPACE}path"):
        found += _crossings(path.get("d", ""), shut, paper)
    return found


def _figure(group: ElementTree.Element) -> tuple[Rectangle, list[ElementTree.Element]]:
    """The outline of a thing, and its texts."""
    outline = group.find(f"{NAMESPACE}rect")
    assert outline is not None
    assert group.findtext(f"{NAMESPACE}title") == group.get("aria-label")
    x, y, wide, high = (float(outline.get(name, "")) for name in ("x", "y", "width", "height"))
    return Rectangle(x, y, x + wide, y + high, outline.get("class", "")), group.findall(
        f"{NAMESPACE}text"
    )


def _overlaps(outlines: list[Rectangle]) -> Iterator[str]:
    """Outlines that meet, and neither is a frame that holds the other."""
    open_: list[Rectangle] = []
    for one in sorted(outlines, key=lambda each: (each.top, -each.bottom)):
        open_ = [other for other in open_ if other.bottom > one.top + NEAR]
        for other in open_:
            if one.meets(other) and not (other.look == "frame" and other.holds(one)):
                yield f"{one} and {other} overlap"
        open_.append(one)


def _too_wide(outline: Rectangle, texts: list[ElementTree.Element]) -> Iterator[str]:
    """Texts that leave their box, or lie on each other."""
    spans = []
    for text in texts:
        long = width(text.text or "", text.get("class", ""))  # type: ignore[arg-type]
        x, y = float(text.get("x", "")), float(text.get("y", ""))
        left = x - {"end": long, "middle": long / 2}.get(text.get("text-anchor", ""), 0)
        spans.append((y, left, left + long))
        if left < outline.left or left + long > outline.right + NEAR:
            yield f"{text.text!r} is wider than {outline}"
    for (y, _, right), (below, left, _) in pairwise(sorted(spans)):
        if y == below and left < right - NEAR:
            yield f"texts in {outline} lie on each other"


def _crossings(path: str, shut: list[Rectangle], paper: Rectangle) -> Iterator[str]:
    """Boxes that a way passes through: it may touch their edges, no more."""
    points = list(_points(path))
    left, right = min(x for x, _ in points), max(x for x, _ in points)
    top, bottom = min(y for _, y in points), max(y for _, y in points)
    around = Rectangle(left - 1, top, right + 1, bottom, "way")
    if not paper.holds(around._replace(left=left, right=right)):
        yield f"{path} leaves the paper"
    for box in shut:
        if box.meets(around) and any(
            box.left + NEAR < x < box.right - NEAR and box.top + NEAR < y < box.bottom - NEAR
            for x, y in points
        ):
            yield f"{path} crosses {box}"


def _points(path: str) -> Iterator[tuple[float, float]]:
    """Places along a path of straight pieces down and cubic curves, no two pixels apart."""
    x = y = 0.0
    for letter, text in re.findall(r"([MVC])([-0-9. ]+)", path):
        numbers = [float(number) for number in text.split()]
        if letter == "M":
            x, y = numbers
        elif letter == "V":
            yield from ((x, y + (numbers[0] - y) * step / 200) for step in range(201))
            y = numbers[0]
        else:
            corners = [(x, y), *zip(numbers[::2], numbers[1::2], strict=True)]
            yield from (_bezier(corners, step / 200) for step in range(201))
            x, y = corners[-1]
        yield x, y


def _bezier(corners: list[tuple[float, float]], t: float) -> tuple[float, float]:
    while len(corners) > 1:
        corners = [(a + (c - a) * t, b + (d - b) * t) for (a, b), (c, d) in pairwise(corners)]
    return corners[0]
