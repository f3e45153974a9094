"""What is different between two networks: edits apart from what follows from them."""

from __future__ import annotations

import time
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from cnncalc import analyze, load
from cnncalc.analysis.difference import Change, Contrast, Difference, difference
from cnncalc.analysis.told_apart import paired, told_apart
from cnncalc.diagnostics import Diagnostics, Source
from cnncalc.language.load import read_source
from cnncalc.zoo import networks
from tests.sampled import of_the_zoo, sampled

BASE = """
input: 3x32x32
layers:
  - conv: {filters: 16, kernel: 3, padding: half}
  - relu
  - conv: {filters: 32, kernel: 3, padding: half}
  - relu
  - {name: body, layers: [{conv: {filters: 32, kernel: 3}}, batch_norm, relu]}
  - {name: wide, conv: {filters: 64, kernel: 1}}
  - global_avg_pool
  - linear: 10
"""


def compared(before: str, after: str) -> Difference:
    summaries = []
    for text in (before, after):
        diagnostics = Diagnostics()
        graph = read_source(Source("spec.yaml", text), Path("spec.yaml"), diagnostics)
        assert graph is not None, list(diagnostics)
        summaries.append(analyze(graph))
    return checked(difference(*summaries))


def checked(found: Difference) -> Difference:
    """Nothing is lost: layers, params, MACs and FLOPs of both networks add up."""
    follows = found.consequence
    counts = [change.counts for change in found.changes] + [follows.counts]
    for name in ("params", "macs", "flops"):
        more = sum(getattr(after, name) - getattr(before, name) for before, after in counts)
        assert more == total(found.after, name) - total(found.before, name)
    kept = found.layers("edited") + follows.layers + found.same
    assert kept + found.layers("removed") == found.before.totals.layers
    assert kept + found.layers("added") == found.after.totals.layers
    told = told_apart(found)
    for states, other in ((told.before, "removed"), (told.after, "added")):
        counts = Counter(states.values())
        assert counts["follows"] == follows.layers
        assert counts["edited"] == found.layers("edited")
        assert counts.total() == follows.layers + found.layers("edited") + found.layers(other)
        assert counts.keys() <= {"follows", "edited", other}
    lines = paired(found)
    assert Counter(line.before for line in lines if line.before) == Counter(found.before.rows)
    assert [line.after for line in lines if line.after] == [*found.after.rows]
    assert all(line.before and line.after for line in lines if line.became in (None, "edited"))
    return found


def total(summary: Any, name: str) -> int:
    totals = summary.totals
    return int(totals.params.total if name == "params" else getattr(totals.ops, name))


def told(change: Change) -> tuple[str, str, dict[str, tuple[object, object]]]:
    """Its sort, the first path, and the fields that differ."""
    path = (change.after or change.before)[0]
    return change.sort, path, {f.name: (f.before, f.after) for f in change.fields}


CONV1 = "- conv: {filters: 16, kernel: 3, padding: half}\n"
CONV2 = "- conv: {filters: 32, kernel: 3, padding: half}\n"

CASES = {
    "nothing": (BASE, BASE, []),
    "a field": (
        CONV2, CONV2.replace("kernel: 3", "kernel: 5"),
        [("edited", "conv_2", {"kernel": (3, 5)})],
    ),
    "two fields": (
        CONV2, "- conv: {filters: 48, kernel: 5, padding: half}\n",
        [("edited", "conv_2", {"filters": (32, 48), "kernel": (3, 5)})],
    ),
    "a layer in the middle, the others keep their names": (
        CONV2, "- dropout: 0.5\n  " + CONV2, [("added", "dropout", {"rate": (None, 0.5)})],
    ),
    "a layer of the kind of those behind it, whose automatic names move": (
        CONV2, "- conv: {filters: 8, kernel: 1}\n  - relu\n  " + CONV2,
        [("added", "conv_2", {"filters": (None, 8), "kernel": (None, 1)}), ("added", "relu_2", {})],
    ),
    "one in front of all": (
        CONV1, "- conv: {filters: 3, kernel: 1}\n  " + CONV1,
        [("added", "conv", {"filters": (None, 3), "kernel": (None, 1)})],
    ),
    "a removed layer": ("batch_norm, ", "", [("removed", "body.batch_norm", {})]),
    "a removed one whose name another takes": (
        CONV1 + "  - relu\n  ", "",
        [
            (
                "removed", "conv",
                {"filters": (16, None), "kernel": (3, None), "padding": ("half", None)},
            ),
            ("removed", "relu", {}),
        ],
    ),
    "another kind": (
        "batch_norm, relu", "batch_norm, gelu",
        [("edited", "body.gelu", {"kind": ("relu", "gelu")})],
    ),
    "a renamed layer": (
        "name: wide", "name: broad", [("edited", "broad", {"name": ("wide", "broad")})],
    ),
    "a renamed and edited one": (
        "name: wide, conv: {filters: 64", "name: broad, conv: {filters: 96",
        [("edited", "broad", {"name": ("wide", "broad"), "filters": (64, 96)})],
    ),
    "a named one": (
        "- linear: 10", "- {name: head, linear: 10}",
        [("edited", "head", {"name": ("linear", "head")})],
    ),
    "a renamed group": (
        "name: body", "name: trunk", [("part", "trunk", {"name": ("body", "trunk")})],
    ),
    "frozen": (
        "{name: wide,", "{name: wide, freeze: true,",
        [("edited", "wide", {"freeze": (False, True)})],
    ),
    "a layer becomes a named group": (
        "- {name: wide, conv: {filters: 64, kernel: 1}}",
        "- {name: wide, layers: [{conv: {filters: 64, kernel: 1}}, batch_norm]}",
        [("edited", "wide.conv", {"name": ("wide", "conv")}), ("added", "wide.batch_norm", {})],
    ),
    "a reading from elsewhere": (
        "- {name: wide,", "- {name: wide, from: input,",
        [("edited", "wide", {"reads": (("body.relu",), ("input",))})],
    ),
    "a group is opened": (
        "- {name: body, layers: [{conv: {filters: 32, kernel: 3}}, batch_norm, relu]}",
        "- conv: {filters: 32, kernel: 3}\n  - batch_norm\n  - relu", [],
    ),
    "another input": ("3x32x32", "3x64x64", []),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "expected"), CASES.values(), ids=CASES)
