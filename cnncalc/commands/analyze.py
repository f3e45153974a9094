"""`cnncalc analyze`: the table of a network, and its totals."""

from __future__ import annotations

import sys

from cnncalc.analysis import analyze as analyzed
from cnncalc.commands import PROBLEMS, SOUND
from cnncalc.commands.options import UsageError, arguments, columns, fold, graph_of, one_of
from cnncalc.report.table.outline import fitting_depth
from cnncalc.report.table.table import Table, table

FORMATS = ("text", "json", "csv", "markdown")


def analyze(
    specs: list[str],
    settings: list[str],
    depth: str | None = None,
    names: str | None = None,
    batch: int = 1,
    form: str = "text",
) -> int:
    """Print the analysis of every spec that is sound; 1 where one is not. Raises UsageError."""
    one_of("--format", form, FORMATS)
    if batch < 1:
        raise UsageError(f"--batch wants a number of at least 1, got {batch}")
    chosen, overrides = columns(names), arguments(settings)
    folded = fold(depth) if depth else None
    graphs = [graph_of(spec, overrides) for spec in specs]
    summaries = [analyzed(graph, batch) for graph in graphs if graph]
    unfolds = depth is not None or form in ("json", "csv")
    tables = [
        table(summary, chosen, folded if unfolds else fitting_depth(summary))
        for summary in summaries
    ]
    if tables:
        write(tables, form)
    return SOUND if len(summaries) == len(specs) else PROBLEMS


def write(tables: list[Table], form: str) -> None:
    """Print tables in one of the formats; each renderer is loaded when it is needed."""
    if form == "json":
        from cnncalc.report.table.to_json import to_json

        sys.stdout.write(to_json(tables))
    elif form == "csv":
        from cnncalc.report.table.to_csv import to_csv

        sys.stdout.write(to_csv(tables))
    elif form == "markdown":
        from cnncalc.report.table.to_markdown import to_markdown

        sys.stdout.write("\n".join(map(to_markdown, tables)))
    else:
        write_text(tables)


def write_text(tables: list[Table]) -> None:
    """In colour on a terminal, else plain."""
    if sys.stdout.isatty():
        from cnncalc.report.table.to_terminal import to_terminal

        for one in tables:
            to_terminal(one)
        return
    from cnncalc.report.table.to_text import to_text

    plain = not (sys.stdout.encoding or "").lower().startswith("utf")
    sys.stdout.write("\n".join(to_text(one, plain) for one in tables))
