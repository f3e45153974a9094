"""A spec to its chapter on a page, with what `check` finds in it."""

from __future__ import annotations

from collections.abc import Mapping

from cnncalc.analysis import analyze
from cnncalc.checking.checker import Checker
from cnncalc.checking.policy import Policy
from cnncalc.diagnostics import Diagnostics
from cnncalc.language.load import find, read_source
from cnncalc.report.page.chapter import Chapter

NOTHING: Mapping[str, str] = {}


def checked_chapter(
    spec: str,
    diagnostics: Diagnostics,
    overrides: Mapping[str, str] = NOTHING,
    inputs: Mapping[str, str] = NOTHING,
    batch: int = 1,
    prefix: str = "",
) -> Chapter | None:
    """A network for a page; None, with the reasons in `diagnostics`, where it has errors."""
    found = find(spec, diagnostics)
    graph = read_source(*found, diagnostics, overrides, inputs=inputs) if found else None
    if found is None or graph is None:
        return None
    checker = Checker(overrides, Policy(), inputs)
    checker.judge(spec, found[0], graph)
    findings = tuple(each for _, each in checker.findings(strict=False).each())
    return Chapter(analyze(graph, batch), found[0], findings, prefix)
