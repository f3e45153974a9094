"""A table of a network, or of a part of it: what every renderer shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.analysis import Row, Summary
from cnncalc.analysis.named_numbers import NamedNumbers
from cnncalc.layers.base import times
from cnncalc.network.graph import Graph
from cnncalc.records import NamedTuple
from cnncalc.report.table.columns import AUTO, COLUMNS, Column
from cnncalc.report.table.footnotes import conventions, footnotes
from cnncalc.report.table.outline import TableLine, outline

if TYPE_CHECKING:
    from cnncalc.analysis.conventions.count import Counted
    from cnncalc.report.table.ranking import Ranking
    from cnncalc.report.table.timed import Timed


class Table(NamedTuple):
    """Lines under columns, and the row they add up to.

    numbers: those of its summary; notes: what they mean, a sentence each
    counted: what another tool counts, where it is shown
    """

    numbers: NamedNumbers
    title: str
    columns: tuple[Column, ...]
    lines: tuple[TableLine, ...]
    whole: Row
    notes: tuple[str, ...]
    about: str
    counted: Counted | None = None
    timed: Timed | None = None

    @property
    def summary(self) -> Summary:
        """What it is a table of."""
        return self.numbers.summary

    @property
    def head(self) -> list[str]:
        """The titles of the columns, the layer's name first."""
        return ["layer", *(column.title for column in self.columns)]

    def cells(self, line: TableLine) -> list[str]:
        """A line's cells; the head of an open group has no numbers."""
        name = "  " * line.level + line.name
        return [name, *(self.cell(column, line) for column in self.columns)]

    def cell(self, column: Column, line: TableLine) -> str:
        """What stands of a line in a column."""
        if column.name == "kind":
            return line.kind
        return column.shown(line.row, self.numbers) if line.row else ""

    @property
    def total(self) -> list[str]:
        """The last line's cells."""
        return ["total", *map(self.in_total, self.columns)]

    def in_total(self, column: Column) -> str:
        """What stands in the last line of a column."""
        of_all = column.adds or column.of_whole
        return column.shown(self.whole, self.numbers) if of_all else ""

    @property
    def shares(self) -> list[float]:
        """Each line's share of the MACs."""
        all_macs = self.whole.ops.macs or 1
        return [line.row.ops.macs / all_macs if line.row else 0.0 for line in self.lines]

    @property
    def after_macs(self) -> int | None:
        """The cell behind the MACs, where the shares are drawn; None where no MACs are shown."""
        names = [column.name for column in self.columns]
        return names.index("macs") + 2 if "macs" in names else None


def table(
    summary: Summary,
    columns: tuple[str, ...],
    depth: int | None,
    unit: str = AUTO,
    ranking: Ranking | None = None,
    timed: Timed | None = None,
) -> Table:
    """The table of a network, folded at `depth`; with a ranking, its lines in that order; timed,
    with what it takes on a machine."""
    numbers, lines = NamedNumbers(summary), outline(summary, depth)
    notes = footnotes(numbers, columns, depth)
    if ranking:
        from cnncalc.report.table.ranking import ranked  # few ask

        lines, said = ranked(lines, ranking, numbers)
        notes = [said, *notes]
    shown = [COLUMNS[name].in_unit(unit) for name in columns]
    if timed:
        shown += timed.columns(columns)
        notes += timed.notes()
    return Table(
        numbers,
        heading(summary),
        tuple(shown),
        lines,
        summary.whole,
        tuple(notes),
        " ".join(summary.graph.about.split()),
        timed=timed,
    )


def part_table(summary: Summary, columns: tuple[str, ...], path: str) -> Table:
    """The table of the group at `path`, nothing folded."""
    group = summary.graph.groups[path]
    whole = summary.part(group.first, group.last)
    level = path.count(".") + 1
    lines = tuple(
        line._replace(level=line.level - level)
        for line in outline(summary, None)
        if line.path.startswith(f"{path}.")
    )
    title = f"{path}   {group.kind} -> {times(whole.node.shape)}"
    chosen, numbers = tuple(COLUMNS[name] for name in columns), NamedNumbers(summary)
    notes = tuple(conventions(whole, numbers, columns))
    return Table(numbers, title, chosen, lines, whole, notes, "")


def heading(summary: Summary) -> str:
    """`ResNet-50   3x224x224 -> 1000`."""
    graph = summary.graph
    return f"{graph.name}   {entering(graph)} -> {leaving(graph)}"


def entering(graph: Graph) -> str:
    """The shape of the input: `3x224x224`; of several, or one with a name, each behind its name."""
    inputs = (
        times(node.shape) if name == "input" else f"{name} {times(node.shape)}"
        for name, node in graph.inputs.items()
    )
    return ", ".join(inputs)


def leaving(graph: Graph) -> str:
    """The shape of the output, then those of the further heads: `1000, aux1 1000`."""
    heads = (f"{name} {times(node.shape)}" for name, node in graph.outputs.items())
    last = times(graph.output.shape)
    if graph.last != "output":
        last = f"{graph.last} {last}"
    return ", ".join([last, *heads])
