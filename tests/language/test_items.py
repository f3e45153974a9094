"""Items: repeat, first, each and rows, when, from, groups, freeze, share."""

from __future__ import annotations

import pytest

from tests.language.reading import fault, graph, marked, shapes, sources, spec

VECTOR = "input: 3"

PATHS: dict[str, tuple[str, dict[str, str]]] = {
    "a kind twice": (spec("linear: 4", "linear: 5", head=VECTOR), {"linear": "4", "linear_2": "5"}),
    "whole numbers with a point": (
        spec("{linear: 4.0}", "{linear: 1e1}", head=VECTOR),
        {"linear": "4", "linear_2": "10"},
    ),
    "a name": (spec("{linear: 4, name: 1e3}", head=VECTOR), {"1e3": "4"}),
    "a kind named like a later item": (
        spec("linear: 4", "{relu: , name: linear_2}", "linear: 5", head=VECTOR),
        {"linear": "4", "linear_2": "4", "linear_3": "5"},
    ),
    "nothing after the kind": (spec("{relu: }", head=VECTOR), {"relu": "3"}),
    "no fields": (spec("{relu: {}}", head=VECTOR), {"relu": "3"}),
    "repeat": (
        spec("{linear: 4 + i, repeat: 3}", head=VECTOR),
        {"linear.0": "4", "linear.1": "5", "linear.2": "6"},
    ),
    "repeat once": (spec("{linear: 4, repeat: 1}", head=VECTOR), {"linear.0": "4"}),
    "repeat never": (spec("{linear: 4, repeat: 0}", "relu", head=VECTOR), {"relu": "3"}),
    "repeat of an expression": (
        spec("{linear: 4, repeat: in_channels - 1}", head=VECTOR),
        {"linear.0": "4", "linear.1": "4"},
    ),
    "first": (
        spec("{max_pool: {kernel: 1, stride: 1}, repeat: 2, first: {stride: 2}}"),
        {"max_pool.0": "3x16x16", "max_pool.1": "3x16x16"},
    ),
    "first without repeat": (
        spec("{max_pool: {kernel: 1, stride: 1}, first: {stride: 2}}"),
        {"max_pool": "3x16x16"},
    ),
    "last": (
        spec("{max_pool: {kernel: 1, stride: 1}, repeat: 2, last: {stride: 2}}"),
        {"max_pool.0": "3x32x32", "max_pool.1": "3x16x16"},
    ),
    "last without repeat": (
        spec("{max_pool: {kernel: 1, stride: 1}, last: {stride: 2}}"),
        {"max_pool": "3x16x16"},
    ),
    "first and last": (
        spec("{linear: 4, repeat: 3, first: {units: 5}, last: {units: 6}}", head=VECTOR),
        {"linear.0": "5", "linear.1": "4", "linear.2": "6"},
    ),
    "one run, first and last": (
        spec(
            "{linear: 4, repeat: 1, first: {units: 5, bias: false}, last: {units: 6}}", head=VECTOR
        ),
        {"linear.0": "6"},
    ),
    "last of each row": (
        spec(
            "{each: n, rows: [4, 5], linear: n, repeat: 2, last: {units: 10 * n}}",
            head=VECTOR,
        ),
        {"linear.0.0": "4", "linear.0.1": "40", "linear.1.0": "5", "linear.1.1": "50"},
    ),
    "last by its number": (
        spec("{linear: 4, repeat: 3, last: {units: i}}", head=VECTOR),
        {"linear.0": "4", "linear.1": "4", "linear.2": "2"},
    ),
    "when it holds": (spec("{linear: 4, when: in_channels == 3}", head=VECTOR), {"linear": "4"}),
    "when it does not": (
        spec("{linear: 4, when: in_channels > 3}", "relu", head=VECTOR),
        {"relu": "3"},
    ),
    "when it holds for some": (
        spec("{linear: 4 + i, repeat: 4, when: i % 2 == 1}", head=VECTOR),
        {"linear.1": "5", "linear.3": "7"},
    ),
    "group": (
        spec("layers: [{linear: 4}, relu]", "layers: [relu]", head=VECTOR),
        {"layers.linear": "4", "layers.relu": "4", "layers_2.relu": "4"},
    ),
    "named group that repeats": (
        spec("{name: g, layers: [{linear: 4 + i}], repeat: 2}", head=VECTOR),
        {"g.0.linear": "4", "g.1.linear": "5"},
    ),
    "index of the inner repeat": (
        spec("{name: g, layers: [{linear: 4 + i, repeat: 2}], repeat: 2}", head=VECTOR),
        {"g.0.linear.0": "4", "g.0.linear.1": "5", "g.1.linear.0": "4", "g.1.linear.1": "5"},
    ),
    "rows": (
        spec("{each: [n, m], rows: [[4, 1], [5, 2]], linear: n * m}", head=VECTOR),
        {"linear.0": "4", "linear.1": "10"},
    ),
    "rows of one column": (
        spec("{each: n, rows: [4, 5], linear: n}", head=VECTOR),
        {"linear.0": "4", "linear.1": "5"},
    ),
    "rows of expressions": (
        spec("{each: [n], rows: [2 * in_channels, 2 * in_channels], linear: n}", head=VECTOR),
        {"linear.0": "6", "linear.1": "12"},
    ),
    "rows that repeat": (
        spec("{each: [n, m], rows: [[4, 2], [5, 1]], linear: n + i, repeat: m}", head=VECTOR),
        {"linear.0.0": "4", "linear.0.1": "5", "linear.1.0": "5"},
    ),
    "rows some of which are left out": (
        spec("{each: [n], rows: [4, 5, 6], linear: n, when: n != 5}", head=VECTOR),
        {"linear.0": "4", "linear.2": "6"},
    ),
    "rows of a named item": (
        spec("{name: s, each: [n], rows: [4, 5], linear: n}", head=VECTOR),
        {"s.0": "4", "s.1": "5"},
    ),
    "rows that name it": (
        spec(
            "{name: w, each: [w, n], rows: [[3a, 4], [1e3, 5], [007, 6]], linear: n}", head=VECTOR
        ),
        {"3a": "4", "1e3": "5", "007": "6"},
    ),
    "rows that name it, and repeat": (
        spec("{name: w, each: [w, n], rows: [[a, 1], [b, 2]], linear: 4, repeat: n}", head=VECTOR),
        {"a.0": "4", "b.0": "4", "b.1": "4"},
    ),
    "rows of a group": (
        spec("{each: [n], rows: [4, 5], layers: [{linear: n}, {linear: n + 1}]}", head=VECTOR),
        {
            "layers.0.linear": "4",
            "layers.0.linear_2": "5",
            "layers.1.linear": "5",
            "layers.1.linear_2": "6",
        },
    ),
}


