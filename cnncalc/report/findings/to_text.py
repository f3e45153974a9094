"""Findings for a person: each with its line of the spec, and in the end what all comes to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cnncalc.checking.findings import Findings
from cnncalc.diagnostics import Diagnostic

MOST = 50
"""Diagnostics shown; of more, only the number is told."""

NAMED = 3
"""Files without a spec that are named; of more, only the number is told."""


def render(diagnostics: Iterable[Diagnostic], most: int = MOST) -> str:
    """Those of a command that checks nothing else, the first of them: an empty line between them,
    and how many there are; nothing for none."""
    found = list(diagnostics)
    if not found:
        return ""
    shown = list(_shown(found[:most]))
    hidden = f" ({len(found) - most} not shown)" if len(found) > most else ""
    return "\n\n".join([*shown, _count(found) + hidden])


def _shown(found: Iterable[Diagnostic]) -> Iterator[str]:
    from cnncalc.report.findings.one_diagnostic import render_one  # most specs are sound

    return map(render_one, found)


def _count(found: list[Diagnostic]) -> str:
    from cnncalc.report.findings.one_diagnostic import count

    return count(found)


def to_text(findings: Findings) -> str:
    """Every finding, an empty line between them, and the summary."""
    found = [diagnostic for _, diagnostic in findings.each()]
    shown = list(_shown(found[:MOST])) if found else []
    if len(found) > MOST:
        shown.append(f"{len(found) - MOST} more; `--format concise` shows all")
    return "\n\n".join([*shown, "\n".join(summary(findings, found))]) + "\n"


def summary(findings: Findings, found: list[Diagnostic]) -> list[str]:
    """What all comes to, in a line or more."""
    lines = [_verdict(findings, found)]
    if not findings.compared:
        lines.append(
            "`expect` was not compared: it holds for the spec as it is, not for --set and --input"
        )
    if findings.named:
        from cnncalc.report.findings.one_diagnostic import tidy

        more = len(findings.named) - NAMED
        rest = f" and {more} more" if more > 0 else ""
        verb = "is no spec" if len(findings.named) == 1 else "are no specs"
        lines.append(f"{', '.join(map(tidy, findings.named[:NAMED]))}{rest} {verb}: passed over")
    return lines


def _verdict(findings: Findings, found: list[Diagnostic]) -> str:
    """`3 specs sound, 2 files are no specs`; `1 of 3 specs has problems: 2 errors`."""
    checked = [one for one in findings.checked if one.sort != "settings"]
    failed = sum(map(findings.failed, checked))
    things = _things(findings)
    told = f": {_count(found)}" if found else ""
    others = ""
    if findings.others:
        others = f", {_number(findings.others, 'file is no spec', 'files are no specs')}"
    if failed:
        whose = things if failed == len(checked) else f"{failed} of {things}"
        verb = "has" if failed == 1 else "have"
        return f"{whose} {verb} problems{told}{others}"
    if findings.sound:
        return f"{things} sound{told}{others}"
    return f"{things} sound, but the settings have problems{told}{others}"


def _things(findings: Findings) -> str:
    sorts = [one.sort for one in findings.checked]
    specs, libraries = sorts.count("spec"), sorts.count("library")
    told = [_number(specs, "spec", "specs")] if specs or not libraries else []
    if libraries:
        told.append(_number(libraries, "block library", "block libraries"))
    return " and ".join(told)


def _number(number: int, one: str, several: str) -> str:
    return f"{number or 'no'} {one if number == 1 else several}"
