"""Findings in a line each: `path:line:column: CODE message`."""

from __future__ import annotations

from cnncalc.checking.findings import Checked, Findings
from cnncalc.diagnostics import Diagnostic
from cnncalc.report.findings.one_diagnostic import place, tidy


def to_concise(findings: Findings) -> str:
    """A line per finding; nothing where there is none."""
    return "".join(f"{_line(checked, diagnostic)}\n" for checked, diagnostic in findings.each())


def _line(checked: Checked, diagnostic: Diagnostic) -> str:
    elsewhere = "" if diagnostic.span.source.name == checked.path else f" (in {tidy(checked.path)})"
    return concise(diagnostic) + elsewhere


def concise(diagnostic: Diagnostic) -> str:
    """One finding."""
    word = "" if diagnostic.severity == "error" else f"{diagnostic.severity} "
    return f"{place(diagnostic.span)}: {word}{diagnostic.code} {tidy(diagnostic.message)}"
