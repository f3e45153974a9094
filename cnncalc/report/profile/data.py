"""A profile as JSON and CSV: exact seconds, every layer."""

from __future__ import annotations

import csv
import io
from typing import Any

from cnncalc.analysis.measured import Peak, Profile, Timing
from cnncalc.report.profile.lines import ProfileLine, profile_lines
from cnncalc.text import csv_cell, json_document


def profile_json(profiles: list[Profile]) -> str:
    """One document; for several specs a list of them. Times are seconds, rates per second."""
    documents = [profile_document(profile) for profile in profiles]
    whole = documents[0] if len(documents) == 1 else documents
    return json_document(whole)


def profile_document(profile: Profile) -> dict[str, Any]:
    """All that was measured of one network."""
    graph, totals = profile.summary.graph, profile.summary.totals
    return {
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
        "layers": [_layer(line) for line in profile_lines(profile, None)] if profile.layers else [],
    }


def profile_csv(profiles: list[Profile]) -> str:
    """A line for each layer of each network."""
    text = io.StringIO()
    rows = [
        {"spec": csv_cell(profile.summary.graph.path), **_cells(line)}
        for profile in profiles
        if profile.layers
        for line in profile_lines(profile, None)
    ]
    names = list(rows[0]) if rows else ["spec", "path"]
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _cells(line: ProfileLine) -> dict[str, Any]:
    return {name: csv_cell(value) for name, value in _layer(line).items()}


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


def _layer(line: ProfileLine) -> dict[str, Any]:
    time = line.time
    return {
        "path": line.path,
        "kind": line.kind,
        "output": line.output,
        "macs": line.macs,
        "flops": time.flops,
        "bytes": time.traffic,
        "forward": time.forward,
        "backward": time.backward,
        "reached": line.efficiency,
        "bound": line.bound,
    }
