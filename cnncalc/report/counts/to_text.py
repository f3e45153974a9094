"""The counts of every tool as text: a row for each sort, a column for each tool; below, why they
differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from textwrap import fill
from typing import get_args

from cnncalc.analysis.conventions.compared import Tally
from cnncalc.analysis.conventions.convention import Unit
from cnncalc.analysis.conventions.count import Counted, Sort
from cnncalc.layers.fields import counted
from cnncalc.numbers import exact, signed
from cnncalc.records import NamedTuple
from cnncalc.report.grid import GAP, aligned
from cnncalc.report.table.table import entering, leaving
from cnncalc.streams import terminal_width
from cnncalc.text import line

NARROWEST = 80
STOPPED = "stops"
NAMED = 6
"""Names that a line lists of what a tool passes over."""


class Shown(NamedTuple):
    """A column: whose it is, and its numbers, or none where the tool stops."""

    name: str
    by: Mapping[Sort, int]
    stops: bool = False

    @property
    def total(self) -> int:
        """Of all sorts."""
        return sum(self.by.values())


def to_text(found: Tally) -> str:
    """The columns of one unit, then those of the other, as many side by side as have room."""
    graph = found.graph
    width = max(terminal_width() or 0, NARROWEST)
    title = _fitted(f"{graph.name}   {entering(graph)} -> {leaving(graph)}", width)
    grids = [grid for unit in found.ours for grid in _grids(found, unit, width)]
    why = "\n".join(text for tool in found.tools for text in _why(found, tool, width))
    return "\n\n".join([title, *grids, why]) + "\n"


def _grids(found: Tally, unit: Unit, width: int) -> Iterator[str]:
    """The tables of a unit: each begins with what is counted here."""
    tools = [tool for tool in found.tools if tool.convention.unit == unit]
    columns = [Shown("cnncalc", found.ours[unit])]
    columns += [Shown(t.convention.name, t.by, t.stopped is not None) for t in tools]
    sorts = [sort for sort in get_args(Sort) if any(sort in each.by for each in columns)]
    texts = [_texts(each, sorts) for each in columns]
    for part in _side_by_side(texts, [unit, *sorts, "total"], width):
        yield "\n".join(aligned(list(zip(*part, strict=True)), {0}))


def _texts(column: Shown, sorts: Sequence[Sort]) -> list[str]:
    if column.stops:
        return [column.name, *("" for _ in sorts), STOPPED]
    numbers = [column.by.get(sort, 0) for sort in sorts]
    return [column.name, *(exact(n) if n else "-" for n in numbers), exact(column.total)]


def _side_by_side(
    columns: list[list[str]], names: list[str], width: int
) -> Iterator[list[list[str]]]:
    """The columns in order, the names before each lot of them that fits."""
    lot = [names]
    for column in columns:
        if len(lot) > 1 and _wide([*lot, column]) > width:
            yield lot
            lot = [names]
        lot.append(column)
    yield lot


def _wide(columns: list[list[str]]) -> int:
    return sum(max(map(len, column)) + len(GAP) for column in columns) - len(GAP)


def _why(found: Tally, tool: Counted, width: int) -> Iterator[str]:
    """By what a tool's total differs from the one here, sort by sort."""
    way = tool.convention
    more = found.more(tool)
    if tool.stopped:
        where = f"stops with an error at `{tool.stopped.path}`"
        yield _fitted(f"{way.name} {way.version} {where}", width)
        return
    difference = signed(sum(more.values()), exact) if more else "the same"
    yield _fitted(f"{way.name} {way.version}, beside these {way.unit}: {difference}", width)
    for sort, count in more.items():
        says = way.says.get(sort, "") if sort in tool.by else "it counts none"
        yield _fitted(f"  {sort} {signed(count, exact)}   {says}".rstrip(), width)
    if tool.repeated:
        shared = counted(tool.repeated, "layer")
        yield _fitted(f"  {shared} with modules of others: anew at each place of these", width)
    if tool.missed:
        yield _fitted(f"  passes over {_listed(tool.missed)}", width)


def _listed(missed: Mapping[str, int]) -> str:
    """`12 Permute, 3 Scale and 4 more`."""
    ranked = sorted(missed.items(), key=lambda item: (-item[1], item[0]))
    shown = [f"{exact(count)} {name.rpartition('.')[2]}" for name, count in ranked[:NAMED]]
    rest = len(ranked) - NAMED
    return ", ".join(shown) + (f" and {counted(rest, 'other')}" if rest > 0 else "")


def _fitted(text: str, width: int) -> str:
    return fill(line(text), width, subsequent_indent="    ", break_long_words=False)
