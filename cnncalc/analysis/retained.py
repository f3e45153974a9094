"""A forward pass in training: what autograd writes down, and keeps for its backward."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cnncalc.analysis.liveness import Held, Running, Tensor, Value
from cnncalc.layers.base import Stage
from cnncalc.network.graph import Node


class Record(NamedTuple):
    """An operation, as autograd keeps it. saved: what its backward needs, each held for it"""

    node: Node
    stage: Stage
    reads: tuple[Value, ...]
    value: Value
    saved: tuple[Tensor, ...]


class Recording(Running):
    """A network as it runs in training."""

    training = True

    def __init__(self, width: int) -> None:
        super().__init__(width)
        self.records: list[Record] = []

    def wanted(self, node: Node, stage: Stage, reads: Sequence[Value]) -> bool:
        return any(read.wanted for read in reads) or (stage.trained and trains(node))

    def remember(
        self,
        node: Node,
        stage: Stage,
        reads: Sequence[Value],
        value: Value,
        local: Held,
        own: Sequence[Tensor],
    ) -> None:
        if not value.wanted:
            return
        inputs = [local[name] for name in local if name.startswith("input")]
        saved: dict[Tensor, None] = {}
        fresh = iter(own)
        for kept in stage.keeps:
            new = kept.of == "own" and kept.name not in local and kept.name != stage.makes.name
            tensor = next(fresh) if new else None
            wanted = kept.gradient_of
            if wanted and not any(_given(local, number).wanted for number in wanted):
                continue
            if tensor is None:
                tensor = _named(local, kept.of, kept.number, kept.name, stage, value)
            saved[tensor] = None
        for tensor in saved:
            tensor.holders += 1
        self.records.append(Record(node, stage, tuple(reads), value, tuple(saved)))


def _given(local: Held, number: int) -> Value:
    return local[f"input {number + 1}" if number else "input"]


def _named(local: Held, of: str, number: int, name: str, stage: Stage, value: Value) -> Tensor:
    if of == "input":
        return _given(local, number).tensor
    if of == "output" or name == stage.makes.name:
        return value.tensor
    return local[name].tensor


def trains(node: Node) -> bool:
    """Whether a layer has a weight that trains."""
    return any(not (w.buffer or node.origin(w).frozen) for w in node.weights)
