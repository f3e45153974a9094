"""A backward pass: gradients come to be, from the outputs on, while what was kept for them goes."""

from __future__ import annotations

from collections.abc import Iterable

from cnncalc.analysis.liveness import Ledger, Tensor, Value
from cnncalc.analysis.retained import Record
from cnncalc.network.graph import Node


class Backward:
    """gradients: of what was made, as far as it is known"""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.gradients: dict[Value, Tensor] = {}
        self.begun: set[tuple[Node, str]] = set()
        ledger.backward = True

    def run(self, records: Iterable[Record], heads: Iterable[Value]) -> None:
        """From the last operation to the first."""
        self.ledger.bytes(0, 2, None)  # the loss and its gradient, of which all are views
        for head in heads:
            if head.wanted:
                self.add(head, Tensor(0, 0))
        for record in records:
            self.record(record)

    def record(self, record: Record) -> None:
        """The gradients of what an operation read."""
        self.ledger.node = record.node
        arrived = self.gradients.pop(record.value, None)
        if arrived is None:
            self.release(record)
            return
        if record.stage.late:
            self.ledger.pass_by(record.stage.behind)
            self.release(record)
        made = [
            (read, self.gradient(record, name, read, arrived))
            for name, read in zip(record.stage.reads, record.reads, strict=True)
            if read.wanted
        ]
        weights = self.weights(record)
        if not record.stage.late and (made or record.stage.trained):
            self.ledger.pass_by(record.stage.behind)
        if record.stage.spread:
            made = [(read, self.reduced(read, tensor)) for read, tensor in made]
        for tensor in weights:
            self.ledger.let_go(tensor)
        self.ledger.let_go(arrived)
        if not record.stage.late:
            self.release(record)
        for read, tensor in made:
            self.add(read, tensor)

    def gradient(self, record: Record, name: str, read: Value, arrived: Tensor) -> Tensor:
        """Of one that it read."""
        if name in record.stage.handed:
            arrived.holders += 1
            return arrived
        size = record.value if record.stage.spread or record.stage.narrow else read
        tensor = Tensor(size.each, size.fixed)
        self.ledger.come(tensor)
        return tensor

    def reduced(self, read: Value, tensor: Tensor) -> Tensor:
        """Summed where what was read was spread."""
        if (tensor.each, tensor.fixed) == (read.each, read.fixed) or tensor.each < read.each:
            return tensor
        smaller = Tensor(read.each, read.fixed)
        self.ledger.come(smaller)
        self.ledger.let_go(tensor)
        return smaller

    def weights(self, record: Record) -> list[Tensor]:
        """The gradients of a layer's weights, which stay; those that go, as they are added to what
        stays of a layer that shares them."""
        if not record.stage.trained:
            return []
        found = []
        for weight in record.node.weights:
            origin = record.node.origin(weight)
            trained = record.stage.trained
            other = isinstance(trained, tuple) and weight.name not in trained
            if weight.buffer or origin.frozen or other:
                continue
            tensor = self.ledger.bytes(0, weight.size, None)
            place = origin, weight.name
            if place in self.begun:
                found.append(tensor)
            self.begun.add(place)
        return found

    def release(self, record: Record) -> None:
        """What was kept for it goes."""
        for tensor in record.saved:
            self.ledger.let_go(tensor)

    def add(self, read: Value, tensor: Tensor) -> None:
        """A gradient arrives; beside another, both are added up."""
        before = self.gradients.get(read)
        if before is not None:
            both = Tensor(read.each, read.fixed)
            self.ledger.come(both)
            self.ledger.let_go(before)
            self.ledger.let_go(tensor)
            tensor = both
        self.gradients[read] = tensor
