"""The page of a network: its structure, and its numbers, which are those of `analyze`."""

from __future__ import annotations

import json
from base64 import b64encode
from functools import cache
from hashlib import sha256
from typing import Any

import pytest

import cnncalc
from cnncalc.network.metrics import METRICS
from cnncalc.report.page.layer_table import SHOWN
from cnncalc.report.page.totals import SHOWN as IN_TOTALS
from cnncalc.report.table.columns import COLUMNS, WRITTEN
from tests.inside import inside
from tests.page.parsed import Element, check_anchors, parsed

NETWORKS = ("resnet18", "resnet152", "unet", "googlenet", "vit_b16", "lstm", "faster_rcnn")

every = pytest.mark.parametrize("network", NETWORKS)


@cache
def html_of(network: str) -> str:
    run = inside("report", network)
    assert run.returncode == 0
    assert run.stderr == ""
    return run.stdout


@cache
def page_of(network: str) -> Element:
    return parsed(html_of(network))


@cache
def document_of(network: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        inside("analyze", network, "--depth", "all", "--format", "json").stdout
    )
    return found


# -- the file -------------------------------------------------------------------------------


@every
def test_it_stands_alone(network: str) -> None:
    page = page_of(network)
    check_anchors(page)
    for each in page.inside:
        assert each.name not in ("img", "iframe", "object", "embed", "base", "form")
        assert not [name for name in each.attributes if name.startswith("on") or name == "style"]
        assert "src" not in each.attributes
        assert each.attributes.get("href", "#").startswith("#") or each.name == "link"
    assert [link.attributes["href"] for link in page.every("link")] == ["data:,"]
    assert "url(" not in page.one("style").text
    assert "@import" not in page.one("style").text


@every
def test_its_policy_lets_its_own_style_and_script_run_and_no_other(network: str) -> None:
    page = page_of(network)
    policy = page.one("meta", http_equiv="Content-Security-Policy").attributes["content"]
    assert policy.startswith("default-src 'none';")
    for name in ("style", "script"):
        (inline,) = [one for one in page.every(name) if "type" not in one.attributes]
        digest = b64encode(sha256(inline.text.encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in policy


@every
def test_it_is_small(network: str) -> None:
    assert len(html_of(network).encode()) < 400_000


def test_it_is_the_same_in_every_run() -> None:
    assert inside("report", "resnet18").stdout == html_of("resnet18")


# -- numbers --------------------------------------------------------------------------------


@every
def test_totals_are_those_of_analyze(network: str) -> None:
    totals, dl = document_of(network)["totals"], page_of(network).one("dl", class_="totals")
    told = {each.attributes["data-metric"]: each.one("dd") for each in dl.every("div")}
    for name in IN_TOTALS:
        assert float(told[name].one("data").attributes["value"]) == totals[name]
        assert told[name].text == WRITTEN[METRICS[name].form](totals[name])
    field = totals["receptive_field"]
    assert told["field"].text.rstrip("*") == "x".join(map(str, field)) if field else True


@every
def test_the_rows_of_layers_are_those_of_analyze(network: str) -> None:
    table = page_of(network).one("table")
    rows = [row for row in table.one("tbody").every("tr") if row.attributes.get("class") != "group"]
    layers = document_of(network)["layers"]
    assert len(rows) == len(layers)
    for row, layer in zip(rows, layers, strict=True):
        cells = dict(zip(SHOWN, row.every("td"), strict=False))
        assert cells["kind"].text == layer["kind"]
        assert cells["output"].text == "x".join(map(str, layer["output"]))
        for name in ("params", "macs", "activations", "kept"):
            assert number_in(cells[name]) == layer[name], (layer["path"], name)
            if layer[name] is not None:
                assert cells[name].text == COLUMNS[name].show(layer[name])
        if layer["receptive_field"]:
            sizes = "x".join(map(str, layer["receptive_field"]))
            assert cells["field"].text.rstrip("*") == sizes


def number_in(cell: Element) -> float | None:
    """The exact number of a cell."""
    text = cell.attributes.get("data-n", cell.text.removesuffix(" B").replace(",", ""))
    return float(text) if text else None


@every
def test_groups_have_the_sum_of_their_layers(network: str) -> None:
    rows = page_of(network).one("table").one("tbody").every("tr")
    at = 1 + SHOWN.index("macs") - 1
    for number, row in enumerate(rows):
        if row.attributes.get("class") != "group":
            continue
        level = int(row.attributes.get("data-level", "0"))
        inner = []
        for each in rows[number + 1 :]:
            if int(each.attributes.get("data-level", "0")) <= level:
                break
            if each.attributes.get("class") != "group":
                inner.append(number_in(each.every("td")[at]) or 0)
        assert inner
        assert number_in(row.every("td")[at]) == sum(inner)


# -- the spec -------------------------------------------------------------------------------


@every
def test_layers_lead_to_their_lines(network: str) -> None:
    page = page_of(network)
    lines = {line.attributes.get("id"): line for line in page.every("li")}
    links = page.one("table").one("tbody").every("a")
    assert len(links) >= len(document_of(network)["layers"])
    for link in links:
        assert lines[link.attributes["href"].removeprefix("#")].text


def test_the_spec_is_shown_as_it_is_written() -> None:
    from cnncalc import zoo

    for network in ("resnet152", "unet"):
        path = zoo.networks()[network]
        listing = page_of(network).one(id="spec").every("ol")[0]
        shown = [line.text.rstrip() for line in listing.every("li")]
        assert shown == [line.rstrip() for line in path.read_text().splitlines()]


# -- the command ----------------------------------------------------------------------------


def test_a_file_is_not_lost(tmp_path: Any) -> None:
    path = tmp_path / "net.html"
    assert inside("report", "lenet5", "-o", str(path)).returncode == 0
    assert path.read_text(encoding="utf-8") == inside("report", "lenet5").stdout
    again = inside("report", "lenet5", "-o", str(path))
    assert again.returncode == 2
    assert "--force" in again.stderr


def test_a_spec_that_is_piped_in() -> None:
    run = inside("report", "-", stdin="name: piped\ninput: 3x8x8\nlayers: [relu]\n")
    page = parsed(run.stdout)
    assert page.one("h1").text == "piped"
    assert [line.text for line in page.one("ol").every("li")][1] == "input: 3x8x8"


def test_a_spec_with_errors(tmp_path: Any) -> None:
    run = inside("report", "-", stdin="input: 3x8x8\nlayers: [rellu]\n")
    assert run.returncode == 1
    assert run.stdout == ""
    assert "CNN2" in run.stderr or "CNN3" in run.stderr


# -- from Python ----------------------------------------------------------------------------


def test_from_python(tmp_path: Any) -> None:
    assert cnncalc.page("unet") == html_of("unet")
    assert cnncalc.page("unet", tmp_path / "unet.html") is None
    assert (tmp_path / "unet.html").read_text(encoding="utf-8") == html_of("unet")


def test_of_a_graph_nothing_is_said_of_findings() -> None:
    page = parsed(cnncalc.page(cnncalc.load("lenet5", args={}), batch=2))
    assert page.every(id="findings") == []
    assert page.one("h1").text == "LeNet-5"


def test_what_is_no_network_is_refused() -> None:
    with pytest.raises(TypeError, match="wants a graph"):
        cnncalc.page(3)  # type: ignore[call-overload]
    with pytest.raises(cnncalc.SpecError):
        cnncalc.page("no such network")
    with pytest.raises(ValueError, match="at least 1"):
        cnncalc.page("lenet5", batch=0)
