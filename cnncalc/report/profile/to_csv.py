"""Profiles as comma-separated values: exact seconds, every layer."""

from __future__ import annotations

import csv
import io

from cnncalc.report.profile.lines import Folded, every_layer
from cnncalc.text import csv_cell


def to_csv(found: list[Folded]) -> str:
    """One head, then a line for each layer of each network."""
    rows = [
        {"spec": profile.summary.graph.path, **layer}
        for profile, _ in found
        for layer in every_layer(profile)
    ]
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]) if rows else ["spec", "path"], lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: csv_cell(value) for name, value in row.items()} for row in rows)
    return text.getvalue()
