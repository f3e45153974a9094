"""A network as a page of HTML that stands alone."""

from __future__ import annotations

from cnncalc.report.page.chapter import Chapter
from cnncalc.report.page.layer_table import layer_table
from cnncalc.report.page.network_picture import network_picture
from cnncalc.report.page.shell import Section, page
from cnncalc.report.page.spec_listing import spec_listing
from cnncalc.report.page.totals import totals


def to_html(chapter: Chapter) -> str:
    """The whole page."""
    graph = chapter.summary.graph
    return page(graph.name, graph.source, sections(chapter))


def sections(chapter: Chapter) -> list[Section]:
    """What is told of a network, in order."""
    return [
        totals(chapter),
        network_picture(chapter),
        layer_table(chapter),
        spec_listing(chapter),
    ]
