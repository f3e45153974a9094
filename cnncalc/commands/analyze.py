"""`cnncalc analyze`: the table of a network, and its totals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cnncalc.analysis import analyze as analyzed
from cnncalc.commands import PROBLEMS, SOUND
from cnncalc.commands.formats import ANALYZE, show_each
from cnncalc.commands.numbers_shown import columns, ranking, unit
from cnncalc.commands.options import (
    arguments,
    fold,
    graph_of,
    one_format,
    precision,
    report_misread,
    samples,
    shapes,
)
from cnncalc.report.table.columns import AUTO
from cnncalc.report.table.outline import fitting_depth
from cnncalc.report.table.table import table


class HowToAnalyze(NamedTuple):
    """How to analyze, as the options say it.

    depth: how deep the table goes; names: of its columns; sort, top: the order of its lines, and
        how many of them
    batch, dtype, autocast: what is counted for; unit: of counts
    """

    depth: str | None = None
    names: str | None = None
    batch: int = 1
    dtype: str = "fp32"
    autocast: str | None = None
    sort: str | None = None
    top: int | None = None
    unit: str = AUTO


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
    graphs = [graph for spec in specs if (graph := graph_of(spec, overrides, given))]
    for graph in graphs:
        report_misread(graph)
    summaries = [analyzed(graph, batch, works) for graph in graphs]
    fits = choice.depth is None and chosen.folds and order is None
    depths = [fitting_depth(summary) if fits else folded for summary in summaries]
    tables = [
        table(summary, shown, depth, counted, order)
        for summary, depth in zip(summaries, depths, strict=True)
    ]
    show_each(chosen, tables)
    return SOUND if len(summaries) == len(specs) else PROBLEMS
