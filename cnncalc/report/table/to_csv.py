"""A table as comma-separated values: exact numbers, one line per layer."""

from __future__ import annotations

import csv
import io

from cnncalc.report.table.table import Table
from cnncalc.text import csv_cell


def to_csv(tables: list[Table]) -> str:
    """One head, then the lines of every table; the first two columns are spec and path."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["spec", "path", *(column.name for column in tables[0].columns)])
    for table in tables:
        for line in table.lines:
            if line.row is not None:
                values = [
                    line.kind if column.name == "kind" else column.value(line.row, table.numbers)
                    for column in table.columns
                ]
                cells = [table.summary.graph.path, line.path, *values]
                writer.writerow(map(csv_cell, cells))
    return text.getvalue()
