"""A comparison as JSON: a contract that others build on; fields are added, never changed."""

from __future__ import annotations

from typing import Any

from cnncalc.analysis import Summary
from cnncalc.analysis.difference import Change, Contrast, Count, Difference
from cnncalc.analysis.receptive import Receptive
from cnncalc.layers.base import Layer
from cnncalc.network.metrics import METRICS
from cnncalc.report.comparison.comparison import Comparison
from cnncalc.report.table.to_json import as_counted
from cnncalc.report.table.to_json import document as analysis
from cnncalc.text import json_document

VERSION = 1
"""Of the document: another where a field that was there is another or gone."""


def to_json(comparisons: list[Comparison]) -> str:
    """One document, however many comparisons it holds."""
    return json_document(document(comparisons))


def document(comparisons: list[Comparison]) -> dict[str, Any]:
    """What is different between some networks."""
    return {
        "version": VERSION,
        "revision": comparisons[0].revision,
        "comparisons": [_comparison(comparison) for comparison in comparisons],
    }


def _comparison(comparison: Comparison) -> dict[str, Any]:
    specs = [_spec(summary) for summary in comparison.summaries]
    for spec, counted in zip(specs, comparison.counted, strict=False):
        spec["convention"] = as_counted(counted)
    for spec in specs:
        spec["ratios"] = _ratios(spec["totals"], specs[0]["totals"])
    numbers = {id(summary): number for number, summary in enumerate(comparison.summaries)}
    return {
        "state": "unchanged" if comparison.unchanged else comparison.state,
        "specs": specs,
        "differences": [_difference(one, numbers) for one in comparison.differences],
    }


def _spec(summary: Summary) -> dict[str, Any]:
    """The network as `analyze` writes it, without its layers."""
    whole = analysis(summary, ())
    return {name: value for name, value in whole.items() if name not in ("version", "layers")}


def _ratios(totals: dict[str, Any], first: dict[str, Any]) -> dict[str, float | None]:
    """What multiple of the first's each count is; None where the first has none."""
    return {
        name: totals[name] / first[name] if first[name] and totals[name] is not None else None
        for name, metric in METRICS.items()
        if not metric.per_axis
    }


def _difference(difference: Difference, numbers: dict[int, int]) -> dict[str, Any]:
    follows = difference.consequence
    return {
        "before": numbers[id(difference.before)],
        "after": numbers[id(difference.after)],
        "layers": {
            "edited": difference.layers("edited"),
            "added": difference.layers("added"),
            "removed": difference.layers("removed"),
            "following": follows.layers,
            "same": difference.same,
        },
        "changes": [_change(change) for change in difference.changes],
        "following": {
            "layers": follows.layers,
            "reshaped": follows.reshaped,
            "refocused": follows.refocused,
            "before": _count(follows.counts[0]),
            "after": _count(follows.counts[1]),
        },
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "sort": change.sort,
        "kind": change.kind,
        "places": change.places,
        "layers": max(count.layers for count in change.counts),
        "paths": {"before": list(change.before), "after": list(change.after)},
        "fields": [_contrast(contrast) for contrast in change.fields],
        "numbers": [_contrast(contrast) for contrast in change.numbers],
        "before": _count(change.counts[0]),
        "after": _count(change.counts[1]),
        "file": change.span.source.name if change.span else None,
        "line": change.span.line if change.span else None,
    }


def _contrast(contrast: Contrast) -> dict[str, Any]:
    return {
        "name": contrast.name,
        "before": _value(contrast.before),
        "after": _value(contrast.after),
    }


def _value(value: object) -> object:
    """A receptive field by its size along each axis, a layer in words."""
    if isinstance(value, Layer):
        return str(value)
    if isinstance(value, Receptive):
        return [axis.size for axis in value.axes] if value.axes else None
    return value


def _count(count: Count) -> dict[str, int | None]:
    return {"params": count.params, "macs": count.macs, "flops": count.flops}
