"""`expect`: what must hold of a network, each expectation an interval of allowed values."""

from __future__ import annotations

import re
from typing import NamedTuple

from cnncalc.diagnostics import Diagnostics, Span, short
from cnncalc.spec import source as tree
from cnncalc.spec.source import Node, Scalar

METRICS = (
    "layers",
    "params",
    "trainable",
    "frozen",
    "buffers",
    "macs",
    "flops",
    "activations",
    "receptive_field",
    "output",
)
SHAPES = ("output", "receptive_field")
LONGEST = 60

_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "B": 10**9, "T": 10**12}
_NUMBER = re.compile(r"(?P<digits>\d[\d_]*(?:\.\d+)?)\s*(?P<unit>[KMGBT]?)\Z")
_BOUND = re.compile(r"(?P<bound>at most|at least|<=|>=)\s*(?P<number>.*)\Z")
_SHAPE = re.compile(r"\d+(x\d+)*\Z")


class Expectation(NamedTuple):
    """One thing that must hold.

    layer: the path of the layer it speaks of, empty for the whole network; `named`: where it is
        written
    low, high: the value must be between them, both included; None: no bound
    shape: for `output`, the sizes
    """

    metric: str
    layer: str
    text: str
    span: Span
    low: float | None = None
    high: float | None = None
    shape: tuple[int, ...] | None = None
    named: Span | None = None

    def allows(self, value: tuple[int, ...]) -> bool:
        """Whether a value is what is expected: a shape, or numbers of which each must hold."""
        if self.shape:
            return value == self.shape
        low, high = self.low, self.high
        return all((low is None or low <= n) and (high is None or n <= high) for n in value)


def check_form(node: Node, diagnostics: Diagnostics) -> tuple[Expectation, ...]:
    """The expectations in an `expect` section; what is malformed is reported."""
    if not isinstance(node, tree.Mapping):
        message = "`expect` wants metrics and their values"
        diagnostics.error("CNN601", node.span, message, "`expect: {params: 25.6M}`")
        return ()
    found: list[Expectation] = []
    for key, value in node.entries:
        if key.text == "layers" and isinstance(value, tree.Mapping):
            for path, metrics in value.entries:
                found += _metrics(metrics, path, diagnostics)
        else:
            found += _metric(key, value, None, diagnostics)
    return tuple(found)


def _metrics(node: Node, layer: Scalar, diagnostics: Diagnostics) -> list[Expectation]:
    if not isinstance(node, tree.Mapping):
        message = f"`{layer.text}` wants metrics and their values"
        diagnostics.error("CNN601", node.span, message, f"`{layer.text}: {{output: 64x56x56}}`")
        return []
    return [e for key, value in node.entries for e in _metric(key, value, layer, diagnostics)]


def _metric(
    key: Scalar, value: Node, layer: Scalar | None, diagnostics: Diagnostics
) -> list[Expectation]:
    if key.text not in METRICS:
        hint = diagnostics.did_you_mean(key.text, METRICS) or f"metrics: {', '.join(METRICS)}"
        diagnostics.error("CNN601", key.span, f"there is no metric `{key.text}`", hint)
        return []
    expectation = _read(key.text, value) if isinstance(value, Scalar) else None
    if expectation is None:
        shown = f"`{short(value.text)}`" if isinstance(value, Scalar) else "a list or mapping"
        hint = "`25_557_032`, `25.6M`, `at most 30M`"
        if key.text == "output":
            hint = "a shape: `2048x7x7`"
        message = f"`{key.text}` cannot be compared with {shown}"
        diagnostics.error("CNN601", value.span, message, hint)
        return []
    if layer:
        expectation = expectation._replace(layer=layer.text, named=layer.span)
    return [expectation]


def _read(metric: str, value: Scalar) -> Expectation | None:
    text = value.text.strip()
    if len(text) > LONGEST:
        return None
    if metric in SHAPES and _SHAPE.match(text) and (metric == "output" or "x" in text):
        shape = tuple(int(size) for size in text.split("x"))
        return Expectation(metric, "", text, value.span, shape=shape)
    bound = _BOUND.match(text)
    number = _NUMBER.match(bound["number"] if bound else text)
    if metric == "output" or not number:
        return None
    exact, half = _interval(number["digits"].replace("_", ""), _UNITS[number["unit"]])
    low: float | None = exact - half if half else exact
    high: float | None = exact + half if half else exact
    if bound:
        at_most = bound["bound"] in ("at most", "<=")
        low, high = (None, exact) if at_most else (exact, None)
    return Expectation(metric, "", text, value.span, low, high)


def limit(text: str) -> float | None:
    """The number that a bound such as `30M` says; None where it is none."""
    number = _NUMBER.match(text.strip()) if len(text) <= LONGEST else None
    return (
        _interval(number["digits"].replace("_", ""), _UNITS[number["unit"]])[0] if number else None
    )


def written_as(text: str, value: int) -> str:
    """`value` as `text` writes a number or a bound: to the same digits of the same unit, so that
    it holds."""
    bound = _BOUND.match(text)
    if bound:
        return f"at {'most' if bound['bound'] in ('at most', '<=') else 'least'} {value:_}"
    number = _NUMBER.match(text)
    if not number or not (number["unit"] or "." in number["digits"]):
        return f"{value:_}"
    decimals = len(number["digits"].partition(".")[2])
    return f"{value / _UNITS[number['unit']]:.{decimals}f}{number['unit']}"


def _interval(digits: str, unit: int) -> tuple[float, float]:
    """A figure as written, and how far a value may be from it: half of its last digit, but nothing
    where every digit is given."""
    whole, point, decimals = digits.partition(".")
    if not point and unit == 1:
        return int(whole), 0
    scale = 10 ** len(decimals)
    return int(whole + decimals) * unit / scale, unit / scale / 2
