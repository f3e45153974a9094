"""`cnncalc report`: a network as a page of HTML that stands alone."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from cnncalc.analysis import analyze
from cnncalc.checking.checker import Checker
from cnncalc.checking.policy import Policy
from cnncalc.commands import PROBLEMS, SOUND
from cnncalc.commands.options import arguments, samples, shapes
from cnncalc.commands.options import report as report_faults
from cnncalc.commands.output import check_free, write
from cnncalc.diagnostics import Diagnostics
from cnncalc.language.load import find, read_source
from cnncalc.report.page.chapter import Chapter


def report(
    spec: str,
    settings: Sequence[str],
    output: str | None = None,
    force: bool = False,
    inputs: Sequence[str] = (),
    batch: int = 1,
) -> int:
    """Write a page of a network to standard output or a file; over a file that exists with `force`
    alone. Raises UsageError."""
    from cnncalc.report.page.to_html import to_html

    overrides, given = arguments(settings), shapes(inputs)
    check_free(output, force)
    chapter = chapter_of(spec, overrides, given, samples(batch))
    if chapter is None:
        return PROBLEMS
    text = to_html(chapter)
    if output is None:
        sys.stdout.write(text)
    else:
        write(text, output)
    return SOUND


def chapter_of(
    spec: str, overrides: dict[str, str], inputs: dict[str, str], batch: int, prefix: str = ""
) -> Chapter | None:
    """A network for a page, with what `check` finds in it; None where it has errors, which are
    printed."""
    diagnostics = Diagnostics()
    found = find(spec, diagnostics)
    graph = read_source(*found, diagnostics, overrides, inputs=inputs) if found else None
    report_faults(diagnostics)
    if found is None or graph is None:
        return None
    checker = Checker(overrides, Policy(), inputs)
    checker.judge(spec, found[0], graph)
    findings = tuple(each for _, each in checker.findings(strict=False).each())
    return Chapter(analyze(graph, batch), found[0], findings, prefix)
