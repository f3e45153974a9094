"""Layers explained as JSON: their numbers, and how each comes about."""

from __future__ import annotations

from typing import Any

from cnncalc.analysis import Row, Summary
from cnncalc.analysis.named_numbers import NamedNumbers
from cnncalc.report.explanation.layer import TIED, facts
from cnncalc.report.table.to_json import numbers_of
from cnncalc.text import json_document

VERSION = 1
"""Of the document: another where a field that was there is another or gone."""


def to_json(found: tuple[Summary, list[Row]]) -> str:
    """One document; its fields stay, more may come."""
    summary, rows = found
    layers = [_layer(summary, row) for row in rows]
    return json_document({"version": VERSION, "spec": summary.graph.path, "layers": layers})


def _layer(summary: Summary, row: Row) -> dict[str, Any]:
    """What `analyze` has of it, and the lines of its explanation; one without a `quantity` goes on
    with that of the one before."""
    return {
        "path": row.node.path,
        "kind": row.node.kind,
        **numbers_of(row, NamedNumbers(summary)),
        "facts": [
            {"quantity": fact.quantity, "text": fact.text.replace(TIED, " ")}
            for fact in facts(summary, row)
        ],
    }
