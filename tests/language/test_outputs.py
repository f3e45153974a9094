"""What blocks and groups give beside their output; lists of layers; what repeats carry."""

from __future__ import annotations

import pickle

import pytest

from tests.language.reading import fault, graph, marked, shapes, sources, spec

PAIR = """\
input: 3x32x32
blocks:
  pair:
    args: {filters: 4}
    layers:
      - {name: low, conv: {filters: filters, kernel: 1}}
      - {name: high, conv: {filters: 2 * filters, kernel: 1}}
    outputs: [low, high]
"""


def paired(*layers: str, head: str = "") -> str:
    """A spec with a block that gives two outputs."""
    return spec(*layers, head=PAIR + head)


READ = {
    "by `from`": (("{name: p, pair: 4}", "{from: p.low, relu: }"), ["p.low"]),
    "the item itself": (("{name: p, pair: 4}", "{from: p, relu: }"), ["p.high"]),
    "as a branch": (
        ("{name: p, pair: 4}", "{name: relu, concat: [p.low, p]}"),
        ["p.low", "p.high"],
    ),
    "as a branch of its own": (
        ("{name: p, pair: 4}", "{name: relu, concat: {a: p.low, b: {from: p.high, relu: }}}"),
        ["p.low", "relu.b.relu"],
    ),
    "with a name that no expression has": (
        ("{name: 3x3-p, pair: 4}", "{from: 3x3-p.low, relu: }"),
        ["3x3-p.low"],
    ),
    "by a name that no expression has": (
        (
            "{name: g, layers: [{name: c, tanh: }, relu], outputs: {a-b/c: c}}",
            "{from: g.a-b/c, relu: }",
        ),
        ["g.c"],
    ),
    "of the last run": (("{name: p, pair: 4, repeat: 3}", "{from: p.low, relu: }"), ["p.2.low"]),
    "of a run": (
        ("{name: p, pair: 4, repeat: 3}", '{from: "all(p.low)[0]", relu: }'),
        ["p.0.low"],
    ),
    "of all runs": (
        ("{name: p, pair: 4, repeat: 3}", "{name: relu, add: all(p.low)}"),
        ["p.0.low", "p.1.low", "p.2.low"],
    ),
    "of all runs, beside others": (
        ("{name: p, pair: 4, repeat: 2}", "{name: relu, concat: [input, all(p.low)]}"),
        ["input", "p.0.low", "p.1.low"],
    ),
    "of rows": (
        ("{name: p, each: n, rows: [1, 2], pair: n}", "{name: relu, concat: all(p.high)}"),
        ["p.0.high", "p.1.high"],
    ),
    "of computed rows": (
        ('{name: p, each: n, rows: "range(1, 3)", pair: n}', "{name: relu, concat: all(p)}"),
        ["p.0.high", "p.1.high"],
    ),
    "of a group": (
        (
            "{name: g, layers: [{name: c, tanh: }, sigmoid], outputs: {low: c}}",
            "{from: g.low, relu: }",
        ),
        ["g.c"],
    ),
    "of a group in a group": (
        (
            "{name: g, layers: [{name: c, pair: }, tanh], outputs: {inner: c.low}}",
            "{from: g.inner, relu: }",
        ),
        ["g.c.low"],
    ),
    "of what shares weights": (
        ("{name: p, pair: 4}", "{name: q, share: p, from: input}", "{from: q.low, relu: }"),
        ["q.low"],
    ),
    "picked by a condition": (
        ("{name: p, pair: 4}", "{from: p.low if true else p, relu: }"),
        ["p.low"],
    ),
}


@pytest.mark.parametrize(("layers", "read"), READ.values(), ids=READ)
def test_what_is_read(layers: tuple[str, ...], read: list[str]) -> None:
    found = sources(paired(*layers))
    assert [*found.values()][-1] == read


