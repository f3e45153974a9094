"""Networks as a table on a page, a line each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cnncalc.analysis import Summary
from cnncalc.analysis.named_numbers import NamedNumbers
from cnncalc.network.published import Published, percent
from cnncalc.numbers import exact
from cnncalc.report.page.markup import Markup, joined, tag
from cnncalc.report.page.shell import Section
from cnncalc.report.table.columns import COLUMNS, Column
from cnncalc.report.table.table import leaving

SHOWN = ("params", "macs", "activations", "layers", "weight_layers", "field")
"""The columns of numbers."""

ERRORS = {"top1": "top-1 error %", "top5": "top-5 error %"}


def network_table(read: Sequence[Summary]) -> Section:
    """A line for each, in the order of their paths."""
    columns = [COLUMNS[name] for name in SHOWN]
    titles = ["network", *(c.title for c in columns), *ERRORS.values(), "output", "file"]
    lines = (joined(["\n", _line(*pair, columns)]) for pair in enumerate(read))
    table = tag(
        "table",
        tag("caption", "MACs and activations are of one sample; errors as published, in percent."),
        tag("thead", tag("tr", *(tag("th", title, scope="col") for title in titles))),
        tag("tbody", *lines),
        id="network-table",
        class_="numbers",
        data_second=len(titles) - 1,
    )
    body = tag(
        "div", table, class_="scrolls layers", tabindex=0, role="group", aria_label="Networks"
    )
    return Section("networks", "Networks", body)


def row_of(number: int) -> str:
    """The anchor of a line."""
    return f"network-{number}"


def _line(number: int, summary: Summary, columns: Sequence[Column]) -> Markup:
    graph = summary.graph
    return tag(
        "tr",
        tag("th", graph.name, scope="row"),
        *_numbers(summary, columns),
        *_errors(graph.published or Published()),
        tag("td", leaving(graph)),
        tag("td", tag("code", graph.path), class_="left"),
        id=row_of(number),
        data_part=number,
    )


def _numbers(summary: Summary, columns: Sequence[Column]) -> Iterator[Markup]:
    """Of a number that is not written to the last digit, the exact one too."""
    numbers, whole = NamedNumbers(summary), summary.whole
    for column in columns:
        text, value = column.shown(whole, numbers), column.value(whole, numbers)
        is_exact = not column.ranks or column.show is exact or not isinstance(value, int)
        yield tag("td", text, data_n=None if is_exact else value)


def _errors(published: Published) -> Iterator[Markup]:
    """As printed, and how they were measured where that is not the usual way."""
    for name in ERRORS:
        yield tag("td", percent(getattr(published, name)), title=published.protocol or None)
