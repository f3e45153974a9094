"""Findings as JSON: a contract that others build on; fields are added, never changed."""

from __future__ import annotations

from typing import Any

from cnncalc.checking.findings import Checked, Findings
from cnncalc.diagnostics import Diagnostic, Note, Span
from cnncalc.report.findings.regions import path, place
from cnncalc.text import json_document

VERSION = 1
"""Of the document: another where a field that was there is another or gone."""


def to_json(findings: Findings) -> str:
    """One document: what was checked, and what was found."""
    document = {
        "version": VERSION,
        "sound": findings.sound,
        "expect_compared": findings.compared,
        "checked": [
            {
                "path": path(one.path, findings),
                "sort": one.sort,
                "sound": not findings.failed(one),
            }
            for one in findings.checked
        ],
        "passed_over": len(findings.named) + findings.others,
        "findings": [_finding(one, checked, findings) for checked, one in findings.each()],
    }
    return json_document(document)


def _finding(diagnostic: Diagnostic, checked: Checked, findings: Findings) -> dict[str, Any]:
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity,
        "message": diagnostic.message,
        "hint": diagnostic.hint,
        **_place(diagnostic.span, checked, findings),
        "notes": [_note(note, checked, findings) for note in diagnostic.notes],
    }


def _note(note: Note, checked: Checked, findings: Findings) -> dict[str, Any]:
    where = _place(note.span, checked, findings) if note.span else {}
    return {"message": note.message, **where}


def _place(span: Span, checked: Checked, findings: Findings) -> dict[str, str | int]:
    at = place(span, checked, findings)
    return {
        "path": at.file,
        "line": at.line,
        "column": at.column,
        "end_line": at.end_line,
        "end_column": at.end_column,
    }