@pytest.mark.parametrize(("text", "expected"), PATHS.values(), ids=PATHS)
def test_paths_and_shapes(text: str, expected: dict[str, str]) -> None:
    assert shapes(text) == expected


READS: dict[str, tuple[str, dict[str, str]]] = {
    "from": (
        spec("{relu: , name: a}", "tanh", "{sigmoid: , from: a}"),
        {"a": "input", "tanh": "a", "sigmoid": "a"},
    ),
    "from input": (spec("relu", "{tanh: , from: input}"), {"relu": "input", "tanh": "input"}),
    "from previous": (
        spec("relu", "tanh", "{sigmoid: , from: previous}"),
        {"relu": "input", "tanh": "relu", "sigmoid": "relu"},
    ),
    "previous at the start": (
        spec("{relu: , from: previous}", "tanh"),
        {"relu": "input", "tanh": "relu"},
    ),
    "previous of an item with from": (
        spec("{relu: , name: a}", "tanh", "{sigmoid: , from: a}", "{silu: , from: previous}"),
        {"a": "input", "tanh": "a", "sigmoid": "a", "silu": "a"},
    ),
    "previous of an item left out": (
        spec("relu", "tanh", "{gelu: , when: false}", "{silu: , from: previous}"),
        {"relu": "input", "tanh": "relu", "silu": "relu"},
    ),
    "previous of a repeat": (
        spec("{relu: , repeat: 2}", "{tanh: , from: previous}"),
        {"relu.0": "input", "relu.1": "relu.0", "tanh": "relu.0"},
    ),
    "from for the first of the repeats": (
        spec("{relu: , name: a}", "tanh", "{sigmoid: , from: a, repeat: 2}"),
        {"a": "input", "tanh": "a", "sigmoid.0": "a", "sigmoid.1": "sigmoid.0"},
    ),
    "from for the first of the rows": (
        spec("{relu: , name: a}", "tanh", "{sigmoid: , from: a, each: [n], rows: [1, 2]}"),
        {"a": "input", "tanh": "a", "sigmoid.0": "a", "sigmoid.1": "sigmoid.0"},
    ),
    "from a column": (
        spec(
            "{relu: , name: a}",
            "{tanh: , name: b}",
            "{each: [n, r], rows: [[c, a], [d, b], [e, c]], name: n, from: r, silu: }",
        ),
        {"a": "input", "b": "a", "c": "a", "d": "b", "e": "c"},
    ),
    "from a list around": (
        spec("{relu: , name: a}", "tanh", "layers: [{sigmoid: , from: a}]"),
        {"a": "input", "tanh": "a", "layers.sigmoid": "a"},
    ),
    "an inner name hides an outer one": (
        spec("{relu: , name: a}", "layers: [{tanh: , name: a}, {sigmoid: , from: a}]"),
        {"a": "input", "layers.a": "a", "layers.sigmoid": "layers.a"},
    ),
    "input of a group is the network's": (
        spec("relu", "layers: [tanh, {sigmoid: , from: input}]"),
        {"relu": "input", "layers.tanh": "relu", "layers.sigmoid": "input"},
    ),
    "from a group": (
        spec("{name: g, layers: [relu, tanh]}", "silu", "{sigmoid: , from: g}"),
        {"g.relu": "input", "g.tanh": "g.relu", "silu": "g.tanh", "sigmoid": "g.tanh"},
    ),
}


