"""A forward pass in training: what autograd writes down, and keeps for its backward."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cnncalc.analysis.liveness import Ledger, Running, trains
from cnncalc.analysis.tensors import Held, Made, Storage
from cnncalc.layers.base import Kept, Stage, name_of
from cnncalc.network.graph import Node
from cnncalc.network.parts import Part
from cnncalc.records import NamedTuple


class Record(NamedTuple):
    """An operation, as autograd keeps it.

    saved: what its backward needs, each held for it
    beside: bytes of a number of what that takes besides
    """

    node: Node
    stage: Stage
    reads: tuple[Made, ...]
    value: Made
    saved: tuple[Storage, ...]
    beside: int


class Again(NamedTuple):
    """A part that runs once more in the backward pass: it kept what it read, and nothing else."""

    node: Node
    part: Part
    reads: tuple[Made, ...]
    values: tuple[Made, ...]
    saved: tuple[Storage, ...]


class Recording(Running):
    """A network as it runs in training. recompute: the paths of parts that run once more in the
    backward pass"""

    training = True

    def __init__(
        self,
        width: int,
        recompute: Iterable[str] = (),
        autocast: str | None = None,
        ledger: Ledger | None = None,
    ) -> None:
        super().__init__(width, autocast)
        self.ledger = ledger or self.ledger
        self.recompute = frozenset(recompute)
        self.records: dict[Made, Record | Again] = {}

    # -- what runs once more ------------------------------------------------------------------

    def call(self, part: Part, given: Sequence[Made]) -> list[Made]:
        if part.node or part.path not in self.recompute:
            return super().call(part, given)
        before = self.records
        self.records = {}
        found = super().call(part, given)
        for record in self.records.values():
            self.release(record)
        self.records = before
        wanted = [value for value in found if value.wanted]
        if wanted:
            saved = tuple(dict.fromkeys(value.tensor for value in given))
            again = Again(part.output, part, tuple(given), tuple(found), saved)
            self.keep(wanted[-1], again)
        return found

    def rerun(self, again: Again) -> tuple[list[Record | Again], list[Made]]:
        """The same part, recorded this time; what it makes is held by nothing else."""
        others = self.recompute - {again.part.path}
        inner = Recording(self.ledger.width, others, self.casting.autocast, self.ledger)
        inner.known = self.known
        found = inner.call(again.part, again.reads)
        self.let_go(inner.casting.ended())
        inner.read(found)
        return [*inner.records.values()], found

    def read(self, values: Sequence[Made]) -> None:
        """The backward pass begins at these, which nothing holds."""
        for value in values:
            value.readers += 1
        self.let_go(values)

    # -- what is written down -----------------------------------------------------------------

    def wanted(self, node: Node, stage: Stage, reads: Sequence[Made]) -> bool:
        reached = any(read.wanted for read in reads) or (bool(stage.trained) and trains(node))
        return reached and not stage.blind

    def remember(
        self,
        node: Node,
        stage: Stage,
        reads: Sequence[Made],
        value: Made,
        local: Held,
        own: Sequence[Storage],
    ) -> None:
        if not value.wanted:
            return
        saved: dict[Storage, None] = {}
        fresh = iter(own)
        for kept in stage.keeps:
            if kept.of == "weight":
                continue
            tensor = next(fresh) if kept.new(stage, local) else _named(local, kept, stage, value)
            wanted = kept.gradient_of
            if not wanted or any(_given(local, number).wanted for number in wanted):
                saved[tensor] = None
        beside = self.beside(stage, value.width)
        self.keep(value, Record(node, stage, tuple(reads), value, tuple(saved), beside))

    def keep(self, value: Made, record: Record | Again) -> None:
        """An operation that makes a value, with what it needs and what those do that it reads."""
        self.records[value] = record
        for tensor in record.saved:
            tensor.holders += 1
        for read in record.reads:
            read.readers += 1

    def release(self, record: Record | Again) -> None:
        """What was kept for it goes."""
        for tensor in record.saved:
            self.ledger.let_go(tensor)
        for read in record.reads:
            read.readers -= 1

    def forget(self, value: Made) -> None:
        """An operation goes whose result nobody has and no other reads; then those before it."""
        ends = [value]
        while ends:
            value = ends.pop()
            record = None if value.holders or value.readers else self.records.pop(value, None)
            if record:
                self.release(record)
                ends += record.reads


def _given(local: Held, number: int) -> Made:
    return local[name_of(number)]


def _named(local: Held, kept: Kept, stage: Stage, value: Made) -> Storage:
    """The tensor that is kept: an input, the output, or one of the layer's own."""
    if kept.of == "input":
        return _given(local, kept.number).tensor
    if kept.of == "output" or kept.name == stage.makes.name:
        return value.tensor
    return local[kept.name].tensor
