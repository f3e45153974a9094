"""The picture of a network as a graph, on its page; its blocks open and shut."""

from __future__ import annotations

from cnncalc.report.page.chapter import Chapter
from cnncalc.report.page.foldable import depth_at_first, diagram_of, foldable
from cnncalc.report.page.markup import joined, tag
from cnncalc.report.page.measured_times import MeasuredNumbers
from cnncalc.report.page.shell import Section
from cnncalc.report.page.touched_svg import touched_svg
from cnncalc.report.picture.box_words import Numbers

SHOWN = "macs"
"""The number in each box."""

SAID = (
    "The number in a box is its MACs, the red bar their share of the network's. A layer leads to "
    "its line of the spec."
)


def network_picture(chapter: Chapter) -> Section:
    """The graph, as deep as it goes; `data-open` says how deep it is open at first."""
    summary, measured = chapter.summary, chapter.measured
    box = diagram_of(summary)
    numbers = MeasuredNumbers(summary, SHOWN, measured) if measured else Numbers(summary, SHOWN)
    picture = foldable(box, numbers)
    drawn = tag(
        "div",
        touched_svg(chapter, picture, "graph"),
        class_="scrolls drawn",
        data_open=depth_at_first(box),
        tabindex=0,
        role="group",
        aria_label="The graph",
    )
    body = joined([tag("p", SAID, class_="said"), drawn])
    return Section(chapter.anchor("picture"), "Picture", body, chapter.prefix)
