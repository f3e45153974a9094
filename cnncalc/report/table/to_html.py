"""A table as HTML, for a notebook: it takes its fonts and colours, light or dark."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.report.table.outline import TableLine
from cnncalc.report.table.table import Table
from cnncalc.text import html

STYLE = """<style>
.cnncalc {line-height: 1.4; margin: 0.5em 0}
.cnncalc table {border-collapse: collapse; font-variant-numeric: tabular-nums; margin: 0.3em 0}
.cnncalc th, .cnncalc td {border: 0; padding: 0.1em 0.7em; text-align: right; white-space: nowrap}
.cnncalc .left {text-align: left}
.cnncalc thead th {border-bottom: 1px solid; font-weight: normal; opacity: 0.7}
.cnncalc tfoot td {border-top: 1px solid; font-weight: bold}
.cnncalc .bar {text-align: left; width: 6em}
.cnncalc .bar div {background: #4a90c2; height: 0.7em; min-width: 1px}
.cnncalc .path, .cnncalc .notes {opacity: 0.7}
.cnncalc .path {margin-left: 0.7em}
.cnncalc .notes {font-size: 90%; margin: 0.2em 0; white-space: normal}
</style>"""


def to_html(table: Table) -> str:
    """The title, the table with a bar for each line's share of the MACs, and what its numbers
    mean. No script, nothing loaded; what MathJax takes for a formula stays as it is."""
    at = table.after_macs
    lines = zip(table.lines, table.shares, strict=True)
    rows = "\n".join(_row(table, line, _bar(share), at) for line, share in lines)
    path = html(table.summary.graph.path)
    notes = "".join(f'<p class="notes">{html(note)}</p>' for note in table.notes)
    about = f"<p>{html(table.about)}</p>" if table.about else ""
    return f"""<div class="cnncalc tex2jax_ignore mathjax_ignore">
{STYLE}
<div><b>{html(table.title)}</b> <span class="path">{path}</span></div>
<table>
<thead>{_cells("th", table, table.head, "", at)}</thead>
<tbody>
{rows}
</tbody>
<tfoot>{_cells("td", table, table.total, "", at)}</tfoot>
</table>
{notes}{about}
</div>
"""


def _row(table: Table, line: TableLine, bar: str, at: int | None) -> str:
    name, *cells = table.cells(line)
    return _cells("td", table, [name.strip(), *cells], bar if line.row else "", at, line.level)


def _cells(
    tag: str, table: Table, texts: list[str], bar: str, at: int | None, level: int = 0
) -> str:
    """A row, the bar behind the MACs; the name stands as far in as its level."""
    return f"<tr>{''.join(_each(tag, table, texts, bar, at, level))}</tr>"


def _each(
    tag: str, table: Table, texts: list[str], bar: str, at: int | None, level: int
) -> Iterator[str]:
    left = [True, *(column.left for column in table.columns)]
    for place, (cell, flush) in enumerate(zip(texts, left, strict=True)):
        if place == at:
            yield f'<{tag} class="bar">{bar}</{tag}>'
        side = ' class="left"' if flush else ""
        deep = f' style="padding-left: {0.7 + 1.2 * level:.1f}em"' if not place and level else ""
        yield f"<{tag}{side}{deep}>{html(cell)}</{tag}>"
    if at == len(texts):
        yield f'<{tag} class="bar">{bar}</{tag}>'


def _bar(share: float) -> str:
    return f'<div style="width: {100 * share:.1f}%"></div>' if share else ""
