"""Mistakes that people make who know the field, and what leads out of them."""

from __future__ import annotations

import pytest

from cnncalc.analysis import analyze
from cnncalc.analysis.named_numbers import NamedNumbers
from cnncalc.report.table.footnotes import footnotes
from tests.language.reading import fault, graph, spec

BLOCK = """
input: {input}
blocks:
  unit:
    args: {args}
    layers:
      - {layers}
layers:
  - unit{call}
"""


def block(*layers: str, head: str = "64x8x8", args: str = "{}", call: str = "") -> str:
    lines = "\n      - ".join(layers)
    return BLOCK.format(input=head, args=args, layers=lines, call=call)


HALVED = "conv: {filters: 32, kernel: 1}"

HINTS = {
    "a linear layer on a map": (
        spec("linear: 4"),
        "add `flatten` or `global_avg_pool` before it; `per: position` reads each position by "
        "itself",
    ),
    "what arrives at a layer inside a block": (
        block(
            HALVED,
            "add: {residual: [{conv: {filters: in_channels, kernel: 1}}], shortcut: input}",
        ),
        "`in_channels` is 32 here, `channels(input)` is 64",
    ),
    "with a norm behind it": (
        block(
            HALVED,
            "add: {shortcut: input, residual: "
            "[{conv: {filters: 1 * in_channels, kernel: 1}}, batch_norm, relu]}",
        ),
        "`in_channels` is 32 here, `channels(input)` is 64",
    ),
    "a number of its own": (
        block(
            HALVED,
            "add: {residual: [{conv: {filters: 16, kernel: 1}}], shortcut: input}",
        ),
        "a 1x1 `conv` gives a branch the 16 channels of the first",
    ),
    "a vector and a map, nothing pooled": (
        spec("add: {map: [identity], vector: [flatten, {linear: 3}]}"),
        "`flatten` the map: no vector becomes one",
    ),
    "a vector and a map, pooled": (
        spec("multiply: {gate: [global_avg_pool, sigmoid], map: [identity]}"),
        "`flatten` the map, or `keep: true` at `gate.global_avg_pool`",
    ),
    "a vector and a map, pooled before a linear layer": (
        spec("multiply: {gate: [global_avg_pool, {linear: 3}], map: [identity]}"),
        "`flatten` the map, or `keep: true` at `gate.global_avg_pool`, with a 1x1 `conv` for each "
        "`linear`",
    ),
    "what stands further down": (
        spec("{relu: , from: later}", "{relu: , name: later}"),
        "`later` stands further down: what is read comes first",
    ),
    "what stands in a sibling branch": (
        spec("add: {one: [{relu: , name: stem}], other: [{tanh: , from: stem}]}"),
        "`stem` stands inside `one`: what both read is named before the branches part",
    ),
    "a sibling branch": (
        spec("add: {one: [relu], other: [{tanh: , from: one}]}"),
        "`one` stands beside this, as a branch of its own: what both read is named before the "
        "branches part",
    ),
    "what stands in a group above": (
        spec("layers: [{relu: , name: stem}]", "{tanh: , from: stem}"),
        "`stem` stands inside `layers`: what both read is named before the branches part",
    ),
    "what has no name": (
        spec("{conv: {filters: 4, kernel: 1}}", "{tanh: , from: conv}"),
        "an earlier `conv` has no name of its own: add `name: ...` to it; `[conv]` is a branch of "
        "that layer",
    ),
    "an argument, where weights are shared": (
        block("relu", "share: width", args="{width: 8}"),
        "`width` is an argument; a layer is known by its `name`",
    ),
    "a word handed over that is a later layer of the block": (
        block(
            "{tanh: , from: skip}",
            "{relu: , name: stem}",
            args="{skip: }",
            call=": stem",
        ),
        "it is handed over as `skip`: a layer is known by its `name`, to its own list",
    ),
    "a recipe with data": (
        spec("flatten", "linear: 10") + "train: {data: data/cifar10}\n",
        "`cnncalc train SPEC --data PATH` says which: a recipe goes with any data",
    ),
    "a recipe with classes": (
        spec("flatten", "linear: 10") + "train: {class_path: torch.optim.Adam}\n",
        "a recipe names its optimizer and schedule by `kind`: `optimizer: {kind: adamw}`",
    ),
}


@pytest.mark.parametrize(("text", "hint"), HINTS.values(), ids=HINTS)
def test_hints(text: str, hint: str) -> None:
    assert fault(text).hint == hint


FIXED = {
    "linear at each step": spec("conv: {filters: 4, kernel: 1}", head="input: 16x32"),
    "channels of what entered": block(
        HALVED,
        "add: {residual: [{conv: {filters: channels(input), kernel: 1}}], shortcut: input}",
    ),
    "a pool that keeps its axes": spec(
        "multiply: {gate: [{global_avg_pool: {keep: true}}, {conv: {filters: 3, kernel: 1}}], "
        "map: [identity]}"
    ),
}


@pytest.mark.parametrize("text", FIXED.values(), ids=FIXED)
def test_what_the_hints_say_is_sound(text: str) -> None:
    assert graph(text)


def notes(text: str) -> list[str]:
    numbers = NamedNumbers(analyze(graph(text)))
    return [note for note in footnotes(numbers, (), None) if note.startswith("never read")]


def test_the_table_tells_what_nothing_reads() -> None:
    """`previous` is what entered the last item."""
    stem = "{name: skip, conv: {filters: 4, kernel: 1}}"
    told = notes(spec(stem, "conv: {filters: 8, kernel: 1}", "concat: [previous, skip]"))
    assert told == ["never read: `conv` leads nowhere: `cnncalc check` says more."]
    assert notes(spec(stem, "relu", "concat: [[identity], skip]")) == []
    assert notes(spec(stem, "relu") + "outputs: {map: skip}\n") == []
