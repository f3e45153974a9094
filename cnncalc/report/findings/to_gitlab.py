"""Findings as a Code Quality report of GitLab.

Fields: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

from cnncalc.checking.findings import Findings
from cnncalc.report.findings.fingerprints import fingerprinted
from cnncalc.report.findings.regions import full_message
from cnncalc.text import json_document

_SEVERITIES = {"error": "major", "warning": "minor", "note": "info"}


def to_gitlab(findings: Findings) -> str:
    """A list of issues; empty where there is none."""
    issues = [
        {
            "description": full_message(diagnostic),
            "check_name": diagnostic.code,
            "fingerprint": fingerprint,
            "severity": _SEVERITIES[diagnostic.severity],
            "location": {"path": at.file, "lines": {"begin": at.line, "end": at.end_line}},
        }
        for _, diagnostic, at, fingerprint in fingerprinted(findings)
    ]
    return json_document(issues)
