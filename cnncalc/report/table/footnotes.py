"""What stands below a table: what its numbers mean, and what a reader must know."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from cnncalc.analysis import Row, Summary
from cnncalc.analysis.named_numbers import NamedNumbers
from cnncalc.network.copied import tallied
from cnncalc.network.graph import Graph, Node
from cnncalc.network.metrics import METRICS, Metric
from cnncalc.numbers import decimal, exact
from cnncalc.report.table.columns import missing
from cnncalc.report.table.outline import depths

COUNTED = "multiply-accumulates of conv, linear and matrix products, no bias"

DEEP = "conv and linear layers on the longest path, attention as two"


def footnotes(numbers: NamedNumbers, columns: Collection[str], depth: int | None) -> list[str]:
    """Of a whole network with these columns, folded at `depth`."""
    summary = numbers.summary
    totals = summary.totals
    notes = conventions(summary.whole, numbers, columns)
    if summary.graph.stated:
        notes.append(stated_note(summary.graph))
    elif totals.weight_layers and "params" in columns:
        notes.append(f"weight layers {exact(totals.weight_layers)}: {DEEP}.")
    if "field" in columns:
        notes += _fields(summary)
    notes += _warnings(summary)
    if depth is not None and depth < depths(summary):
        notes.append(_folded(depth, depths(summary)))
    return notes


def conventions(whole: Row, numbers: NamedNumbers, columns: Collection[str]) -> list[str]:
    """What the columns count, and their exact totals."""
    said = meanings(numbers.summary)
    shown = {*columns, "flops"} if "macs" in columns else columns
    return [f"params {_params(whole)}."][: "params" in columns] + [
        f"{metric.title}{_total(metric, whole, numbers)}: {said[metric.name]}."
        for metric in METRICS.values()
        if metric.name in shown and metric.name in said
    ]


def stated_note(graph: Graph) -> str:
    """Of layers whose numbers are stated: which, and what that means."""
    nodes = graph.stated
    are = "is `foreign`: its" if len(nodes) == 1 else "are `foreign`: their"
    fact = "params and MACs are stated, not computed; what they do not tell is `?`"
    return f"stated: {_named([(node, 1) for node in nodes])} {are} {fact}."


def _total(metric: Metric, whole: Row, numbers: NamedNumbers) -> str:
    """The exact number of what adds up."""
    if not metric.adds:
        return ""
    found = numbers.of(metric.name, whole)
    return f" {decimal(found[0])}" if found else f" {missing(whole)}".rstrip()


def meanings(summary: Summary) -> dict[str, str]:
    """What is counted, by the name of the metric."""
    samples = "one sample" if summary.batch == 1 else f"a batch of {summary.batch:,} samples"
    moved = f"inputs, outputs and weights of each layer, each once, in {summary.precision}"
    return {
        "macs": f"{COUNTED}, {samples}",
        "flops": "2 per MAC, and every other operation",
        "macts": f"outputs of conv, linear and matrix products, {samples}",
        "size": f"of parameters and buffers in {summary.precision.dtype}, in bytes",
        "flash": "of the weights as a small device keeps them, in bytes",
        "bytes": f"{moved}, {samples}",
        "kept": f"first by each layer for the backward pass, inputs in the total too, {samples}",
        "alive": f"the most bytes while a layer runs in training, weights aside, {samples}",
        "inference_memory": f"bytes at the peak of inference, {samples}",
        "training_memory": f"bytes at the peak of a step of SGD, {samples}",
        "intensity": f"each byte one of {moved}",
        "receptive_field": "how much of the input an output can see, padding included",
        "centre": "of what the first output sees, from the middle of the first pixel; those of "
        "the outputs behind it are a stride further on each",
    }


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
        notes.append(f"field: {meanings(summary)['receptive_field']}.")
    told = list(tallied(summary.rows))
    if any(row.receptive.everything and row.receptive.axes for row, _ in told):
        notes.append("*: sees the whole input besides, through a gate, a norm or attention.")
    if loose := [(row.node, times) for row, times in told if row.receptive.at_most]:
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
    told = list(tallied(summary.rows))
    if apart := [(row.node, times) for row, times in told if row.receptive.misaligned]:
        most = max(row.receptive.misaligned for row, _ in told)
        verb = "joins" if _count(apart) == 1 else "join"
        notes.append(f"misaligned: {_named(apart)} {verb} branches centred {most:g} px apart.")
    if unread := [(node, 1) for node in summary.graph.unread()]:
        verb = "leads" if len(unread) == 1 else "lead"
        notes.append(f"never read: {_named(unread)} {verb} nowhere: `cnncalc check` says more.")
    if lost := [(row.node, times) for row, times in told if any(row.lost)]:
        verb = "never reads" if _count(lost) == 1 else "never read"
        notes.append(f"does not fit: {_named(lost)} {verb} the last rows or columns that arrive.")
    return notes


def _named(nodes: list[tuple[Node, int]]) -> str:
    """`pool1`, or `pool1` and 3 more; each node with how many there are."""
    count = _count(nodes)
    more = f" and {count - 1} more" if count > 1 else ""
    return f"`{nodes[0][0].path}`{more}"


def _count(nodes: list[tuple[Node, int]]) -> int:
    return sum(times for _, times in nodes)
