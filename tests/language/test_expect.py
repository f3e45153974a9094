"""`expect`: each form, as an interval of what is allowed."""

from __future__ import annotations

import pytest

from cnncalc.network.expectation import Expectation
from tests.language.reading import fault, faults, graph, marked, spec


def expectations(text: str) -> tuple[Expectation, ...]:
    return graph(spec("relu") + f"expect: {text}").expect


Bounds = tuple[float | None, float | None, tuple[int, ...] | None]

# low, high, shape
FORMS: dict[str, tuple[str, Bounds]] = {
    "exact": ("{params: 25557032}", (25_557_032, 25_557_032, None)),
    "exact with underscores": ("{params: 25_557_032}", (25_557_032, 25_557_032, None)),
    "millions": ("{params: 25.6M}", (25_550_000, 25_650_000, None)),
    "two digits": ("{params: 26M}", (25_500_000, 26_500_000, None)),
    "thousands": ("{params: 61.7K}", (61_650, 61_750, None)),
    "thousand millions": ("{macs: 4.09G}", (4_085_000_000, 4_095_000_000, None)),
    "billions": ("{macs: 4.09B}", (4_085_000_000, 4_095_000_000, None)),
    "a space before the unit": ("{params: 25.6 M}", (25_550_000, 25_650_000, None)),
    "at most": ("{params: at most 30M}", (None, 30_000_000, None)),
    "at least": ("{receptive_field: at least 224}", (224, None, None)),
    "a sign": ('{params: "<= 30M"}', (None, 30_000_000, None)),
    "the other sign": ('{layers: ">= 3"}', (3, None, None)),
    "an output": ("{output: 2048x7x7}", (None, None, (2048, 7, 7))),
    "a vector": ("{output: 1000}", (None, None, (1000,))),
    "a centre": ("{centre: 15.5}", (15.45, 15.55, None)),
    "a centre before the first": ("{centre: -1}", (-1, -1, None)),
    "a stride per axis": ("{stride: 4x2}", (None, None, (4, 2))),
    "a field": ("{receptive_field: 427}", (427, 427, None)),
    "a field per axis": ("{receptive_field: 427x31}", (None, None, (427, 31))),
    "a fraction": ("{params: 2.5}", (2.45, 2.55, None)),
}


@pytest.mark.parametrize(("text", "expected"), FORMS.values(), ids=FORMS)
def test_form(text: str, expected: Bounds) -> None:
    (found,) = expectations(text)
    low, high, shape = expected
    assert (found.low, found.high, found.shape) == (
        pytest.approx(low) if low else low,
        pytest.approx(high) if high else high,
        shape,
    )
    assert found.layer == ""


def test_layers_have_their_own() -> None:
    found = expectations(
        "{params: 0, layers: {stage4: {output: 2048x7x7, params: 15M}, fc: {macs: 3}}}"
    )
    assert [(one.layer, one.metric, one.text) for one in found] == [
        ("", "params", "0"),
        ("stage4", "output", "2048x7x7"),
        ("stage4", "params", "15M"),
        ("fc", "macs", "3"),
    ]


def test_what_is_left_empty_is_a_blank() -> None:
    found = expectations("{params: , output: , layers: {relu: {receptive_field: }}}")
    assert [(one.layer, one.metric, one.text) for one in found] == [
        ("", "params", ""),
        ("", "output", ""),
        ("relu", "receptive_field", ""),
    ]


@pytest.mark.parametrize("text", ['{params: ""}', "{layers: {relu: }}"])
def test_what_is_no_blank(text: str) -> None:
    assert fault(spec("relu") + f"expect: {text}").code == "CNN601"


def test_nothing_is_expected_unless_it_is_written() -> None:
    assert graph(spec("relu")).expect == ()


WRONG = {
    "an unknown metric": ("{parms: 3}", "parms"),
    "a metric of a layer": ("{layers: {relu: {parms: 3}}}", "parms"),
    "a word": ("{params: many}", "many"),
    "a negative number": ("{params: -3}", "-3"),
    "an exponent": ("{params: 1e6}", "1e6"),
    "an unknown unit": ("{params: 3X}", "3X"),
    "a small unit": ("{params: 3m}", "3m"),
    "two numbers": ("{params: 3 or 4}", "3 or 4"),
    "about": ("{params: about 3M}", "about 3M"),
    "a shape of params": ("{params: 3x3}", "3x3"),
    "a bound of an output": ("{output: at most 3}", "at most 3"),
    "a fraction of an output": ("{output: 2.5}", "2.5"),
    "no layer's mapping": ("{layers: {relu: 3}}", "3"),
    "a long number": ("{params: " + "9" * 100 + "}", "9" * 100),
    "a long shape": ("{output: " + "9" * 5_000 + "}", "9" * 5_000),
}


@pytest.mark.parametrize(("text", "place"), WRONG.values(), ids=WRONG)
def test_wrong(text: str, place: str) -> None:
    found = fault(spec("relu") + f"expect: {text}")
    assert (found.code, marked(found)) == ("CNN601", place)


def test_every_wrong_one_is_told() -> None:
    assert len(faults(spec("relu") + "expect: {a: 1, params: b, output: c}")) == 3
