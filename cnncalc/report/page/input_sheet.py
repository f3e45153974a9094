"""What the last layer that has a receptive field sees of the input, and the stages before it."""

from __future__ import annotations

from cnncalc.report.page.chapter import Chapter
from cnncalc.report.page.markup import joined, tag
from cnncalc.report.page.shell import Section
from cnncalc.report.page.touched_svg import touched_svg
from cnncalc.report.picture.field_style import field_style, target
from cnncalc.report.picture.wish import NONE

SAID = "Each square is what the middle output of a stage sees; hatched is padding."


def input_sheet(chapter: Chapter) -> Section | None:
    """The picture of `draw --style field`; none where no layer has a place in the input."""
    if target(chapter.summary, NONE) is None:
        return None
    drawn = tag(
        "div",
        touched_svg(chapter, field_style(chapter.summary), "field"),
        class_="scrolls drawn",
        tabindex=0,
        role="group",
        aria_label="The receptive field on the input",
    )
    body = joined([tag("p", SAID, class_="said"), drawn])
    return Section(chapter.anchor("field"), "Receptive field", body, chapter.prefix)
