"""The pictures of two networks beside each other, with what was added, removed and edited."""

from __future__ import annotations

from cnncalc.report.page.foldable import depth_at_first, diagram_of, foldable
from cnncalc.report.page.markup import Markup, joined, tag
from cnncalc.report.page.reader_data import data, drawn_by
from cnncalc.report.page.shell import Section
from cnncalc.report.page.touched_svg import touched_svg
from cnncalc.report.page.two_networks import OneOfTwo, TwoNetworks
from cnncalc.report.picture.box_words import Numbers
from cnncalc.report.picture.wish import Changed

SHOWN = "macs"
"""The number in each box."""

SAID = (
    "+ added, - removed, ~ edited; a grey box is as it was, or follows from another change. The "
    "number in a box is its MACs. A layer leads to its line of the table."
)


def pair_pictures(two: TwoNetworks) -> Section:
    """Both graphs; what points at a layer of one lights it in the other."""
    old, new = two.comparison.heads
    both = [_drawn(old, two.old, two.told.before), _drawn(new, two.new, two.told.after)]
    body = [tag("p", SAID, class_="said"), tag("div", *both, class_="pair")]
    return Section("picture", "Pictures", joined(body))


def _drawn(head: str, side: OneOfTwo, changed: Changed) -> Markup:
    summary = side.chapter.summary
    box = diagram_of(summary, changed)
    drawn = tag(
        "div",
        touched_svg(side, foldable(box, Numbers(summary, SHOWN), changed), "graph"),
        class_="scrolls drawn",
        data_open=depth_at_first(box),
        tabindex=0,
        role="group",
        aria_label=f"The graph of {head}",
    )
    return tag("div", tag("h3", head), drawn)


def pair_data(two: TwoNetworks) -> Markup:
    """For the script: which box of the later network, else of the earlier, is drawn for each
    line."""
    drawn = [-1] * len(two.lines)
    for side, changed in ((two.old, two.told.before), (two.new, two.told.after)):
        box = diagram_of(side.chapter.summary, changed)
        for part, seen in zip(side.parts.values(), drawn_by(side.parts, box), strict=True):
            if part < len(drawn):
                drawn[part] = seen
    return data({"facts": [], "of": [], "drawn": drawn, "fields": []})
