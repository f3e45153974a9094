"""YAML, read strictly: every value knows its place and keeps its text."""

from __future__ import annotations

import pytest

from cnncalc.diagnostics import Diagnostics, Source
from cnncalc.language.text.tree import Mapping, Node, Scalar, Sequence, read
from tests.language.reading import fault, faults, marked, spec


def parsed(text: str) -> Node:
    diagnostics = Diagnostics()
    node = read(Source("a.yaml", text), diagnostics)
    assert node is not None
    assert not diagnostics.failed
    return node


def scalars(node: Node) -> list[Scalar]:
    """All scalars of a tree, in order."""
    if isinstance(node, Scalar):
        return [node]
    if isinstance(node, Sequence):
        return [scalar for item in node.items for scalar in scalars(item)]
    return [scalar for entry in node.entries for part in entry for scalar in scalars(part)]


PLACES = {
    "mapping": ("a: 1", [("a", 1, 1, 2), ("1", 1, 4, 5)]),
    "flow mapping": ("{a: 1}", [("a", 1, 2, 3), ("1", 1, 5, 6)]),
    "list": ("- a\n- bc", [("a", 1, 3, 4), ("bc", 2, 3, 5)]),
    "flow list": ("[a, bc]", [("a", 1, 2, 3), ("bc", 1, 5, 7)]),
    "nested": ("a:\n  b: c", [("a", 1, 1, 2), ("b", 2, 3, 4), ("c", 2, 6, 7)]),
    "quoted": ("a: 'b c'", [("a", 1, 1, 2), ("b c", 1, 4, 9)]),
    "missing": ("a: \nb: 1", [("a", 1, 1, 2), ("", 1, 3, 3), ("b", 2, 1, 2), ("1", 2, 4, 5)]),
    "wide letters": ("名前: 1", [("名前", 1, 1, 3), ("1", 1, 5, 6)]),
    "astral letters": ("🧠: 1", [("🧠", 1, 1, 2), ("1", 1, 4, 5)]),
    "CRLF": ("a: 1\r\nb: 2", [("a", 1, 1, 2), ("1", 1, 4, 5), ("b", 2, 1, 2), ("2", 2, 4, 5)]),
    "comment": ("# x\na: 1 # y", [("a", 2, 1, 2), ("1", 2, 4, 5)]),
}


@pytest.mark.parametrize(("text", "expected"), PLACES.values(), ids=PLACES)
def test_places(text: str, expected: list[tuple[str, int, int, int]]) -> None:
    found = [
        (scalar.text, scalar.span.line, scalar.span.column, scalar.span.end_column)
        for scalar in scalars(parsed(text))
    ]
    assert found == expected


@pytest.mark.parametrize(
    "text", ["010", "yes", "1e3", "0x1F", "1:30", "2001-01-01", "~", "null", "1_000", ".5", "3a"]
)
def test_scalars_keep_their_text(text: str) -> None:
    assert scalars(parsed(f"a: {text}"))[1].text == text


@pytest.mark.parametrize(
    ("text", "empty"), [("a:", True), ("a: ''", False), ('a: ""', False), ("a: ~", False)]
)
def test_nothing_is_not_an_empty_text(text: str, empty: bool) -> None:
    assert scalars(parsed(text))[1].empty is empty


def test_a_tree_keeps_order() -> None:
    tree = parsed("b: [1, {c: 2}]\na: 3")
    assert isinstance(tree, Mapping)
    assert [key.text for key, _ in tree.entries] == ["b", "a"]


def test_depth_of_64_is_read_and_65_is_not() -> None:
    parsed("[" * 64 + "]" * 64)
    diagnostics = Diagnostics()
    assert read(Source("a.yaml", "[" * 65 + "]" * 65), diagnostics) is None
    assert [(d.code, d.span.column) for d in diagnostics] == [("CNN105", 65)]


MENDED = {
    "in a mapping": ("conv: {filters: max(8, 4), kernel: 3}", "max(8, 4)"),
    "last": ("conv: {kernel: 3, filters: max(8, 4)}", "max(8, 4)"),
    "three pieces": ("conv: {filters: max(8, 4, 2), kernel: 3}", "max(8, 4, 2)"),
    "nested": ("conv: {filters: max(8, min(4, 2)), kernel: 3}", "max(8, min(4, 2))"),
    "in a list": ("conv: {filters: 8, kernel: [min(3, 1), 3]}", "min(3, 1)"),
    "option": ("conv: {filters: divisible(8, by=4), kernel: 3}", "divisible(8, by=4)"),
}


@pytest.mark.parametrize(("layer", "expression"), MENDED.values(), ids=MENDED)
def test_expression_cut_by_a_comma(layer: str, expression: str) -> None:
    found = fault(spec(layer))
    assert (found.code, marked(found)) == ("CNN109", expression)
    assert found.hint == f'quote the expression: "{expression}"'


def test_two_cut_expressions_are_two_faults() -> None:
    found = faults(spec("conv: {filters: max(8, 4), kernel: min(3, 5)}"))
    assert [(d.code, marked(d)) for d in found] == [
        ("CNN109", "max(8, 4)"),
        ("CNN109", "min(3, 5)"),
    ]


def test_expression_cut_over_two_lines() -> None:
    found = fault(spec("conv: {filters: max(8,\n      4), kernel: 3}"))
    assert found.code == "CNN109"
    assert found.hint == 'quote the expression: "max(8, 4)"'


def test_mended_expression_is_read_on() -> None:
    """What is wrong inside it is told as well."""
    found = faults(spec("conv: {filters: max(widht, 4), kernel: 3}"))
    assert [d.code for d in found] == ["CNN109", "CNN501"]


REFUSED = {
    "anchor": ("CNN103", "relu: &a"),
    "alias": ("CNN103", "*a"),
    "tag": ("CNN103", "relu: !!null"),
    "own tag": ("CNN103", "!conv {filters: 3}"),
    "merge key": ("CNN103", "conv: {<<: {filters: 3}, kernel: 3}"),
    "list as key": ("CNN103", "conv: {[a]: 3, filters: 3, kernel: 3}"),
    "mapping as key": ("CNN103", "? {a: b}\n    : c"),
    "same key": ("CNN102", "conv: {filters: 3, kernel: 3, kernel: 5}"),
    "same key quoted": ("CNN102", "conv: {filters: 3, kernel: 3, 'kernel': 5}"),
}


@pytest.mark.parametrize(("code", "layer"), REFUSED.values(), ids=REFUSED)
def test_refused(code: str, layer: str) -> None:
    assert {found.code for found in faults(spec(layer))} == {code}


def test_same_key_shows_both_places() -> None:
    found = fault("input: 3x8x8\nlayers: [relu]\ninput: 1x8x8\n")
    assert (found.span.line, found.notes[0].message) == (3, "first written here")
    assert found.notes[0].span is not None
    assert found.notes[0].span.line == 1


def test_quoted_merge_key_is_a_key() -> None:
    assert fault(spec("conv: {'<<': 3, filters: 3, kernel: 3}")).code == "CNN202"
