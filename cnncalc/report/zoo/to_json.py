"""The zoo as JSON: exact numbers."""

from __future__ import annotations

from cnncalc.report.zoo.entry import Entry
from cnncalc.text import json_document


def to_json(entries: list[Entry]) -> str:
    """A list of objects."""
    return json_document([entry._asdict() for entry in entries])
