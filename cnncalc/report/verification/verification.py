"""A verification as text, a line for each check, and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from textwrap import fill, shorten

from cnncalc.text import json_document, line
from cnncalc.verification import DIFFERS, EQUAL, NOT_CHECKED, Check, Finding, Verification

HEAD = ("check", "compared", "verdict", "by")
DIFFERENCES = ("layer", "what", "spec", "network", "where")
WIDTH = 100
WORDS = {EQUAL: "equal", DIFFERS: "differ", NOT_CHECKED: "not checked"}
LONGEST = 72
VERSION = 1
"""Of the JSON document: another where a field that was there is another or gone."""

SHOWN = 20
"""Differences of one check that are listed; JSON has all."""


def to_text(verification: Verification) -> str:
    """The checks, then what differs, then what could not be confirmed."""
    where = {"meta": "meta: shapes, no numbers"}.get(verification.device, verification.device)
    lines = [line(f"{verification.name}   {verification.spec}   on {where}")]
    lines += _aligned([HEAD, *map(_line, verification.checks)])
    findings = [f for check in verification.checks for f in check.findings[:SHOWN]]
    if findings:
        lines += ["", "differences", *_aligned([DIFFERENCES, *map(_difference, findings)])]
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


def _difference(finding: Finding) -> tuple[str, ...]:
    cells = finding.layer or "network", finding.what, finding.spec, finding.network
    return *(shorten(cell, LONGEST, placeholder=" ...") for cell in cells), finding.place


def _summary(verification: Verification) -> str:
    verdicts = [check.verdict for check in verification.checks]
    counts = [(verdicts.count(verdict), word) for verdict, word in WORDS.items()]
    said = ", ".join(f"{count} {word}" for count, word in counts if count)
    return f"{verification.name}: {len(verdicts)} checks, {said}"


def summary(verifications: Sequence[Verification]) -> str:
    """Of several networks, how many are sound, and which are not."""
    unsound = [each.spec for each in verifications if not each.sound]
    text = f"{len(verifications)} networks, {len(verifications) - len(unsound)} {EQUAL}"
    return f"{text}; {DIFFERS}: {', '.join(map(line, unsound))}\n" if unsound else f"{text}\n"


def _aligned(rows: Sequence[tuple[str, ...]]) -> Iterable[str]:
    rows = [tuple(map(line, row)) for row in rows]
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "   ".join(cells).rstrip()


def to_json(verifications: Sequence[Verification]) -> str:
    """One document; for several specs a list of them."""
    documents = [document(each) for each in verifications]
    whole = documents[0] if len(documents) == 1 else documents
    return json_document(whole)


def document(verification: Verification) -> dict[str, object]:
    """All that was compared of one network."""
    return {
        "version": VERSION,
        "spec": verification.spec,
        "name": verification.name,
        "device": verification.device,
        "sound": verification.sound,
        "checks": [
            {
                "name": check.name,
                "verdict": check.verdict,
                "compared": check.compared,
                "means": check.means,
                "differences": [finding._asdict() for finding in check.findings],
                "unconfirmed": list(check.unconfirmed),
            }
            for check in verification.checks
        ],
    }
