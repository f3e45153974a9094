"""Letters as a browser measures them: none leaves its box, its paper, or lies on others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from cnncalc import zoo
from cnncalc.analysis import Summary, analyze
from cnncalc.language.load import load, loads
from cnncalc.report.picture.bars_style import bars_style
from cnncalc.report.picture.field_style import field_style, target
from cnncalc.report.picture.graph_style import graph_style
from cnncalc.report.picture.marks import Letters, Picture, flat
from cnncalc.report.picture.to_svg import to_svg
from cnncalc.report.picture.volumes_style import volumes_style
from cnncalc.report.picture.window_style import window_style, windowed
from cnncalc.report.picture.wish import NONE, Wish
from tests.page.browser import browser
from tests.together import slices

MEASURED = (Path(__file__).parent / "measured.js").read_text(encoding="utf-8")
Measure = Callable[[Sequence[str]], list[str]]


@pytest.fixture(scope="module")
def measure() -> Iterator[Measure]:
    """What is wrong with pictures, all on one page."""
    with browser() as running:
        page = running.new_page()

        def measured(pictures: Sequence[str]) -> list[str]:
            page.set_content("\n".join(pictures))
            found: list[str] = page.evaluate(MEASURED)
            return found

        yield measured


@pytest.mark.parametrize("group", slices(list(zoo.networks()), 32).values(), ids="{0[0]}-".format)
def test_letters_of_graphs_have_room(group: Sequence[str], measure: Measure) -> None:
    summaries = [analyze(load(name)) for name in group]
    assert not measure([to_svg(graph_style(one, Wish(show="activations"))) for one in summaries])


STYLED = (
    *("alexnet", "vgg16", "resnet18", "unet", "googlenet", "mobilenet_v2", "densenet121"),
    *("audio_m5", "vit_b16", "neuraltalk", "c3d", "dcgan_generator", "hrnet_w18"),
)


def styles(summary: Summary) -> Iterator[Picture]:
    yield volumes_style(summary)
    yield volumes_style(summary, Wish(depth=99, show="macs"))
    yield bars_style(summary)
    if target(summary, NONE):
        yield field_style(summary)
    if windowed(summary, NONE):
        yield window_style(summary)


@pytest.mark.parametrize("name", STYLED)
def test_letters_of_other_styles_have_room(name: str, measure: Measure) -> None:
    assert not measure([to_svg(each) for each in styles(analyze(load(name)))])


SCRIPTS = """
input: 3x16x16
layers:
  - {name: свёртка_одна_очень_длинная, conv: {filters: 8, kernel: 3}}
  - {name: 畳み込み層畳み込み層, conv: {filters: 8, kernel: 3}}
  - {name: WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW, conv: {filters: 8, kernel: 3}}
  - {name: طبقة_الالتفاف, conv: {filters: 8, kernel: 3}}
"""


def test_letters_of_any_script_have_room(measure: Measure) -> None:
    summary = analyze(loads(SCRIPTS))
    pictures = [graph_style(summary), *styles(summary)]
    texts = [one.text for each in pictures for one in flat(each.shapes) if isinstance(one, Letters)]
    assert any("畳" in text for text in texts)
    assert not measure([to_svg(each) for each in pictures])


@pytest.mark.parametrize(
    ("text", "other", "fault"),
    [
        (".plain { font-size: 11px }", ".plain { font-size: 24px }", "leaves its box"),
        (">linear</text>", ">a_layer_of_a_long_name</text>", "lies on"),
        ('width="103"', 'width="60"', "leaves its box"),
        (' viewBox="0 0 ', ' viewBox="40 0 ', "leaves the paper"),
    ],
)
def test_what_has_no_room_is_found(text: str, other: str, fault: str, measure: Measure) -> None:
    svg = to_svg(graph_style(analyze(load("lenet5"))))
    assert not measure([svg])
    changed = svg.replace(text, other)
    assert changed != svg
    assert any(fault in each for each in measure([changed]))
