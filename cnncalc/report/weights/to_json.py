"""A file of weights as JSON: all that it says, exact numbers."""

from __future__ import annotations

from cnncalc.stored_weights import StoredWeights
from cnncalc.text import json_document

VERSION = 1
"""Of the document: another where a field that was there is another or gone."""


def to_json(found: StoredWeights) -> str:
    """One document."""
    return json_document(
        {
            "version": VERSION,
            "file": found.path,
            "form": found.form,
            "bytes": found.size,
            "sha256": found.sha256,
            "sealed": found.sealed,
            "averaged": found.averaged,
            "said": found.said,
            "tensors": [
                {**tensor._asdict(), "numbers": tensor.numbers} for tensor in found.tensors
            ],
        }
    )
