"""`cnncalc check`: whether specs are sound, hold what they expect, and keep to the budgets."""

from __future__ import annotations

import sys

from cnncalc.checking.checker import Checker
from cnncalc.checking.findings import Findings
from cnncalc.checking.policy import Policy, not_ignorable, unknown
from cnncalc.commands import PROBLEMS, SOUND
from cnncalc.commands.options import arguments, codes, one_of
from cnncalc.streams import write_ours

FORMATS = ("text", "concise", "json", "github", "gitlab", "sarif", "junit")


def check(
    paths: list[str],
    settings: list[str],
    select: str | None = None,
    ignore: str | None = None,
    strict: bool = False,
    form: str = "text",
) -> int:
    """Print what is found in specs and in the folders' specs; 1 where there are problems. Raises
    UsageError."""
    one_of("--format", form, FORMATS)
    policy = Policy(codes("--select", select, unknown), codes("--ignore", ignore, not_ignorable))
    checker = Checker(arguments(settings), policy)
    for path in paths:
        checker.check(path)
    findings = checker.findings(strict)
    text = rendered(findings, form)
    write_ours(text, sys.stdout) if form == "github" else sys.stdout.write(text)
    return SOUND if findings.sound else PROBLEMS


def rendered(findings: Findings, form: str) -> str:
    """The findings in one of the formats; each renderer is loaded when it is needed."""
    match form:
        case "concise":
            from cnncalc.report.findings.concise import to_concise as render
        case "json":
            from cnncalc.report.findings.to_json import to_json as render
        case "github":
            from cnncalc.report.findings.github import to_github as render
        case "gitlab":
            from cnncalc.report.findings.gitlab import to_gitlab as render
        case "sarif":
            from cnncalc.report.findings.sarif import to_sarif as render
        case "junit":
            from cnncalc.report.findings.junit import to_junit as render
        case _:
            from cnncalc.report.findings.text import to_text as render
    return render(findings)
