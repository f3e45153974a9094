"""Joins whose branches look at different places."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.analysis.lint.rule import rule
from cnncalc.analysis.lint.subject import Advice, Subject, advice, places
from cnncalc.analysis.receptive import Receptive
from cnncalc.analysis.summary import Row
from cnncalc.layers.base import times
from cnncalc.layers.joins.join import Concat
from cnncalc.network.graph import Node

MOST = 0.5
"""Of the distance between neighbouring positions; a `concat` leaves its branches apart, and two
halves that read every other pixel each are shifted so on purpose."""


@rule(
    "CNN910",
    "note",
    "a misaligned join",
    """The branches of a join are centred on different pixels of the image, half a position of their
    map or more apart: what is added belongs to neighbouring places. It comes from even kernels, and
    from `same` padding at stride 2, which puts the odd pixel on one side only. For the shift of
    each branch, see `cnncalc explain`.""",
    """
input: 16x32x32
layers:
  - add:
      residual: [{max_pool: {kernel: 3, stride: 2, padding: same}}]
      shortcut: [{conv: {filters: 16, kernel: 1, stride: 2}}]
""",
    """
input: 16x32x32
layers:
  - add:
      residual: [{max_pool: {kernel: 3, stride: 2, padding: half}}]
      shortcut: [{conv: {filters: 16, kernel: 1, stride: 2}}]
""",
)
def misaligned(subject: Subject) -> Iterator[Advice]:
    """Joins whose branches are centred half a position or more apart. Upsampled branches, whose
    neighbours share a window, are so by nature."""
    for nodes in places(row.node for row in subject.summary.rows if _is_apart(row)):
        yield _apart(subject, nodes)


def _is_apart(row: Row) -> bool:
    axes = row.receptive.axes
    if not row.receptive.misaligned or not axes or any(axis.period > 1 for axis in axes):
        return False
    apart = row.receptive.misaligned / max(axis.stride for axis in axes)
    return apart > MOST if isinstance(row.node.layer, Concat) else apart >= MOST


def _apart(subject: Subject, nodes: list[Node]) -> Advice:
    receptive = subject.rows[nodes[0]].receptive
    stride = max(axis.stride for axis in receptive.axes or ())
    branches = [subject.summary.receptive[source] for source in nodes[0].inputs]
    seen = [
        f"{times(axis.size for axis in branch.axes)} around {_centre(branch)}"
        for branch in branches
        if branch.axes
    ]
    message = (
        f"`{nodes[0].kind}` joins branches centred {receptive.misaligned:g} px of the input apart, "
        f"at a stride of {stride:g}: {', '.join(dict.fromkeys(seen))}"
    )
    hint = "odd kernels, and as much padding before as after (`half`, not `same`), on each branch"
    return advice(nodes, message, hint)


def _centre(branch: Receptive) -> str:
    """The input that the first output looks at."""
    seen = [axis.phases[0] for axis in branch.axes or ()]
    centres = [f"{(low + high) / 2:g}" for low, high in filter(None, seen)]
    return "x".join(dict.fromkeys(centres))
