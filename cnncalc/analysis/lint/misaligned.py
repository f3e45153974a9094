"""Joins whose branches look at different places."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.analysis.lint.subject import Finding, Subject, finding, places
from cnncalc.graph import Node
from cnncalc.report.columns import field


def misaligned(subject: Subject) -> Iterator[Finding]:
    """Joins whose branches are centred apart."""
    apart = (row.node for row in subject.summary.rows if row.receptive.misaligned)
    for nodes in places(apart):
        yield _apart(subject, nodes)


def _apart(subject: Subject, nodes: list[Node]) -> Finding:
    node = max(nodes, key=lambda node: subject.rows[node].receptive.misaligned)
    receptive = subject.rows[node].receptive
    stride = max((axis.stride for axis in receptive.axes or ()), default=1)
    fields = [
        f"{field(subject.summary.receptive[source])} from {_starts(subject, source)}"
        for source in node.inputs
        if subject.summary.receptive[source].axes
    ]
    message = (
        f"`{node.kind}` joins branches centred {receptive.misaligned:g} px of the input apart, "
        f"{receptive.misaligned / stride:.2g} of its positions"
    )
    seen = ", ".join(dict.fromkeys(fields))
    hint = f"as much padding before as after, and odd kernels, on each branch; they see {seen}"
    ordered = [node, *(other for other in nodes if other is not node)]
    return finding(ordered, message, hint)


def _starts(subject: Subject, node: Node) -> str:
    """Where the field of a branch's first output begins."""
    axes = subject.summary.receptive[node].axes or ()
    offsets = dict.fromkeys(str(axis.offset) for axis in axes)
    return "x".join(offsets)
