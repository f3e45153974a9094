"""Findings in a line each: `path:line:column: CODE message`."""

from __future__ import annotations

from cnncalc.diagnostics import Diagnostic
from cnncalc.findings import Findings
from cnncalc.report.diagnostics import place, tidy


def to_concise(findings: Findings) -> str:
    """A line per finding; nothing where there is none."""
    return "".join(f"{_line(diagnostic)}\n" for _, diagnostic in findings.each())


def _line(diagnostic: Diagnostic) -> str:
    word = "" if diagnostic.severity == "error" else f"{diagnostic.severity} "
    return f"{place(diagnostic.span)}: {word}{diagnostic.code} {tidy(diagnostic.message)}"
