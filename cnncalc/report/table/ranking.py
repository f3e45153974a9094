"""The lines of a table in the order of a column, the largest first."""

from __future__ import annotations

from cnncalc.analysis.named_numbers import NamedNumbers
from cnncalc.records import NamedTuple
from cnncalc.report.table.columns import COLUMNS
from cnncalc.report.table.outline import TableLine


class Ranking(NamedTuple):
    """By which column; of which how many lines are shown, None: all."""

    column: str
    top: int | None = None


def ranked(
    lines: tuple[TableLine, ...], ranking: Ranking, numbers: NamedNumbers
) -> tuple[tuple[TableLine, ...], str]:
    """The layers and folded groups of some lines, and what is said of it; of those that are equal
    the first comes first."""
    column = COLUMNS[ranking.column]

    def size(line: TableLine) -> float:
        found = column.value(line.row, numbers) if line.row else None
        return found if isinstance(found, int | float) else -1

    rows = [line._replace(level=0, apart=True) for line in lines if line.row]
    found = sorted(rows, key=size, reverse=True)[: ranking.top]
    said = f"sorted by {column.title}"
    if len(found) < len(rows):
        said += f": {len(found):,} of {len(rows):,} lines"
        total = column.value(numbers.summary.whole, numbers) if column.adds else None
        if isinstance(total, int) and total:
            said += f", {sum(map(size, found)) / total:.1%} of the total"
    return tuple(found), f"{said}."
