"""Tables on a terminal, in colour."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cnncalc.report.ansi import styled
from cnncalc.report.table.strips import Strips, strips
from cnncalc.report.table.table import Table
from cnncalc.streams import Ours, columns
from cnncalc.text import line, wrapped

_GAP = "  "
_STYLES = {"layer": ("green",), "kind": ("cyan",)}


def to_terminal(tables: Iterable[Table]) -> Ours:
    """The tables, an empty line behind each."""
    width = columns()
    return Ours("".join(f"{text}\n" for table in tables for text in _one(table, width)))


def _one(table: Table, width: int) -> Iterator[str]:
    shown = strips(table, width, len(_GAP))
    title, path = line(table.title), f"   {line(table.summary.graph.path)}"
    if len(title + path) <= width:
        yield styled(title, "bold") + styled(path, "dim")
    else:
        yield from (styled(text, "bold") for text in wrapped(title, width))
        yield from (styled(text, "dim") for text in wrapped(path, width))
    yield from _grid(table, shown)
    yield ""
    for note in shown.notes:
        yield from (styled(text, "dim") for text in wrapped(line(note), width))
    if table.about:
        yield ""
        yield from (styled(text, "italic") for text in wrapped(line(table.about), width))
    yield ""


def _grid(table: Table, shown: Strips) -> Iterator[str]:
    """The head dim, each column in its colour, the total bold; a line that sums up others dim."""
    cells = [_cells(strip.texts, strip.left) for strip in shown.strips]
    head, *rows, total = zip(*cells, strict=True)
    styles = [_STYLES.get(strip.name, ()) for strip in shown.strips]
    yield styled(_GAP.join(head).rstrip(), "dim")
    for one, row in zip(table.lines, rows, strict=True):
        dim = ("dim",) if one.row is None else ()
        texts = (styled(cell, *style, *dim) for cell, style in zip(row, styles, strict=True))
        yield _GAP.join(texts).rstrip()
    yield styled(_GAP.join(total).rstrip(), "bold")


def _cells(texts: tuple[str, ...], left: bool) -> list[str]:
    """The texts of a column, all as wide."""
    width = max(map(len, texts))
    return [text.ljust(width) if left else text.rjust(width) for text in texts]
