"""`cnncalc analyze`: the table of a network, and its totals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cnncalc.analysis import Summary
from cnncalc.analysis import analyze as analyzed
from cnncalc.commands import PROBLEMS, SOUND
from cnncalc.commands.formats import ANALYZE, show_each
from cnncalc.commands.graphs import graph_of, report, report_misread
from cnncalc.commands.numbers_shown import columns, ranking, unit
from cnncalc.commands.options import (
    UsageError,
    arguments,
    fold,
    one_format,
    precision,
    samples,
    shapes,
)
from cnncalc.diagnostics import Diagnostics
from cnncalc.records import NamedTuple
from cnncalc.report.table.columns import AUTO
from cnncalc.report.table.outline import fitting_depth
from cnncalc.report.table.table import Table, table

if TYPE_CHECKING:
    from cnncalc.machine import Machine
    from cnncalc.network.precision import Precision
    from cnncalc.report.table.timed import Timed


class HowToAnalyze(NamedTuple):
    """How to analyze, as the options say it.

    depth: how deep the table goes; names: of its columns; sort, top: the order of its lines, and
        how many of them
    batch, dtype, autocast: what is counted for; unit: of counts
    tool: one whose count stands beside
    machine: the file of one on which to tell times
    """

    depth: str | None = None
    names: str | None = None
    batch: int = 1
    dtype: str = "fp32"
    autocast: str | None = None
    sort: str | None = None
    top: int | None = None
    unit: str = AUTO
    tool: str | None = None
    machine: str | None = None


AS_USUAL = HowToAnalyze()


def analyze(
    specs: list[str],
    settings: list[str],
    choice: HowToAnalyze = AS_USUAL,
    form: str = "text",
    inputs: Sequence[str] = (),
) -> int:
    """Print the analysis of every spec that is sound; 1 where one is not. Raises UsageError."""
    chosen = one_format(form, ANALYZE)
    batch, works = samples(choice.batch), precision(choice.dtype, choice.autocast)
    order, counted = ranking(choice.sort, choice.top), unit(choice.unit)
    shown, overrides, given = columns(choice.names), arguments(settings), shapes(inputs)
    folded = fold(choice.depth) if choice.depth else None
    on = _machine(choice.machine, works) if choice.machine else None
    if choice.machine and on is None:
        return PROBLEMS
    tool = _tool(choice.tool) if choice.tool else None
    graphs = [graph for spec in specs if (graph := graph_of(spec, overrides, given))]
    for graph in graphs:
        report_misread(graph)
    summaries = [analyzed(graph, batch, works) for graph in graphs]
    fits = choice.depth is None and chosen.folds and order is None
    depths = [fitting_depth(summary) if fits else folded for summary in summaries]
    tables = [
        table(summary, shown, depth, counted, order, _timed(summary, *on) if on else None)
        for summary, depth in zip(summaries, depths, strict=True)
    ]
    show_each(chosen, [as_counted(each, tool) for each in tables] if tool else tables)
    return SOUND if len(summaries) == len(specs) else PROBLEMS


def _machine(path: str, works: Precision) -> tuple[Machine, str] | None:
    """The machine in a file, and the kind of numbers there; None where it has errors, which are
    printed. Raises UsageError where it knows no such numbers."""
    from cnncalc.language.machine.read_machine import read_machine

    diagnostics = Diagnostics()
    found = read_machine(path, diagnostics)
    report(diagnostics)
    if found is None:
        return None
    wanted = works.autocast or works.dtype
    for dtype in (wanted, "tf32") if wanted == "fp32" else (wanted,):
        if dtype in found.rates:
            return found, dtype
    known = ", ".join(found.rates)
    raise UsageError(f"`{path}` has no rates of {wanted}: it has {known}")


def _timed(summary: Summary, machine: Machine, dtype: str) -> Timed:
    """What a network takes on a machine."""
    from cnncalc.analysis.roofline import expected
    from cnncalc.report.table.timed import Timed

    found = expected(summary.graph, summary.batch, dtype, machine.rates[dtype])
    return Timed(machine, dtype, found)


def _tool(name: str) -> str:
    """The tool of that name. Raises UsageError."""
    from cnncalc.commands.tool_counted import known_tool  # few ask

    return known_tool(name)


def as_counted(shown: Table, tool: str) -> Table:
    """The table, and what the tool counts. Raises UsageError where that stops with an error."""
    from cnncalc.commands.tool_counted import counted_by
    from cnncalc.report.table.other_count import counted_too

    return counted_too(shown, counted_by(tool, shown.summary))
