"""Blocks: arguments, `let`, what they see, and what they are handed."""

from __future__ import annotations

import pytest

from tests.language.reading import fault, faults, graph, marked, shapes, sources, spec


def blocks(definitions: str, *layers: str, head: str = "input: 3x32x32") -> str:
    """A spec with these blocks and items."""
    return spec(*layers, head=f"{head}\nblocks:\n{definitions}")


ARGS = """\
  unit:
    args: {filters: , kernel: 1, wide: 2 * filters}
    layers: [{conv: {filters: wide, kernel: kernel}}]"""

CALLS = {
    "one value is the first argument": ("unit: 8", "16x32x32"),
    "by name": ("unit: {filters: 8}", "16x32x32"),
    "a default replaced": ("unit: {filters: 8, kernel: 3}", "16x30x30"),
    "a default that uses an argument": ("unit: {filters: 8, wide: 5}", "5x32x32"),
    "an expression": ("unit: {filters: in_channels + 1}", "8x32x32"),
    "a size": ("unit: {filters: 8, kernel: 1x3}", "16x32x30"),
    "nothing given for a default": ("unit: {filters: 8, kernel: }", "16x32x32"),
}


@pytest.mark.parametrize(("call", "shape"), CALLS.values(), ids=CALLS)
def test_arguments(call: str, shape: str) -> None:
    assert shapes(blocks(ARGS, call)) == {"unit.conv": shape}


def test_an_argument_may_be_given_after_what_uses_it() -> None:
    text = "  unit: {args: {wide: 2 * filters, filters: 4}, layers: [{linear: wide}]}"
    assert shapes(blocks(text, "unit: {filters: 8}", head="input: 3")) == {"unit.linear": "16"}


def test_let_is_derived_on_entry() -> None:
    text = """\
  unit:
    args: {expand: 6}
    let: {hidden: expand * in_channels, half: hidden // 2}
    layers:
      - conv: {filters: hidden, kernel: 1}
      - conv: {filters: half, kernel: 1}"""
    assert shapes(blocks(text, "unit")) == {
        "unit.conv": f"{6 * 3}x32x32",
        "unit.conv_2": f"{6 * 3 // 2}x32x32",
    }


def test_a_block_sees_the_arguments_of_the_network() -> None:
    text = blocks("  unit: {layers: [{linear: width}]}", "unit", head="input: 3\nargs: {width: 7}")
    assert shapes(text) == {"unit.linear": "7"}


def test_an_argument_hides_that_of_the_network() -> None:
    text = blocks(
        "  unit: {args: {width: 5}, layers: [{linear: width}]}",
        "unit",
        head="input: 3\nargs: {width: 7}",
    )
    assert shapes(text) == {"unit.linear": "5"}


HIDDEN = {
    "argument of the caller": ("args: {wide: 4}, layers: [inner]", "outer"),
    "let of the caller": ("let: {wide: 4}, layers: [inner]", "outer"),
    "row of the caller": ("layers: [{each: [wide], rows: [4], inner: }]", "outer"),
    "index of the caller": ("layers: [{inner: , repeat: 2}]", "outer"),
}


@pytest.mark.parametrize(("outer", "call"), HIDDEN.values(), ids=HIDDEN)
def test_nothing_of_the_caller_is_seen(outer: str, call: str) -> None:
    name = "i" if "repeat" in outer else "wide"
    definitions = f"  inner: {{layers: [{{linear: {name}}}]}}\n  outer: {{{outer}}}"
    found = fault(blocks(definitions, call, head="input: 3"))
    assert (found.code, found.message) == ("CNN501", f"unknown name `{name}`")
    assert [note.message for note in found.notes] == [
        "in `inner`, called here",
        "in `outer`, called here",
    ]


def test_a_layer_of_the_caller_is_not_seen() -> None:
    text = blocks("  inner: {layers: [{add: [stem, [identity]]}]}", "{relu: , name: stem}", "inner")
    assert fault(text).code == "CNN301"


HANDED = """\
  inner: {args: {skip: }, layers: [{concat: {a: [identity], b: skip}}]}
  outer: {args: {other: }, layers: [{max_pool: 1}, {inner: other}]}"""


def test_a_layer_handed_through_two_blocks() -> None:
    text = blocks(HANDED, "{relu: , name: stem}", "tanh", "outer: stem")
    assert sources(text)["outer.inner.concat"] == ["outer.inner.a.identity", "stem"]


def test_a_layer_whose_name_has_a_dash() -> None:
    text = blocks(HANDED, "{relu: , name: 5x5-reduce}", "tanh", "outer: 5x5-reduce")
    assert sources(text)["outer.inner.concat"][1] == "5x5-reduce"


def test_previous_handed_over() -> None:
    """A cell reads the last two cells."""
    text = blocks(
        "  cell: {args: {skip: }, layers: [{add: [[tanh], skip]}]}",
        "relu",
        "{cell: {skip: previous}, repeat: 3}",
    )
    read = sources(text)
    assert read["cell.0.branch0.tanh"] == ["relu"]
    assert read["cell.0.add"] == ["cell.0.branch0.tanh", "input"]
    assert read["cell.1.add"] == ["cell.1.branch0.tanh", "relu"]
    assert read["cell.2.add"] == ["cell.2.branch0.tanh", "cell.0.add"]


