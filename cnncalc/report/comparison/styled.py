"""Networks side by side, and what is different between them, as lines with a style each."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from textwrap import fill

from cnncalc.analysis.difference import Difference
from cnncalc.records import NamedTuple
from cnncalc.report.comparison.comparison import (
    ChangeLine,
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
from cnncalc.report.fitting import Strip, fitted, shortened
from cnncalc.report.grid import GAP, aligned
from cnncalc.report.table.to_text import WIDTH
from cnncalc.text import line

_STYLES = {"~": "yellow", "+": "green", "-": "red"}


class Styled(NamedTuple):
    """A line of text, and the style of it on a terminal."""

    text: str
    style: str = ""


def styled(comparisons: list[Comparison], width: int | None = None) -> list[Styled]:
    """Every comparison, an empty line between them; those without a change in a sentence. No line
    is wider than `width`: names shorten, and fewer networks stand beside each other."""
    shown = [comparison for comparison in comparisons if not comparison.unchanged]
    parts = [list(_one(comparison, width)) for comparison in shown]
    widest = min(width or WIDTH, WIDTH)
    if unchanged := said_unchanged(comparisons):
        parts.append([Styled(fill(line(unchanged), widest, subsequent_indent="  "))])
    if shown:
        parts.append([Styled(fill(note, widest), "dim") for note in conventions(shown)])
    return [one for number, part in enumerate(parts) for one in (*[Styled("")][:number], *part)]


def _one(comparison: Comparison, width: int | None) -> Iterator[Styled]:
    yield from _titles(comparison, width)
    yield Styled("")
    for number, table in enumerate(_tables(comparison, width)):
        if number:
            yield Styled("")
        first, *rows = _aligned(table, left=1)
        yield Styled(first, "dim")
        yield from map(Styled, rows)
    for difference in comparison.differences:
        yield Styled("")
        yield from _difference(difference, comparison, width)


def _titles(comparison: Comparison, width: int | None) -> Iterator[Styled]:
    """Of two versions the network; else what each column stands for."""
    if comparison.revision is not None:
        graph = comparison.summaries[-1].graph
        yield from _title(line(graph.name), line(graph.path), width)
        if said := said_alone(comparison):
            yield Styled(line(said))
        return
    graphs = [summary.graph for summary in comparison.summaries]
    rows = [[one, g.name, g.path] for one, g in zip(comparison.heads, graphs, strict=True)]
    names = [Strip("", tuple(map(line, texts)), True, True) for texts in zip(*rows, strict=True)]
    shown = fitted(names, width, len(GAP)).strips if width else names
    rows = [list(row) for row in zip(*(strip.texts for strip in shown), strict=True)]
    yield from (Styled(row, "bold") for row in aligned(rows, range(3)))


def _title(name: str, path: str, width: int | None) -> Iterator[Styled]:
    """A network and its file; below it where there is no room."""
    if width and len(name) + 3 + len(path) > width:
        lines = fill(name, width).splitlines() + fill(path, width).splitlines()
        yield from (Styled(text, "bold") for text in lines)
        return
    end = min(width or WIDTH, WIDTH)
    yield Styled(name + path.rjust(max(len(path) + 3, end - len(name))), "bold")


def _tables(comparison: Comparison, width: int | None) -> Iterator[list[list[str]]]:
    """The totals; as many networks beside each other as have room."""
    found, widest = list(totals(comparison)), min(width or WIDTH, WIDTH)
    names = [["", *(total.name for total in found)]]
    for column in total_columns(comparison, found):
        column = [list(map(line, some)) for some in column]
        if width:
            column = _narrowed(column, width - _width(names[:1]) - len(GAP))
        if len(names) > 1 and _width([*names, *column]) > widest:
            yield _in_lines(_turned(names))
            names = names[:1]
        names += column
    yield _in_lines(_turned(names))


def _narrowed(columns: list[list[str]], width: int) -> list[list[str]]:
    """A network's columns within a width: its name shortens, and a list of shapes goes on below."""
    spare = width - _width(columns)
    if spare >= 0:
        return columns
    (head, *cells), *others = columns
    room = max(map(len, (head, *cells))) + spare
    shapes = [fill(cell, max(room, 1), break_long_words=False) for cell in cells]
    room = max(room, *(len(part) for shape in shapes for part in shape.splitlines()))
    return [[shortened(head, room), *shapes], *others]


def _in_lines(rows: list[list[str]]) -> list[list[str]]:
    """Cells of several lines as several rows."""
    found = (zip_longest(*(cell.split("\n") for cell in row), fillvalue="") for row in rows)
    return [list(part) for parts in found for part in parts]


def _width(columns: list[list[str]]) -> int:
    return sum(max(map(len, column)) for column in columns) + len(GAP) * (len(columns) - 1)


def _turned(columns: list[list[str]]) -> list[list[str]]:
    return [list(row) for row in zip(*columns, strict=True)]


def _aligned(rows: list[list[str]], left: int) -> list[str]:
    """Cells under each other, the first `left` of a row to the left."""
    return aligned([list(map(line, row)) for row in rows], range(left))


def _difference(
    difference: Difference, comparison: Comparison, width: int | None
) -> Iterator[Styled]:
    """The changes: a line with the numbers, one below it with what is different."""
    several, widest = len(comparison.summaries) > 2, min(width or WIDTH, WIDTH)
    title = line(head(difference) + between(difference, several))
    titles = fill(title, width, subsequent_indent="  ").splitlines() if width else [title]
    yield from (Styled(text, "bold") for text in titles)
    found = lines(difference)
    if not found:
        return
    first, *texts = _changes(found, width)
    yield Styled(first, "dim")
    for one, text in zip(found, texts, strict=True):
        yield Styled(text, "bold" if one.more == "total" else _STYLES.get(one.mark, ""))
        if one.what:
            indent = " " * 5
            said = fill(line(one.what), widest, initial_indent=indent, subsequent_indent=indent)
            yield from (Styled(part, "dim") for part in said.splitlines())


def _changes(found: list[ChangeLine], width: int | None) -> list[str]:
    """A line for each change; the paths of layers shorten."""
    rows = [["", "params", "MACs"]]
    rows += [[f"{one.mark:1}  {one.name}", one.params, one.macs] for one in found]
    columns = [[line(text) for text in column] for column in zip(*rows, strict=True)]
    spare = width - _width(columns) if width else 0
    if spare < 0:
        room = max(map(len, columns[0])) + spare
        columns[0][1:] = [_change(one, room) for one in found]
    return aligned(_turned(columns), range(1))


def _change(one: ChangeLine, width: int) -> str:
    """Its mark, its path and how many more there are, the path shortened to fit."""
    mark, more = f"{one.mark:1}  ", f" {line(one.more)}" if one.path and one.more else ""
    if not one.path:
        return mark + line(one.more)
    return mark + shortened(line(one.path), max(width - len(mark) - len(more), 1)) + more