LISTS = """\
input: 4x8x8
blocks:
  ways:
    args: {streams: }
    layers:
      - {name: own, from: "streams[i]", conv: {filters: 4, kernel: 1}, repeat: len(streams)}
    outputs: {streams: all(own), ends: [own]}
"""


def test_runs_side_by_side_and_values_that_a_repeat_carries() -> None:
    """Each further run takes what the one before gave under the name of an argument."""
    text = spec(
        "{name: a, relu: }",
        "{name: b, tanh: }",
        "{name: two, ways: {streams: [a, b]}, repeat: 2}",
        "concat: two.streams",
        head=LISTS.replace(", ends: [own]", ""),
    )
    assert sources(text) == {
        "a": ["input"],
        "b": ["a"],
        "two.0.own.0": ["a"],
        "two.0.own.1": ["b"],
        "two.1.own.0": ["two.0.own.0"],
        "two.1.own.1": ["two.0.own.1"],
        "concat": ["two.1.own.0", "two.1.own.1"],
    }


def test_a_list_of_layers_and_others_is_kept_as_its_words() -> None:
    text = spec(
        "{name: a, relu: }",
        "{name: u, unit: {of: [a, [a, 3], word]}}",
        head="input: 3x8x8\nblocks: {unit: {args: {of: }, layers: [tanh]}}",
    )
    kept = pickle.loads(pickle.dumps(graph(text)))
    assert kept.groups["u"].arguments["of"] == ("a", ("a", 3), "word")


def test_lists_of_layers_are_joined_by_plus() -> None:
    text = spec(
        "{name: a, relu: }",
        "{name: two, ways: {streams: [a]}}",
        '{name: three, ways: {streams: "two.streams + [a]"}}',
        "concat: three.streams",
        head=LISTS.replace(", ends: [own]", ""),
    )
    assert sources(text)["three.own.0"] == ["two.own.0"]
    assert sources(text)["three.own.1"] == ["a"]


CARRIED = """\
input: 2x8x8
blocks:
  unit:
    args: {state: , by: 1}
    layers:
      - {name: new, from: state, conv: {filters: by, kernel: 1}}
      - {from: input, relu: }
    outputs: {state: new}
"""

CARRY = {
    "an argument named as an output": ("{state: input}", "", ["input", "s.0.new"]),
    "the first run's own": ("{state: input}", ", first: {state: a}", ["a", "input"]),
    "the last run's own": ("{state: input}", ", last: {state: a}", ["input", "a"]),
    "said for each run": ('{state: "[input, a][i]"}', "", ["input", "a"]),
}


@pytest.mark.parametrize(("given", "first", "read"), CARRY.values(), ids=CARRY)
def test_what_a_repeat_carries(given: str, first: str, read: list[str]) -> None:
    text = spec(
        "{name: a, tanh: }",
        f"{{name: s, unit: {given}, repeat: 2{first}}}",
        "concat: [s, s.state]",
        head=CARRIED,
    )
    found = sources(text)
    assert [found["s.0.new"], found["s.1.new"]] == [[name] for name in read]


def test_rows_carry_too() -> None:
    text = spec(
        "{name: s, each: n, rows: [3, 5], unit: {state: input, by: n}}",
        "concat: [s, s.state]",
        head=CARRIED,
    )
    assert sources(text)["s.1.new"] == ["s.0.new"]


def test_a_run_that_is_left_out_carries_what_was_there() -> None:
    text = spec(
        "{name: s, unit: {state: input}, repeat: 3, when: i != 1}",
        "concat: [s, all(s.state)]",
        head=CARRIED,
    )
    assert sources(text)["s.2.new"] == ["s.0.new"]
    assert sources(text)["concat"] == ["s.2.relu", "s.0.new", "s.2.new"]


