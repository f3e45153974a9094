"""How fast a network can be on a machine, and how fast it will be: bounds, and times learned."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import NamedTuple

from cnncalc.layers.base import ALONE
from cnncalc.layers.windows import Sliding
from cnncalc.machine import NUMBERS, Ceilings, Cost, Rates
from cnncalc.network.graph import Graph, Node


class Work(NamedTuple):
    """What a layer does in a forward pass of a batch, at the very least.

    sort: layers that are alike in how far from their bounds they are
    flops: two for each product, of which none is with a padding; fewest: by the quickest algorithm
    moved: bytes, each input, weight and output once
    slides: whether windows slide over a map; window: how many numbers are in one; compared, added:
    how many they meet, where they multiply none
    """

    sort: str
    flops: int
    fewest: int
    moved: int
    slides: bool = False
    window: int = 0
    compared: int = 0
    added: int = 0


NOTHING = Work("", 0, 0, 0)
"""Of a view."""


class Least(NamedTuple):
    """The least seconds that a layer's products take, that its bytes take, that any start takes."""

    compute: float
    memory: float
    start: float

    @property
    def seconds(self) -> float:
        """No run of it takes less: they may all go on at the same time."""
        return max(self)

    @property
    def binds(self) -> str:
        """Which of the three it is; empty where nothing runs."""
        name = max(self._fields, key=lambda field: float(getattr(self, field)))
        return name if self.seconds else ""


def works(graph: Graph, batch: int, width: int) -> dict[Node, Work]:
    """The work of each layer, with numbers of so many bytes."""
    turned: set[Node] = set()
    found = {}
    for node in graph.layers:
        found[node] = work(node, batch, width)
        if _turns(node) or not turned.isdisjoint(node.inputs):
            turned.add(node)
        elif not found[node].flops:
            found[node] = _pooled(found[node], node, batch)
    return found


def _turns(node: Node) -> bool:
    """Whether channels may lie behind one another from then on, where pools are quicker."""
    layer = node.layer
    return layer is not None and (layer.role == "sequence" or (layer.view and len(node.shape) > 1))


def work(node: Node, batch: int, width: int) -> Work:
    """The work of a layer, what the windows of a pool do apart."""
    layer = node.layer
    if layer is None or layer.view:
        return NOTHING
    shapes, written = node.shapes, prod(node.shape) * batch
    weights = sum(weight.size for weight in node.weights)
    reads = layer.needed_reads(*shapes) * batch
    if layer.role == "move":
        reads = min(reads, written)
    if layer.role == "table":  # of a word, its row
        weights = min(weights, written)
    numbers = reads + weights + written
    macs = layer.needed_macs(*shapes) * batch
    sort = f"{node.kind}, thin" if 0 < macs < THIN * numbers else node.kind
    fewest = 2 * layer.fewest_macs(*shapes) * batch
    axes = layer.window(*shapes).axes
    slides = any(axis != ALONE for axis in axes)
    return Work(sort, 2 * macs, fewest, numbers * width, slides)


def _pooled(work: Work, node: Node, batch: int) -> Work:
    """With what windows over a map compare, or add. What they read of other windows repeats itself,
    and processors guess it."""
    layer, shapes, before = node.layer, node.shapes, node.inputs[0].layer
    if not isinstance(layer, Sliding) or len(node.shape) != 3:
        return work
    if before is not None and before.role == "pool":
        return work
    met = batch * shapes[0][0] * layer.met(shapes[0])
    window = prod(slide.kernel for slide in layer.slides(shapes[0]))
    compares = layer.ops(*shapes).comparisons > 0
    return work._replace(window=window, compared=met * compares, added=met * (not compares))


THIN = 6
"""MACs for each number that is moved, under which a product is bound by memory."""


def least(work: Work, ceilings: Ceilings) -> Least:
    """What the work takes at best."""
    if work is NOTHING:
        return Least(0.0, 0.0, 0.0)
    flops = work.fewest if ceilings.winograd else work.flops
    start = (ceilings.window_launch if work.slides and work.flops else None) or ceilings.launch
    rate = (ceilings.window_flops if work.slides else None) or ceilings.flops
    compute = flops / rate + ceilings.pools(work.compared, work.added, work.window)
    return Least(compute, ceilings.moves(work.moved), start)


# -- what a network takes -------------------------------------------------------------------


class Expected(NamedTuple):
    """A layer on a machine: what it takes at best, and what it will take; None: nothing was learned
    of layers as this one."""

    work: Work
    least: Least
    seconds: float | None


def expected(graph: Graph, batch: int, dtype: str, rates: Rates) -> dict[Node, Expected]:
    """What each layer of a network takes in a forward pass."""
    found = {}
    for node, done in works(graph, batch, NUMBERS[dtype]).items():
        bound = least(done, rates.ceilings)
        found[node] = Expected(done, bound, told(done, rates.ceilings, rates.costs))
    return found


def told(work: Work, ceilings: Ceilings, costs: Mapping[str, Cost]) -> float | None:
    """The seconds that a layer will take, by what was learned of its sort, or of all."""
    if work is NOTHING:
        return 0.0
    cost = costs.get(work.sort) or costs.get(ALL)
    if cost is None:
        return None
    compute, memory, _ = features(work, ceilings)
    return cost.compute * compute + cost.memory * memory + cost.each


ALL = "all"
"""The sort that every layer is of."""


def features(work: Work, ceilings: Ceilings) -> tuple[float, float, float]:
    """What a layer's seconds are sums of: those of its products, done one by one, those of its
    bytes, and one of each."""
    bound = least(work, ceilings)
    return bound.compute, bound.memory, 1.0
