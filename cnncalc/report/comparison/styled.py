"""Networks side by side, and what is different between them, as lines with a style each."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import fill
from typing import NamedTuple

from cnncalc.analysis.difference import Difference
from cnncalc.report.comparison.comparison import (
    Comparison,
    between,
    conventions,
    head,
    lines,
    said_alone,
    said_unchanged,
    total_columns,
    totals,
)
from cnncalc.report.grid import GAP, aligned
from cnncalc.report.table.to_text import WIDTH
from cnncalc.text import line

_STYLES = {"~": "yellow", "+": "green", "-": "red"}


class Styled(NamedTuple):
    """A line of text, and the style of it on a terminal."""

    text: str
    style: str = ""


def styled(comparisons: list[Comparison]) -> list[Styled]:
    """Every comparison, an empty line between them; those without a change in a sentence."""
    shown = [comparison for comparison in comparisons if not comparison.unchanged]
    parts = [list(_one(comparison)) for comparison in shown]
    if unchanged := said_unchanged(comparisons):
        parts.append([Styled(fill(line(unchanged), WIDTH, subsequent_indent="  "))])
    if shown:
        parts.append([Styled(fill(note, WIDTH), "dim") for note in conventions(shown)])
    return [one for number, part in enumerate(parts) for one in (*[Styled("")][:number], *part)]


def _one(comparison: Comparison) -> Iterator[Styled]:
    yield from _titles(comparison)
    yield Styled("")
    for number, table in enumerate(_tables(comparison)):
        if number:
            yield Styled("")
        first, *rows = _aligned(table, left=1)
        yield Styled(first, "dim")
        yield from map(Styled, rows)
    for difference in comparison.differences:
        yield Styled("")
        yield from _difference(difference, comparison)


def _titles(comparison: Comparison) -> Iterator[Styled]:
    """Of two versions the network; else what each column stands for."""
    if comparison.revision is not None:
        graph = comparison.summaries[-1].graph
        name, path = line(graph.name), line(graph.path)
        yield Styled(name + path.rjust(max(len(path) + 3, WIDTH - len(name))), "bold")
        if said := said_alone(comparison):
            yield Styled(line(said))
        return
    graphs = [summary.graph for summary in comparison.summaries]
    rows = [[one, g.name, g.path] for one, g in zip(comparison.heads, graphs, strict=True)]
    yield from (Styled(row, "bold") for row in _aligned(rows, left=3))


def _tables(comparison: Comparison) -> Iterator[list[list[str]]]:
    """The totals; as many networks beside each other as have room."""
    found = list(totals(comparison))
    names = [["", *(total.name for total in found)]]
    for column in total_columns(comparison, found):
        column = [list(map(line, some)) for some in column]
        if len(names) > 1 and _width([*names, *column]) > WIDTH:
            yield _turned(names)
            names = names[:1]
        names += column
    yield _turned(names)


def _width(columns: list[list[str]]) -> int:
    return sum(max(map(len, column)) for column in columns) + len(GAP) * (len(columns) - 1)


def _turned(columns: list[list[str]]) -> list[list[str]]:
    return [list(row) for row in zip(*columns, strict=True)]


def _aligned(rows: list[list[str]], left: int) -> list[str]:
    """Cells under each other, the first `left` of a row to the left."""
    return aligned([list(map(line, row)) for row in rows], range(left))


def _difference(difference: Difference, comparison: Comparison) -> Iterator[Styled]:
    """The changes: a line with the numbers, one below it with what is different."""
    several = len(comparison.summaries) > 2
    yield Styled(line(head(difference) + between(difference, several)), "bold")
    found = lines(difference)
    if not found:
        return
    rows = [["", "params", "MACs"]]
    rows += [[f"{one.mark:1}  {one.name}", one.params, one.macs] for one in found]
    first, *texts = _aligned(rows, left=1)
    yield Styled(first, "dim")
    for one, text in zip(found, texts, strict=True):
        yield Styled(text, "bold" if one.more == "total" else _STYLES.get(one.mark, ""))
        if one.what:
            indent = " " * 5
            said = fill(line(one.what), WIDTH, initial_indent=indent, subsequent_indent=indent)
            yield from (Styled(part, "dim") for part in said.splitlines())
