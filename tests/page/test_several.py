"""Pages of several networks: what was added, removed, edited has a sign, and the sums are right."""

from __future__ import annotations

import json
import subprocess
from functools import cache
from pathlib import Path

import pytest

from tests.inside import inside
from tests.page.parsed import Element, check_anchors, parsed

PAIRS = [
    ("resnet18", "resnet34"),
    ("inception_bottleneck", "inception_naive"),
    ("resnet50", "resnet50_v1"),
    ("lenet5", "unet"),
]
SIGNS = {"added": "+ ", "removed": "- ", "edited": "~ "}

pairs = pytest.mark.parametrize("pair", PAIRS, ids="-".join)


@cache
def page_of(*specs: str) -> Element:
    run = inside("report", *specs)
    assert run.returncode == 0
    assert run.stderr == ""
    page = parsed(run.stdout)
    check_anchors(page)
    return page


@cache
def document_of(*specs: str) -> dict[str, object]:
    found = json.loads(inside("compare", *specs, "--layers", "--format", "json").stdout)
    (comparison,) = found["comparisons"]
    return dict(comparison)


def lines(page: Element) -> list[Element]:
    return page.one("table", id="pair-table").one("tbody").every("tr")


@pairs
def test_every_layer_has_a_line(pair: tuple[str, str]) -> None:
    """As many were added, removed, edited as `compare` says; the differences add up to its."""
    document, found = document_of(*pair), lines(page_of(*pair))
    (difference,) = document["differences"]
    layers = difference["layers"]
    states = [line.attributes.get("class", "same") for line in found]
    for state in ("edited", "added", "removed", "same"):
        assert states.count(state) == layers[state]
    assert states.count("follows") == layers["following"]
    before, after = (spec["totals"] for spec in document["specs"])
    for place, name in ((4, "params"), (6, "macs")):
        more = [int(line.every("td")[place].attributes["data-n"]) for line in found]
        assert sum(more) == after[name] - before[name]


@pairs
def test_a_change_is_more_than_a_colour(pair: tuple[str, str]) -> None:
    page = page_of(*pair)
    for line in lines(page):
        state = line.attributes.get("class", "")
        assert line.every("td")[1].text == state
        name = line.one("th").text
        assert name.startswith(SIGNS[state]) if state in SIGNS else name[:2] not in SIGNS.values()
    for svg in page.every("svg", class_="graph"):
        for figure in svg.inside:
            rects = [one for one in figure.content if isinstance(one, Element)]
            look = next((r.attributes.get("class") for r in rects if r.name == "rect"), None)
            if look in SIGNS and figure.name in ("a", "g"):
                texts = [one.text for one in rects if one.name == "text"]
                assert any(text.startswith(SIGNS[look]) for text in texts), texts


@pairs
def test_pictures_lead_to_lines(pair: tuple[str, str]) -> None:
    page = page_of(*pair)
    names = {line.attributes["id"]: line.one("th").text.lstrip("+-~ ") for line in lines(page)}
    for svg in page.every("svg", class_="graph"):
        links = svg.every("a")
        assert links
        for link in links:
            place = link.attributes["href"].removeprefix("#")
            assert place == f"pair-{link.attributes['data-part']}"
            assert place in names


def test_totals_are_those_of_compare() -> None:
    page = page_of("resnet18", "resnet34")
    rows = {
        row.one("th").text: [cell.text for cell in row.every("td")]
        for row in page.one("section", id="totals").one("tbody").every("tr")
    }
    assert rows["params"] == ["11,689,512", "21,797,672", "+10,108,160", "x1.86"]
    assert rows["stride"] == ["32", "32", "=", "="]


def test_two_that_are_the_same_have_no_change() -> None:
    page = page_of("lenet5", "lenet5")
    assert page.one("section", id="changes").text.startswith("Changeslayers: 12 the same")
    assert not page.one("section", id="changes").every("table")


def test_of_three_each_has_a_chapter() -> None:
    page = page_of("lenet5", "alexnet", "mlp")
    assert [h.text for h in page.every("h2")][:3] == [
        "Totals",
        "lenet5: Totals",
        "lenet5: Findings",
    ]
    for prefix in ("n1-", "n2-", "n3-"):
        assert page.one("section", id=f"{prefix}picture").every("svg")
        assert page.one(id=f"{prefix}data")
    columns = page.one("section", id="totals").one("thead").every("th")
    assert [column.text for column in columns] == ["lenet5", "alexnet", "ratio", "mlp", "ratio"]


# -- revisions ------------------------------------------------------------------------------


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A spec whose kernel was 3, and is 5."""
    text = "name: '<b>Net'\ninput: 3x8x8\nlayers:\n  - {conv: {filters: 4, kernel: 3}}\n  - relu\n"
    (tmp_path / "spec.yaml").write_text(text)
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "x"]):
        subprocess.run(["git", *identity, *arguments], cwd=tmp_path, check=True)
    (tmp_path / "spec.yaml").write_text(text.replace("kernel: 3", "kernel: 5"))
    (tmp_path / "new.yaml").write_text(text)
    return tmp_path


def test_with_a_revision(repository: Path) -> None:
    run = inside("report", "spec.yaml", "--git", "HEAD", folder=repository)
    assert run.returncode == 0
    page = parsed(run.stdout)
    check_anchors(page)
    assert page.one("h1").text == "<b>Net: HEAD and working tree"
    first, second = lines(page)
    assert first.one("th").text == "~ conv"
    assert first.every("td")[4].attributes["data-n"] == str(4 * 3 * (5 * 5 - 3 * 3))
    assert second.every("td")[1].text == "follows"
    assert "kernel 3 -> 5" in page.one("section", id="changes").text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["new.yaml", "--git", "HEAD"], "`new.yaml` is not there at HEAD"),
        (["spec.yaml", "--git", "nowhere"], "nowhere"),
        (["spec.yaml", "new.yaml", "--git", "HEAD"], "--git compares one spec"),
        (["-", "--git", "HEAD"], "`-` has no earlier version"),
        (["-", "-"], "can be read once"),
        ([".", "--git", "HEAD"], "are of specs, not of a folder"),
    ],
)
def test_usage(arguments: list[str], said: str, repository: Path) -> None:
    run = inside("report", *arguments, folder=repository)
    assert run.returncode == 2
    assert said in run.stderr
