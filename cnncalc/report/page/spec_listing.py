"""The spec of a network, and the files that it leads to, line by line."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.diagnostics import Source
from cnncalc.report.page.chapter import Chapter
from cnncalc.report.page.finding_list import finding_told
from cnncalc.report.page.markup import Markup, joined, tag
from cnncalc.report.page.shell import Section


def spec_listing(chapter: Chapter) -> Section:
    """Every line has an anchor, which is what `Chapter.place` gives for a span; findings stand
    below theirs."""
    files = [tag("div", *_file(chapter, *pair)) for pair in enumerate(chapter.sources)]
    return Section(chapter.anchor("spec"), "Spec", joined(files), chapter.prefix)


def _file(chapter: Chapter, number: int, source: Source) -> Iterator[Markup]:
    yield tag("h3", source.name)
    lines = (_line(chapter, number, source, line) for line in range(1, len(source.lines) + 1))
    listing = tag("ol", *lines, class_="listing")
    yield tag("div", listing, class_="scrolls", tabindex=0, role="group", aria_label=source.name)


def _line(chapter: Chapter, number: int, source: Source, line: int) -> Markup:
    node = chapter.first_places.get((source.name, line))
    part = chapter.parts[node.path] if node else None
    found = chapter.findings_at(source.name, line)
    content = [tag("code", source.lines[line - 1] or " ")]
    content += [finding_told(chapter.findings[each]) for each in found]
    return joined(["\n", tag("li", *content, id=chapter.line(number, line), data_part=part)])
