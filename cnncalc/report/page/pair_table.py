"""The layers of two networks as one table: each once, with what became of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cnncalc.analysis import Row
from cnncalc.analysis.told_apart import Paired
from cnncalc.layers.base import times
from cnncalc.numbers import signed
from cnncalc.report.page.markup import Markup, joined, tag
from cnncalc.report.page.shell import Section
from cnncalc.report.page.two_networks import TwoNetworks, pair_anchor
from cnncalc.report.picture.box_looks import SIGNS
from cnncalc.report.table.columns import COLUMNS, Column

SHOWN = ("params", "macs")
"""The columns of numbers, each with its difference behind it."""

SAID = (
    "+ added, - removed, ~ edited; follows: its fields are the same, and its numbers are not. "
    "Numbers are those of the later network."
)


def pair_table(two: TwoNetworks) -> Section:
    """In the order of the later network."""
    columns = [COLUMNS[name] for name in SHOWN]
    titles = ["layer", "kind", "change", "output"]
    titles += [title for column in columns for title in (column.title, f"{column.title}, change")]
    heads = (
        tag("th", title, scope="col", class_="left" if title in ("kind", "change") else None)
        for title in (*titles, "line")
    )
    lines = (joined(["\n", _line(two, *each, columns)]) for each in enumerate(two.lines))
    table = tag(
        "table",
        tag("caption", SAID),
        tag("thead", tag("tr", *heads)),
        tag("tbody", *lines),
        id="pair-table",
    )
    body = tag("div", table, class_="scrolls layers", tabindex=0, role="group", aria_label="Layers")
    return Section("layers", "Layers", body)


def _line(two: TwoNetworks, number: int, line: Paired, columns: list[Column]) -> Markup:
    sign = SIGNS.get(line.became, "") if line.became else ""
    row = line.after or line.before
    assert row
    return tag(
        "tr",
        tag("th", f"{sign} {row.node.path}".lstrip(), scope="row"),
        tag("td", _turned(line, lambda each: each.node.kind)),
        tag("td", line.became or "", class_="left"),
        tag("td", _turned(line, lambda each: times(each.node.shape))),
        *(cell for column in columns for cell in _numbers(two, line, column)),
        tag("td", _place(two, line)),
        id=pair_anchor(number),
        class_=line.became,
    )


def _turned(line: Paired, text: Callable[[Row], str]) -> str:
    """What it is; where both have it and it is another, what it was in front."""
    texts = dict.fromkeys(text(row) for row in (line.before, line.after) if row)
    return " \N{RIGHTWARDS ARROW} ".join(texts)


def _numbers(two: TwoNetworks, line: Paired, column: Column) -> Iterator[Markup]:
    """A number, and how much more that is; of what was removed, how much less there is."""
    rows = zip((line.before, line.after), two.numbers, strict=True)
    before, after = (column.value(row, numbers) if row else 0 for row, numbers in rows)
    assert isinstance(before, int)
    assert isinstance(after, int)
    shown = after if line.after else before
    yield tag("td", column.show(shown), data_n=shown)
    more = after - before
    yield tag("td", signed(more, column.show) if more else "", data_n=more)


def _place(two: TwoNetworks, line: Paired) -> Markup:
    """Where it is written; what was removed, where it was."""
    row, chapter = (line.after, two.after) if line.after else (line.before, two.before)
    assert row
    place, text = chapter.place(row.node.span), str(row.node.span.line)
    return tag("a", text, href=f"#{place}") if place else tag("span", text)
