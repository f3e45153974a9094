"""Memory as comma-separated values: bytes of every layer."""

from __future__ import annotations

import csv
import io

from cnncalc.analysis.memory_use import Use
from cnncalc.report.memory.shares import MemoryLine, every_line
from cnncalc.text import csv_cell


def to_csv(uses: list[Use]) -> str:
    """One head, then a line for each layer of each network."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["spec", *MemoryLine._fields])
    for use in uses:
        for line in every_line(use):
            writer.writerow([csv_cell(cell) for cell in (use.graph.path, *line)])
    return text.getvalue()
