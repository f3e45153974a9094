"""What a spec expects of its network and does not hold."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import chain

from cnncalc.analysis.named_numbers import NamedNumbers, Value
from cnncalc.analysis.receptive import Receptive
from cnncalc.analysis.summary import Row, Summary
from cnncalc.budget import Budget
from cnncalc.diagnostics import Diagnostic, did_you_mean
from cnncalc.layers.base import times
from cnncalc.network.expectation import Expectation
from cnncalc.network.figures import written_as
from cnncalc.network.metrics import METRICS
from cnncalc.numbers import decimal

_EXAMPLES = {
    "output": "10x32x32",
    "receptive_field": "5",
    "stride": "32",
    "centre": "15.5",
    "intensity": "25.6",
    "weight_layers": "50",
    "layers": "174",
}
"""What the values of some metrics look like."""


class ByPath:
    """The layers, groups and further outputs of a network by their paths, found when asked for."""

    def __init__(self, summary: Summary) -> None:
        self.summary = summary
        self.numbers = NamedNumbers(summary)

    def at(self, path: str) -> Row | None:
        """What is at `path`, as one row."""
        graph = self.summary.graph
        if path in graph.groups:
            group = graph.groups[path]
            return self.summary.part(group.first, group.last)
        if path not in self._rows and path in graph.heads:
            path = graph.heads[path].path
        return self._rows.get(path)

    @cached_property
    def _rows(self) -> dict[str, Row]:
        return {row.node.path: row for row in reversed(self.summary.rows)}

    @cached_property
    def last_local(self) -> Row | None:
        """The last layer whose receptive field has a place in the input."""
        return next((row for row in reversed(self.summary.rows) if row.receptive.axes), None)


def unmet(summary: Summary) -> Iterator[Diagnostic]:
    """Every expectation of the spec that does not hold: of the network, then of its layers."""
    known = ByPath(summary)
    found: dict[str, Row | None] = {}
    budget = Budget()
    for expected in summary.graph.expect:
        path = expected.layer
        if path and path not in found:
            found[path] = known.at(path)
            if found[path] is None:
                yield _no_such_layer(expected, summary, budget)
        if not path or found[path]:
            yield from _judged(expected, found.get(path), known)


def _judged(expected: Expectation, part: Row | None, known: ByPath) -> Iterator[Diagnostic]:
    """What is wrong with a part, or with the whole network."""
    found = value(expected, part, known.numbers)
    if not expected.text:
        yield _blank(expected)
    elif found is None and METRICS[expected.metric].per_axis:
        yield _unknown(expected, part, known)
    elif found is None:
        why = "it is of a whole network" if METRICS[expected.metric].peaks else "no byte is moved"
        if (part or known.summary.whole).stated:
            why = "a layer is `foreign`, and states other numbers"
        message = f"{_subject(expected)} is not known: {why}"
        yield Diagnostic("CNN604", expected.span, message, "leave it out")
    elif not expected.allows(found):
        yield _differs(expected, found)


def value(expected: Expectation, part: Row | None, numbers: NamedNumbers) -> Value | None:
    """What a part, or else the whole network, has of a metric; None where it is not known."""
    row, metric = part or numbers.summary.whole, expected.metric
    if metric == "output":
        return row.node.shape
    if METRICS[metric].peaks:
        return numbers.peak(metric, row, expected.batch, expected.optimizer)
    return numbers.of(metric, row)


def _no_such_layer(expected: Expectation, summary: Summary, budget: Budget) -> Diagnostic:
    graph = summary.graph
    known = chain(graph.groups, graph.heads, (node.path for node in graph.layers))
    hint = did_you_mean(expected.layer, known, budget)
    hint = hint or f"`cnncalc analyze {graph.path} --depth all` shows the names"
    message = f"there is no layer `{expected.layer}`"
    return Diagnostic("CNN603", expected.named or expected.span, message, hint)


def _blank(expected: Expectation) -> Diagnostic:
    """The hint does not tell what is right: a blank is an exercise."""
    example = _EXAMPLES.get(expected.metric, "25_557_032")
    hint = f"fill in what you compute, such as `{expected.metric}: {example}`"
    return Diagnostic("CNN602", expected.span, f"{_subject(expected)} is blank", hint)


def _why(part: Row | None, known: ByPath) -> str:
    """Why a field, of a part or of the whole network, is not local."""
    whole = known.summary.totals.receptive
    if part or (whole and whole.everything):
        return _lost((part or known.summary.totals).receptive or Receptive(None))
    later = "the places of a later map cannot be told"
    return later if known.last_local else "no layer has a place in the input"


def _unknown(expected: Expectation, part: Row | None, known: ByPath) -> Diagnostic:
    """A field that is not local: the hint names the last layer that has one."""
    metric, last, why = expected.metric, known.last_local, _why(part, known)
    hint = None
    if last:
        path, size = last.node.path, shown(known.numbers.of(metric, last) or ())
        hint = f"the last that is known: `layers: {{{path}: {{{metric}: {size}}}}}`"
    return Diagnostic("CNN604", expected.span, f"{_subject(expected)} is not known: {why}", hint)


def _lost(receptive: Receptive) -> str:
    if receptive.everything:
        return "it sees the whole input"
    return "it has no place in the input" if receptive.axes is None else "it has no axis in space"


def _differs(expected: Expectation, found: Value) -> Diagnostic:
    has = times(found) if expected.shape else shown(found)
    message = f"{_subject(expected)} is {has}, expected {_wanted(expected)}"
    if not expected.shape and len(set(found)) == 1:
        message += f": {_difference(expected, found[0])}"
    written = f"{_to_write(expected, found)}{used(expected)}"
    hint = f"`{expected.metric}: {written}`, if that is right"
    return Diagnostic("CNN602", expected.span, message, hint)


def _subject(expected: Expectation) -> str:
    of = f" of `{expected.layer}`" if expected.layer else ""
    return f"`{expected.metric}`{of}"


def _wanted(expected: Expectation) -> str:
    """As it is written, but an exact number with its thousands apart."""
    if expected.low is not None and expected.low == expected.high:
        return f"{expected.low:,}"
    return expected.text


def _difference(expected: Expectation, found: float) -> str:
    """How far a number is from what is expected, from the middle of what is rounded."""
    bounds = [bound for bound in (expected.low, expected.high) if bound is not None]
    apart = found - sum(bounds) / len(bounds)
    return f"{_rounded(abs(apart), expected.text)} {'more' if apart > 0 else 'less'}"


def _rounded(number: float, text: str) -> str:
    """A number with as many decimals as a figure has, and none that is a trailing 0."""
    decimals = len(text.partition(".")[2].rstrip("KMGBT \t"))
    written = f"{number:,.{decimals}f}"
    return written.rstrip("0").rstrip(".") if decimals else written


def used(expected: Expectation) -> str:
    """How the network is used whose memory is spoken of, where that is written."""
    batch = f" at batch {expected.batch}" if expected.batch > 1 else ""
    return batch + (f" with {expected.optimizer}" if expected.optimizer != "sgd" else "")


def _to_write(expected: Expectation, found: Value) -> str:
    if expected.shape:
        return times(found)
    if len(set(found)) == 1:
        return written_as(expected.text, found[0])
    if expected.low is not None and expected.high is not None:
        return times(found)
    return written_as(expected.text, min(found) if expected.high is None else max(found))


def shown(found: Value) -> str:
    """`25,557,032`; where a number for each axis differs among them, `35x3`."""
    return decimal(found[0]) if len(set(found)) == 1 else times(map(decimal, found))
