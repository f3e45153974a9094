"""Several networks as a page: two beside each other, layer by layer; of more a chapter each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cnncalc.report.comparison.comparison import Comparison
from cnncalc.report.page.changes import changes, compared_totals
from cnncalc.report.page.chapter import Chapter
from cnncalc.report.page.pair_pictures import pair_data, pair_pictures
from cnncalc.report.page.pair_table import pair_table
from cnncalc.report.page.reader_data import reader_data
from cnncalc.report.page.shell import Section, page
from cnncalc.report.page.spec_listing import spec_listing
from cnncalc.report.page.to_html import sections
from cnncalc.report.page.two_networks import TwoNetworks


def pair_page(comparison: Comparison, before: Chapter, after: Chapter) -> str:
    """Two networks, or two versions of one, compared layer by layer."""
    two = TwoNetworks(comparison, before, after)
    old, new = comparison.heads
    found = [
        compared_totals(comparison),
        changes(two.difference),
        pair_pictures(two),
        pair_table(two),
        *(_of(head, spec_listing(one)) for head, one in ((old, before), (new, after))),
    ]
    return page(_title(comparison), _about(comparison), found, [pair_data(two)])


def chapters_page(comparison: Comparison, chapters: Sequence[Chapter]) -> str:
    """The totals of all, and each network as its own page tells it."""
    found = [compared_totals(comparison), *_chapters(comparison, chapters)]
    return page(_title(comparison), _about(comparison), found, [*map(reader_data, chapters)])


def _chapters(comparison: Comparison, chapters: Sequence[Chapter]) -> Iterator[Section]:
    for head, chapter in zip(comparison.heads, chapters, strict=True):
        yield from (_of(head, section) for section in sections(chapter))


def _of(head: str, section: Section) -> Section:
    return section._replace(title=f"{head}: {section.title}")


def _title(comparison: Comparison) -> str:
    """`ResNet-18 and ResNet-34`; of two versions the name and which they are."""
    graphs = [summary.graph for summary in comparison.summaries]
    if comparison.revision is not None:
        return f"{graphs[-1].name}: {' and '.join(comparison.heads)}"
    *names, last = (graph.name for graph in graphs)
    return f"{', '.join(names)} and {last}"


def _about(comparison: Comparison) -> str:
    return ", ".join(dict.fromkeys(one.graph.path for one in comparison.summaries))
