"""The depth of networks, as their names and papers have it."""

from __future__ import annotations

import json

import pytest

from cnncalc import analyze, load, loads
from tests.inside import inside

NAMED = {
    "vgg11": 11,
    "vgg13": 13,
    "vgg16": 16,
    "vgg19": 19,
    "googlenet": 22,
    "resnet18": 18,
    "resnet34": 34,
    "resnet50": 50,
    "resnet101": 101,
    "resnet152": 152,
    "resnet200": 200,
    "resnet20": 20,
    "resnet56": 56,
    "resnet110": 110,
    "resnet1202": 1202,
    "densenet121": 121,
    "densenet161": 161,
    "densenet169": 169,
    "densenet201": 201,
    "alexnet": 8,
    "lenet5": 5,
    "wrn28_10": 28 - 2,  # its name counts the three convolutions of shortcuts but one
    "wrn16_8": 16 - 2,
}


@pytest.mark.parametrize("name", NAMED)
def test_named_by_their_depth(name: str) -> None:
    assert analyze(load(name)).totals.weight_layers == NAMED[name]


CONV = "{conv: {filters: 3, kernel: 1}}"
FOUR = "{conv: {filters: 3, kernel: 1}, repeat: 4}"


@pytest.mark.parametrize(
    ("layers", "depth"),
    [
        ("relu, {max_pool: 2}", 0),
        (f"{CONV}, relu, {CONV}", 2),
        ("flatten, {linear: 3}, {linear: 3}, {linear: 3}", 3),
        (f"add: {{a: [{CONV}], b: [identity]}}", 1),
        (f"{{add: {{a: [{FOUR}], b: [{CONV}]}}}}, {CONV}", 4 + 1),
        ("to_sequence, {attention: 1}, {attention: 3}", 2 * 2),
        ("to_sequence, {lstm: {units: 4, layers: 3}}", 3),
        ("{name: a, conv: {filters: 3, kernel: 1}}, {share: a}", 2),
    ],
)
def test_the_longest_path(layers: str, depth: int) -> None:
    graph = loads(f"input: 3x8x8\nlayers: [{layers}]")
    assert analyze(graph).totals.weight_layers == depth


def test_where_it_is_said() -> None:
    shown = inside("analyze", "resnet50").stdout
    assert "weight layers 50: conv and linear layers on the longest path" in shown
    document = json.loads(inside("analyze", "resnet50", "--format", "json").stdout)
    assert document["totals"]["weight_layers"] == 50
    compared = inside("compare", "resnet50", "resnet101", "--no-layers").stdout
    assert any(
        line.split()[:4] == ["weight", "layers", "50", "101"] for line in compared.split("\n")
    )


def test_it_can_be_expected() -> None:
    spec = "input: 3\nlayers: [{linear: 2}, {linear: 2}]\nexpect: {weight_layers: 3}\n"
    found = inside("check", "-", stdin=spec)
    assert found.returncode == 1
    assert "`weight_layers` is 2, expected 3" in found.stdout
