"""A table with what another tool counts beside the MACs."""

from __future__ import annotations

from cnncalc.analysis import Row
from cnncalc.analysis.conventions.count import Counted
from cnncalc.analysis.named_numbers import NamedNumbers
from cnncalc.numbers import exact, rounded
from cnncalc.report.table.columns import Column
from cnncalc.report.table.table import Table


def counted_too(table: Table, counted: Counted) -> Table:
    """The table with a column of it, behind the MACs if they are shown."""
    at = table.after_macs - 1 if table.after_macs else len(table.columns)
    columns = (*table.columns[:at], column(counted), *table.columns[at:])
    return table._replace(columns=columns, notes=(*table.notes, note(counted)), counted=counted)


def column(counted: Counted) -> Column:
    """What the tool counts for each layer."""
    way = counted.convention

    def value(row: Row, numbers: NamedNumbers) -> int:
        return sum(counted.layers[node][0] for node in row.nodes)

    return Column(way.name, f"{way.name} {way.unit}", value, rounded, adds=True)


def note(counted: Counted) -> str:
    """Its total, and where it says why."""
    way = counted.convention
    total = f"{way.name} {way.unit} {exact(counted.total)}: as {way.name} {way.version} counts"
    return f"{total}; `cnncalc explain SPEC --flops` says why it differs."
