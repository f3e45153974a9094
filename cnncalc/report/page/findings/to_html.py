"""Findings as a page that stands alone: a section for each file, each finding with its lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cnncalc.checking.findings import Findings
from cnncalc.diagnostics import Diagnostic, Note
from cnncalc.report.findings.one_diagnostic import count, place, tidy
from cnncalc.report.findings.to_text import summary
from cnncalc.report.page.finding_list import finding_told, sentence
from cnncalc.report.page.markup import Markup, joined, tag
from cnncalc.report.page.shell import Section, page
from cnncalc.report.page.spec_excerpt import spec_excerpt

MOST = 1000
"""Findings shown; of more, only the number is told."""


def to_html(findings: Findings) -> str:
    """The whole page."""
    found = [diagnostic for _, diagnostic in findings.each()]
    return page("cnncalc check", ". ".join(summary(findings, found)), list(_sections(findings)))


def _sections(findings: Findings) -> Iterator[Section]:
    by_file: dict[str, list[Diagnostic]] = {}
    for number, (checked, diagnostic) in enumerate(findings.each()):
        if number < MOST:
            by_file.setdefault(checked.path, []).append(diagnostic)
    for number, (path, found) in enumerate(by_file.items()):
        title = f"{tidy(path)}: {count(found)}"
        body = tag("ul", *map(_finding, found), class_="findings")
        yield Section(f"file-{number}", title, body)
    hidden = sum(1 for _ in findings.each()) - MOST
    if hidden > 0:
        said = f"{hidden} more findings; `--format concise` shows all"
        yield Section("more", "More", tag("p", sentence(said)))
    without = [one.path for one in findings.checked if not one.found]
    if without:
        yield Section("without", "Nothing found", tag("ul", *_paths(without)))


def _paths(paths: Iterable[str]) -> Iterator[Markup]:
    return (tag("li", tag("code", path)) for path in paths)


def _finding(finding: Diagnostic) -> Markup:
    """What is wrong, where, and what else is known of it."""
    excerpt = spec_excerpt(finding.span)
    notes = (tag("p", *_note(note)) for note in finding.notes)
    parts = [finding_told(finding), tag("br"), tag("code", place(finding.span))]
    return tag("li", *parts, *([excerpt] if excerpt else []), joined(notes))


def _note(note: Note) -> Iterator[Markup]:
    yield sentence("note: ")
    if note.span:
        yield tag("code", place(note.span))
        yield sentence(" ")
    yield sentence(tidy(note.message))
