"""The `expect` section of a spec -> what must hold of its network; every fault of its form."""

from __future__ import annotations

from typing import get_args

from cnncalc.diagnostics import Diagnostics, short
from cnncalc.language.text import tree
from cnncalc.language.text.tree import Node, Scalar
from cnncalc.later_patterns import pattern
from cnncalc.network.expectation import EXPECTED, Expectation, Optimizer
from cnncalc.network.figures import LONGEST, bytes_of, interval
from cnncalc.network.metrics import METRICS

SHAPES = ("output", *(metric.name for metric in METRICS.values() if metric.form == "sizes"))

_SHAPE = pattern(r"(\d+(x\d+)*|\d+(_\d+)+)\Z")


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
    if key.text not in EXPECTED:
        hint = diagnostics.did_you_mean(key.text, EXPECTED) or f"metrics: {', '.join(EXPECTED)}"
        diagnostics.error("CNN601", key.span, f"there is no metric `{key.text}`", hint)
        return []
    expectation = _read(key.text, value) if isinstance(value, Scalar) else None
    if expectation is None:
        shown = f"`{short(value.text)}`" if isinstance(value, Scalar) else "a list or mapping"
        hint = "`25_557_032`, `25.6M`, `at most 30M`"
        if key.text == "output":
            hint = "a shape: `2048x7x7`"
        elif METRICS[key.text].peaks:
            trains = " with adamw" if key.text == "training_memory" else ""
            hint = f"`at most 24 GiB at batch 64{trains}`"
        message = f"`{key.text}` cannot be compared with {shown}"
        diagnostics.error("CNN601", value.span, message, hint)
        return []
    if layer:
        expectation = expectation._replace(layer=layer.text, named=layer.span)
    return [expectation]


def _read(metric: str, value: Scalar) -> Expectation | None:
    if value.empty:
        return Expectation(metric, "", "", value.span)
    text = value.text.strip()
    if len(text) > LONGEST:
        return None
    if metric in SHAPES and _SHAPE.match(text) and (metric == "output" or "x" in text):
        shape = tuple(int(size) for size in text.split("x"))
        return Expectation(metric, "", text, value.span, shape=shape)
    if metric != "output" and METRICS[metric].peaks:
        return _peak(metric, value, text)
    countable = metric != "output" and ("-" not in text or METRICS[metric].form == "places")
    allowed = interval(text) if countable else None
    return Expectation(metric, "", text, value.span, *allowed) if allowed else None


_BATCH = pattern(r"[1-9][0-9_]*\Z")


def _peak(metric: str, value: Scalar, text: str) -> Expectation | None:
    """`at most 24 GiB at batch 64 with adamw`."""
    used, with_, word = " ".join(text.split()).partition(" with ")
    figure, at, batch = used.partition(" at batch ")
    allowed = bytes_of(figure)
    named = word if with_ else "sgd"
    optimizer = next((known for known in get_args(Optimizer) if known == named), None)
    idle = metric == "inference_memory" and named != "sgd"
    if (at and not _BATCH.match(batch)) or not allowed or not optimizer or idle or "-" in text:
        return None
    samples = int(batch.replace("_", "")) if at else 1
    return Expectation(metric, "", text, value.span, *allowed, batch=samples, optimizer=optimizer)
