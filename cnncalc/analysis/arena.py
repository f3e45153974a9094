"""What a small device holds as it runs a network: a place in one arena for each tensor."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate
from math import prod

from cnncalc.layers.around import put_first
from cnncalc.layers.base import OWN, POINTWISE, framed
from cnncalc.layers.windows import Sliding
from cnncalc.network.graph import Graph, Node
from cnncalc.records import NamedTuple

ALIGNMENT = 16
"""Bytes of which the places of TensorFlow Lite Micro are multiples."""


class Tensor(NamedTuple):
    """A tensor in the arena.

    node: whose output it is first of all, or whose padded input; padded: whether it is that
    size: its bytes; first, last: the steps during which it is there
    offset: where it begins
    """

    node: Node
    padded: bool
    size: int
    first: int
    last: int
    offset: int = 0


class Arena(NamedTuple):
    """The memory of activations, in bytes, for one sample.

    steps: what runs, in turn, with the bytes that are there while it does
    tensors: each in its place; planned: the bytes up to the end of the last of them
    """

    steps: tuple[tuple[Node, int], ...]
    tensors: tuple[Tensor, ...]
    planned: int

    @property
    def peak(self) -> int:
        """The most bytes that are there at once: no plan needs less."""
        return max((size for _, size in self.steps), default=0)

    @property
    def at(self) -> int | None:
        """The first step at which they are."""
        sizes = [size for _, size in self.steps]
        return sizes.index(self.peak) if sizes else None

    @property
    def held(self) -> tuple[Tensor, ...]:
        """The tensors that are there at the peak, the largest first."""
        there = [each for each in self.tensors if each.first <= (self.at or 0) <= each.last]
        return tuple(sorted(there, key=lambda each: -each.size))


def least_arena(graph: Graph, width: int = 1) -> Arena:
    """With everything in place that may be: what works number by number writes over what it reads,
    where nothing reads that later. width: bytes of a number"""
    return _Arranging(graph, width, _writes_over).arranged(map(_run, graph.layers))


def lite_arena(graph: Graph, width: int = 1) -> Arena:
    """As TensorFlow Lite Micro runs it: norms are folded and clamps fused into the layer before
    them, sums stand beside what they sum, and a padding that is not `same` is a copy."""
    alone = is_alone(graph)
    runs = (run for node in graph.layers for run in _lite_runs(node))
    return _Arranging(graph, width, lambda node, _: alone(node) and _is_fused(node)).arranged(runs)


def is_alone(graph: Graph) -> Callable[[Node], bool]:
    """Whether a layer is all that reads its first input."""
    readers, heads = graph.readers(), set(graph.heads.values())
    return lambda node: len(readers[node.inputs[0]]) == 1 and node.inputs[0] not in heads


def folds(node: Node) -> bool:
    """Whether it is a norm that is linear: of earlier batches' statistics."""
    statistics = node.layer.statistics(*node.shapes) if node.layer else None
    return bool(statistics and statistics.running)


def _is_fused(node: Node) -> bool:
    """Whether the layer that it reads can do its work."""
    before = node.inputs[0].layer
    if before is None or node.layer is None:
        return False
    if node.layer.clamps:
        return before.role in ("weighted", "norm", "join", "pool")
    return folds(node) and before.role == "weighted"


def _writes_over(node: Node, number: int) -> bool:
    """Whether each of its numbers is made of the one in its place of that input, and others of
    inputs that are read before."""
    assert node.layer
    by_number = node.layer.window(*node.shapes) == POINTWISE and node.layer.across(*node.shapes)
    return by_number == OWN and node.shapes[number] == node.shape


# -- what runs ------------------------------------------------------------------------------


class _Padded(NamedTuple):
    """The padded input of a layer."""

    node: Node


class _Turn(NamedTuple):
    """What runs.

    reads, makes: tensors, each by the layer whose output it is
    size: numbers that it makes; scratch: those that it takes beside them
    view: whether what it makes is what it reads
    """

    node: Node
    reads: tuple[Node | _Padded, ...]
    makes: Node | _Padded
    size: int
    scratch: int = 0
    view: bool = False


def _run(node: Node) -> _Turn:
    assert node.layer
    scratch = node.layer.scratch(*node.shapes)
    size = prod(node.shape)
    view = node.layer.view and size == prod(node.shapes[0])  # a part is a copy: the rest can go
    return _Turn(node, node.inputs, node, size, scratch, view)


