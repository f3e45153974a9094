"""What stands below a table: what its numbers mean, and what a reader must know."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from cnncalc.analysis import Row, Summary
from cnncalc.analysis.receptive import Receptive
from cnncalc.network.graph import Node
from cnncalc.numbers import exact
from cnncalc.report.table.outline import depths

_NOWHERE = Receptive(None)

COUNTED = "multiply-accumulates of conv, linear and matrix products, no bias"

DEEP = "conv and linear layers on the longest path, attention as two"


def footnotes(summary: Summary, columns: Collection[str], depth: int | None) -> list[str]:
    """Of a whole network with these columns, folded at `depth`."""
    totals = summary.totals
    graph = summary.graph
    counts = totals.layers, totals.params, totals.ops, 0
    whole = Row(graph.output, *counts, _NOWHERE, graph.layers, ())
    notes = conventions(whole, summary, columns)
    if totals.weight_layers and "params" in columns:
        notes.append(f"weight layers {exact(totals.weight_layers)}: {DEEP}.")
    if "field" in columns:
        notes += _fields(summary)
    notes += _warnings(summary)
    if depth is not None and depth < depths(summary):
        notes.append(_folded(depth, depths(summary)))
    return notes


def conventions(whole: Row, summary: Summary, columns: Collection[str]) -> list[str]:
    """What the columns count, and their exact totals."""
    samples = "one sample" if summary.batch == 1 else f"a batch of {summary.batch:,} samples"
    notes = {
        "params": f"params {_params(whole)}.",
        "macs": f"MACs {exact(whole.ops.macs)}: {COUNTED}, {samples}.",
        "flops": f"FLOPs {exact(whole.ops.flops)}: 2 per MAC, and every other operation.",
    }
    shown = {*columns, "flops"} if "macs" in columns else columns
    return [note for column, note in notes.items() if column in shown]


def of_columns(notes: Iterable[str], shown: Collection[str]) -> tuple[str, ...]:
    """The notes but for those that say what a column means that is not shown."""
    return tuple(note for note in notes if "field" in shown or not note.startswith(_OF_FIELDS))


def left_out(columns: Sequence[str]) -> str:
    """Which columns there was no room for, and what shows them."""
    wanted = ",".join(columns)
    return (
        f"columns left out: {', '.join(columns)}; "
        f"`analyze --columns {wanted}`, or a wider terminal, shows them"
    )


_OF_FIELDS = ("field: ", "*: ", "at most: ")


def _fields(summary: Summary) -> list[str]:
    notes = []
    if summary.totals.receptive and summary.totals.receptive.axes:
        notes.append("field: how much of the input an output can see, padding included.")
    if any(row.receptive.everything and row.receptive.axes for row in summary.rows):
        notes.append("*: sees the whole input besides, through a gate, a norm or attention.")
    if loose := [row.node for row in summary.rows if row.receptive.at_most]:
        notes.append(f"at most: {_named(loose)} may see less: not all channels are told apart.")
    return notes


def _folded(depth: int, deepest: int) -> str:
    opens = f"--depth {depth + 1} opens the parts, " if depth + 1 < deepest else ""
    return f"folded: {opens}--depth all shows every layer"


def _params(whole: Row) -> str:
    params = whole.params
    trained = ", all trainable" if params.trainable else ""
    if params.frozen:
        trained = f", {exact(params.trainable)} trainable and {exact(params.frozen)} frozen"
    buffers = f"; {exact(params.buffers)} buffers" if params.buffers else ""
    return f"{exact(params.total)}{trained}{buffers}"


def _warnings(summary: Summary) -> list[str]:
    notes = []
    if apart := [row.node for row in summary.rows if row.receptive.misaligned]:
        most = max(row.receptive.misaligned for row in summary.rows)
        verb = "joins" if len(apart) == 1 else "join"
        notes.append(f"misaligned: {_named(apart)} {verb} branches centred {most:g} px apart.")
    if unread := summary.graph.unread():
        verb = "leads" if len(unread) == 1 else "lead"
        notes.append(f"never read: {_named(unread)} {verb} nowhere: `cnncalc check` says more.")
    if lost := [row.node for row in summary.rows if any(row.lost)]:
        verb = "never reads" if len(lost) == 1 else "never read"
        notes.append(f"does not fit: {_named(lost)} {verb} the last rows or columns that arrive.")
    return notes


def _named(nodes: list[Node]) -> str:
    """`pool1`, or `pool1` and 3 more."""
    more = f" and {len(nodes) - 1} more" if len(nodes) > 1 else ""
    return f"`{nodes[0].path}`{more}"
