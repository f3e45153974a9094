"""`cnncalc analyze`: the table of a network, and its totals."""

from __future__ import annotations

from collections.abc import Sequence

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
    report_misread,
    shapes,
)
from cnncalc.diagnostics import did_you_mean
from cnncalc.report.table.outline import fitting_depth
from cnncalc.report.table.table import Table, table


def analyze(
    specs: list[str],
    settings: list[str],
    depth: str | None = None,
    names: str | None = None,
    batch: int = 1,
    form: str = "text",
    inputs: Sequence[str] = (),
    tool: str | None = None,
) -> int:
    """Print the analysis of every spec that is sound; 1 where one is not. Raises UsageError."""
    chosen = one_format(form, ANALYZE)
    if batch < 1:
        raise UsageError(f"--batch wants a number of at least 1, got {batch}")
    shown, overrides, given = columns(names), arguments(settings), shapes(inputs)
    folded = fold(depth) if depth else None
    if tool:
        known_tool(tool)
    graphs = [graph for spec in specs if (graph := graph_of(spec, overrides, given))]
    for graph in graphs:
        report_misread(graph)
    summaries = [analyzed(graph, batch) for graph in graphs]
    fits = depth is None and chosen.folds
    tables = [
        table(summary, shown, fitting_depth(summary) if fits else folded) for summary in summaries
    ]
    show_each(chosen, [as_counted(each, tool) for each in tables] if tool else tables)
    return SOUND if len(summaries) == len(specs) else PROBLEMS


def known_tool(name: str) -> None:
    """Raises UsageError where it is not known how a tool of that name counts."""
    from cnncalc.analysis.conventions import NAMES

    if name not in NAMES:
        hint = did_you_mean(name, NAMES) or f"there are {', '.join(NAMES)}"
        raise UsageError(f"--convention knows no tool `{name}`; {hint}")


def as_counted(shown: Table, tool: str) -> Table:
    """The table, and what the tool counts. Raises UsageError where that stops with an error."""
    from cnncalc.analysis.conventions import convention
    from cnncalc.analysis.conventions.count import counted, running
    from cnncalc.report.table.other_count import counted_too

    summary = shown.summary
    found = counted(running(summary.graph, summary.batch), convention(tool))
    if found.stopped:
        where = f"`{found.stopped.path}` of `{summary.graph.path}`"
        raise UsageError(f"{tool} {found.convention.version} stops with an error at {where}")
    return counted_too(shown, found)
