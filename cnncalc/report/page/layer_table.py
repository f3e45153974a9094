"""The layers of a network as a table, its groups as the heads of theirs."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.numbers import exact
from cnncalc.report.page.chapter import Chapter
from cnncalc.report.page.markup import Markup, joined, tag
from cnncalc.report.page.shell import Section
from cnncalc.report.table.columns import COLUMNS, Column, Value
from cnncalc.report.table.outline import TableLine, fitting_depth

SHOWN = ("kind", "output", "params", "macs", "activations", "kept", "field", "stride")
"""The columns, the line of the spec behind them."""


def layer_table(chapter: Chapter) -> Section:
    """A row for every part; those of a group have the numbers of its layers together."""
    columns = [COLUMNS[name] for name in SHOWN]
    if chapter.measured:
        columns.insert(SHOWN.index("macs") + 1, chapter.measured.column)
    heads = [tag("th", title, scope="col") for title in ("layer", *(c.title for c in columns))]
    heads.append(tag("th", "line", scope="col"))
    rows = (joined(["\n", _row(chapter, line, columns)]) for line in chapter.lines)
    table = tag(
        "table",
        tag("caption", "The rows of parts have the numbers of their layers together."),
        tag("thead", tag("tr", *heads)),
        tag("tbody", *rows),
        tag("tfoot", _total(chapter, columns)),
        id=chapter.anchor("layer-table"),
        data_depth=fitting_depth(chapter.summary),
    )
    body = tag("div", table, class_="scrolls layers", tabindex=0, role="group", aria_label="Layers")
    return Section(chapter.anchor("layers"), "Layers", body, chapter.prefix)


def _row(chapter: Chapter, line: TableLine, columns: list[Column]) -> Markup:
    return tag(
        "tr",
        tag("th", line.name),
        *(_cell(chapter, line, column) for column in columns),
        tag("td", *_line(chapter, line)),
        data_level=line.level or None,
        class_=None if line.row else "group",
    )


def _cell(chapter: Chapter, line: TableLine, column: Column) -> Markup:
    """Of a number that is not written to the last digit, the exact one too."""
    if column.name == "kind":
        return tag("td", line.kind)
    row = chapter.row(line)
    text, value = column.shown(row, chapter.numbers), column.value(row, chapter.numbers)
    return tag("td", text, data_n=None if _is_exact(column, value) else value)


def _is_exact(column: Column, value: Value) -> bool:
    """Whether the text of a value says all of it."""
    if isinstance(value, int):
        return column.show is exact or value < 1000
    return not isinstance(value, float)


def _line(chapter: Chapter, line: TableLine) -> Iterator[str]:
    """Where a layer is written, and what was found there."""
    if line.row is None:
        return
    span = line.row.node.span
    place, text = chapter.place(span), str(span.line)
    yield tag("a", text, href=f"#{place}") if place else text
    for number in chapter.findings_of(chapter.parts[line.path]):
        finding = chapter.findings[number]
        yield " "
        yield tag("a", finding.code, href=f"#{chapter.finding(number)}", class_=finding.severity)


def _total(chapter: Chapter, columns: list[Column]) -> Markup:
    whole = chapter.summary.whole
    cells = [
        tag("td", column.shown(whole, chapter.numbers) if column.adds or column.of_whole else "")
        for column in columns
    ]
    return tag("tr", tag("th", "total", scope="row"), *cells, tag("td"))
