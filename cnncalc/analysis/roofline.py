"""How fast a network can be on a machine, and how fast it will be: bounds, and times learned."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod

from cnncalc.layers.base import ALONE, Filters, Stage, names
from cnncalc.layers.windows import Sliding
from cnncalc.machine import NUMBERS, Ceilings, Cost, Rates
from cnncalc.network.graph import Graph, Node
from cnncalc.network.stated import need_known
from cnncalc.records import NamedTuple


class Work(NamedTuple):
    """What a layer does in a forward pass of a batch, at the very least.

    sort: layers that are alike in how far from their bounds they are
    flops: two for each product, of which none is with a padding; fewest: by the quickest algorithm
    moved: bytes, each input, weight and output once
    slides: whether windows slide over a map; window: how many numbers are in one; compared, added:
    how many they meet, where they multiply none
    matrices: operations of the products of matrices that make them, with the smallest side of each
    filters: of a convolution that reads all channels, of a batch's places
    alone: whether each window reads one channel of several
    turned: whether channels may lie behind one another at each place that it reads
    role: what the layer does for the network
    passed: bytes that its operations read and write, one after the other; made: bytes of each
    tensor that they make
    steps: bytes that each of those reads and writes that multiply nothing; beside: whether others
    multiply, one after the other with them
    exponentials: how many are taken of what is read, by operations that take no fewer
    centres: whether it is a batch norm
    """

    sort: str
    flops: int
    fewest: int
    moved: int
    slides: bool = False
    window: int = 0
    compared: int = 0
    added: int = 0
    matrices: tuple[tuple[int, int], ...] = ()
    filters: Filters | None = None
    alone: bool = False
    turned: bool = False
    role: str = ""
    passed: int = 0
    made: tuple[int, ...] = ()
    steps: tuple[int, ...] = ()
    beside: bool = False
    exponentials: int = 0
    centres: bool = False


NOTHING = Work("", 0, 0, 0)
"""Of a view."""


class Least(NamedTuple):
    """The least seconds that a layer's products take and what runs beside them, that its bytes
    take, that any start takes."""

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
    """The work of each layer, with numbers of so many bytes. Raises StatedError."""
    need_known(graph, "whose time is not known")
    turned: set[Node] = set()
    found = {}
    for node in graph.layers:
        reads_turned = not turned.isdisjoint(node.inputs)
        found[node] = work(node, batch, width)
        if found[node] is not NOTHING:
            found[node] = found[node]._replace(turned=reads_turned)
        if _turns(node) or reads_turned:
            turned.add(node)
        elif not found[node].flops:
            found[node] = _pooled(found[node], node, batch)
    return found


def _turns(node: Node) -> bool:
    """Whether channels may lie behind one another from then on, where pools are quicker."""
    layer = node.layer
    if layer is None:
        return False
    stages = layer.stages_at_rest(*node.shapes)
    return layer.role == "sequence" or any(stage.order for stage in stages)


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
    ops = layer.ops(*shapes)
    hidden = layer.needed_macs(*shapes) < ops.macs
    curves = layer.role in ("activation", "sequence") and not (ops.comparisons or hidden)
    found = Work(
        sort,
        2 * macs,
        fewest,
        numbers * width,
        slides,
        role=layer.role,
        exponentials=ops.exponentials * batch if curves else 0,
        centres=layer.standardizes,
    )
    return _run(_multiplied(found, node, batch), node, batch, width)


def _multiplied(work: Work, node: Node, batch: int) -> Work:
    """With how its products are made."""
    layer, shapes = node.layer, node.shapes
    assert layer is not None
    products = layer.matrices(*shapes)
    matrices = tuple((2 * each.macs * batch, each.smallest(batch)) for each in products)
    filters = layer.moved_filters(*shapes)
    if filters is None:
        return work._replace(matrices=matrices)
    if filters.channels < shapes[0][0]:
        alone = filters.channels == 1
        return work._replace(alone=alone, window=filters.window if alone else 0)
    sort = (
        f"{work.sort}, pointwise" if filters.window == 1 and work.sort == node.kind else work.sort
    )
    places = filters.places * batch
    return work._replace(sort=sort, matrices=matrices, filters=filters._replace(places=places))


def _run(work: Work, node: Node, batch: int, width: int) -> Work:
    """With what its operations read and write, as PyTorch runs them one after the other."""
    layer, shapes = node.layer, node.shapes
    assert layer is not None
    sizes = dict(
        zip(names(len(shapes)), (prod(shape) * batch * width for shape in shapes), strict=True)
    )
    passed, made, steps, beside = 0, [], [], False
    for stage in layer.stages_at_rest(*shapes):
        if stage.device == "cuda" or not stage.runs([""] * len(shapes)):
            continue
        size = stage.makes.size(batch, width)
        sizes[stage.makes.name] = size
        if stage.view:
            continue
        step = size + sum(sizes.get(name, 0) for name in stage.reads)
        passed += step
        made.append(size)
        if stage.cast == "half":
            beside = True
        else:
            steps.append(step + _learned(stage, node) * width)
    weights = sum(weight.size for weight in node.weights) * width
    return work._replace(
        passed=passed + weights, made=tuple(made), steps=tuple(steps), beside=beside
    )


def _learned(stage: Stage, node: Node) -> int:
    """How many numbers a weight is computed from."""
    names = stage.trained if isinstance(stage.trained, tuple) and not stage.reads else ()
    return sum(weight.size for weight in node.weights if weight.name in names)


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


RAGGED = 9
"""Numbers in the windows of which it is known what channels take that fill no block."""

THIN = 6
"""MACs for each number that is moved, under which a product is bound by memory."""


def least(work: Work, ceilings: Ceilings) -> Least:
    """What the work takes at best."""
    if work is NOTHING:
        return Least(0.0, 0.0, 0.0)
    window = ceilings.window_launch if work.slides and work.flops else None
    norm = ceilings.norm_launch if work.centres else None
    steps = ceilings.runs(work.steps, norm or ceilings.launch)
    memory = max(ceilings.moves(work.moved), steps)
    compute = _computed(work, ceilings) + (steps if work.beside else 0.0)
    return Least(compute, memory, window or norm or ceilings.launch)


def _computed(work: Work, ceilings: Ceilings) -> float:
    """The least seconds of products, of what pools compare and add, of exponentials."""
    pools = ceilings.pools(work.compared, work.added, work.window)
    curves = work.exponentials / ceilings.exponentials if ceilings.exponentials else 0.0
    return _products(work, ceilings) + pools + curves


def _products(work: Work, ceilings: Ceilings) -> float:
    """The least seconds of its products, by what makes them."""
    if work.matrices:
        return sum(ceilings.multiplies(flops, side) for flops, side in work.matrices)
    flops = work.fewest if ceilings.winograd else work.flops
    rate = (ceilings.window_flops if work.slides else None) or ceilings.flops
    if work.alone:
        return flops / (ceilings.windowed(work.window) or rate)
    if work.filters is None or ceilings.winograd:
        return flops / rate
    found = ceilings.filters(flops, work.filters, work.turned)
    unfilled = ceilings.unfilled(work.filters) if work.filters.window >= RAGGED else 0.0
    return max(found, 0.0 if work.turned else unfilled)


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
    cost = costs.get(work.sort) or costs.get(of_role(work)) or costs.get(ALL)
    if cost is None:
        return None
    compute, memory, fresh, operations = features(work, ceilings)
    parts = (
        cost.compute * compute,
        cost.memory * memory,
        cost.fresh * fresh,
        cost.each * operations,
    )
    return sum(parts)


ALL = "all"
"""The sort that every layer is of."""


def of_role(work: Work) -> str:
    """The sort of all layers that do the same for a network."""
    return f"any {work.role}"


def features(work: Work, ceilings: Ceilings) -> tuple[float, float, float, float]:
    """What a layer's seconds are sums of: those of its products, those of what its operations read
    and write, those of what they write into new memory, and one for each operation."""
    compute = _computed(work, ceilings)
    return compute, ceilings.moves(work.passed), ceilings.writes(work.made), max(1, len(work.made))
