"""Verifications as JSON: every difference."""

from __future__ import annotations

from collections.abc import Sequence

from cnncalc.text import json_document
from cnncalc.verification import Verification


def to_json(verifications: Sequence[Verification]) -> str:
    """One document; for several specs a list of them."""
    documents = [_document(each) for each in verifications]
    whole = documents[0] if len(documents) == 1 else documents
    return json_document(whole)


def _document(verification: Verification) -> dict[str, object]:
    return {
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
