"""A graph as text: its layers and groups, as far unfolded as fits on a screen."""

from __future__ import annotations

from cnncalc.analysis import Summary
from cnncalc.layers.fields import counted
from cnncalc.report.table.outline import fitting_depth
from cnncalc.report.table.table import table
from cnncalc.text import line


def graph_text(summary: Summary) -> str:
    """The network's name, input and output, then of every line of its table, folded as that is,
    the name, the kind and the output."""
    folded = table(summary, ("kind", "output"), fitting_depth(summary))
    rows = [[*map(line, folded.cells(one))] for one in folded.lines]
    names, kinds, outputs = (max(map(len, column)) for column in zip(*rows, strict=True))
    lines = (
        f"  {name.ljust(names)}   {kind.ljust(kinds)}   {output.rjust(outputs)}".rstrip()
        for name, kind, output in rows
    )
    return "\n".join([line(f"{folded.title}   {counted(summary.totals.layers, 'layer')}"), *lines])
