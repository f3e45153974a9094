"""What tells a finding from others, however the lines around it move."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from hashlib import sha256

from cnncalc.diagnostics import Diagnostic
from cnncalc.findings import Checked, Findings
from cnncalc.report.findings.places import Place, place


def fingerprinted(findings: Findings) -> Iterator[tuple[Checked, Diagnostic, Place, str]]:
    """Each finding with its place and fingerprint: of its file, its code, the words of its line,
    and which one it is of those that are alike in all three."""
    met: Counter[tuple[str, str, str]] = Counter()
    for checked, diagnostic in findings.each():
        at = place(diagnostic.span, checked, findings)
        lines = diagnostic.span.source.lines
        words = " ".join(lines[at.line - 1].split()) if at.line <= len(lines) else ""
        key = (at.file, diagnostic.code, words)
        met[key] += 1
        text = "\0".join((*key, str(met[key])))
        yield checked, diagnostic, at, sha256(text.encode(errors="surrogatepass")).hexdigest()
