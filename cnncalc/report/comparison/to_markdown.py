"""Networks side by side as GitHub-flavoured markdown, to be posted on a pull request."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.analysis.difference import Difference
from cnncalc.report.comparison.comparison import (
    Comparison,
    between,
    conventions,
    head,
    lines,
    said_alone,
    said_unchanged,
    total_columns,
    totals,
)
from cnncalc.report.grid import markdown_table
from cnncalc.text import html, markdown, markdown_code


def to_markdown(comparisons: list[Comparison]) -> str:
    """A table of totals for every comparison, the layers folded away below it; those without a
    change in a sentence."""
    shown = [comparison for comparison in comparisons if not comparison.unchanged]
    parts = [part for comparison in shown for part in _one(comparison)]
    if unchanged := said_unchanged(comparisons):
        parts.append(markdown(unchanged))
    if shown:
        notes = "<br>".join(map(markdown, conventions(shown)))
        parts.append(f"<sub>{notes}</sub>")
    return "\n\n".join(parts) + "\n"


def _one(comparison: Comparison) -> Iterator[str]:
    yield f"### {markdown(_title(comparison))}"
    if said := said_alone(comparison):
        yield markdown(said)
    yield _totals(comparison)
    for difference in comparison.differences:
        yield from _difference(difference, comparison)


def _title(comparison: Comparison) -> str:
    """`ResNet-50 (specs/resnet/resnet50.yaml)`, or the names of all."""
    graphs = [summary.graph for summary in comparison.summaries]
    if comparison.revision is not None:
        return f"{graphs[-1].name} ({graphs[-1].path})"
    return ", ".join(graph.name for graph in graphs)


def _totals(comparison: Comparison) -> str:
    """Of two versions of one spec, only what differs."""
    found = list(totals(comparison))
    if comparison.revision is not None and comparison.state == "compared":
        found = [total for total in found if total.differs]
    if not found:
        return "Every total is the same."
    names = ["", *(total.name for total in found)]
    columns = [column for some in total_columns(comparison, found) for column in some]
    rows = [list(map(markdown, row)) for row in zip(names, *columns, strict=True)]
    return markdown_table(rows, left=[0])


def _difference(difference: Difference, comparison: Comparison) -> Iterator[str]:
    """The changes, folded away."""
    several = len(comparison.summaries) > 2
    said = head(difference) + between(difference, several)
    found = lines(difference)
    if not found:
        yield markdown(said)
        return
    rows = [["", "layer", "params", "MACs", "change"]]
    for line in found:
        name = " ".join(filter(None, (line.path and markdown_code(line.path), line.more)))
        mark = f"`{line.mark}`" if line.mark else ""
        rows.append([mark, name, line.params, line.macs, markdown(line.what)])
    table = markdown_table(rows, left=(0, 1, 4))
    yield f"<details>\n<summary>{html(said)}</summary>\n\n{table}\n\n</details>"