def test_changes(old: str, new: str, expected: list[object]) -> None:
    assert BASE.count(old) == 1
    found = compared(BASE, BASE.replace(old, new))
    assert [told(change) for change in found.changes] == expected


TURNED = {"added": "removed", "removed": "added"}


@pytest.mark.parametrize(("old", "new", "expected"), CASES.values(), ids=CASES)
def test_the_other_way_round(old: str, new: str, expected: list[tuple[str, str, object]]) -> None:
    """As many changes, each the other way."""
    found = compared(BASE.replace(old, new), BASE)
    sorts = sorted(TURNED.get(sort, sort) for sort, _, _ in expected)
    assert sorted(change.sort for change in found.changes) == sorts


def test_what_follows_is_told_apart() -> None:
    """Another kernel: all behind it see another field; the map shrinks up to the pooling."""
    found = compared(BASE, BASE.replace("{filters: 16, kernel: 3", "{filters: 16, kernel: 5"))
    assert found.changes[0].before == ("conv",)
    # relu to the pooling: 8 layers see more; the linear layer has no field, and keeps its numbers
    follows = found.consequence
    assert (follows.layers, follows.reshaped, follows.refocused) == (7, 0, 7)
    assert found.same == 2


def test_what_follows_is_added_up() -> None:
    """Twice the filters: twice the input channels of the layer that reads them."""
    found = compared(BASE, BASE.replace("{filters: 64", "{filters: 128"))
    assert [told(change)[1] for change in found.changes] == ["wide"]
    follows = found.consequence
    assert (follows.layers, follows.reshaped) == (2, 2)  # pooling and linear
    assert follows.counts[1].params - follows.counts[0].params == 64 * 10


BLOCK = """
input: 3x32x32
blocks:
  conv_bn:
    args: {filters: , kernel: 3}
    layers: [{conv: {filters: filters, kernel: kernel, padding: half, bias: false}}, batch_norm]
  unit:
    args: {filters: }
    layers:
      - add:
          body:
            - conv_bn: filters
            - relu
            - conv_bn: filters
          shortcut: [{conv_bn: {filters: filters, kernel: 1}}]
      - relu
layers:
  - {name: stage1, unit: 8, repeat: 8}
  - {name: stage2, unit: 16, repeat: 8}
"""


def test_a_block_edited_once_is_one_change() -> None:
    """In a block of two stages of eight, one of three calls of another block."""
    second = "            - relu\n            - conv_bn: filters\n"
    new = second.replace("conv_bn: filters", "conv_bn: {filters: filters, kernel: 5}")
    found = compared(BLOCK, BLOCK.replace(second, new))
    assert [told(change) for change in found.changes] == [
        ("edited", "stage1.0.body.conv_bn_2.conv", {"kernel": (3, 5)})
    ]
    assert found.changes[0].places == found.layers("edited") == 16
    added = 8 * 8 * 8 * (25 - 9) + 8 * 16 * 16 * (25 - 9)
    assert found.changes[0].counts[1].params - found.changes[0].counts[0].params == added


def test_an_inner_block_edited_once_is_one_change() -> None:
    found = compared(BLOCK, BLOCK.replace("bias: false", "bias: true"))
    assert [told(change)[2] for change in found.changes] == [{"bias": (False, True)}]
    assert found.changes[0].places == 3 * 16


