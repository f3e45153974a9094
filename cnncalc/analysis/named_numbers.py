"""The numbers of layers, of parts and of a whole network, by their names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from cnncalc.analysis.receptive import AxisField
from cnncalc.analysis.summary import Row, Summary
from cnncalc.network.copied import tallied
from cnncalc.network.graph import Node

if TYPE_CHECKING:
    from cnncalc.analysis.memory import Footprint, Optimizer

STATED = ("layers", "params", "trainable", "frozen", "buffers", "macs", "size")
"""What is known of a layer that states its numbers."""

Value = tuple[float, ...]
"""One number, or one for each axis."""


class NamedNumbers:
    """The numbers of a network by their names, found when asked for; None is one that a part has
    not, or that is unknown."""

    def __init__(self, summary: Summary) -> None:
        self.summary = summary

    def of(self, metric: str, row: Row) -> Value | None:
        """That of a layer, or of several together; of one that states its numbers only these."""
        if metric not in STATED and row.stated:
            return None
        return _VALUES[metric](row, self)

    def of_whole(self, metric: str) -> Value | None:
        """That of the network."""
        return self.of(metric, self.summary.whole)

    @cached_property
    def flash(self) -> Mapping[Node, int]:
        """Bytes of each layer's weights as a small device keeps them."""
        from cnncalc.analysis.flash import count_flash  # few ask

        return count_flash(self.summary.graph)

    @cached_property
    def training(self) -> Footprint | None:
        """What a step of training takes, where that is known."""
        from cnncalc.analysis.memory import training  # few ask

        if not self.trains:
            return None
        works = self.summary.precision
        return training(self.summary.graph, "sgd", works.of_weights, autocast=works.autocast)

    @cached_property
    def trains(self) -> bool:
        """Whether what its memory holds is known: numbers that can train, or a cast of them."""
        from cnncalc.analysis.memory_use import reserving  # few ask

        works = self.summary.precision
        graph = self.summary.graph
        unknown = (works.autocast and reserving(graph)) or graph.stated
        return works.dtype != "int8" and not unknown

    @cached_property
    def alive(self) -> Mapping[Node, int]:
        """The most bytes alive in training while each layer runs."""
        return self.training.alive(self.summary.batch) if self.training else {}

    def peak(self, metric: str, row: Row, batch: int, optimizer: Optimizer) -> Value | None:
        """Bytes at the peak of inference or training; of a part, none."""
        from cnncalc.analysis.memory import inference, training  # few ask

        graph, works = self.summary.graph, self.summary.precision
        whole = row.layers == len(graph.layers)
        if not whole or not self.trains:
            return None
        width, cast = works.of_weights, works.autocast
        if metric == "inference_memory":
            return (inference(graph, width, cast).total(batch),)
        same = self.training if optimizer == "sgd" else None
        return ((same or training(graph, optimizer, width, autocast=cast)).total(batch),)


_Value = Callable[[Row, NamedNumbers], Value | None]


def _count(count: Callable[[Row], int]) -> _Value:
    return lambda row, _: (count(row),)


def _bytes(row: Row, numbers: NamedNumbers) -> int:
    from cnncalc.analysis.traffic import moved  # few ask

    summary = numbers.summary
    return sum(moved(node, summary.batch, summary.precision) for node in row.nodes)


def _size(row: Row, numbers: NamedNumbers) -> Value:
    from cnncalc.analysis.traffic import held  # few ask

    return (sum(held(node, numbers.summary.precision) for node in row.nodes),)


def _macts(row: Row, numbers: NamedNumbers) -> Value:
    told = sum(times * node.local.macts for node, times in tallied(row.nodes))
    return (numbers.summary.batch * told,)


def _kept(row: Row, numbers: NamedNumbers) -> Value | None:
    """Of the whole network, its inputs too."""
    if numbers.training is None:
        return None
    kept, summary = numbers.training.kept, numbers.summary
    nodes = kept if row.layers == len(summary.graph.layers) else row.nodes
    return (sum(kept[node].at(summary.batch) for node in nodes if node in kept),)


def _alive(row: Row, numbers: NamedNumbers) -> Value | None:
    """Of several layers, the most at once."""
    if numbers.training is None:
        return None
    if row.layers == len(numbers.summary.graph.layers):
        batch = numbers.summary.batch
        return (numbers.training.peak(batch).alive.at(batch),)
    return (max(numbers.alive.get(node, 0) for node in row.nodes),)


def _peak(metric: str) -> _Value:
    return lambda row, numbers: numbers.peak(metric, row, numbers.summary.batch, "sgd")


def _intensity(row: Row, numbers: NamedNumbers) -> Value | None:
    """Of what moves nothing there is none."""
    moves = _bytes(row, numbers)
    return (row.ops.flops / moves,) if moves else None


def _along(axis: Callable[[AxisField], float | None]) -> _Value:
    """Of a receptive field that is local, along each axis."""
    return lambda row, _: _known(map(axis, row.receptive.axes or ()))


def _known(values: Iterable[float | None]) -> Value | None:
    found = tuple(values)
    known = tuple(value for value in found if value is not None)
    return known if known and len(known) == len(found) else None


_VALUES: Mapping[str, _Value] = {
    "layers": _count(lambda row: row.layers),
    "params": _count(lambda row: row.params.total),
    "trainable": _count(lambda row: row.params.trainable),
    "frozen": _count(lambda row: row.params.frozen),
    "buffers": _count(lambda row: row.params.buffers),
    "macs": _count(lambda row: row.ops.macs),
    "flops": _count(lambda row: row.ops.flops),
    "activations": _count(lambda row: row.activations),
    "macts": _macts,
    "weight_layers": _count(lambda row: row.weight_layers),
    "size": _size,
    "flash": lambda row, numbers: (sum(map(numbers.flash.__getitem__, row.nodes)),),
    "bytes": lambda row, numbers: (_bytes(row, numbers),),
    "kept": _kept,
    "alive": _alive,
    "inference_memory": _peak("inference_memory"),
    "training_memory": _peak("training_memory"),
    "intensity": _intensity,
    "receptive_field": _along(lambda axis: axis.size),
    "stride": _along(lambda axis: axis.stride),
    "centre": _along(lambda axis: axis.centre),
}
