"""`cnncalc report`: a network as a page of HTML that stands alone."""

from __future__ import annotations

import os
from collections.abc import Sequence

from cnncalc.analysis import analyze
from cnncalc.checking.checker import Checker
from cnncalc.checking.policy import Policy
from cnncalc.commands import PROBLEMS, SOUND
from cnncalc.commands.options import UsageError, arguments, samples, shapes
from cnncalc.commands.options import report as report_faults
from cnncalc.commands.output import check_free, put
from cnncalc.diagnostics import Diagnostics
from cnncalc.language.load import find, read_source
from cnncalc.report.page.chapter import Chapter


def report(
    specs: Sequence[str],
    settings: Sequence[str],
    output: str | None = None,
    force: bool = False,
    inputs: Sequence[str] = (),
    batch: int = 1,
) -> int:
    """Write a page of a network, or of a folder's, to standard output or a file; over a file that
    exists with `force` alone. Raises UsageError."""
    from cnncalc.report.page.to_html import to_html

    overrides, given = arguments(settings), shapes(inputs)
    check_free(output, force)
    if folders := [*filter(os.path.isdir, specs)]:
        return _of_folder(folders[0], specs, output, not overrides and not given and batch == 1)
    chapter = chapter_of(specs[0], overrides, given, samples(batch))
    if chapter is None:
        return PROBLEMS
    put(to_html(chapter), output)
    return SOUND


def _of_folder(folder: str, specs: Sequence[str], output: str | None, plain: bool) -> int:
    """The page of a folder, which stands alone. Raises UsageError."""
    if len(specs) > 1:
        raise UsageError(f"`{folder}` is a folder: its page has no other specs")
    if not plain:
        raise UsageError("--set, --input and --batch are of one network, not of a folder")
    from cnncalc.commands.report_folder import report_folder  # its page is another

    return report_folder(folder, output)


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
