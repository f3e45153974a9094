"""Findings as SARIF 2.1.0, which code scanning services read.

Format: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import quote

from cnncalc import __version__
from cnncalc.checking.every_code import CODES
from cnncalc.checking.findings import Checked, Findings
from cnncalc.codes.page import Page
from cnncalc.diagnostics import Diagnostic, Note
from cnncalc.report.findings.fingerprints import fingerprinted
from cnncalc.report.findings.regions import Region, full_message, place
from cnncalc.text import json_document, sarif_message

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)


def to_sarif(findings: Findings) -> str:
    """One run; its rules are the codes that were found."""
    found = list(fingerprinted(findings))
    codes = sorted({diagnostic.code for _, diagnostic, *_ in found})
    run = {
        "tool": {
            "driver": {
                "name": "cnncalc",
                "version": __version__,
                "rules": [_rule(code, CODES[code]) for code in codes],
            }
        },
        "invocations": [{"executionSuccessful": True}],
        "columnKind": "unicodeCodePoints",
        "results": [
            _result(diagnostic, at, codes, fingerprint) | _related(diagnostic, checked, findings)
            for checked, diagnostic, at, fingerprint in found
        ],
    }
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json_document(document)


def _rule(code: str, page: Page) -> dict[str, Any]:
    return {
        "id": code,
        "shortDescription": {"text": page.title},
        "fullDescription": {"text": page.explanation},
        "help": {
            "text": f"{page.explanation} `cnncalc explain {code}` shows examples.",
            "markdown": "\n\n".join(
                (page.explanation, "bad:", _example(page.bad), "good:", _example(page.good))
            ),
        },
    }


def _example(text: str) -> str:
    return f"```\n{text}```"


def _result(
    diagnostic: Diagnostic, at: Region, codes: list[str], fingerprint: str
) -> dict[str, Any]:
    return {
        "ruleId": diagnostic.code,
        "ruleIndex": codes.index(diagnostic.code),
        "level": diagnostic.severity,
        "message": {"text": sarif_message(full_message(diagnostic))},
        "locations": [{"physicalLocation": _location(at)}],
        "partialFingerprints": {"cnncalc/v1": fingerprint},
    }


def _related(diagnostic: Diagnostic, checked: Checked, findings: Findings) -> dict[str, Any]:
    """The places of its notes, where they have any."""
    placed = [note for note in diagnostic.notes if note.span]
    if not placed:
        return {}
    return {"relatedLocations": [_note(note, checked, findings) for note in placed]}


def _note(note: Note, checked: Checked, findings: Findings) -> dict[str, Any]:
    location = _location(place(note.span, checked, findings)) if note.span else {}
    return {"physicalLocation": location, "message": {"text": sarif_message(note.message)}}


def _location(at: Region) -> dict[str, Any]:
    return {
        "artifactLocation": {"uri": _uri(at.file)},
        "region": {
            "startLine": at.line,
            "startColumn": at.column,
            "endLine": at.end_line,
            "endColumn": at.end_column,
        },
    }


def _uri(file: str) -> str:
    """A path below the root as a relative reference, any other with its scheme."""
    scheme = "file://" if file.startswith("/") else ""
    return scheme + quote(os.fsencode(file))