def test_an_output_with_layers_of_its_own() -> None:
    head = """\
input: 3x8x8
blocks:
  heads:
    layers: [{name: shared, relu: }, {conv: {filters: 2, kernel: 1}}]
    outputs:
      boxes: {from: shared, layers: [{conv: {filters: 4, kernel: 1}}]}
      never: {from: shared, when: false}
"""
    text = spec("{name: h, heads: }", "concat: [h, h.boxes]", head=head)
    assert shapes(text)["h.boxes.conv"] == "4x8x8"
    wrong = spec("{name: h, heads: }", "concat: [h, h.never]", head=head)
    assert fault(wrong).code == "CNN309"


def test_a_block_hands_on_what_it_is_handed() -> None:
    """An argument that names an item with several outputs gives them in the block."""
    head = (
        PAIR
        + """\
  user:
    args: {of: }
    layers: [{concat: [of.low, of]}]
"""
    )
    assert sources(spec("{name: p, pair: }", "user: p", head=head))["user.concat"] == [
        "p.low",
        "p.high",
    ]


# -- shared weights -------------------------------------------------------------------------

SHARED = {
    "an argument": (
        "  twice: {args: {of: }, layers: [{share: of}, {share: of}]}",
        ("{name: c, conv: {filters: 3, kernel: 1}}", "twice: c"),
        {"c": None, "twice.of": "c", "twice.of_2": "c"},
    ),
    "a layer of the branch before": (
        "",
        ("add: {a: [{name: c, conv: {filters: 3, kernel: 1}}], b: [{share: a.c}]}",),
        {"c": None, "b.c": "a.c"},
    ),
    "an output": (
        "",
        (
            "{name: g, layers: [{name: c, conv: {filters: 3, kernel: 1}}, relu], outputs: [c]}",
            "share: g.c",
        ),
        {"g.c": None, "c": "g.c"},
    ),
}


@pytest.mark.parametrize(("blocks", "layers", "lent"), SHARED.values(), ids=SHARED)
def test_whose_weights_are_shared(
    blocks: str, layers: tuple[str, ...], lent: dict[str, str | None]
) -> None:
    head = f"input: 3x8x8\nblocks:\n{blocks}" if blocks else "input: 3x8x8"
    found = {node.path: node.shares for node in graph(spec(*layers, head=head)).layers}
    for path, whose in lent.items():
        node = found.get(path)
        assert (node.path if node else None) == whose, path


def test_what_runs_again_sees_what_it_saw_where_it_is_written() -> None:
    """The block that shares it has another `stem`."""
    head = """\
input: 3x8x8
blocks:
  again:
    args: {of: }
    layers: [{name: stem, tanh: }, {share: of}]
"""
    text = spec("{name: stem, relu: }", "{name: j, add: [stem, [sigmoid]]}", "again: j", head=head)
    assert sources(text)["again.of.add"] == ["stem", "again.of.branch1.sigmoid"]


# -- the network's own ----------------------------------------------------------------------

HEADS = {
    "a list": ("[a, b]", {"output": "c", "a": "a", "b": "b"}),
    "a name that is its layer's": ("{a: a}", {"output": "c", "a": "a"}),
    "the last by its name": ("[c, a]", {"c": "c", "a": "a"}),
    "the last by another": ("{a: a, map: c}", {"map": "c", "a": "a"}),
    "the last alone": ("[c]", {"output": "c"}),
}


@pytest.mark.parametrize(("outputs", "heads"), HEADS.values(), ids=HEADS)
def test_names_of_heads(outputs: str, heads: dict[str, str]) -> None:
    text = spec("{name: a, relu: }", "{name: b, tanh: }", "{name: c, relu: }")
    found = graph(f"{text}outputs: {outputs}\n").heads
    assert {name: node.path for name, node in found.items()} == heads


# -- what is wrong --------------------------------------------------------------------------

