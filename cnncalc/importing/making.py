"""The network as it grows: what names stand for, the layers so far, what cannot be said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

from cnncalc.importing.drafts import Blocker, Draft, Origin
from cnncalc.importing.layouts import BATCH, joined, size, whole
from cnncalc.importing.program import NOWHERE, Operation, Program, Sizes
from cnncalc.importing.program_values import REPEATED, Computed, Held, Laid, Value
from cnncalc.importing.stored_readers import read_often
from cnncalc.layers import LAYERS
from cnncalc.layers.fields import counted


class UnsayableError(Exception):
    """An operation cannot be said in the language; the text is why."""


class Making:
    """A sketch in the making."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.values: dict[str, Value] = {}
        self.drafts: list[Draft] = []
        self.blockers: list[Blocker] = []
        self.site = NOWHERE
        self.output = ""
        passed = (each for op in program.operations for each in op.outputs)
        self.read_often = read_often(program)
        self.dtypes = {each.name: each.dtype for each in (*program.inputs.values(), *passed)}
        self.tables: dict[tuple[Any, ...], tuple[Draft, list[int]]] = {}
        self.of_weights: dict[int, Laid] = {}
        self._moves: dict[tuple[Any, ...], Draft] = {}
        self._holders: dict[tuple[Any, ...], Draft] = {}
        self._lenders: dict[tuple[Any, ...], Draft] = {}

    def dtype_read(self, operation: Operation) -> str:
        """Of the first tensor that an operation reads; empty for what is stored."""
        first = next(operation.refs(), None)
        return self.dtypes.get(first.name, "") if first else ""

    def layer(
        self,
        kind: str,
        fields: Mapping[str, Any],
        inputs: Sequence[Draft],
        weights: Mapping[str, Held | None] | None = None,
    ) -> Draft:
        """A new layer; one that moves values alone is made once. Where an earlier one has the same
        weights, it shares them. Raises UnsayableError where a weight is not as large as its own."""
        origins = {name: each.origin() for name, each in (weights or {}).items() if each}
        moves = LAYERS[kind].role == "move" and not origins
        key = (kind, repr(sorted(fields.items())), tuple(map(id, inputs)))
        if moves and key in self._moves:
            return self._moves[key]
        held = (kind, *sorted((name, each) for name, each in origins.items()))
        shares = self._holders.get(held) if origins else None
        if shares is None and "weight" in origins:
            lender = self._lenders.get(origins["weight"].tensors)
            borrows = lender and LAYERS[kind](**fields).borrows(
                LAYERS[lender.kind](**lender.fields)
            )
            shares = lender if borrows else None
        draft = Draft(kind, fields, inputs, self.site, origins, shares)
        _check_weights(draft)
        self.drafts.append(draft)
        if moves:
            self._moves[key] = draft
        if origins and not shares:
            self._holders[held] = draft
            if "weight" in origins:
                self._lenders.setdefault(origins["weight"].tensors, draft)
        return draft

    def stated(
        self,
        kind: str,
        fields: Mapping[str, Any],
        inputs: Sequence[Draft],
        weights: Mapping[str, Origin],
    ) -> Draft:
        """A new layer of stated numbers, whose weights are whole tensors; where an earlier one has
        the same, it shares them."""
        held = (kind, fields["module"], *sorted(weights.items()))
        shares = self._holders.get(held) if weights else None
        draft = Draft(kind, fields, inputs, self.site, weights, shares)
        self.drafts.append(draft)
        if weights and not shares:
            self._holders[held] = draft
        return draft

    def forget(self, place: int) -> None:
        """The layers from that place on, which are no more."""
        kept = set(map(id, self.drafts[:place]))
        del self.drafts[place:]
        made = self.of_weights.items()
        self.of_weights = {key: seen for key, seen in made if id(seen.draft) in kept}
        tables = self.tables.items()
        self.tables = {key: table for key, table in tables if id(table[0]) in kept}
        for known in (self._moves, self._holders, self._lenders):
            for key in [key for key, draft in known.items() if id(draft) not in kept]:
                del known[key]

    def as_learned(self, value: Held) -> Laid | None:
        """A stored tensor as the layer that gives it for each sample, where there is one; what is
        repeated along the first dimension as often as there are samples is one of each."""
        key = value.tensor.name, value.part()
        if key not in self.tables:
            return None
        draft, order = self.tables[key]
        batch = self.program.batch
        layout = []
        for number, row in enumerate(value.layout):
            repeated = all(atom.axis == REPEATED for atom in row)
            if number == 0 and size(row) == batch and repeated:
                layout.append(whole(BATCH, batch))
            else:
                own = (a if a.axis < 0 else a._replace(axis=order.index(a.axis)) for a in row)
                layout.append(joined(own))
        return Laid(draft, tuple(layout))

    def refuse(self, what: str, operator: str) -> None:
        """Note what cannot be said, where the operation stands."""
        self.blockers.append(Blocker(what, operator, self.site, self.output))


def _check_weights(draft: Draft) -> None:
    """Raises UnsayableError where what is stored is not as large as the layer's weight."""
    if not draft.weights or draft.layer is None:
        return
    for weight in draft.layer.weights(*(each.shape for each in draft.inputs)):
        origin = draft.weights.get(weight.name)
        if origin and origin.sizes is not None and prod(origin.sizes) != weight.size:
            raise UnsayableError(
                f"its `{weight.name}` is of {counted(prod(origin.sizes), 'number')},"
                f" and a layer's of {weight.size:,}"
            )


@dataclass(frozen=True, slots=True)
class Called:
    """An operation with what its arguments stand for, and the type of the first one's numbers."""

    operation: Operation
    given: Mapping[str, Any]
    dtype: str = "float32"

    @property
    def sizes(self) -> Sizes:
        """Of the tensor that it gives."""
        return self.operation.outputs[0].sizes

    def __getitem__(self, name: str) -> Any:
        return self.given.get(name)

    def seen(self, name: str = "input") -> Laid:
        """A tensor of the network. Raises UnsayableError for any other."""
        for each in (name, "self", "x"):
            value = self.given.get(each)
            if isinstance(value, Laid):
                return value
            if value is not None:
                break
        raise UnsayableError(f"`{name}` is no tensor of the network")

    def weight(self, name: str) -> Held | None:
        """A stored tensor, or none. Raises UnsayableError for one that is computed."""
        value = self.given.get(name)
        if value is None or isinstance(value, Held):
            return value
        if isinstance(value, Computed):
            raise UnsayableError(f"its `{name}` is computed, by `{value.operator}`")
        raise UnsayableError(f"its `{name}` comes out of the network")
