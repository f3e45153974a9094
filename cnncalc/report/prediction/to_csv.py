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
    shares = max((len(each.shares) for each in found), default=0)
    head = ["file", "index"]
    head += [
        f"{word}{place}" for place in ("", *range(2, most + 1)) for word in ("class", "probability")
    ][: 2 * most]
    head += [f"value{place}" for place in range(1, numbers + 1)]
    mapped = any(each.map for each in found)
    head += ["map"] * mapped
    head += [f"{word}{place}" for place in range(1, shares + 1) for word in ("class", "share")]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(head)
    for each in found:
        cells = [cell for guess in (*each.guesses, *each.shares) for cell in guess]
        row = (each.file, each.place, *[each.map] * mapped, *cells, *each.values)
        writer.writerow([csv_cell(cell) for cell in row])
    return text.getvalue()
