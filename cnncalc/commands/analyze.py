"""`cnncalc analyze`: the table of a network, and its totals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cnncalc.analysis import Summary
from cnncalc.analysis import analyze as analyzed
from cnncalc.commands import PROBLEMS, SOUND
from cnncalc.commands.formats import ANALYZE, show_each
from cnncalc.commands.options import (
    UsageError,
    arguments,
    columns,
    fold,
    graph_of,
    one_format,
    report,
    report_misread,
    shapes,
)
from cnncalc.diagnostics import Diagnostics
from cnncalc.report.table.outline import fitting_depth
from cnncalc.report.table.table import table

if TYPE_CHECKING:
    from cnncalc.machine import Machine
    from cnncalc.report.table.timed import Timed


def analyze(
    specs: list[str],
    settings: list[str],
    depth: str | None = None,
    names: str | None = None,
    batch: int = 1,
    form: str = "text",
    inputs: Sequence[str] = (),
    machine: str | None = None,
) -> int:
    """Print the analysis of every spec that is sound; 1 where one is not. Raises UsageError."""
    chosen = one_format(form, ANALYZE)
    if batch < 1:
        raise UsageError(f"--batch wants a number of at least 1, got {batch}")
    shown, overrides, given = columns(names), arguments(settings), shapes(inputs)
    folded = fold(depth) if depth else None
    on = _machine(machine) if machine else None
    if machine and on is None:
        return PROBLEMS
    graphs = [graph for spec in specs if (graph := graph_of(spec, overrides, given))]
    for graph in graphs:
        report_misread(graph)
    summaries = [analyzed(graph, batch) for graph in graphs]
    fits = depth is None and chosen.folds
    tables = [
        table(
            summary,
            shown,
            fitting_depth(summary) if fits else folded,
            _timed(summary, on) if on else None,
        )
        for summary in summaries
    ]
    show_each(chosen, tables)
    return SOUND if len(summaries) == len(specs) else PROBLEMS


def _machine(path: str) -> Machine | None:
    """The machine in a file; None where it has errors, which are printed."""
    from cnncalc.language.machine.reading import read_machine

    diagnostics = Diagnostics()
    found = read_machine(path, diagnostics)
    report(diagnostics)
    return found


def _timed(summary: Summary, machine: Machine) -> Timed:
    """What a network takes on a machine, with the numbers that it was measured with first."""
    from cnncalc.analysis.roofline import expected
    from cnncalc.report.table.timed import Timed

    dtype, rates = next(iter(machine.rates.items()))
    return Timed(machine, dtype, expected(summary.graph, summary.batch, dtype, rates))
