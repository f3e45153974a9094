"""A profile as JSON: exact seconds, every layer."""

from __future__ import annotations

from typing import Any

from cnncalc.analysis.measured import Peak, Profile, Timing
from cnncalc.report.profile.lines import Folded, every_layer
from cnncalc.text import json_document

VERSION = 2
"""Of the document: another where a field that was there is another or gone."""


def to_json(found: list[Folded]) -> str:
    """One document; for several specs a list of them. Times are seconds, rates per second."""
    documents = [_document(folded.profile) for folded in found]
    whole = documents[0] if len(documents) == 1 else documents
    return json_document(whole)


def _document(profile: Profile) -> dict[str, Any]:
    """All that was measured of one network."""
    graph, totals = profile.summary.graph, profile.summary.totals
    return {
        "version": VERSION,
        "spec": graph.path,
        "name": graph.name,
        "setting": profile.setting._asdict(),
        "ceilings": profile.ceilings._asdict(),
        "forward": _timing(profile.forward),
        "step": _timing(profile.step) if profile.step else None,
        "between_layers": profile.between,
        "macs": {
            "computed": totals.ops.macs // profile.summary.batch,
            "measured": profile.measured_macs,
        },
        "params": {"computed": totals.params.total, "measured": profile.measured_params},
        "memory": {
            "forward": _memory(profile.predicted.inference, profile.inference_peak),
            "step": _memory(profile.predicted.training, profile.training_peak),
        },
        "forward_device": _timing(profile.device_forward) if profile.device_forward else None,
        "conditions": {
            name: each._asdict() if each else None
            for name, each in profile.conditions._asdict().items()
        },
        "disturbance": profile.disturbance._asdict(),
        "layers": every_layer(profile),
    }


def _timing(timing: Timing) -> dict[str, float]:
    return {"median": timing.median, "low": timing.low, "high": timing.high}


def _memory(computed: int, peak: Peak | None) -> dict[str, int | None]:
    """`measured` is `requested`: what can be computed."""
    requested = peak.requested if peak else None
    return {
        "computed": computed,
        "measured": requested,
        "requested": requested,
        "reserved": peak.reserved if peak else None,
    }