@pytest.mark.parametrize(("text", "expected"), READS.values(), ids=READS)
def test_what_is_read(text: str, expected: dict[str, str]) -> None:
    assert sources(text) == {path: [read] for path, read in expected.items()}


WRONG = {
    "inner name from outside": (
        spec("{name: g, layers: [{relu: , name: a}]}", "{tanh: , from: a}"),
        "CNN301",
        "a",
    ),
    "same name": (spec("{relu: , name: a}", "{tanh: , name: a}"), "CNN302", "a"),
    "same name with rows": (
        spec("{relu: , name: a}", "{tanh: , name: a, each: [n], rows: [1]}"),
        "CNN302",
        "a",
    ),
    "name of an input": (
        spec("{relu: , name: left, from: left}", head="input: {left: 3x8x8, right: 3x8x8}"),
        "CNN302",
        "left",
    ),
    "same name by rows": (
        spec("{tanh: , name: w, each: [w], rows: [a, b, a]}"),
        "CNN302",
        "a",
    ),
    "condition of a number": (spec("{relu: , when: in_channels}"), "CNN204", "in_channels"),
    "condition of a word": (spec("{relu: , when: yes}"), "CNN204", "yes"),
    "condition of an unknown word": (spec("{relu: , when: deep}"), "CNN501", "deep"),
    "first of a group": (spec("{layers: [relu], first: {a: 1}}"), "CNN204", "{"),
    "first with an unknown field": (
        spec("{max_pool: 2, repeat: 2, first: {strid: 2}}"),
        "CNN202",
        "strid",
    ),
    "last of a group": (spec("{layers: [relu], last: {a: 1}}"), "CNN204", "{"),
    "last with an unknown field": (
        spec("{max_pool: 2, repeat: 2, last: {strid: 2}}"),
        "CNN202",
        "strid",
    ),
    "wrong value for the last": (
        spec("{max_pool: 2, repeat: 2, last: {stride: 0}}"),
        "CNN205",
        "0",
    ),
    "the last does not fit": (
        spec("{conv: {filters: 4, kernel: 1}, repeat: 2, last: {groups: 3}}"),
        "CNN207",
        "3",
    ),
    "wrong value for the first": (
        spec("{max_pool: 2, repeat: 2, first: {stride: 0}}"),
        "CNN205",
        "0",
    ),
    "index outside a repeat": (spec("linear: i", head=VECTOR), "CNN501", "i"),
}


