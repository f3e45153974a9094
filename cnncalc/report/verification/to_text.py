"""A verification as plain text, a line for each check."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill, shorten

from cnncalc.layers.fields import counted
from cnncalc.report.grid import aligned
from cnncalc.text import line
from cnncalc.verification import DIFFERS, EQUAL, NOT_CHECKED, Check, Deviation, Verification

HEAD = ("check", "compared", "verdict", "by")
DIFFERENCES = ("layer", "what", "spec", "network", "where")
WIDTH = 100
WORDS = {EQUAL: "equal", DIFFERS: "differ", NOT_CHECKED: "not checked"}
LONGEST = 72
SHOWN = 20
"""Differences of one check that are listed; JSON has all."""


def to_text(verification: Verification) -> str:
    """The checks, then what differs, then what could not be confirmed."""
    where = {"meta": "meta: shapes, no numbers"}.get(verification.device, verification.device)
    lines = [line(f"{verification.name}   {verification.spec}   on {where}")]
    lines += _columns([HEAD, *map(_line, verification.checks)])
    findings = [f for check in verification.checks for f in check.findings[:SHOWN]]
    if findings:
        lines += ["", "differences", *_columns([DIFFERENCES, *map(_difference, findings)])]
        lines += [
            f"and {len(check.findings) - SHOWN:,} more of {check.name}; --format json has all"
            for check in verification.checks
            if len(check.findings) > SHOWN
        ]
    unconfirmed = [
        fill(line(f"{check.name}: {text}"), WIDTH, initial_indent="  ", subsequent_indent="    ")
        for check in verification.checks
        for text in check.unconfirmed
    ]
    if unconfirmed:
        lines += ["", "not confirmed", *unconfirmed]
    return "".join(f"{text}\n" for text in [*lines, "", line(_summary(verification))])


def _line(check: Check) -> tuple[str, ...]:
    verdict = check.verdict
    if verdict == DIFFERS:
        verdict = f"{DIFFERS} ({len(check.findings):,})"
    return check.name, check.compared or "nothing", verdict, check.means


def _difference(finding: Deviation) -> tuple[str, ...]:
    cells = finding.layer or "network", finding.what, finding.spec, finding.network
    return *(shorten(cell, LONGEST, placeholder=" ...") for cell in cells), finding.place


def _summary(verification: Verification) -> str:
    verdicts = [check.verdict for check in verification.checks]
    counts = [(verdicts.count(verdict), word) for verdict, word in WORDS.items()]
    said = ", ".join(f"{count} {word}" for count, word in counts if count)
    return f"{verification.name}: {counted(len(verdicts), 'check')}, {said}"


def summary(verifications: Sequence[Verification]) -> str:
    """Of several networks, how many are sound, and which are not."""
    unsound = [each.spec for each in verifications if not each.sound]
    text = f"{counted(len(verifications), 'network')}, {len(verifications) - len(unsound)} {EQUAL}"
    return f"{text}; {DIFFERS}: {', '.join(map(line, unsound))}\n" if unsound else f"{text}\n"


def _columns(rows: Sequence[tuple[str, ...]]) -> list[str]:
    return aligned([tuple(map(line, row)) for row in rows], left=range(len(rows[0])))
