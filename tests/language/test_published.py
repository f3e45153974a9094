"""The `published` section: errors that were printed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cnncalc import load, loads
from cnncalc.diagnostics import Diagnostics, Source
from cnncalc.language.load import read_source
from cnncalc.network.published import Published
from cnncalc.zoo import networks
from tests.inside import inside

SPEC = "input: 3x8x8\nlayers: [relu]\npublished: "


def test_read() -> None:
    graph = loads(SPEC + "{top1: 23.85, top5: 7, protocol: ten crops, source: a paper}")
    assert graph.published == Published(23.85, 7.0, "ten crops", "a paper")
    assert loads(SPEC + "{top5: 10.07}").published == Published(None, 10.07)
    assert loads("input: 3x8x8\nlayers: [relu]").published is None


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("23.85", "CNN601", "`published` wants errors and a source"),
        ("{source: a paper}", "CNN601", "has no error"),
        ("{top1: 76.13%}", "CNN601", "wants an error in percent, got `76.13%`"),
        ("{top1: 101}", "CNN601", "wants an error in percent, got `101`"),
        ("{top1: -1}", "CNN601", "wants an error in percent"),
        ("{top1: [1]}", "CNN601", "got a list"),
        ("{top1: 1e1}", "CNN601", "wants an error in percent"),
        ("{top1: 20, source: [a]}", "CNN601", "`source` wants a text"),
        ("{top1: 0.7615, top5: 0.9287}", "CNN601", "these are accuracies, not errors"),
        ("{top1: 76.15, top5: 92.87}", "CNN601", "`top5: 92.87` is more than `top1: 76.15`"),
        ("{top1: 20, top6: 3}", "CNN110", "has no key `top6`"),
    ],
)
def test_what_is_no_error(text: str, code: str, says: str) -> None:
    diagnostics = Diagnostics()
    read_source(Source("spec.yaml", SPEC + text + "\n"), Path("spec.yaml"), diagnostics)
    (told,) = diagnostics
    assert told.code == code
    assert says in told.message


@pytest.mark.parametrize("text", ["{top1: 0.7615, top5: 0.9287}", "{top1: 76.15, top5: 92.87}"])
def test_accuracies_are_told_as_errors(text: str) -> None:
    diagnostics = Diagnostics()
    read_source(Source("spec.yaml", SPEC + text + "\n"), Path("spec.yaml"), diagnostics)
    assert [told.hint for told in diagnostics] == [
        "`top1: 23.85, top5: 7.13`: 100 less the accuracy"
    ]


def test_it_speaks_of_one_network_and_is_not_inherited() -> None:
    assert load("resnet18").published
    assert loads("extends: resnet18\nname: mine\n").published is None


@pytest.mark.parametrize("name", networks())
def test_what_the_zoo_says_of_errors(name: str) -> None:
    """Of all that have one, the first guess is wrong more often than all five, and there is a
    source."""
    printed = load(name).published
    if printed:
        assert printed.source
        assert printed.top1 is None or printed.top5 is None or printed.top1 > printed.top5


def test_where_they_are_shown() -> None:
    entries = json.loads(inside("zoo", "--format", "json", "--filter", "resnet50").stdout)
    (resnet,) = (entry for entry in entries if entry["name"] == "resnet50")
    assert (resnet["top1"], resnet["top5"]) == (23.85, 7.13)
    assert "top-1   top-5" in inside("zoo", "--filter", "resnet50").stdout
    compared = inside("compare", "resnet18", "resnet50", "--no-layers").stdout
    assert ["top-1", "error", "30.24", "23.85"] in [line.split() for line in compared.splitlines()]
    assert "top-1" not in inside("compare", "lenet5", "mlp", "--no-layers").stdout
    explained = inside("explain", "resnet50").stdout
    assert "published: top-1 error 23.85 %, top-5 error 7.13 %" in explained
    document = json.loads(inside("analyze", "resnet50", "--format", "json").stdout)
    assert document["published"]["top1"] == 23.85
