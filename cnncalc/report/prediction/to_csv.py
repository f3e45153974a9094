"""Predictions as comma-separated values."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from cnncalc.evaluation import Prediction
from cnncalc.text import csv_cell


def to_csv(found: Sequence[Prediction]) -> str:
    """A line for each sample: the classes from the likeliest on, each with its probability, or the
    numbers."""
    most = max((len(each.guesses) for each in found), default=0)
    numbers = max((len(each.values) for each in found), default=0)
    head = ["file", "index"]
    head += [
        f"{word}{place}" for place in ("", *range(2, most + 1)) for word in ("class", "probability")
    ][: 2 * most]
    head += [f"value{place}" for place in range(1, numbers + 1)]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(head)
    for each in found:
        cells = [cell for guess in each.guesses for cell in guess]
        writer.writerow([csv_cell(cell) for cell in (each.file, each.place, *cells, *each.values)])
    return text.getvalue()
