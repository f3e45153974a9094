"""Pictures of graphs: nothing overlaps, nothing is crossed, every text is in its box."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from cnncalc import zoo
from cnncalc.analysis import Summary, analyze
from cnncalc.language.load import load
from cnncalc.report.picture.graph_style import graph_style
from cnncalc.report.picture.to_svg import to_svg
from cnncalc.report.picture.to_text import to_text
from cnncalc.report.picture.wish import Wish
from tests.analysis.specs import graph_of
from tests.pictures.drawn import NAMESPACE, faults
from tests.wiring.held import networks

ALL = 99


def of(text: str) -> Summary:
    return analyze(graph_of(text))


def svg(summary: Summary, wish: Wish) -> str:
    return to_svg(graph_style(summary, wish))


@pytest.mark.parametrize("name", list(zoo.networks()))
def test_networks_of_the_zoo(name: str) -> None:
    summary = analyze(load(name))
    for wish in (Wish(), Wish(depth=ALL, show="activations")):
        assert not faults(svg(summary, wish))


@pytest.mark.torch
@pytest.mark.parametrize(
    "first", [0, *(pytest.param(n, marks=pytest.mark.thorough) for n in range(50, 330, 50))]
)
def test_random_networks(first: int) -> None:
    """Of 330 networks more than 300 are sound."""
    for graph in networks(range(first, first + 50), 400).values():
        summary = analyze(graph)
        for wish in (Wish(), Wish(depth=ALL, show="macs")):
            assert not faults(svg(summary, wish))
        to_text(summary)


SMALL = """
input: 3x32x32
layers:
  - conv: {filters: 8, kernel: 3, padding: 1}
  - name: stage
    repeat: 3
    add: {kept: [], made: [{conv: {filters: 8, kernel: 3, padding: 1}}, relu]}
  - global_avg_pool
"""


@pytest.mark.parametrize(
    ("text", "other", "fault"),
    [
        ('class="pool" x="', 'class="pool" x="9', "sticks out"),
        ("global_avg_pool", "a_pool_with_a_name_that_is_much_too_long_for_it", "is wider"),
        ('<path class="wire" d="M', '<path class="wire" d="M0 60V9', "leaves the paper"),
        ('<path class="wire" d="M', '<path class="wire" d="M60 0V90 M', "crosses"),
    ],
)
def test_faults_are_found(text: str, other: str, fault: str) -> None:
    """What looks for faults finds those that are put there."""
    drawn = svg(of(SMALL), Wish())
    assert not faults(drawn)
    assert text in drawn
    assert any(fault in found for found in faults(drawn.replace(text, other)))


def test_boxes_that_overlap_are_found() -> None:
    root = ElementTree.fromstring(svg(of(SMALL), Wish()))
    rows = [each for each in root.iter(f"{NAMESPACE}rect") if each.get("class") == "weighted"]
    rows[1].set("y", rows[0].get("y", ""))
    assert any("overlap" in found for found in faults(ElementTree.tostring(root, "unicode")))


def boxes(drawn: str) -> list[str]:
    """What is told of each thing of a picture."""
    root = ElementTree.fromstring(drawn)
    return [each.findtext(f"{NAMESPACE}title") or "" for each in root.iter(f"{NAMESPACE}g")]


def test_what_runs_alike_is_drawn_once() -> None:
    told = boxes(svg(of(SMALL), Wish()))
    assert sum("conv" in re.split("[,;]", each)[0] for each in told) == 2
    assert any("3 alike" in each for each in told)
    assert "add x3" in to_text(of(SMALL))


def test_what_differs_in_a_repeat_is_drawn_apart() -> None:
    text = SMALL.replace(
        "kernel: 3, padding: 1}}, relu", "kernel: 2 * i + 1, padding: half}}, relu"
    )
    told = boxes(svg(of(text), Wish()))
    assert sum("conv" in re.split("[,;]", each)[0] for each in told) == 4


@pytest.mark.parametrize("name", ["resnet18", "unet", "googlenet", "vit_b16", "lenet5"])
def test_numbers_are_those_of_the_report(name: str) -> None:
    """Open to the last layer, the numbers in the boxes are those of `analyze --format json`."""
    summary = analyze(load(name))
    root = ElementTree.fromstring(svg(summary, Wish(depth=ALL, show="params")))
    shown = {
        group.findtext(f"{NAMESPACE}title", "").split(":")[0]: [
            t.text for t in group.iter(f"{NAMESPACE}text")
        ]
        for group in root.iter(f"{NAMESPACE}g")
    }
    layers = {layer["path"]: layer for layer in summary.to_dict()["layers"]}
    weighted = {path: texts for path, texts in shown.items() if layers.get(path, {}).get("params")}
    assert len(weighted) > 4
    for path, texts in weighted.items():
        assert f"{layers[path]['params']:,}" in texts
        assert "x".join(map(str, layers[path]["output"])) in texts


def test_bytes_are_the_same_each_time() -> None:
    summary = analyze(load("googlenet"))
    assert svg(summary, Wish()) == svg(analyze(load("googlenet")), Wish())


def test_a_network_without_layers() -> None:
    assert not faults(
        svg(of("args: {deep: false}\ninput: 3x8x8\nlayers: [{relu: , when: deep}]"), Wish())
    )


def test_a_chain_in_characters() -> None:
    text = to_text(of("input: 3x8x8\nlayers: [{conv: {filters: 4, kernel: 3}}, relu]"))
    lines = ["input 3x8x8", "│", "[conv 3x3, 4  4x6x6]", "│", "[relu  4x6x6]", "│", "output 4x6x6"]
    assert [line.strip() for line in text.splitlines() if line] == lines


def test_characters_without_unicode() -> None:
    assert to_text(of(SMALL), plain=True).isascii()


WIDTH = {"resnet50": 80, "unet": 80, "hrnet_w18": 80, "nasnet_a_mobile": 80, "yolo11n": 100}


@pytest.mark.parametrize("name", WIDTH)
def test_characters_fit_a_terminal(name: str) -> None:
    """At 80 columns, folded; what is too wide even so says less in a box."""
    lines = to_text(analyze(load(name)), width=WIDTH[name]).splitlines()
    assert len(lines) < 200
    assert max(map(len, lines)) <= WIDTH[name]


@pytest.mark.parametrize("column", ["params", "alive"])
def test_bars_of_boxes_are_shares_of_the_largest(column: str) -> None:
    """Of what adds up, and of what does not: the fullest box has the longest."""
    summary = analyze(load("lenet5"))
    layers = {layer["path"]: layer for layer in summary.to_dict()["layers"]}
    most = max(layer[column] for layer in layers.values())
    root = ElementTree.fromstring(svg(summary, Wish(depth=ALL, show=column)))
    shares = {}
    for group in root.iter(f"{NAMESPACE}g"):
        first, *others = group.iter(f"{NAMESPACE}rect")
        bar = [one for one in others if one.get("class") == "heat"]
        room = float(first.get("width", "")) - 2
        path = group.findtext(f"{NAMESPACE}title", "").partition(":")[0]
        if path in layers:
            shares[path] = float(bar[0].get("width", "")) / room if bar else 0
    assert shares.keys() == layers.keys()
    for path, share in shares.items():
        assert share == pytest.approx(layers[path][column] / most, abs=0.001)
