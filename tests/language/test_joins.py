"""Joins: what a branch may be, which are left, and where their layers stand."""

from __future__ import annotations

import pytest

from tests.language.reading import fault, graph, shapes, sources, spec

PATHS: dict[str, tuple[str, dict[str, list[str]]]] = {
    "named branches": (
        spec("concat: {left: [relu], right: [tanh]}"),
        {"left.relu": ["input"], "right.tanh": ["input"], "concat": ["left.relu", "right.tanh"]},
    ),
    "a list of branches": (
        spec("concat: [[relu], [tanh]]"),
        {
            "branch0.relu": ["input"],
            "branch1.tanh": ["input"],
            "concat": ["branch0.relu", "branch1.tanh"],
        },
    ),
    "branches of two joins": (
        spec("concat: {a: [relu], b: [tanh]}", "concat: {a: [relu], b: [tanh]}"),
        {
            "a.relu": ["input"],
            "b.tanh": ["input"],
            "concat": ["a.relu", "b.tanh"],
            "a_2.relu": ["concat"],
            "b_2.tanh": ["concat"],
            "concat_2": ["a_2.relu", "b_2.tanh"],
        },
    ),
    "a join with a name is a group": (
        spec("{concat: {a: [relu], b: [tanh]}, name: j}"),
        {"j.a.relu": ["input"], "j.b.tanh": ["input"], "j.concat": ["j.a.relu", "j.b.tanh"]},
    ),
    "an empty branch is the input itself": (
        spec("relu", "add: {a: [tanh], b: []}"),
        {"relu": ["input"], "a.tanh": ["relu"], "add": ["a.tanh", "relu"]},
    ),
    "the name of a layer": (
        spec("{relu: , name: r}", "tanh", "add: {a: [sigmoid], b: r}"),
        {"r": ["input"], "tanh": ["r"], "a.sigmoid": ["tanh"], "add": ["a.sigmoid", "r"]},
    ),
    "input and previous": (
        spec("relu", "tanh", "add: [input, previous]"),
        {"relu": ["input"], "tanh": ["relu"], "add": ["input", "relu"]},
    ),
    "a branch that reads elsewhere": (
        spec("{relu: , name: r}", "tanh", "add: {a: [{silu: , from: r}], b: [gelu]}"),
        {
            "r": ["input"],
            "tanh": ["r"],
            "a.silu": ["r"],
            "b.gelu": ["tanh"],
            "add": ["a.silu", "b.gelu"],
        },
    ),
    "keys and values of other layers": (
        spec(
            "{conv: {filters: 4, kernel: 1}, name: c}",
            "attention: {heads: 2, keys: c}",
            "{attention: {heads: 2, queries: [relu], values: c}, name: a}",
            "{attention: {heads: 2, keys: input}, name: b}",
            "attention: {heads: 2, keys: {when: false, from: c, tanh: }}",
            head="input: 8x9",
        ),
        {
            "c": ["input"],
            "attention": ["c", "c"],
            "a.queries.relu": ["attention"],
            "a.attention": ["a.queries.relu", "attention", "c"],
            "b": ["a.attention", "input"],
            "attention_2": ["b"],
        },
    ),
    "what is added to scores comes fourth": (
        spec(
            "attention: {heads: 2, bias_from: input}",
            "{attention: {heads: 2, keys: [tanh], bias_from: [{from: input, relu: }]}, name: a}",
            "attention: {heads: 2, values: [silu], bias_from: {when: false, from: input, relu: }}",
            head="input: 8x8",
        ),
        {
            "attention": ["input", "input", "input", "input"],
            "a.keys.tanh": ["attention"],
            "a.bias_from.relu": ["input"],
            "a.attention": ["attention", "a.keys.tanh", "a.keys.tanh", "a.bias_from.relu"],
            "values.silu": ["a.attention"],
            "attention_2": ["a.attention", "a.attention", "values.silu"],
        },
    ),
    "one item without a list": (
        spec("add: {a: {relu: }, b: {layers: [tanh, silu]}}"),
        {
            "a.relu": ["input"],
            "b.tanh": ["input"],
            "b.silu": ["b.tanh"],
            "add": ["a.relu", "b.silu"],
        },
    ),
    "a branch left out": (
        spec("add: {a: [relu], b: {when: false, layers: [tanh]}, c: [silu]}"),
        {"a.relu": ["input"], "c.silu": ["input"], "add": ["a.relu", "c.silu"]},
    ),
    "a branch with a condition that holds": (
        spec("add: {a: [relu], b: {when: in_channels == 3, layers: [tanh]}}"),
        {"a.relu": ["input"], "b.tanh": ["input"], "add": ["a.relu", "b.tanh"]},
    ),
    "one branch left is that branch": (
        spec("add: {a: [relu], b: {when: false, layers: [tanh]}}", "silu"),
        {"a.relu": ["input"], "silu": ["a.relu"]},
    ),
    "the one branch left is empty": (
        spec("add: {a: [], b: {when: false, layers: [tanh]}}", "silu"),
        {"silu": ["input"]},
    ),
    "layers of a branch left out": (
        spec("add: {a: [relu], b: [{tanh: , when: false}]}"),
        {"a.relu": ["input"], "add": ["a.relu", "input"]},
    ),
    "joins in joins": (
        spec("add: {a: [{add: {c: [relu], d: [tanh]}}], b: [silu]}"),
        {
            "a.c.relu": ["input"],
            "a.d.tanh": ["input"],
            "a.add": ["a.c.relu", "a.d.tanh"],
            "b.silu": ["input"],
            "add": ["a.add", "b.silu"],
        },
    ),
    "several inputs": (
        spec("subtract: [l, r]", "relu", head="input: {l: 3x8x8, r: 3x8x8}"),
        {"subtract": ["l", "r"], "relu": ["subtract"]},
    ),
    "repeated": (
        spec("{add: [[relu], [identity]], repeat: 2}"),
        {
            "add.0.branch0.relu": ["input"],
            "add.0.branch1.identity": ["input"],
            "add.0.add": ["add.0.branch0.relu", "add.0.branch1.identity"],
            "add.1.branch0.relu": ["add.0.add"],
            "add.1.branch1.identity": ["add.0.add"],
            "add.1.add": ["add.1.branch0.relu", "add.1.branch1.identity"],
        },
    ),
    "read later by its name": (
        spec("{add: [[relu], [tanh]], name: j}", "silu", "{gelu: , from: j}"),
        {
            "j.branch0.relu": ["input"],
            "j.branch1.tanh": ["input"],
            "j.add": ["j.branch0.relu", "j.branch1.tanh"],
            "silu": ["j.add"],
            "gelu": ["j.add"],
        },
    ),
}