def test_input_is_what_entered_the_block() -> None:
    text = blocks("  cell: {layers: [tanh, {add: [[relu], input]}]}", "sigmoid", "cell")
    assert sources(text)["cell.add"] == ["cell.branch0.relu", "sigmoid"]


def test_channels_of_a_layer_handed_over() -> None:
    text = blocks(
        "  up: {args: {of: }, layers: [{conv: {filters: channels(of) // 2, kernel: height(of)}}]}",
        "{conv: {filters: 8, kernel: 1x1}, name: stem}",
        "up: stem",
    )
    assert shapes(text)["up.conv"] == f"{8 // 2}x1x1"


WORDS = {
    "an activation": ("activation: act", "act: hard_swish", "hard_swish"),
    "an activation by default": ("activation: act", "", "relu"),
}


@pytest.mark.parametrize(("layer", "argument", "kind"), WORDS.values(), ids=WORDS)
def test_a_word_handed_over(layer: str, argument: str, kind: str) -> None:
    text = blocks(f"  unit: {{args: {{act: relu}}, layers: [{layer}]}}", f"unit: {{{argument}}}")
    assert [node.kind for node in graph(text).layers] == [kind]


def test_padding_handed_over() -> None:
    text = (
        "  unit: {args: {padding: }, layers: [{conv: {filters: 4, kernel: 3, padding: padding}}]}"
    )
    assert shapes(blocks(text, "unit: same")) == {"unit.conv": "4x32x32"}


UNKNOWN = """\
  inner: {args: {filters: }, layers: [{conv: {filters: FIELD, kernel: 1}}]}
  outer: {args: {planes: }, layers: [{inner: planes}, {inner: planes}]}"""


@pytest.mark.parametrize(
    "field", ["filters", "2 * filters", '"max(filters, 3)"', '"3 if filters > 2 else 1"']
)
def test_an_unknown_name_is_told_where_it_was_written(field: str) -> None:
    """Once, though two blocks handed it on, and two layers want it."""
    found = fault(
        blocks(
            UNKNOWN.replace("FIELD", field), "outer: widht", head="input: 3x8x8\nargs: {width: 3}"
        )
    )
    assert (found.code, found.message) == ("CNN501", "unknown name `widht`")
    assert found.hint == "did you mean `width`?"
    assert (marked(found), found.notes[0].message) == ("widht", "a value is wanted here")


def test_one_note_for_each_call() -> None:
    definitions = """\
  a: {args: {n: }, layers: [{linear: n}]}
  b: {args: {n: }, layers: [{a: n}]}
  c: {args: {n: }, layers: [{b: n - 4}]}"""
    found = fault(blocks(definitions, "c: 4", head="input: 3"))
    assert [note.message for note in found.notes] == [
        "in `a`, called here",
        "in `b`, called here",
        "in `c`, called here",
    ]
    assert [note.span.line for note in found.notes if note.span] == [4, 5, 7]


def test_a_fault_in_a_block_is_told_once() -> None:
    text = blocks("  unit: {layers: [{linear: 0}]}", "unit", "unit", "{unit: , repeat: 9}")
    assert fault(text).code == "CNN205"


def test_what_depends_on_a_wrong_argument_stays_quiet() -> None:
    text = blocks(
        ARGS, "unit: {filters: 1 // 0}", "linear: 3", "conv: {filters: in_channels, kernel: 3}"
    )
    assert fault(text).code == "CNN504"


def test_independent_arguments_are_told_together() -> None:
    found = faults(blocks(ARGS, "unit: {filters: nothing + 1, kernel: other + 1}"))
    assert [d.message for d in found] == ["unknown name `nothing`", "unknown name `other`"]


def test_a_wrong_let_is_told_once() -> None:
    text = "  unit: {let: {a: 1 // 0, b: 2 * a}, layers: [{linear: a}, {linear: b}]}"
    assert fault(blocks(text, "unit", head="input: 3")).code == "CNN504"


def test_first_gives_arguments() -> None:
    text = "  unit: {args: {stride: 1}, layers: [{max_pool: {kernel: 1, stride: stride}}]}"
    assert shapes(blocks(text, "{unit: , repeat: 3, first: {stride: 2}}")) == {
        "unit.0.max_pool": "3x16x16",
        "unit.1.max_pool": "3x16x16",
        "unit.2.max_pool": "3x16x16",
    }


def test_defaults_of_a_block() -> None:
    text = blocks(ARGS, "unit: 8", head="input: 3x32x32\ndefaults: {unit: {kernel: 3}}")
    assert shapes(text) == {"unit.conv": "16x30x30"}


def test_a_block_without_layers_passes_its_input_on() -> None:
    assert shapes(blocks("  nothing: {layers: []}", "nothing", "relu")) == {"relu": "3x32x32"}


def test_a_block_that_nobody_calls_is_read() -> None:
    assert fault(blocks("  unit: {layers: [rellu]}", "relu")).code == "CNN201"
