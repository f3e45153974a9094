"""A page with a profile: what was measured stands in every row, box and total; what is no profile
of the network is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import cnncalc
from cnncalc.commands.profile import profile
from cnncalc.numbers import seconds
from tests.inside import inside
from tests.page.parsed import parsed

NETWORK = "lenet5"


def document(batch: int = 1) -> dict[str, Any]:
    """A profile of the network in which the nth layer took n microseconds."""
    rows = cnncalc.analyze(NETWORK).rows
    layers = [
        {
            "path": row.node.path,
            "output": "x".join(map(str, row.node.shape)),
            "forward": number * 1e-6,
        }
        for number, row in enumerate(rows)
    ]
    return {
        "setting": {"batch": batch, "device": "<b>a device</b>"},
        "forward": {"median": 1.5e-3},
        "step": {"median": 4.5e-3},
        "layers": layers,
    }


def page_with(found: object, folder: Path, network: str = NETWORK, *options: str) -> Any:
    file = folder / "profile.json"
    file.write_text(found if isinstance(found, str) else json.dumps(found), encoding="utf-8")
    return inside("report", network, "--profile", str(file), *options)


def test_times_stand_beside_what_is_computed(tmp_path: Path) -> None:
    page = parsed(page_with(document(), tmp_path).stdout)
    titles = [head.text for head in page.one("table").one("thead").every("th")]
    at = titles.index("measured") - 1
    rows = page.one("table").one("tbody").every("tr")
    cells = [row.every("td")[at] for row in rows]
    assert [float(cell.attributes["data-n"]) for cell in cells] == [n * 1e-6 for n in range(12)]
    assert [cell.text for cell in cells] == [seconds(n * 1e-6) for n in range(12)]
    total = page.one("table").one("tfoot").every("td")[at]
    assert total.text == seconds(sum(range(12)) * 1e-6)
    boxes = page.one("svg", class_="graph").every("a", class_="box")
    assert [seconds(n * 1e-6) in box.text for n, box in enumerate(boxes)] == [True] * 12
    assert "forward, measured1.5 ms" in page.one("dl", class_="totals").text
    assert "Measured on <b>a device</b>." in page.one(id="totals").text


def test_groups_have_the_time_of_their_layers(tmp_path: Path) -> None:
    spec = tmp_path / "net.yaml"
    spec.write_text("input: 3x8x8\nlayers: [{name: two, layers: [relu, tanh]}, sigmoid]\n")
    layers = [
        {"path": path, "output": "3x8x8", "forward": time}
        for path, time in (("two.relu", 1e-3), ("two.tanh", 2e-3), ("sigmoid", 4e-3))
    ]
    page = parsed(page_with({**document(), "layers": layers}, tmp_path, str(spec)).stdout)
    rows = page.one("table").one("tbody").every("tr")
    assert [row.every("td")[4].text for row in rows] == ["3 ms", "1 ms", "2 ms", "4 ms"]


def test_of_a_compiled_network_there_are_totals_alone(tmp_path: Path) -> None:
    page = parsed(page_with({**document(), "layers": []}, tmp_path).stdout)
    assert "forward, measured1.5 ms" in page.one("dl", class_="totals").text
    rows = page.one("table").one("tbody").every("tr")
    assert {row.every("td")[4].text for row in rows} == {""}


FIRST = document()["layers"][0]
WRONG: dict[str, tuple[object, str]] = {
    "no JSON": ("{", "it is no JSON"),
    "deep": ("[" * 100_000, "it is no JSON"),
    "a list": ([], "it is no mapping"),
    "nothing in it": ({}, "`setting` is no mapping"),
    "another batch": (document(8), "a batch of 8, this page has 1"),
    "no layers": ({**document(), "layers": None}, "`layers` is no list"),
    "a layer that is none": ({**document(), "layers": [1]}, "a layer is no mapping"),
    "too few": ({**document(), "layers": [FIRST]}, "it has no layer `tanh`"),
    "another": (
        {**document(), "layers": [{**FIRST, "path": "other"}]},
        "it has a layer `other`, this network has none",
    ),
    "another shape": (
        {**document(), "layers": [{**FIRST, "output": "7x7"}]},
        "its `C1` makes 7x7, this network's 6x28x28",
    ),
    "no time": ({**document(), "forward": None}, "a time is no mapping"),
    "a text for a time": ({**document(), "forward": {"median": "1"}}, "no number of seconds"),
    "no number": ('{"setting": {"batch": 1}, "layers": [], "forward": {"median": NaN}}', "seconds"),
    "huge": (
        {**document(), "forward": {"median": 10**400}},
        "no number of seconds that anything takes",
    ),
    "negative": ({**document(), "forward": {"median": -1}}, "seconds that anything takes"),
}


@pytest.mark.parametrize(("found", "said"), WRONG.values(), ids=WRONG)
def test_what_is_no_profile_of_it_is_refused(found: object, said: str, tmp_path: Path) -> None:
    run = page_with(found, tmp_path)
    assert run.returncode == 2
    assert run.stdout == ""
    assert "Traceback" not in run.stderr
    assert said in run.stderr
    assert "cnncalc profile" in run.stderr


def test_a_file_that_is_not_there() -> None:
    run = inside("report", NETWORK, "--profile", "no/such.json")
    assert run.returncode == 2
    assert "cannot read `no/such.json`: no such file or directory" in run.stderr


@pytest.mark.torch
@pytest.mark.thorough
def test_what_profile_writes_is_taken(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert profile([NETWORK], [], device="cpu", rounds=1, form="json", training=False) == 0
    written = capsys.readouterr().out
    page = parsed(page_with(written, tmp_path).stdout)
    took = json.loads(written)
    texts = page.one("dl", class_="totals").text
    assert f"forward, measured{seconds(took['forward']['median'])}" in texts
    rows = page.one("table").one("tbody").every("tr")
    for row, layer in zip(rows, took["layers"], strict=True):
        assert row.every("td")[4].text == seconds(layer["forward"])
