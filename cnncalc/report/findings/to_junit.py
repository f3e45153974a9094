"""Findings as JUnit's XML, which test reports read: a test case per file that was checked."""

from __future__ import annotations

from cnncalc.checking.findings import Checked, Findings
from cnncalc.diagnostics import Diagnostic
from cnncalc.report.findings.one_diagnostic import count, render_one
from cnncalc.report.findings.regions import path
from cnncalc.text import xml, xml_attribute


def to_junit(findings: Findings) -> str:
    """One suite; a case with problems fails, what else was found is its output."""
    failed = sum(map(findings.failed, findings.checked))
    numbers = f'tests="{len(findings.checked)}" failures="{failed}" errors="0"'
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="cnncalc check" {numbers}>',
        f'  <testsuite name="cnncalc check" {numbers} skipped="0">',
        *(line for one in findings.checked for line in _case(one, findings)),
        "  </testsuite>",
        "</testsuites>",
    ]
    return "\n".join(lines) + "\n"


def _case(checked: Checked, findings: Findings) -> list[str]:
    name = xml_attribute(path(checked.path, findings))
    head = f'    <testcase name={name} classname="cnncalc.{checked.sort}"'
    if not checked.found:
        return [f"{head}/>"]
    problems = [one for one in checked.found if findings.fails(one)]
    advice = [one for one in checked.found if not findings.fails(one)]
    lines = [f"{head}>"]
    if problems:
        codes = " ".join(sorted({one.code for one in problems}))
        told = f"message={xml_attribute(count(problems))} type={xml_attribute(codes)}"
        lines.append(f"      <failure {told}>{_text(problems)}</failure>")
    if advice:
        lines.append(f"      <system-out>{_text(advice)}</system-out>")
    return [*lines, "    </testcase>"]


def _text(found: list[Diagnostic]) -> str:
    return xml("\n\n".join(map(render_one, found)))
