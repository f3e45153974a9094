"""A chart of networks on a page: each dot leads to its line of the table."""

from __future__ import annotations

from collections.abc import Sequence

from cnncalc.analysis import Summary
from cnncalc.layers.fields import counted
from cnncalc.report.page.markup import Markup, joined, ours, tag
from cnncalc.report.page.network_table import row_of
from cnncalc.report.page.shell import Section
from cnncalc.report.picture.marks import Figure, Shape
from cnncalc.report.picture.scatter_style import Chart, Dot, scatter_style
from cnncalc.report.picture.to_svg import number, shape_lines


def network_dots(anchor: str, chart: Chart, read: Sequence[Summary]) -> Section:
    """The picture, and its front in words."""
    rows = {one.graph.path: place for place, one in enumerate(read)}
    picture = scatter_style(chart)
    wide, high = number(picture.width), number(picture.height)
    svg = tag(
        "svg",
        tag("title", picture.told),
        *(_shape(shape, rows) for shape in picture.shapes),
        class_="dots",
        role="group",
        width=wide,
        height=high,
        viewBox=f"0 0 {wide} {high}",
    )
    drawn = tag(
        "div", svg, class_="scrolls drawn", tabindex=0, role="group", aria_label=chart.title
    )
    return Section(anchor, chart.title, joined([drawn, _front(chart, rows)]))


def _shape(shape: Shape, rows: dict[str, int]) -> Markup:
    if not isinstance(shape, Figure):
        return ours("".join(shape_lines(shape)))
    content = [tag("title", shape.told), *(_shape(each, rows) for each in shape.shapes)]
    if shape.part not in rows:
        return tag("g", *content, role="img", aria_label=shape.told)
    row = rows[shape.part]
    return tag("a", *content, class_="box", href=f"#{row_of(row)}", data_part=row)


def _front(chart: Chart, rows: dict[str, int]) -> Markup:
    """Who is on the line, and what that means."""
    rivals = counted(sum(dot.task == chart.task for dot in chart.dots), "network")
    beaten = "as accurate with fewer MACs" if chart.more else "as small both ways, smaller one way"
    whose = f"those of {rivals} with {chart.task} that none beats"
    said = f"The line joins {whose}: no other is {beaten}. "
    return tag("p", said, joined([_link(dot, rows) for dot in chart.front], ", "), class_="said")


def _link(dot: Dot, rows: dict[str, int]) -> Markup:
    return tag("a", dot.name, href=f"#{row_of(rows[dot.part])}")
