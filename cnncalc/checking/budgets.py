"""What a project's settings allow its networks, and one exceeds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cnncalc.analysis.summary import Row, Summary
from cnncalc.checking.expectations import ByPath, shown, value
from cnncalc.checking.metrics import Value
from cnncalc.diagnostics import Diagnostic, Note
from cnncalc.network.expectation import Expectation


def over_budget(summary: Summary, budgets: Iterable[Expectation]) -> Iterator[Diagnostic]:
    """Every budget that the network exceeds, told where its spec begins. A field that is not known
    exceeds none."""
    known = ByPath(summary)
    for budget in budgets:
        found = value(budget.metric, None, known)
        if found and not budget.allows(found):
            yield _exceeded(budget, found, known)


def _exceeded(budget: Expectation, found: Value, known: ByPath) -> Diagnostic:
    most = budget.high is not None
    bound = budget.high if most else budget.low
    side = "most" if most else "least"
    limit = f"{bound:,.0f}" if bound == round(bound or 0) else f"{bound:,}"
    message = f"`{budget.metric}` is {shown(found)}, the budget is at {side} {limit}"
    notes = [Note(f"`{'max' if most else 'min'}_{budget.metric}` is set here", budget.span)]
    if budget.metric not in ("receptive_field", "layers"):
        notes.append(_largest(budget.metric, known))
    hint = "`# cnncalc: ignore[CNN605]` at the end of this line excepts this spec"
    return Diagnostic("CNN605", known.summary.graph.span, message, hint, tuple(notes))


def _largest(metric: str, known: ByPath) -> Note:
    def size(row: Row) -> Value:
        return value(metric, row, known) or (0,)

    row = max(known.summary.rows, key=size)
    return Note(f"`{row.node.path}` has the most, {shown(size(row))}", row.node.span)
