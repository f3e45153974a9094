"""The other styles: everything is on the paper, and what is drawn is what is computed."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from cnncalc import zoo
from cnncalc.analysis import analyze
from cnncalc.language.load import load
from cnncalc.report.picture.bars_style import bars_style
from cnncalc.report.picture.field_style import field_style, target
from cnncalc.report.picture.graph_style import graph_style
from cnncalc.report.picture.lettering import listed, width
from cnncalc.report.picture.marks import Figure, Letters, Picture, Polygon, Rectangle, flat
from cnncalc.report.picture.solids import solid
from cnncalc.report.picture.to_svg import to_svg
from cnncalc.report.picture.volumes_style import volumes_style
from cnncalc.report.picture.window_style import window_style, windowed
from cnncalc.report.picture.wish import NONE, Wish
from tests.analysis.specs import graph_of

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


CUT = re.compile(r"[\d,.x ]*\d[\d,.x]*\.\.[\d,.x]*[KMGT]?")
"""A number, or a size, whose middle is left out."""


@pytest.mark.parametrize("name", list(zoo.networks()))
def test_everything_is_on_the_paper(name: str) -> None:
    """And no number is cut."""
    summary = analyze(load(name))
    pictures = [bars_style(summary), volumes_style(summary), volumes_style(summary, Wish(depth=99))]
    if target(summary, NONE):
        pictures.append(field_style(summary))
    if windowed(summary, NONE):
        pictures.append(window_style(summary))
    pictures.append(graph_style(summary, Wish(show="activations")))
    for picture in pictures:
        assert not outside(picture)
        texts = [one.text for one in flat(picture.shapes) if isinstance(one, Letters)]
        assert not [*filter(CUT.fullmatch, texts)]
        ElementTree.fromstring(to_svg(picture))


def marked(picture: Picture, title: str) -> int:
    """Cells of a map that are marked."""
    (cells,) = (
        one.shapes for one in picture.shapes if isinstance(one, Figure) and one.told == title
    )
    return sum(isinstance(cell, Rectangle) and cell.look == "weighted" for cell in cells)


@pytest.mark.parametrize(
    ("layer", "taps"),
    [
        ("conv: {filters: 2, kernel: 3, stride: 2, padding: 1}", 3 * 3),
        ("conv: {filters: 2, kernel: 3, dilation: 2}", 3 * 3),
        ("conv: {filters: 2, kernel: 1x5}", 1 * 5),
        ("conv_transpose: {filters: 2, kernel: 4, stride: 2, padding: 1}", 2 * 2),
    ],
)
def test_a_window_has_its_taps(layer: str, taps: int) -> None:
    """A transposed 4x4 at stride 2 gives each output two rows and two columns of four."""
    summary = analyze(graph_of(f"input: 3x7x7\nlayers: [{{{layer}}}]"))
    picture = window_style(summary)
    assert marked(picture, "input 3x7x7") == taps
    made = "x".join(map(str, summary.rows[0].node.shape))
    assert marked(picture, f"output {made}") == 1


def test_a_field_is_to_scale() -> None:
    """pool5 of AlexNet sees 195 of 227 pixels; conv1 sees 11."""
    picture = field_style(analyze(load("alexnet")))
    seen = [
        one for one in flat(picture.shapes) if isinstance(one, Rectangle) and one.look == "seen"
    ]
    paper = next(
        one for one in flat(picture.shapes) if isinstance(one, Rectangle) and one.look == "data"
    )
    sizes = [one.width / paper.width * 227 for one in seen]
    assert min(sizes) == pytest.approx(11)
    assert max(sizes) == pytest.approx(195)


def test_windows_stand_on_what_they_slide_over() -> None:
    """conv1 of AlexNet sees 11 of 227 rows of the image, pool5 3 of 13; a vector has no window."""
    picture = volumes_style(analyze(load("alexnet")))
    windows = {
        one.told.partition(" ")[0]: one.shapes[0].points
        for one in picture.shapes
        if isinstance(one, Figure) and isinstance(one.shapes[0], Polygon) and " sees " in one.told
    }
    assert [*windows] == ["conv1", "pool1", "conv2", "pool2", "conv3", "conv4", "conv5", "pool5"]
    for name, rows, size in (("conv1", 11, 227), ("pool5", 3, 13)):
        upright = windows[name][0][1] - windows[name][3][1]
        assert upright / solid((1, size, size)).high == pytest.approx(rows / size)


def test_a_window_is_on_the_image_though_its_layer_stands_in_a_frame() -> None:
    picture = volumes_style(analyze(load("resnet18")))
    told = [one.told for one in picture.shapes if isinstance(one, Figure)]
    assert "conv_bn.conv sees 7x7" in told


def test_bars_are_as_long_as_their_numbers() -> None:
    summary = analyze(load("vgg16"))
    picture = bars_style(summary, Wish(depth=99, show="params"))
    bars = {
        one.told.partition(":")[0]: one.shapes[-1].width
        for one in picture.shapes
        if isinstance(one, Figure) and isinstance(one.shapes[-1], Rectangle)
    }
    assert bars["fc6"] / bars["fc8"] == pytest.approx((25088 + 1) * 4096 / ((4096 + 1) * 1000))


WIDE = "input: 3x32x32\nlayers: [{conv: {filters: 1000000, kernel: 3, padding: 1}}, {flatten: }]"


def test_a_large_number_makes_a_box_wider() -> None:
    """1,000,000 filters, each of 3*3*3 weights and a bias."""
    summary = analyze(graph_of(WIDE), 1_000_000_000)
    texts = {
        one.text
        for style in (graph_style, volumes_style, bars_style)
        for one in flat(style(summary, Wish(show="activations", depth=9)).shapes)
        if isinstance(one, Letters)
    }
    assert f"{10**9 * 10**6 * 32 * 32:,}" in texts
    assert "1000000x32x32" in texts


def test_fields_are_left_out_whole() -> None:
    assert listed("3x3, 64, /2", "plain", 1000) == "3x3, 64, /2"
    assert listed("3x3, 64, /2", "plain", width("3x3, 64, ...", "plain")) == "3x3, 64, ..."
