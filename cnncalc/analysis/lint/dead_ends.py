"""Layers for nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

from cnncalc.analysis.lint.rule import rule
from cnncalc.analysis.lint.subject import Advice, Subject, advice, places
from cnncalc.layers.fields import counted
from cnncalc.network.graph import Node
from cnncalc.numbers import rounded


@rule(
    "CNN922",
    "warning",
    "a layer whose output nothing reads",
    """What a layer makes leads to no output of the network. Its parameters count, take memory, and
    get no gradient. An item further down reads something else, by `from`, and nothing comes back to
    this one: join it, list it under `outputs`, or leave it out.""",
    """
input: 3x32x32
layers:
  - {name: stem, conv: {filters: 16, kernel: 3}}
  - conv: {filters: 32, kernel: 3}
  - {from: stem, relu: }
""",
    """
input: 3x32x32
layers:
  - {name: stem, conv: {filters: 16, kernel: 3}}
  - relu
""",
)
def dead_ends(subject: Subject) -> Iterator[Advice]:
    """Layers whose output nothing reads."""
    ends = subject.graph.unread()
    behind = dict(pairwise(subject.graph.layers)) if ends else {}
    for nodes in places(ends):
        passed_by = _passed_by(nodes[0], behind)
        lost = {waste for node in nodes for waste in _only_for(subject, node)}
        params = sum(subject.rows[node].params.total for node in lost)
        macs = sum(map(subject.row_macs, lost))
        message = f"nothing reads the output of this `{nodes[0].kind}`"
        if passed_by:
            message += ": `previous` is what entered it"
        hint = (
            f"read it by `from`, name it in `outputs`, or leave it out: with what only it reads, "
            f"{counted(params, 'parameter')} and {rounded(macs)} MACs"
        )
        if passed_by:
            hint = "`[identity]` in place of `previous` is what it made"
        yield advice(nodes, message, hint)


def _passed_by(end: Node, behind: Mapping[Node, Node]) -> bool:
    """Whether the join behind a layer reads what that layer read: `previous`."""
    after = behind.get(end)
    if after is None or after.layer is None or not after.layer.joins:
        return False
    return not {*after.inputs}.isdisjoint(end.inputs)


def _only_for(subject: Subject, end: Node) -> set[Node]:
    """`end`, and the layers that lead nowhere else."""
    found = {end}
    waiting = [end]
    while waiting:
        for source in waiting.pop().inputs:
            if source.layer is None or source in subject.heads or source in found:
                continue
            if all(reader in found for reader in subject.readers[source]):
                found.add(source)
                waiting.append(source)
    return found
