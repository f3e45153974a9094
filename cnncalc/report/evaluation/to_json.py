"""An evaluation as JSON: exact counts."""

from __future__ import annotations

from cnncalc.evaluation import Evaluation
from cnncalc.text import json_document

VERSION = 1
"""Of the document: another where a field that was there is another or gone."""

MATRIX = 1000
"""Classes of which the whole matrix is written."""


def to_json(found: Evaluation) -> str:
    """One document. `confusion[i][j]`: how often class `i` was taken for class `j`; null beyond
    1,000 classes, where `mistakes` has what is not right."""
    return json_document(document(found))


def document(found: Evaluation) -> dict[str, object]:
    """All that was counted."""
    size = len(found.classes)
    matrix = [[found.confusion.get((i, j), 0) for j in range(size)] for i in range(size)]
    return {
        "version": VERSION,
        "checkpoint": found.checkpoint,
        "network": found.name,
        "epoch": found.epoch,
        "averaged": found.averaged,
        "data": found.data,
        "part": found.part,
        "samples": found.samples,
        "answers": found.answers,
        "loss": {"kind": found.loss_kind, "value": found.loss},
        "accuracy": found.accuracy,
        "top5": found.top5,
        "classes": [
            {
                "name": each.name,
                "answers": each.answers,
                "given": each.given,
                "right": each.right,
                "recall": each.recall,
                "precision": each.precision,
            }
            for each in found.figures()
        ],
        "confusion": matrix if 0 < size <= MATRIX else None,
        "mistakes": [
            {"class": true, "taken_for": given, "count": count}
            for true, given, count in found.mistakes()
        ],
    }
