"""Predictions as lines of JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cnncalc.evaluation import Prediction
from cnncalc.text import json_line


def to_jsonl(found: Sequence[Prediction]) -> str:
    """A document a line; fields are added, never changed."""
    return "".join(f"{json_line(fields(each))}\n" for each in found)


def fields(of: Prediction) -> dict[str, Any]:
    """A sample; what is not so is null: the index in a file of one image, the class of numbers."""
    first = of.guesses[0] if of.guesses else None
    return {
        "file": of.file,
        "index": of.place,
        "class": first and first.name,
        "probability": first and first.probability,
        "likeliest": [{"class": g.name, "probability": g.probability} for g in of.guesses],
        "values": list(of.values) or None,
        "map": of.map,
        "shares": [{"class": each.name, "share": each.probability} for each in of.shares] or None,
    }
