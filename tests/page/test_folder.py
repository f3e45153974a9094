"""The page of a folder, and its charts: every network is there, with the numbers of `analyze`."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pytest

from cnncalc import zoo
from tests.inside import inside
from tests.page.parsed import Element, check_anchors, parsed

ROOT = Path(__file__).parents[2]

HOSTILE = """
name: "<script>alert(1)</script>"
published: {top1: 12.5, protocol: "<b>x</b>", source: "</td>"}
input: 3x8x8
layers: [{conv: {filters: 4, kernel: 3}}]
"""
BROKEN = """
name: "<img src=x onerror=alert(1)>"
input: 3x8x8
layers: [{conv: {filters: 4, kernel: 3, "<b>strid": 2}}]
"""


@cache
def zoo_page() -> Element:
    run = inside("report", "specs", folder=ROOT)
    assert run.returncode == 0
    assert run.stderr == ""
    return parsed(run.stdout)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "hostile.yaml").write_text(HOSTILE)
    (tmp_path / "broken.yaml").write_text(BROKEN)
    (tmp_path / "other.yaml").write_text("services: {web: {image: x}}")
    (tmp_path / "library.yaml").write_text("blocks: {b: {layers: [relu]}}")
    return tmp_path


def rows(page: Element) -> dict[str, Element]:
    """The lines of the table, by file."""
    lines = page.one("table", id="network-table").one("tbody").every("tr")
    return {line.every("td")[-1].text: line for line in lines}


def test_every_network_has_a_line_with_its_numbers() -> None:
    page = zoo_page()
    check_anchors(page)
    lines = rows(page)
    assert len(lines) == len(zoo.networks())
    for name in ("resnet18", "vgg16", "lenet5", "gru"):
        path = f"specs/{zoo.networks()[name].relative_to(ROOT / 'specs')}"
        totals = json.loads(inside("analyze", name, "--format", "json").stdout)["totals"]
        cells = lines[path].every("td")
        shown = cells[:3]
        exact = [cell.attributes.get("data-n", cell.text.replace(",", "")) for cell in shown]
        assert exact == [str(totals[key]) for key in ("params", "macs", "activations")]


def test_every_network_is_a_dot_that_leads_to_its_line() -> None:
    page = zoo_page()
    first, *accuracies = page.every("svg", class_="dots")
    dots = first.every("a")
    assert len(dots) == len(zoo.networks())  # all have params and MACs
    for dot in dots:
        line = page.one("tr", id=dot.attributes["href"].removeprefix("#"))
        assert dot.one("title").text.startswith(f"{line.one('th').text}: ")
        assert dot.attributes["data-part"] == line.attributes["data-part"]
    titles = [svg.every("title")[0].text for svg in accuracies]
    assert titles[0] == "Accuracy against MACs: 1000 outputs, a single centre crop"
    assert len(titles) == 4


def test_the_front_is_told_in_words() -> None:
    """Of the networks with 1000 outputs, those that no other is smaller than both ways."""
    page = zoo_page()
    sizes = {}
    for line in rows(page).values():
        params, macs, *_, output, _ = line.every("td")
        if output.text == "1000":
            exact = int(params.text.replace(",", "")), int(macs.attributes["data-n"])
            sizes[line.one("th").text] = exact
    best = {
        name
        for name, (params, macs) in sizes.items()
        if not any(
            p <= params and m <= macs and (p, m) != (params, macs) for p, m in sizes.values()
        )
    }
    said = page.one("section", id="chart-0").one("p", class_="said")
    assert {link.text for link in said.every("a")} == best
    assert f"those of {len(sizes)} networks with 1000 outputs" in said.text


def test_what_cannot_be_read_is_told_and_the_page_is_made(folder: Path) -> None:
    run = inside("report", ".", "-o", "index.html", folder=folder)
    assert run.returncode == 1
    assert "broken.yaml:4:" in run.stderr
    page = parsed((folder / "index.html").read_text())
    check_anchors(page)
    assert "broken.yaml" in page.one("section", id="errors").text
    assert "CNN202" in page.one("section", id="errors").text
    assert [*rows(page)] == ["hostile.yaml"]
    assert "1 network, and 1 spec with errors" in page.one("header").text


def test_names_stay_text(folder: Path) -> None:
    html = inside("report", ".", folder=folder).stdout
    page = parsed(html)
    assert len(page.every("script")) == 2  # what dots tell, and the page's own
    assert not page.every("img")
    assert not page.every("b", class_="")
    assert rows(page)["hostile.yaml"].one("th").text == "<script>alert(1)</script>"


@pytest.mark.parametrize("style", ["scatter", "accuracy"])
def test_a_chart_is_drawn_alone(style: str) -> None:
    run = inside("draw", "specs", "--style", style, folder=ROOT)
    assert run.returncode == 0
    root = ElementTree.fromstring(run.stdout)
    told = [each.text or "" for each in root.iter("{http://www.w3.org/2000/svg}title")]
    assert any("ResNet-18: 11,689,512 params, 1.814 G MACs" in text for text in told)
    assert inside("draw", "specs", "--style", style, folder=ROOT).stdout == run.stdout


def test_a_chart_of_what_is_read(folder: Path) -> None:
    run = inside("draw", ".", "--style", "scatter", folder=folder)
    assert run.returncode == 1
    assert "&lt;script&gt;alert(1)&lt;/script&gt;: 112 params" in run.stdout
    assert "broken.yaml" in run.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["draw", "hostile.yaml", "--style", "scatter"], "draws the networks of a folder, not"),
        (["draw", ".", "--style", "accuracy"], "too few networks in `.` have an error that was"),
        (["draw", ".", "--style", "scatter", "--set", "a=1"], "are of one network"),
        (["draw", ".", "--style", "scatter", "--format", "text"], "has no characters"),
        (["report", ".", "hostile.yaml"], "`.` is a folder"),
        (["report", ".", "--batch", "2"], "are of specs, not of a folder"),
        (["report", "empty"], "`empty` has no spec in it, nor below"),
        (["draw", "empty", "--style", "scatter"], "`empty` has no spec in it, nor below"),
    ],
)
def test_usage(arguments: list[str], said: str, folder: Path) -> None:
    (folder / "empty").mkdir()
    run = inside(*arguments, folder=folder)
    assert run.returncode == 2
    assert said in run.stderr