def test_edits_that_take_turns_are_two_changes() -> None:
    """Written in one place with two values: the calls tell them apart."""
    swapped = BLOCK.replace("kernel: 1}}]", "kernel: 3}}]")
    swapped = swapped.replace(
        "            - conv_bn: filters\n            - relu",
        "            - conv_bn: {filters: filters, kernel: 1}\n            - relu",
    )
    found = compared(BLOCK, swapped)
    assert [(told(change)[2], change.places) for change in found.changes] == [
        ({"kernel": (3, 1)}, 16),
        ({"kernel": (1, 3)}, 16),
    ]


def test_an_argument_that_all_layers_share() -> None:
    """Other filters in one stage: each place once, with the values of its calls."""
    found = compared(BLOCK, BLOCK.replace("unit: 16", "unit: 24"))
    assert {path.split(".")[0] for change in found.changes for path in change.after} == {"stage2"}
    assert [told(change)[2] for change in found.changes] == [{"filters": (16, 24)}]
    assert found.changes[0].places == 3 * 8


def test_a_repeat_count() -> None:
    found = compared(BLOCK, BLOCK.replace("unit: 16, repeat: 8", "unit: 16, repeat: 11"))
    part, added = found.changes
    assert told(part) == ("part", "stage2", {"repeat": (8, 11)})
    assert (added.sort, added.kind) == ("added", "unit")
    assert added.after == ("stage2.8", "stage2.9", "stage2.10")
    # three conv and batch_norm each, relu, add, relu
    assert found.layers("added") == 3 * (3 * 2 + 3)
    assert found.consequence.layers == 0


def test_two_joins_of_which_one_is_new() -> None:
    """Branches are numbered, `body_2`: those of the new join do not pass for the old ones."""
    join = "  - add: {body: [{conv: {filters: 3, kernel: %d, padding: half}}], rest: [identity]}\n"
    before = "input: 3x8x8\nlayers:\n" + join % 5
    found = compared(before, "input: 3x8x8\nlayers:\n" + join % 3 + join % 5)
    assert {change.sort for change in found.changes} == {"added"}
    assert found.layers("added") == 3  # a convolution, an identity, the sum
    assert found.consequence.refocused == 3  # all that stand behind it


def test_shared_weights() -> None:
    spec = "input: 3x8x8\nlayers:\n  - {name: a, conv: {filters: 3, kernel: 1}}\n  - %s\n"
    found = compared(spec % "conv: {filters: 3, kernel: 1}", spec % "{name: conv_2, share: a}")
    assert found.changes[0].fields[-1] == Contrast("shares", None, "a")


# -- the zoo --------------------------------------------------------------------------------


def test_resnet101_is_resnet50_with_more_of_the_third_stage() -> None:
    found = checked(difference(analyze(load("resnet50")), analyze(load("resnet101"))))
    part, added = found.changes
    assert told(part) == ("part", "stage3", {"repeat": (6, 23)})
    assert added.places == 23 - 6
    assert found.layers("added") == (23 - 6) * 10
    assert found.kept > 0.5


def test_version_1_of_resnet50_strides_elsewhere() -> None:
    found = checked(difference(analyze(load("resnet50")), analyze(load("resnet50_v1"))))
    assert [(told(change)[2], change.places) for change in found.changes] == [
        ({"stride": (1, 2)}, 3),
        ({"stride": (2, 1)}, 3),
    ]


def test_an_argument_from_outside() -> None:
    found = checked(
        difference(analyze(load("resnet50")), analyze(load("resnet50", args={"classes": 10})))
    )
    assert [told(change) for change in found.changes] == [
        ("edited", "linear", {"units": (1000, 10)})
    ]
    before, after = found.changes[0].counts
    assert before.params - after.params == (2048 + 1) * 990
    assert found.consequence.layers == 0


@pytest.mark.parametrize("name", of_the_zoo(networks()))
def test_a_network_is_itself(name: str) -> None:
    found = difference(analyze(load(name)), analyze(load(name)))
    assert (found.changes, found.consequence.layers) == ((), 0)
    assert found.kept == 1


@pytest.mark.parametrize("pair", of_the_zoo(pairwise(networks())))
def test_any_two_networks_add_up(pair: tuple[str, str]) -> None:
    checked(difference(*(analyze(load(name)) for name in pair)))


# -- size -----------------------------------------------------------------------------------

UNIT = "blocks: {unit: {layers: [{conv: {filters: 4, kernel: %d, padding: half}}, relu]}}\n"


@pytest.mark.slow
@pytest.mark.parametrize("units", sampled([2_500, 50_000]))
def test_many_layers_take_seconds(units: int) -> None:
    spec = "input: 4x8x8\n" + UNIT + f"layers: [{{unit: , repeat: {units}}}]\n"
    start = time.process_time()
    found = compared(spec % 1, spec % 3)
    assert found.layers("edited") == units
    assert [change.places for change in found.changes] == [units]
    assert time.process_time() - start < 60 * units / 50_000
