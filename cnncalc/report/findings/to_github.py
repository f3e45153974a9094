"""Findings as workflow commands of GitHub Actions, which shows them in the changed lines.

Commands and their escapes:
https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

from cnncalc.checking.findings import Checked, Findings
from cnncalc.diagnostics import Diagnostic
from cnncalc.report.findings.regions import full_message, place
from cnncalc.streams import Ours
from cnncalc.text import github, github_property

_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}


def to_github(findings: Findings) -> Ours:
    """A command per finding; nothing where there is none."""
    commands = (_command(one, checked, findings) for checked, one in findings.each())
    return Ours("".join(f"{command}\n" for command in commands))


def _command(diagnostic: Diagnostic, checked: Checked, findings: Findings) -> str:
    at = place(diagnostic.span, checked, findings)
    properties: dict[str, str | int] = {"file": at.file, "line": at.line, "endLine": at.end_line}
    if at.one_line:  # GitHub takes columns for a stretch of one line only
        properties |= {"col": at.column, "endColumn": at.end_column}
    properties["title"] = f"cnncalc {diagnostic.code}"
    told = ",".join(f"{name}={github_property(value)}" for name, value in properties.items())
    return f"::{_COMMANDS[diagnostic.severity]} {told}::{github(full_message(diagnostic))}"
