"""A network as a page of HTML that stands alone."""

from __future__ import annotations

from collections.abc import Callable

from cnncalc.report.page.chapter import Chapter
from cnncalc.report.page.charts import charts
from cnncalc.report.page.finding_list import finding_list
from cnncalc.report.page.input_sheet import input_sheet
from cnncalc.report.page.layer_table import layer_table
from cnncalc.report.page.network_picture import network_picture
from cnncalc.report.page.reader_data import reader_data
from cnncalc.report.page.shell import Section, page
from cnncalc.report.page.spec_listing import spec_listing
from cnncalc.report.page.totals import totals

SECTIONS: tuple[Callable[[Chapter], Section | None], ...] = (
    totals,
    finding_list,
    network_picture,
    charts,
    input_sheet,
    layer_table,
    spec_listing,
)
"""What is told of a network, in order; None of what there is nothing to tell."""


def to_html(chapter: Chapter) -> str:
    """The whole page."""
    graph = chapter.summary.graph
    return page(graph.name, graph.source, sections(chapter), [reader_data(chapter)])


def sections(chapter: Chapter) -> list[Section]:
    """All that there is to tell of a network."""
    return [found for section in SECTIONS if (found := section(chapter))]
