"""What `check` finds in a network: a list, and each finding at its line of the spec."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.diagnostics import Diagnostic
from cnncalc.report.findings.one_diagnostic import tidy
from cnncalc.report.page.chapter import Chapter
from cnncalc.report.page.markup import Markup, joined, tag
from cnncalc.report.page.shell import Section


def finding_list(chapter: Chapter) -> Section | None:
    """Every finding, with a link to its line; none where nothing was looked for."""
    if not chapter.is_checked:
        return None
    found = [
        tag("li", *_whole(chapter, each), id=chapter.finding(number))
        for number, each in enumerate(chapter.findings)
    ]
    nothing = tag("p", tag("code", "cnncalc check"), " finds nothing to say.")
    body = tag("ul", *found, class_="findings") if found else nothing
    return Section(chapter.anchor("findings"), "Findings", body, chapter.prefix)


def _whole(chapter: Chapter, finding: Diagnostic) -> Iterator[Markup]:
    place, name = chapter.place(finding.span), tidy(finding.place)
    yield finding_told(finding)
    yield tag("br")
    yield tag("a", name, href=f"#{place}") if place else tag("span", name)
    for note in finding.notes:
        yield joined([tag("br"), sentence(tidy(note.message))])


def finding_told(finding: Diagnostic) -> Markup:
    """Its sort, its code, the fact, and the way out."""
    hint = [" ", sentence(tidy(finding.hint))] if finding.hint else []
    return tag(
        "span",
        tag("b", f"{finding.severity} {finding.code}"),
        " ",
        sentence(tidy(finding.message)),
        *(["; hint:"] if hint else []),
        *hint,
        class_=f"finding {finding.severity}",
    )


def sentence(text: str) -> Markup:
    """A sentence of ours, in which what stands between backticks is code."""
    words = text.split("`")
    if len(words) % 2 == 0:
        return joined([text])
    return joined(tag("code", word) if n % 2 else word for n, word in enumerate(words))
