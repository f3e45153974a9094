"""The network as it grows: what names stand for, the layers so far, what cannot be said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cnncalc.importing.drafts import Blocker, Draft, Origin
from cnncalc.importing.layouts import BATCH, Row, size, whole
from cnncalc.importing.program import NOWHERE, Operation, Program, Sizes
from cnncalc.importing.program_values import Computed, Held, Laid, Value, once
from cnncalc.layers import LAYERS


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
        self.dtypes = {each.name: each.dtype for each in (*program.inputs.values(), *passed)}
        self.sequences: dict[str, tuple[Draft, Sequence[Row]]] = {}
        self._moves: dict[tuple[Any, ...], Draft] = {}
        self._holders: dict[tuple[Any, ...], Draft] = {}
        self._lenders: dict[tuple[Any, ...], Draft] = {}

    def layer(
        self,
        kind: str,
        fields: Mapping[str, Any],
        inputs: Sequence[Draft],
        weights: Mapping[str, Held | None] | None = None,
    ) -> Draft:
        """A new layer; one that moves values alone is made once. Where an earlier one has the same
        weights, it shares them."""
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
        self.sequences = {n: pair for n, pair in self.sequences.items() if id(pair[0]) in kept}
        for known in (self._moves, self._holders, self._lenders):
            for key in [key for key, draft in known.items() if id(draft) not in kept]:
                del known[key]

    def as_learned(self, value: Held) -> Laid | None:
        """A stored tensor as the layer that gives it for each sample, where there is one."""
        if value.tensor.name not in self.sequences or value.part():
            return None
        draft, rows = self.sequences[value.tensor.name]
        batch = self.program.batch
        layout = [
            whole(rows.index(own), size(own))
            if (own := once(row)) in rows
            # what stands there as often as there are samples is one of each
            else whole(BATCH, batch)
            if size(row) == batch
            else ()
            for row in value.layout
        ]
        return Laid(draft, tuple(layout))

    def refuse(self, what: str, operator: str) -> None:
        """Note what cannot be said, where the operation stands."""
        self.blockers.append(Blocker(what, operator, self.site, self.output))


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