@pytest.mark.parametrize(("text", "expected"), PATHS.values(), ids=PATHS)
def test_branches(text: str, expected: dict[str, list[str]]) -> None:
    assert sources(text) == expected


SHAPES = {
    "concat": ("concat: [[{conv: {filters: 4, kernel: 1}}], [identity]]", f"{4 + 3}x8x8"),
    "add": ("add: [[relu], [identity]]", "3x8x8"),
    "multiply by a gate": ("multiply: [[identity], [{global_avg_pool: {keep: true}}]]", "3x8x8"),
    "maximum": ("maximum: [[relu], [tanh], [silu]]", "3x8x8"),
    "average": ("average: [[{max_pool: 2}], [{avg_pool: 2}]]", "3x4x4"),
}


@pytest.mark.parametrize(("layer", "expected"), SHAPES.values(), ids=SHAPES)
def test_shape(layer: str, expected: str) -> None:
    assert list(shapes(spec(layer, head="input: 3x8x8")).values())[-1] == expected


WRONG = {
    "no branches": ("add", "CNN303", "`add` joins branches, got nothing"),
    "a word": ("add: relu", "CNN303", "`add` joins branches, got `relu`"),
    "an empty list": ("add: []", "CNN303", "`add` joins branches, got a list"),
    "an empty branch": ("add: {a: , b: [relu]}", "CNN303", "the branch `a` is empty"),
    "none left": (
        "add: {a: {when: false, layers: [relu]}}",
        "CNN303",
        "`add` has no branch left",
    ),
    "an unknown layer": (
        "add: {a: [relu], b: stem}",
        "CNN301",
        "there is no earlier layer named `stem`",
    ),
    "a wrong condition": ("add: {a: [relu], b: {when: 3, layers: [relu]}}", "CNN204", ""),
    "an unknown layer of a field": (
        "attention: {heads: 2, keys: stem}",
        "CNN301",
        "there is no earlier layer named `stem`",
    ),
    "a branch for a field": ("attention: {heads: [relu]}", "CNN204", ""),
    "an unknown field beside branches": ("attention: {heads: 3, kyes: input}", "CNN202", ""),
    "an unknown kind": ("add: {a: [relu], b: [rellu]}", "CNN201", ""),
    "other sizes": ("concat: {a: [{max_pool: 2}], b: [identity]}", "CNN403", ""),
    "a list in a list": ("add: {a: [relu], b: [[tanh]]}", "CNN208", "a list is no layer"),
}


@pytest.mark.parametrize(("layer", "code", "message"), WRONG.values(), ids=WRONG)
def test_wrong(layer: str, code: str, message: str) -> None:
    """One fault, though layers follow that depend on it."""
    found = fault(spec(layer, "conv: {filters: in_channels, kernel: 3}", "relu"))
    assert found.code == code
    assert not message or found.message == message


def test_a_branch_of_several_inputs_says_which() -> None:
    text = spec("concat: {a: [relu], b: r}", head="input: {l: 3, r: 3}")
    assert fault(text).code == "CNN307"


def test_branches_are_groups() -> None:
    found = graph(spec("{add: {a: [relu, tanh], b: []}, name: j}")).groups
    assert {path: (group.first, group.last) for path, group in found.items()} == {
        "j.a": (0, 2),
        "j": (0, 3),
    }