@pytest.mark.parametrize(("text", "code", "place"), WRONG.values(), ids=WRONG)
def test_wrong(text: str, code: str, place: str) -> None:
    found = fault(text)
    assert (found.code, marked(found)) == (code, place)


FROZEN = {
    "a layer": (spec("{linear: 4, freeze: true}", "linear: 5", head=VECTOR), ["linear"]),
    "not at all": (spec("{linear: 4, freeze: false}", head=VECTOR), []),
    "a group": (
        spec(
            "{name: g, layers: [{linear: 4}, {name: h, layers: [relu]}], freeze: true}",
            "relu",
            head=VECTOR,
        ),
        ["g.linear", "g.h.relu"],
    ),
    "some repeats": (
        spec("{linear: 4, repeat: 3, freeze: i < 2}", head=VECTOR),
        ["linear.0", "linear.1"],
    ),
    "nothing thaws within": (
        spec("{layers: [{linear: 4, freeze: false}], freeze: true}", head=VECTOR),
        ["layers.linear"],
    ),
}


@pytest.mark.parametrize(("text", "expected"), FROZEN.values(), ids=FROZEN)
def test_freeze(text: str, expected: list[str]) -> None:
    assert [node.path for node in graph(text).layers if node.frozen] == expected


SHARED: dict[str, tuple[str, dict[str, str]]] = {
    "that item again": (
        spec("{conv: {filters: 3, kernel: 3}, name: a}", "{share: a, name: b}"),
        {"b": "a"},
    ),
    "again and again": (
        spec("{linear: 3, name: a}", "{share: a, name: b}", "{share: b, name: c}", head=VECTOR),
        {"b": "a", "c": "a"},
    ),
    "repeated": (
        spec("{linear: 3, name: a}", "{share: a, repeat: 2}", head=VECTOR),
        {"a_2.0": "a", "a_2.1": "a"},
    ),
    "a group": (
        spec(
            "{name: g, layers: [{linear: 3}, relu, {linear: 3}]}",
            "{share: g, name: h}",
            head=VECTOR,
        ),
        {"h.linear": "g.linear", "h.relu": "g.relu", "h.linear_2": "g.linear_2"},
    ),
    "a repeat": (
        spec("{linear: 3, repeat: 2, name: a}", "{share: a, name: b}", head=VECTOR),
        {"b.0": "a.0", "b.1": "a.1"},
    ),
    "rows": (
        spec("{each: [n], rows: [3, 3], linear: n, name: a}", "{share: a, name: b}", head=VECTOR),
        {"b.0": "a.0", "b.1": "a.1"},
    ),
    "one of several rows": (
        spec(
            "{name: w, each: [w, n], rows: [[a, 3], [b, 3]], linear: n}",
            "{share: b, name: c}",
            head=VECTOR,
        ),
        {"c": "b"},
    ),
    "a kind of its own": (
        spec("{linear: 3, name: a}", "{share: a, name: b, linear: 3}", head=VECTOR),
        {"b": "a"},
    ),
    "another stride": (
        spec(
            "{conv: {filters: 3, kernel: 3}, name: a}",
            "{share: a, name: b, conv: {filters: 3, kernel: 3, stride: 2}}",
        ),
        {"b": "a"},
    ),
    "within what is shared": (
        spec(
            "{name: g, layers: [{linear: 3, name: a}, {share: a, name: b}, {linear: 3, name: c}]}",
            "{share: g, name: h}",
            head=VECTOR,
        ),
        {"g.b": "g.a", "h.a": "g.a", "h.b": "g.a", "h.c": "g.c"},
    ),
    "another input": (
        spec(
            "{linear: 3, name: a, from: l}",
            "{share: a, name: b, from: r}",
            head="input: {l: 3, r: 3}",
        ),
        {"b": "a"},
    ),
    "a weight of another kind": (
        spec(
            "{embedding: {vocabulary: 9, features: 4}, name: t}",
            "{share: t, linear: 9, name: h}",
            "{slice: {stop: 1}}",
            "{share: h, linear: {units: 9, bias: false}, from: t, when: false}",
            "{share: t, name: u}",
            "{share: h}",
            head="input: 1x6",
        ),
        {"h": "t", "u": "t", "h_2": "h"},
    ),
    "a weight of another kind, in what is shared": (
        spec(
            "{name: m, layers: [{embedding: {vocabulary: 9, features: 4}, name: t}, relu, "
            "{share: t, linear: 9}]}",
            "{slice: {stop: 1}}",
            "{share: m, name: n}",
            head="input: 1x6",
        ),
        {"m.linear": "m.t", "n.t": "m.t", "n.relu": "m.relu", "n.linear": "m.linear"},
    ),
    "a join": (
        spec("{name: j, add: [[{linear: 3}], [identity]]}", "{share: j, name: k}", head=VECTOR),
        {
            "k.branch0.linear": "j.branch0.linear",
            "k.branch1.identity": "j.branch1.identity",
            "k.add": "j.add",
        },
    ),
}


