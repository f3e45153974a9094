"""Verifications as JSON: every difference."""

from __future__ import annotations

from collections.abc import Sequence

from cnncalc.text import json_document
from cnncalc.verification import Verification

VERSION = 1
"""Of the document: another where a field that was there is another or gone."""


def to_json(verifications: Sequence[Verification]) -> str:
    """One document; for several specs a list of them."""
    documents = [document(each) for each in verifications]
    whole = documents[0] if len(documents) == 1 else documents
    return json_document(whole)


def document(verification: Verification) -> dict[str, object]:
    """All that was compared of one network."""
    return {
        "version": VERSION,
        "spec": verification.spec,
        "name": verification.name,
        "device": verification.device,
        "sound": verification.sound,
        "checks": [
            {
                "name": check.name,
                "verdict": check.verdict,
                "compared": check.compared,
                "means": check.means,
                "differences": [finding._asdict() for finding in check.findings],
                "unconfirmed": list(check.unconfirmed),
            }
            for check in verification.checks
        ],
    }
