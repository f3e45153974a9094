"""The other styles: everything is on the paper, and what is drawn is what is computed."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from cnncalc import zoo
from cnncalc.analysis import analyze
from cnncalc.language.load import load
from cnncalc.report.picture.bars_style import bars_style
from cnncalc.report.picture.field_style import field_style, target
from cnncalc.report.picture.lettering import width
from cnncalc.report.picture.marks import Letters, Picture, Rectangle, flat
from cnncalc.report.picture.to_svg import to_svg
from cnncalc.report.picture.volumes_style import volumes_style
from cnncalc.report.picture.wish import NONE, Wish

NEAR = 0.1


def outside(picture: Picture) -> list[str]:
    """What of a picture is not on its paper."""
    found = []
    for shape in flat(picture.shapes):
        if isinstance(shape, Rectangle):
            points = [(shape.x, shape.y), (shape.x + shape.width, shape.y + shape.height)]
        elif isinstance(shape, Letters):
            long = width(shape.text, shape.look)
            left = shape.x - {"start": 0, "middle": long / 2, "end": long}[shape.anchor]
            points = [(left, shape.y - 9), (left + long, shape.y + 3)]
        else:
            points = list(shape.points)
        for x, y in points:
            if not (-NEAR <= x <= picture.width + NEAR and -NEAR <= y <= picture.height + NEAR):
                found.append(f"{shape} at {x}, {y}")
    return found


@pytest.mark.parametrize("name", list(zoo.networks()))
def test_everything_is_on_the_paper(name: str) -> None:
    summary = analyze(load(name))
    pictures = [bars_style(summary), volumes_style(summary), volumes_style(summary, Wish(depth=99))]
    if target(summary, NONE):
        pictures.append(field_style(summary))
    for picture in pictures:
        assert not outside(picture)
        ElementTree.fromstring(to_svg(picture))
