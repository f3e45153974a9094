"""What is different between networks, as `compare` tells it, on a page."""

from __future__ import annotations

from cnncalc.analysis.difference import Difference
from cnncalc.report.comparison.comparison import (
    ChangeLine,
    Comparison,
    conventions,
    head,
    lines,
    total_columns,
    totals,
)
from cnncalc.report.page.markup import Markup, joined, tag
from cnncalc.report.page.shell import Section

CLASSES = {"+": "added", "-": "removed", "~": "edited"}
"""Of lines, by their marks."""


def compared_totals(comparison: Comparison) -> Section:
    """The totals side by side, and how they differ from the first's."""
    found = list(totals(comparison))
    columns = [column for some in total_columns(comparison, found) for column in some]
    heads = (tag("th", head, scope="col") for head, *_ in columns)
    rows = [
        tag(
            "tr",
            tag("th", total.name, scope="row"),
            *(tag("td", column[number + 1]) for column in columns),
            class_="differs" if total.differs else None,
        )
        for number, total in enumerate(found)
    ]
    notes = tag("ul", *(tag("li", note) for note in conventions([comparison])))
    table = tag(
        "table",
        tag("thead", tag("tr", tag("td"), *heads)),
        tag("tbody", *rows),
        class_="numbers",
    )
    body = [
        tag("div", table, class_="scrolls", tabindex=0, role="group", aria_label="Totals"),
        tag("details", tag("summary", "What the numbers mean"), notes),
    ]
    return Section("totals", "Totals", joined(body))


def changes(difference: Difference) -> Section:
    """Each change once, however many layers it shows in; the columns add up to the difference of
    the totals."""
    found = lines(difference)
    said = tag("p", f"{head(difference)}.", class_="said")
    if not found:
        return Section("changes", "Changes", said)
    titles = ("", "layer", "params", "MACs", "what is another")
    heads = (
        tag("th", title, scope="col", class_=None if title in ("params", "MACs") else "left")
        for title in titles
    )
    table = tag(
        "table",
        tag("thead", tag("tr", *heads)),
        tag("tbody", *map(_line, found)),
    )
    scrolls = tag("div", table, class_="scrolls", tabindex=0, role="group", aria_label="Changes")
    return Section("changes", "Changes", joined([said, scrolls]))


def _line(line: ChangeLine) -> Markup:
    return tag(
        "tr",
        tag("th", line.mark, scope="row"),
        tag("td", line.name),
        tag("td", line.params),
        tag("td", line.macs),
        tag("td", line.what, class_="left"),
        class_=CLASSES.get(line.mark),
    )
