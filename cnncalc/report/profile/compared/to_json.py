"""Two networks measured in turn, as JSON."""

from __future__ import annotations

from typing import Any

from cnncalc.analysis.measured import MeasuredPair, PairedTiming
from cnncalc.report.profile.to_json import VERSION
from cnncalc.text import json_document


def to_json(found: MeasuredPair) -> str:
    """Seconds and ratios, exact."""
    document = {
        "version": VERSION,
        "specs": [summary.graph.path for summary in found.summaries],
        "setting": found.setting._asdict(),
        "macs": [summary.totals.ops.macs for summary in found.summaries],
        "forward": _document(found.forward),
        "step": _document(found.step) if found.step else None,
    }
    return json_document(document)


def _document(found: PairedTiming) -> dict[str, Any]:
    return {name: getattr(found, name)._asdict() for name in ("left", "right", "ratio")}
