"""The networks of a folder as a page: charts, a table, and what could not be read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cnncalc.analysis import Summary
from cnncalc.checking.networks import Met
from cnncalc.layers.fields import counted
from cnncalc.report.findings.one_diagnostic import place
from cnncalc.report.page.finding_list import finding_told
from cnncalc.report.page.markup import Markup, tag
from cnncalc.report.page.network_dots import network_dots
from cnncalc.report.page.network_table import network_table
from cnncalc.report.page.reader_data import data
from cnncalc.report.page.shell import Section, page
from cnncalc.report.picture.network_charts import accuracy_charts, size_chart


def folder_page(folder: str, met: Sequence[Met]) -> str:
    """The whole page."""
    read = [one.summary for one in met if one.summary]
    unread = [one for one in met if one.summary is None]
    about = counted(len(read), "network")
    if unread:
        about += f", and {counted(len(unread), 'spec')} with errors"
    told: dict[str, list[str]] = {key: [] for key in ("facts", "of", "drawn", "fields")}
    return page(f"Networks of {folder}", about, list(_sections(read, unread)), [data(told)])


def _sections(read: list[Summary], unread: list[Met]) -> Iterator[Section]:
    if unread:
        yield Section("errors", "Not read", tag("ul", *map(_unread, unread), class_="findings"))
    sizes = size_chart(read)
    charts = [*([sizes] if sizes else []), *accuracy_charts(read)]
    for number, chart in enumerate(charts):
        yield network_dots(f"chart-{number}", chart, read)
    if read:
        yield network_table(read)


def _unread(one: Met) -> Markup:
    """A spec, and what is wrong with it."""
    found = [
        tag("li", tag("code", place(each.span)), ": ", finding_told(each)) for each in one.found
    ]
    return tag("li", tag("code", one.path), tag("ul", *found))
