"""Memory: what a network takes in inference and in a step of training, and where most is alive."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from cnncalc.analysis.backward import Backward, Place
from cnncalc.analysis.liveness import Growth, Ledger, Moment, Running
from cnncalc.analysis.retained import Recording
from cnncalc.analysis.tensors import Storage
from cnncalc.layers.base import Kept, Weight
from cnncalc.network.expectation import Optimizer as Optimizer
from cnncalc.network.graph import Graph, Node
from cnncalc.network.stated import need_known
from cnncalc.records import NamedTuple

STATES: Mapping[Optimizer, int] = {"sgd": 0, "momentum": 1, "adam": 2, "adamw": 2}
"""Numbers that an optimizer keeps for each parameter."""

COUNTER = 4
"""Bytes of the count of steps that an optimizer keeps for each tensor, where it has two states."""

UPDATES = 8
"""Bytes of the count of steps of running means."""


class Memory(NamedTuple):
    """Bytes of a network at work, as its tensors need them: no workspace of a library, no allocator
    rounding.

    weights: parameters and buffers
    inference: weights, and the most activations alive at once
    training: weights, momentum, and the most that is alive at once in a step
    """

    weights: int
    inference: int
    training: int


class Footprint(NamedTuple):
    """What a network takes in inference, or in a step of training.

    weights: bytes of parameters and buffers; gradients: of those that train; optimizer: of what it
        keeps of them; buckets: of copies of the gradients, of several devices
    moments: what is alive beside these, whenever something comes to be: what a forward pass makes
        and keeps, and gradients
    kept: what each layer is the first to keep for its backward pass
    averaged: bytes of running means of all weights
    """

    weights: int
    gradients: int
    optimizer: int
    buckets: int
    moments: Sequence[Moment]
    kept: Mapping[Node, Growth]
    averaged: int = 0

    @property
    def base(self) -> int:
        """Bytes that are there all the time."""
        return self.weights + self.optimizer + self.buckets + self.averaged

    def peak(self, batch: int) -> Moment:
        """The moment at which most is alive."""
        return max(self.moments, key=lambda moment: moment.alive.at(batch))

    def total(self, batch: int) -> int:
        """Bytes at that moment, of all."""
        return self.base + self.peak(batch).alive.at(batch)

    def largest(self, limit: int) -> int:
        """The largest batch that takes no more than so many bytes: each moment is a line in the
        batch. 0: none does."""
        room = limit - self.base
        most = [
            (room - moment.alive.fixed) // moment.alive.each
            for moment in self.moments
            if moment.alive.each
        ]
        fits = all(moment.alive.fixed <= room for moment in self.moments)
        return max(0, min(most)) if fits and most else 0

    def alive(self, batch: int) -> Mapping[Node, int]:
        """The most bytes alive while each layer runs, forward or backward."""
        found: dict[Node, int] = {}
        for moment in self.moments:
            if moment.node:
                found[moment.node] = max(found.get(moment.node, 0), moment.alive.at(batch))
        return found

    def kept_at(self, batch: int) -> int:
        """Bytes that all layers keep, with the inputs and outputs of the network."""
        return sum(line.at(batch) for line in self.kept.values())


def memory(graph: Graph, batch: int, width: int = 4, autocast: str | None = None) -> Memory:
    """Bytes for a batch of numbers of `width` bytes. autocast: the short type, where there is
    autocast"""
    resting = inference(graph, width, autocast)
    step = training(graph, "momentum", width, autocast=autocast)
    return Memory(resting.weights, resting.total(batch), step.total(batch))


def inference(graph: Graph, width: int = 4, autocast: str | None = None) -> Footprint:
    """Of a forward pass without gradients. autocast: the short type, where there is autocast.
    Raises StatedError where a layer is known by stated numbers alone."""
    need_known(graph, "whose memory is not known")
    running = Running(width, autocast)
    running.network(graph)
    return Footprint(weights_of(graph, width), 0, 0, 0, running.ledger.moments, {})


def training(
    graph: Graph,
    optimizer: Optimizer = "sgd",
    width: int = 4,
    recompute: Iterable[str] = (),
    devices: int = 1,
    autocast: str | None = None,
    ema: bool = False,
    accumulate: bool = False,
) -> Footprint:
    """Of a step of training, whose loss is the sum of all outputs.

    recompute: the groups of which only what they read is kept, and that run once more in the
        backward pass
    autocast: the short type, where the forward pass has autocast
    ema: whether there are running means of all weights
    accumulate: whether the gradients of a batch before are there, to which those of this are added

    Raises StatedError where a layer is known by stated numbers alone.
    """
    need_known(graph, "whose memory is not known")
    passes = _Passes(graph, width, tuple(recompute), autocast)
    kept, backward = passes.run()
    if accumulate:
        kept, backward = passes.run(backward.begun)
    ledger = backward.ledger
    trained = list(_trained(graph))
    sizes = [
        weight.size * width for node, weight in trained if (node, weight.name) in backward.begun
    ]
    _update(ledger, optimizer, sizes)
    states = STATES[optimizer]
    counters = COUNTER * len(sizes) if states > 1 else 0
    buckets = width * sum(weight.size for _, weight in trained) if devices > 1 else 0
    weights = weights_of(graph, width)
    return Footprint(
        weights,
        sum(sizes),
        states * sum(sizes) + counters,
        buckets,
        ledger.moments,
        kept,
        weights + UPDATES if ema else 0,
    )


class _Passes(NamedTuple):
    """Of a batch, forward and backward."""

    graph: Graph
    width: int
    recompute: tuple[str, ...]
    autocast: str | None

    def run(self, there: Collection[Place] = ()) -> tuple[Mapping[Node, Growth], Backward]:
        """What is kept in between, and the backward pass. there: the weights that have gradients
        before"""
        graph = self.graph
        recording = Recording(self.width, self.recompute, self.autocast)
        ledger = recording.ledger
        places = (weight for node, weight in _trained(graph) if (node, weight.name) in there)
        ledger.fixed = ledger.gradients = self.width * sum(weight.size for weight in places)
        heads = recording.network(graph)
        kept = _kept(graph, recording, [head.tensor for head in heads])
        sums = [Kept("the sum of each, and these in one", 0, 2 * len(heads))]
        ledger.pass_by(sums, max(head.width for head in heads))
        recording.read(heads)
        backward = Backward(ledger, recording, there)
        backward.run(heads)
        return kept, backward


def retained(graph: Graph, batch: int, width: int, autocast: str | None = None) -> int:
    """Bytes that a forward pass in training keeps for the backward, each tensor once; the inputs
    and outputs of the network are there anyway."""
    recording = Recording(width, autocast=autocast)
    heads = recording.network(graph)
    kept = _kept(graph, recording, [head.tensor for head in heads])
    return sum(line.at(batch) for line in kept.values())


def weights_of(graph: Graph, width: int) -> int:
    """Bytes of all parameters and buffers."""
    own = sum(weight.size * (weight.width or width) for node in graph.layers for weight in node.own)
    constants = (
        constant.fixed * (constant.width or width)
        for node in graph.layers
        if node.layer
        for constant in node.layer.constants(*node.shapes)
    )
    return own + sum(constants)


def _trained(graph: Graph) -> Iterator[tuple[Node, Weight]]:
    """The parameters that train, in order."""
    for node in graph.layers:
        if not node.frozen:
            yield from ((node, weight) for weight in node.own if not weight.buffer)


def _kept(graph: Graph, recording: Recording, outputs: Iterable[Storage]) -> Mapping[Node, Growth]:
    """What each layer is the first to keep; inputs are kept by themselves, outputs by the last."""
    owners: dict[Storage, Node] = {}
    for node, value in zip(graph.inputs.values(), recording.given, strict=True):
        owners[value.tensor] = node
    for record in recording.records.values():
        for tensor in record.saved:
            owners.setdefault(tensor, record.node)
    for tensor, node in zip(outputs, graph.heads.values(), strict=True):
        owners.setdefault(tensor, node)
    found: dict[Node, Growth] = {}
    for tensor, node in owners.items():
        before = found.get(node, Growth())
        found[node] = Growth(before.each + tensor.each, before.fixed + tensor.fixed)
    return found


def _update(ledger: Ledger, optimizer: Optimizer, sizes: Sequence[int]) -> None:
    """The step of the optimizer, one tensor after another. With two states it takes a root, and
    that divided, while the quotient of the tensor before is still there."""
    ledger.node = None
    before = 0
    for size in sizes:
        more = before + 2 * size if STATES[optimizer] > 1 else 0
        ledger.note(Growth(ledger.each, ledger.fixed + more))
        before = size