@pytest.mark.parametrize(("text", "expected"), SHARED.values(), ids=SHARED)
def test_share(text: str, expected: dict[str, str]) -> None:
    found = {node.path: node.shares.path for node in graph(text).layers if node.shares}
    assert found == expected


CANNOT_SHARE = {
    "other channels": (
        spec("{linear: 4, name: a}", "{share: a}", head=VECTOR),
        "shared weights do not fit: `weight` is 4x4 here and 4x3 there",
    ),
    "another kind": (
        spec("{linear: 3, name: a}", "{share: a, relu: }", head=VECTOR),
        "shared weights do not fit: `relu` here is `linear` there",
    ),
    "a table of other features": (
        spec(
            "{embedding: {vocabulary: 9, features: 4}, name: a}",
            "{linear: 5}",
            "{share: a, linear: 9}",
            head="input: 1x6",
        ),
        "shared weights do not fit: `weight` is 9x5 here and 9x4 there",
    ),
    "a weight that is no single tensor": (
        spec(
            "{embedding: {vocabulary: 9, features: 4}, name: a}",
            "{share: a, linear: {units: 9, weight_norm: true}}",
            head="input: 1x6",
        ),
        "shared weights do not fit: `linear` has 0 weights here and 1 there",
    ),
    "the same way round": (
        spec("{linear: 4, name: a}", "{share: a, linear: 3}", head=VECTOR),
        "shared weights do not fit: `weight` is 3x4 here and 4x3 there",
    ),
    "what arrives": (
        spec("{share: input}", head=VECTOR),
        "`input` is no item, which could run again",
    ),
    "one of several runs": (
        spec(
            "{linear: 3, name: a, repeat: 2}",
            "{twice: all(a)}",
            head=f"{VECTOR}\nblocks: {{twice: {{args: {{of: }}, let: {{one: 'of[0]'}}, "
            "layers: [{share: one}]}}",
        ),
        "`one` is no item, which could run again",
    ),
    "another number of weights": (
        spec("{linear: 3, name: a}", "{share: a, linear: {units: 3, bias: false}}", head=VECTOR),
        "shared weights do not fit: `linear` has 1 weight here and 2 there",
    ),
    "more layers": (
        spec("{linear: 3, name: a}", "{share: a, layers: [{linear: 3}, relu]}", head=VECTOR),
        "shared weights do not fit: `relu` has no counterpart there",
    ),
    "fewer layers": (
        spec("{name: a, layers: [{linear: 3}, relu]}", "{share: a, linear: 3}", head=VECTOR),
        "shared weights do not fit: `relu` is missing here",
    ),
    "an input": (
        spec("{relu: , from: l}", "{share: l}", head="input: {l: 3, r: 3}"),
        "`l` is no item, which could run again",
    ),
    "nothing": (spec("{share: a}"), "there is no earlier layer named `a`"),
}


@pytest.mark.parametrize(("text", "message"), CANNOT_SHARE.values(), ids=CANNOT_SHARE)
def test_cannot_share(text: str, message: str) -> None:
    assert fault(text).message == message


def test_groups_hold_the_layers_of_what_was_named() -> None:
    found = graph(spec("relu", "{name: g, layers: [tanh, {silu: , repeat: 2}]}", "gelu")).groups
    assert {path: (g.kind, g.repeat, g.first, g.last) for path, g in found.items()} == {
        "g.silu": ("silu", 2, 2, 4),
        "g": ("layers", 1, 1, 4),
    }
