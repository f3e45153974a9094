"""What tells a finding from others, however the lines around it move."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from functools import cache, lru_cache

from cnncalc.checking.findings import Checked, Findings
from cnncalc.diagnostics import Diagnostic, Source
from cnncalc.report.findings.regions import Region, place


def fingerprinted(findings: Findings) -> Iterator[tuple[Checked, Diagnostic, Region, str]]:
    """Each finding with its place and fingerprint: of its file, its code, the words of its line,
    and which one it is of those that are alike in all three."""
    met: Counter[tuple[str, str, str]] = Counter()
    begun = cache(_begun)
    words = lru_cache(maxsize=1)(_words)  # of one long line there may be many findings
    for checked, diagnostic in findings.each():
        at = place(diagnostic.span, checked, findings)
        key = (at.file, diagnostic.code, words(diagnostic.span.source, at.line))
        met[key] += 1
        whole = begun(key).copy()
        whole.update(str(met[key]).encode())
        yield checked, diagnostic, at, whole.hexdigest()


def _words(source: Source, line: int) -> str:
    return " ".join(source.lines[line - 1].split()) if line <= len(source.lines) else ""


def _begun(key: tuple[str, str, str]) -> hashlib._Hash:
    return hashlib.sha256("\0".join((*key, "")).encode(errors="surrogatepass"))
