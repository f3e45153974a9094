"""The picture of a network as a graph, on its page."""

from __future__ import annotations

from cnncalc.report.page.chapter import Chapter
from cnncalc.report.page.markup import ours, tag
from cnncalc.report.page.shell import Section
from cnncalc.report.picture.graph_style import graph_style
from cnncalc.report.picture.to_svg import element


def network_picture(chapter: Chapter) -> Section:
    """The graph."""
    drawn = ours(element(graph_style(chapter.summary)))
    body = tag(
        "div", drawn, class_="scrolls drawn", tabindex=0, role="group", aria_label="The graph"
    )
    return Section(chapter.anchor("picture"), "Picture", body, chapter.prefix)
