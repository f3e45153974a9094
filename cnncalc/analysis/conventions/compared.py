"""What every tool counts for a network, beside what is counted here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from math import prod
from typing import get_args

from cnncalc.analysis.conventions import NAMES, convention
from cnncalc.analysis.conventions.convention import Unit
from cnncalc.analysis.conventions.count import Counted, Sort, counted, running, sort_of
from cnncalc.analysis.ops import count_ops
from cnncalc.layers.base import Ops
from cnncalc.network.graph import Graph, Node
from cnncalc.records import NamedTuple

OURS: Mapping[Unit, Callable[[Ops], int]] = {
    "MACs": lambda ops: ops.macs,
    "FLOPs": lambda ops: ops.flops,
}


class Tally(NamedTuple):
    """The counts of a network, for one sample.

    ours: by sort, of each unit; tools: what each of them counts
    """

    graph: Graph
    ours: Mapping[Unit, Mapping[Sort, int]]
    tools: tuple[Counted, ...]

    def more(self, tool: Counted) -> Mapping[Sort, int]:
        """How much more than here a tool counts, by the sorts that differ."""
        ours, by = self.ours[tool.convention.unit], tool.by
        found = {sort: by.get(sort, 0) - ours.get(sort, 0) for sort in get_args(Sort)}
        return {sort: more for sort, more in found.items() if more}


def tally(graph: Graph) -> Tally:
    """Of every tool."""
    ops, ran = count_ops(graph), running(graph)
    ours = {unit: _by_sort(ops, read) for unit, read in OURS.items()}
    return Tally(graph, ours, tuple(counted(ran, convention(name)) for name in NAMES))


def _by_sort(ops: Mapping[Node, Ops], read: Callable[[Ops], int]) -> Mapping[Sort, int]:
    found: Counter[Sort] = Counter()
    for node, each in ops.items():
        biases = _biases(node) if each.additions else 0
        apart = biases if read(each._replace(macs=0)) else 0
        found[sort_of(node)] += read(each) - apart
        found["bias"] += apart
    return {sort: found[sort] for sort in get_args(Sort) if found[sort]}


def _biases(node: Node) -> int:
    """The biases that a convolution or a linear layer adds."""
    biased = any(weight.name == "bias" for weight in node.weights)
    return prod(node.shape) if biased and sort_of(node) == "conv" else 0