WRONG = {
    "no such output": ("{name: p, pair: }", "{from: p.lo, relu: }", "CNN309", "p.lo"),
    "an item without outputs": ("{name: p, relu: }", "{from: p.lo, relu: }", "CNN309", "p.lo"),
    "a run by its number": ("{name: p, relu: , repeat: 2}", "{from: p.0, relu: }", "CNN309", "p.0"),
    "no such item": ("relu", "{from: q.low, relu: }", "CNN301", "q.low"),
    "a list where one is wanted": (
        "{name: p, pair: , repeat: 2}",
        "{from: all(p), relu: }",
        "CNN301",
        "all(p)",
    ),
    "a number where a layer is wanted": (
        "{name: p, relu: }",
        '{from: "[1, 2][0]", relu: }',
        "CNN301",
        '"[1, 2][0]"',
    ),
    "a layer where a list is joined": ("{name: p, pair: }", "add: p.low", "CNN303", "p.low"),
    "a layer as a list": (
        "{name: p, pair: , repeat: 2}",
        '{from: "p[0]", relu: }',
        "CNN504",
        '"p[0]"',
    ),
    "all of nothing": ("relu", "add: all(q)", "CNN501", "all(q)"),
    "all of a number": ("relu", "add: all(3)", "CNN504", "all(3)"),
    "outputs beside a layer": (
        "relu",
        "{name: p, relu: , outputs: [p]}",
        "CNN208",
        "[",
    ),
    "rows that are no list": ("relu", "{each: n, rows: 3, linear: n}", "CNN511", "3"),
    "rows of too few values": (
        "relu",
        "{each: [n, m], rows: range(3), conv: {filters: n, kernel: m}}",
        "CNN511",
        "range(3)",
    ),
    "computed rows that name": (
        "relu",
        "{each: n, rows: range(3), name: n, relu: }",
        "CNN511",
        "range(3)",
    ),
    "no layer in a list for a field": (
        "{name: p, relu: }",
        '{attention: {heads: 1, keys: "all(p)[1:]"}}',
        "CNN301",
        "attention",
    ),
    "an output twice": (
        "relu",
        "{name: g, layers: [{name: c, relu: }, tanh], outputs: [c, c]}",
        "CNN302",
        "c",
    ),
    "a range without a step": (
        "relu",
        '{each: n, rows: "range(1, 3, 0)", linear: n}',
        "CNN504",
        '"range(1, 3, 0)"',
    ),
    "no layer to share": ("relu", "share: left.tower", "CNN301", "left.tower"),
}


@pytest.mark.parametrize(("first", "second", "code", "at"), WRONG.values(), ids=WRONG)
def test_wrong(first: str, second: str, code: str, at: str) -> None:
    found = fault(paired(first, second))
    assert (found.code, marked(found)) == (code, at)


def test_a_name_that_is_not_there_is_not_said_to_be_without_one() -> None:
    hint = fault(spec("relu", "share: tower")).hint
    assert hint == "a layer is known by its `name`, in its own list and those within"


EMPTY_FIRST = "{name: g, layers: [{relu: , from: a, when: i > 0}], repeat: 2}"


@pytest.mark.parametrize("reader", ['{from: "all(g)[0]", tanh: }', "{from: g, tanh: }"])
def test_a_run_that_gives_nothing_is_not_among_all(reader: str) -> None:
    """Behind several inputs, the first run, which is empty, reads none of them."""
    read = sources(spec(EMPTY_FIRST, reader, head="input: {a: 3x8x8, b: 3x8x8}"))
    assert read["tanh"] == ["g.1.relu"]


def test_an_output_of_the_network_is_one_layer() -> None:
    found = fault(paired("{name: p, pair: , repeat: 2}", "relu") + "outputs: {all: all(p)}\n")
    assert (found.code, marked(found)) == ("CNN306", "all(p)")


def test_what_is_given_by_what_is_broken_is_quiet() -> None:
    """One fault: the second pair cannot read what the first could not make."""
    found = fault(paired("{name: p, pair: wide}", "{from: p.low, relu: }"))
    assert (found.code, marked(found)) == ("CNN501", "wide")
