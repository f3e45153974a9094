"""An evaluation as comma-separated values: a line for each class, exact counts."""

from __future__ import annotations

import csv
import io

from cnncalc.evaluation import Evaluation
from cnncalc.text import csv_cell

HEAD = ("class", "answers", "right", "recall", "precision")


def to_csv(found: Evaluation) -> str:
    """Each class, and how often it was taken for which. Nothing but the head where answers are
    numbers."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*HEAD, *(csv_cell(f"taken for {name}") for name in found.classes)])
    for place, each in enumerate(found.figures()):
        row = (each.name, each.answers, each.right, each.recall, each.precision)
        taken = (found.confusion.get((place, given), 0) for given in range(len(found.classes)))
        writer.writerow([csv_cell(cell) for cell in (*row, *taken)])
    return text.getvalue()
