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
from cnncalc.report.comparison.pictures import MarkdownPictures
from cnncalc.report.grid import markdown_table
from cnncalc.text import html, markdown, markdown_code


def to_markdown(comparisons: list[Comparison]) -> str:
    """A table of totals for every comparison, the layers and the pictures folded away below it;
    those without a change in a sentence."""
    shown = [comparison for comparison in comparisons if not comparison.unchanged]
    tables = [[*_one(comparison)] for comparison in shown]
    last = [markdown(unchanged)] if (unchanged := said_unchanged(comparisons)) else []
    if shown:
        notes = "<br>".join(map(markdown, conventions(shown)))
        last.append(f"<sub>{notes}</sub>")
    drawn = MarkdownPictures(sum(map(len, (*last, *(part for some in tables for part in some)))))
    parts = []
    for comparison, some in zip(shown, tables, strict=True):
        parts += [*some, *_pictures(comparison, drawn)]
    if drawn.left_out:
        last.insert(0, f"Pictures left out, as a comment has no room for them: {drawn.left_out}.")
    return "\n\n".join([*parts, *last]) + "\n"


def _pictures(comparison: Comparison, drawn: MarkdownPictures) -> Iterator[str]:
    """Of each that is compared layer by layer."""
    heads = dict(zip(map(id, comparison.summaries), comparison.heads, strict=True))
    for difference in comparison.differences:
        yield from drawn.of(difference, (heads[id(difference.before)], heads[id(difference.after)]))


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
