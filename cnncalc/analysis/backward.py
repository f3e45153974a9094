"""A backward pass: gradients come to be, from the outputs on, while what was kept for them goes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cnncalc.analysis.liveness import Ledger
from cnncalc.analysis.retained import Again, Record, Recording
from cnncalc.analysis.tensors import Made, Storage
from cnncalc.layers.base import Stage
from cnncalc.network.graph import Node

Place = tuple[Node, str]


class Backward:
    """gradients: of what was made, as far as it is known; begun: the weights that have one, by what
    holds them and their name; there: those that have one before"""

    def __init__(self, ledger: Ledger, recording: Recording, there: Iterable[Place] = ()) -> None:
        self.ledger = ledger
        self.recording = recording
        self.gradients: dict[Made, Storage] = {}
        self.begun = set(there)
        ledger.backward = True

    def run(self, heads: Iterable[Made]) -> None:
        """From a loss on, which stays; all outputs see its gradient."""
        heads = list(heads)
        width = max(head.width for head in heads)
        self.ledger.bytes(0, 1, width)
        gradient = self.ledger.bytes(0, 1, width)
        for head in heads:
            if head.wanted:
                self.add(head, Storage(0, 0))
        self.all([*self.recording.records.values()])
        self.ledger.let_go(gradient)

    def all(self, records: Sequence[Record | Again]) -> None:
        """From the last operation to the first."""
        for record in reversed(records):
            if isinstance(record, Again):
                self.again(record)
            else:
                self.record(record)

    def again(self, again: Again) -> None:
        """A part runs once more, before its backward; what it made has the gradients of what it
        makes now."""
        if not any(value in self.gradients for value in again.values):
            self.recording.release(again)
            return
        self.ledger.node = again.node
        records, found = self.recording.rerun(again)
        for value, made in zip(again.values, found, strict=True):
            if value in self.gradients and value is not made:
                self.gradients[made] = self.gradients.pop(value)
        self.all(records)
        self.recording.release(again)

    def record(self, record: Record) -> None:
        """The gradients of what an operation read."""
        self.ledger.node = record.node
        stage = record.stage
        arrived = self.gradients.pop(record.value, None)
        if arrived is None:
            self.recording.release(record)
            return
        if stage.late:
            self.ledger.pass_by(stage.behind, record.beside)
            self.recording.release(record)
        if stage.dense and arrived.each < record.value.each:
            arrived = self.laid_out(record.value, arrived)
        made = self.of_inputs(record, arrived)
        weights = self.weights(record, arrived)
        if not stage.late and (made or stage.trained):
            behind = (kept for kept in stage.behind if not kept.gradient_of)
            self.ledger.pass_by(behind, record.beside)
        if stage.spread:  # the first that was read first
            made.reverse()
            made = [(read, self.reduced(record.value, read, tensor)) for read, tensor in made]
            made.reverse()
        made = [(read, self.cast_back(record.value, read, tensor)) for read, tensor in made]
        for tensor in (*weights, arrived):
            self.ledger.let_go(tensor)
        if not stage.late:
            self.recording.release(record)
        for read, tensor in made:
            self.add(read, tensor)

    def laid_out(self, value: Made, arrived: Storage) -> Storage:
        """A gradient that was one number seen often, as large as what it is of."""
        whole = Storage(value.each, value.fixed)
        self.ledger.come(whole)
        self.ledger.let_go(arrived)
        return whole

    def of_inputs(self, record: Record, arrived: Storage) -> list[tuple[Made, Storage]]:
        """The gradients of what an operation read, of the last first; what comes with one goes.
        Those that nobody wants go, once all are there."""
        stage = record.stage
        made: list[tuple[Made, Storage]] = []
        unwanted: list[Storage] = []
        for number, name in reversed([*enumerate(stage.reads)]):
            read = record.reads[number]
            if read.wanted:
                made.append((read, self.gradient(stage, name, record.value, read, arrived)))
                own = (kept for kept in stage.behind if number in kept.gradient_of)
                self.ledger.pass_by(own, record.beside)
            elif number in stage.together:
                unwanted.append(self.gradient(stage, name, record.value, read, arrived))
                own = (kept for kept in stage.behind if number in kept.gradient_of)
                self.ledger.pass_by(own, record.beside)
        if unwanted:
            behind = (kept for kept in stage.behind if not kept.gradient_of)
            self.ledger.pass_by(behind, record.beside)
        for tensor in unwanted:
            self.ledger.let_go(tensor)
        return made

    def gradient(
        self, stage: Stage, name: str, value: Made, read: Made, arrived: Storage
    ) -> Storage:
        """Of one that it read, of numbers as wide as its own. Of a gradient that is the loss's
        own, seen as often as wanted, a view is one too, where what was read is seen whole; and of
        one that lies as the view does."""
        whole = (value.each, value.fixed) == (read.each, read.fixed)
        plain = stage.view and whole and not (stage.keeps or stage.narrow)
        of_loss = plain and not (arrived.each or arrived.fixed)
        lies_so = stage.view and stage.order == "turned" and arrived.turned
        if name in stage.handed or of_loss or lies_so:
            arrived.holders += 1
            return arrived
        tensor = (value if stage.spread or stage.narrow else read).apart(value.width)
        tensor.turned = stage.alike and not stage.view and read.order == "turned"
        self.ledger.come(tensor)
        return tensor

    def reduced(self, value: Made, read: Made, tensor: Storage) -> Storage:
        """Summed where what was read was spread."""
        smaller = read.apart(value.width)
        size = smaller.each, smaller.fixed
        if (tensor.each, tensor.fixed) == size or tensor.each < smaller.each:
            return tensor
        self.ledger.come(smaller)
        self.ledger.let_go(tensor)
        return smaller

    def cast_back(self, value: Made, read: Made, tensor: Storage) -> Storage:
        """Of numbers as wide as those that were read."""
        if (value.width, value.other) == (read.width, read.other):
            return tensor
        other = Storage(read.each, read.fixed)
        other.turned = tensor.turned
        self.ledger.come(other)
        self.ledger.let_go(tensor)
        return other

    def weights(self, record: Record, arrived: Storage) -> list[Storage]:
        """The gradients of a layer's weights, which stay; those that go, as they are added to what
        stays of a layer that shares them. Of a weight that operations read it is what arrived."""
        if not record.stage.trained:
            return []
        found = []
        for weight in record.node.weights:
            origin = record.node.origin(weight)
            trained = record.stage.trained
            other = isinstance(trained, tuple) and weight.name not in trained
            if weight.buffer or origin.frozen or other:
                continue
            size = 0, weight.size * self.ledger.width
            if record.stage.weight and not arrived.parts and size == (arrived.each, arrived.fixed):
                arrived.holders += 1
                tensor = arrived
            else:
                tensor = self.ledger.bytes(0, weight.size, None)
            place = origin, weight.name
            if place in self.begun:
                found.append(tensor)
            else:
                self.ledger.gradients += tensor.fixed
            self.begun.add(place)
        return found

    def add(self, read: Made, tensor: Storage) -> None:
        """A gradient arrives; beside another, both are added up, but for parts, which stay."""
        before = self.gradients.get(read)
        if before is not None and read.parts:
            each, fixed = before.each + tensor.each, before.fixed + tensor.fixed
            tensor = Storage(each, fixed, (before, tensor))
        elif before is not None:
            both = Storage(read.each, read.fixed)
            both.turned = before.turned and tensor.turned
            self.ledger.come(both)
            self.ledger.let_go(before)
            self.ledger.let_go(tensor)
            tensor = both
        self.gradients[read] = tensor
