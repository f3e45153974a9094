"""What a project's settings allow its networks, and one exceeds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cnncalc.analysis.named_numbers import NamedNumbers, Value
from cnncalc.analysis.summary import Row, Summary
from cnncalc.checking.expectations import shown
from cnncalc.diagnostics import Diagnostic, Note
from cnncalc.network.expectation import Expectation
from cnncalc.network.metrics import METRICS


def over_budget(summary: Summary, budgets: Iterable[Expectation]) -> Iterator[Diagnostic]:
    """Every budget that the network exceeds, told where its spec begins. A field that is not known
    exceeds none."""
    numbers = NamedNumbers(summary)
    for budget in budgets:
        found = numbers.of_whole(budget.metric)
        if found and not budget.allows(found):
            yield _exceeded(budget, found, numbers)


def _exceeded(budget: Expectation, found: Value, numbers: NamedNumbers) -> Diagnostic:
    most = budget.high is not None
    bound = budget.high if most else budget.low
    side = "most" if most else "least"
    limit = f"{bound:,.0f}" if bound == round(bound or 0) else f"{bound:,}"
    message = f"`{budget.metric}` is {shown(found)}, the budget is at {side} {limit}"
    notes = [Note(f"`{'max' if most else 'min'}_{budget.metric}` is set here", budget.span)]
    if METRICS[budget.metric].adds and budget.metric != "layers":
        notes.append(_largest(budget.metric, numbers))
    hint = "`# cnncalc: ignore[CNN605]` at the end of this line excepts this spec"
    return Diagnostic("CNN605", numbers.summary.graph.span, message, hint, tuple(notes))


def too_large(summary: Summary, fits: Expectation) -> Iterator[Diagnostic]:
    """Where training, as the network's recipe has it, takes more than there is. What is not known
    takes no more."""
    from cnncalc.analysis.memory_use import as_trained, use  # few ask

    found = as_trained(summary.graph)
    if found is None:
        return
    limit = int(fits.high or 0)
    taken = use(*found, limit)
    batch, optimizer = taken.conditions.batch, taken.conditions.optimizer
    if fits.allows((taken.total,)):
        return
    message = f"training takes {taken.total:,} bytes at batch {batch} with {optimizer}, "
    message += f"`fits` is {limit:,}"
    graph = summary.graph
    hint = f"`cnncalc memory {graph.path} --fits {fits.text}` tells what would do"
    if taken.largest:
        hint = f"`batch: {taken.largest}` in `train` fits"
    yield Diagnostic("CNN605", graph.span, message, hint, (Note("`fits` is set here", fits.span),))


def _largest(metric: str, numbers: NamedNumbers) -> Note:
    def size(row: Row) -> Value:
        return numbers.of(metric, row) or (0,)

    row = max(numbers.summary.rows, key=size)
    return Note(f"`{row.node.path}` has the most, {shown(size(row))}", row.node.span)
