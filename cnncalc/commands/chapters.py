"""Networks for a page: read, judged, counted."""

from __future__ import annotations

from cnncalc.analysis import analyze
from cnncalc.checking.checker import Checker
from cnncalc.checking.policy import Policy
from cnncalc.commands.options import report
from cnncalc.diagnostics import Diagnostics
from cnncalc.language.load import find, read_source
from cnncalc.report.page.chapter import Chapter


def chapter_of(
    spec: str, overrides: dict[str, str], inputs: dict[str, str], batch: int, prefix: str = ""
) -> Chapter | None:
    """A network for a page, with what `check` finds in it; None where it has errors, which are
    printed."""
    diagnostics = Diagnostics()
    found = find(spec, diagnostics)
    graph = read_source(*found, diagnostics, overrides, inputs=inputs) if found else None
    report(diagnostics)
    if found is None or graph is None:
        return None
    checker = Checker(overrides, Policy(), inputs)
    checker.judge(spec, found[0], graph)
    findings = tuple(each for _, each in checker.findings(strict=False).each())
    return Chapter(analyze(graph, batch), found[0], findings, prefix)
