"""`cnncalc report A B`, `cnncalc report A --git REV`: a page of several networks."""

from __future__ import annotations

from collections.abc import Sequence

from cnncalc.analysis import analyze
from cnncalc.analysis.difference import difference
from cnncalc.commands import PROBLEMS, SOUND
from cnncalc.commands.chapters import chapter_of
from cnncalc.commands.graphs import report
from cnncalc.commands.options import Given, UsageError
from cnncalc.commands.output import put
from cnncalc.diagnostics import Diagnostics
from cnncalc.language.load import file_of, read_source
from cnncalc.report.comparison.comparison import side_by_side, versions
from cnncalc.report.page.chapter import Chapter
from cnncalc.report.page.several_page import chapters_page, pair_page


def report_several(specs: Sequence[str], given: Given, batch: int, output: str | None) -> int:
    """Write a page of two networks beside each other, or of more, a chapter each. Raises
    UsageError."""
    if specs.count("-") > 1:
        raise UsageError("`-` reads standard input, and can be read once")
    prefixes = [f"n{number}-" for number in range(1, len(specs) + 1)]
    found = [chapter_of(spec, *given, batch, p) for spec, p in zip(specs, prefixes, strict=True)]
    chapters = [chapter for chapter in found if chapter]
    if len(chapters) < len(specs):
        return PROBLEMS
    summaries = tuple(chapter.summary for chapter in chapters)
    if len(chapters) == 2:
        comparison = side_by_side(summaries, (difference(*summaries),))
        put(pair_page(comparison, *chapters), output)
    else:
        put(chapters_page(side_by_side(summaries, ()), chapters), output)
    return SOUND


def report_revision(spec: str, revision: str, given: Given, batch: int, output: str | None) -> int:
    """Write a page of a network beside what it was at a revision of git. Raises UsageError."""
    if spec == "-":
        raise UsageError("`-` has no earlier version; --git wants the path of a spec")
    before = _then(spec, revision, given, batch)
    after = chapter_of(spec, *given, batch, "n2-")
    if before is None or after is None:
        return PROBLEMS
    found = versions(revision, difference(before.summary, after.summary))
    put(pair_page(found, before, after), output)
    return SOUND


def _then(spec: str, name: str, given: Given, batch: int) -> Chapter | None:
    """The network of a spec as it was; None where it has errors, which are printed. Raises
    UsageError."""
    from cnncalc.language.text.revision import (  # git is a process of its own
        Revision,
        RevisionError,
    )

    path, diagnostics = file_of(spec), Diagnostics()
    try:
        revision = Revision(name)
        if not revision.has(path):
            raise UsageError(f"`{path}` is not there at {name}: `cnncalc report {path}`")
        source = revision.read(path, path, diagnostics, None)
        read = revision.read
        graph = (
            read_source(source, path, diagnostics, given.overrides, read, given.inputs)
            if source
            else None
        )
    except RevisionError as error:
        raise UsageError(str(error)) from None
    report(diagnostics)
    return Chapter(analyze(graph, batch), source, None, "n1-") if graph else None