def _lite_runs(node: Node) -> Iterator[_Turn]:
    """A copy of what it reads, where it is padded first, and the layer; another shape is a copy
    too."""
    run = _run(node)
    reads = node.inputs
    if _is_padded(node):
        assert isinstance(node.layer, Sliding)
        around = put_first(node.layer.slides(node.shapes[0]))
        yield _Turn(node, reads, _Padded(node), prod(framed(node.shapes[0], around)))
        yield run._replace(reads=(_Padded(node),))
    else:
        yield run._replace(view=run.view and node.shapes[0] == node.shape)


def _is_padded(node: Node) -> bool:
    """Whether it has a padding that TensorFlow Lite has no word for."""
    if not isinstance(node.layer, Sliding):
        return False
    slides = node.layer.slides(node.shapes[0])
    pads = any(slide.before or slide.after for slide in slides)
    return pads and not all(slide.same for slide in slides)


# -- when each tensor is there, and where ---------------------------------------------------


class _Arranging:
    """Runs a network. takes_place: whether a layer's output takes the place of its input of that
    number, where nothing reads it later

    tensors: so far; places: which of them a layer's output is
    """

    def __init__(self, graph: Graph, width: int, takes_place: Callable[[Node, int], bool]) -> None:
        self.graph = graph
        self.width = width
        self.takes_place = takes_place
        self.tensors: list[Tensor] = []
        self.places: dict[Node | _Padded, int] = {}
        self.ends: dict[Node | _Padded, int] = {}

    def arranged(self, runs: Iterable[_Turn]) -> Arena:
        """The arena, when these have run."""
        turns = list(runs)
        self.ends = {read: step for step, run in enumerate(turns) for read in run.reads}
        self.ends |= dict.fromkeys(self.graph.heads.values(), len(turns) - 1)
        for node in self.graph.inputs.values():
            self.make(node, node, prod(node.shape), 0)
        for step, run in enumerate(turns):
            taken = self.taken(run, step)
            if taken is None:
                self.make(run.makes, run.node, run.size, step)
            else:
                self.take(run.makes, taken, step)
        tensors, planned = _planned(self.tensors)
        return Arena(tuple(self.steps(turns)), tensors, planned)

    def make(self, name: Node | _Padded, node: Node, size: int, step: int) -> None:
        """A tensor, from that step on."""
        self.places[name] = len(self.tensors)
        last = self.ends.get(name, step)
        self.tensors.append(Tensor(node, name is not node, self.width * size, step, last))

    def take(self, name: Node | _Padded, place: int, step: int) -> None:
        """A tensor that is there, which stays as long as is needed."""
        self.places[name] = place
        there = self.tensors[place]
        self.tensors[place] = there._replace(last=max(there.last, self.ends.get(name, step)))

    def taken(self, run: _Turn, step: int) -> int | None:
        """The tensor that what it makes stands in."""
        places = [self.places[read] for read in run.reads]
        if run.view:
            return places[0]
        if run.makes is not run.node:
            return None
        return next(
            (
                place
                for number, place in enumerate(places)
                if self.tensors[place].last == step and self.takes_place(run.node, number)
            ),
            None,
        )

    def steps(self, turns: Sequence[_Turn]) -> Iterator[tuple[Node, int]]:
        """What runs, with the bytes that are there while it does."""
        change = [0] * (len(turns) + 1)
        for tensor in self.tensors:
            change[tensor.first] += tensor.size
            change[tensor.last + 1] -= tensor.size
        for run, size in zip(turns, accumulate(change), strict=False):
            yield run.node, size + self.width * run.scratch


def _planned(tensors: Sequence[Tensor]) -> tuple[tuple[Tensor, ...], int]:
    """The tensors in their places, and the end of the last, as TensorFlow Lite Micro's greedy
    planner has them: the largest first, of two alike the later, each in the lowest gap."""
    beside: dict[int, list[int]] = {}  # of each step, those that have a place
    placed = list(tensors)
    for number in sorted(range(len(tensors)), key=lambda number: (-tensors[number].size, -number)):
        tensor = tensors[number]
        steps = range(tensor.first, tensor.last + 1)
        others = {other for step in steps for other in beside.get(step, ())}
        placed[number] = tensor._replace(offset=_gap(tensor, [placed[other] for other in others]))
        for step in steps:
            beside.setdefault(step, []).append(number)
    return tuple(placed), max((each.offset + _room(each) for each in placed), default=0)


def _gap(tensor: Tensor, others: Iterable[Tensor]) -> int:
    """The lowest place that has room for a tensor between others."""
    offset = 0
    for other in sorted(others, key=lambda other: other.offset):
        if other.offset - offset >= _room(tensor):
            break
        offset = max(offset, other.offset + _room(other))
    return offset


def _room(tensor: Tensor) -> int:
    return -(-tensor.size // ALIGNMENT) * ALIGNMENT
