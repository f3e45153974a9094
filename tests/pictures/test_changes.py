"""Two networks beside each other: each change has its colour, its sign and its words."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from cnncalc.analysis import Summary, analyze
from cnncalc.analysis.difference import difference
from cnncalc.analysis.told_apart import told_apart
from cnncalc.language.load import load
from cnncalc.report.picture.graph_style import graph_style
from cnncalc.report.picture.marks import Figure, Letters, Picture, Rectangle
from cnncalc.report.picture.to_svg import to_svg
from cnncalc.report.picture.wish import Wish
from tests.analysis.specs import graph_of
from tests.pictures.drawn import faults
from tests.pictures.test_styles import outside

SIGNS = {"added": "+ ", "removed": "- ", "edited": "~ "}


class Shown(NamedTuple):
    """A box of a picture."""

    look: str
    texts: tuple[str, ...]
    told: str


def pictures(before: Summary, after: Summary) -> tuple[Picture, Picture]:
    told = told_apart(difference(before, after))
    return (
        graph_style(before, Wish(changed=told.before)),
        graph_style(after, Wish(changed=told.after)),
    )


def boxes(picture: Picture) -> list[Shown]:
    found = []
    for figure in picture.shapes:
        if isinstance(figure, Figure) and isinstance(figure.shapes[0], Rectangle):
            texts = tuple(one.text for one in figure.shapes if isinstance(one, Letters))
            found.append(Shown(figure.shapes[0].look, texts, figure.told))
    return found


def network(layers: str) -> Summary:
    return analyze(graph_of(f"input: 3x16x16\nlayers: [{layers}]"))


def changed(picture: Picture) -> list[tuple[str, str]]:
    """The look and the kind of what is not as it was."""
    return [
        (one.look, next(text for text in one.texts if text.startswith(SIGNS[one.look])))
        for one in boxes(picture)
        if one.look in SIGNS
    ]


CONV = "conv: {filters: 4, kernel: 3, padding: half}"


def test_each_change_has_its_colour_and_its_sign() -> None:
    before, after = pictures(
        network(f"{{name: a, {CONV}}}, {{name: b, {CONV}}}, relu"),
        network(f"{{name: a, {CONV.replace('3', '5')}}}, relu, {{name: c, max_pool: 2}}"),
    )
    assert changed(before) == [("edited", "~ conv"), ("removed", "- conv")]
    assert changed(after) == [("edited", "~ conv"), ("added", "+ max_pool")]
    words = [one.told.partition(";")[0] for one in boxes(after) if one.look in SIGNS]
    assert words == ["edited", "added"]


def test_one_more_of_several_alike_is_apart() -> None:
    """What was there keeps its `x2`, and what is new has a box of its own."""
    block = "{repeat: %d, layers: [{conv: {filters: 3, kernel: 3, padding: half}}, relu]}"
    _, after = pictures(network(block % 2), network(block % 3))
    looks = [one.look for one in boxes(after) if one.look != "data"]
    assert looks.count("added") == 2
    assert any("x2" in text for one in boxes(after) for text in one.texts)


def test_a_shut_part_says_how_much_of_it_is_another() -> None:
    body = "{{name: body, layers: [{{conv: {{filters: 4, kernel: {}}}}}, relu, relu]}}"
    before, after = network(body.format(3)), network(body.format(5))
    told = told_apart(difference(before, after))
    picture = graph_style(after, Wish(depth=1, changed=told.after))
    (box,) = (one for one in boxes(picture) if one.look == "edited")
    assert "1 of 3 layers changed" in box.texts


def test_a_sign_of_an_operator_has_words_where_it_changed() -> None:
    skip = "{add: [[identity], [{conv: {filters: 3, kernel: 3, padding: half}}]]}"
    _, after = pictures(network("relu"), network(f"relu, {skip}"))
    assert ("added", "+ add") in changed(after)


def test_two_that_are_the_same_have_no_colour() -> None:
    for picture in pictures(analyze(load("resnet18")), analyze(load("resnet18"))):
        assert {one.look for one in boxes(picture)} <= {"part", "data", "frame"}


@pytest.mark.parametrize(
    "pair",
    [
        "resnet18 resnet34",
        "resnet50 resnet50_v1",
        "resnet50 se_resnet50",
        "vgg16 vgg19",
        "inception_naive inception_bottleneck",
        "densenet121 densenet169",
        "mobilenet_v1 mobilenet_v2",
        "lenet5 unet",
    ],
)
def test_pictures_are_sound(pair: str) -> None:
    """Nothing overlaps, and nothing is cut."""
    for picture in pictures(*(analyze(load(name)) for name in pair.split())):
        assert not outside(picture)
        assert not faults(to_svg(picture))
