"""Where the params, the operations and the memory of a network are, as bars."""

from __future__ import annotations

from cnncalc.report.page.chapter import Chapter
from cnncalc.report.page.markup import joined, tag
from cnncalc.report.page.shell import Section
from cnncalc.report.page.touched_svg import touched_svg
from cnncalc.report.picture.bars_style import bars_style

SHOWN = ("params", "macs", "kept")
"""The columns."""

SAID = (
    "A bar is as long as its part of the largest in its column. Kept is what the backward pass "
    "needs; the line at the right is the receptive field as it grows."
)


def charts(chapter: Chapter) -> Section:
    """The bars of `draw --style bars`, folded as a table is that fits on a screen."""
    picture = bars_style(chapter.summary, columns=SHOWN)
    drawn = tag(
        "div",
        touched_svg(chapter, picture, "bars"),
        class_="scrolls drawn",
        tabindex=0,
        role="group",
        aria_label="Bars of every part",
    )
    body = joined([tag("p", SAID, class_="said"), drawn])
    return Section(chapter.anchor("charts"), "Where the numbers are", body, chapter.prefix)
