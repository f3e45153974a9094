"""Memory as JSON: bytes, exact."""

from __future__ import annotations

from typing import Any

from cnncalc.analysis.memory_use import Use
from cnncalc.report.memory.shares import every_line, figures
from cnncalc.text import json_document


def to_json(uses: list[Use]) -> str:
    """A list of objects."""
    return json_document([document(use) for use in uses])


def document(use: Use) -> dict[str, Any]:
    """A network."""
    given, found = use.conditions, use.footprint
    peak = found.peak(given.batch)
    return {
        "version": 1,
        "name": use.graph.name,
        "spec": use.graph.path,
        "mode": "training" if given.optimizer else "inference",
        **given._asdict(),
        "bytes": {figure.name: figure.bytes for figure in figures(use)},
        "gradients_in_the_end": found.gradients,
        "where": {
            "layer": peak.node.path if peak.node else None,
            "backward": peak.backward,
        },
        "not_counted": use.reserves,
        "recomputed_macs": use.macs,
        "fits": use.limit,
        "largest_batch": use.largest,
        "remedies": [remedy._asdict() for remedy in use.remedies],
        "layers": [line._asdict() for line in every_line(use)],
    }
