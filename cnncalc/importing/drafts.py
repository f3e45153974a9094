"""Layers to be: what operations became, before it is a spec.

A draft knows its kind and fields, what it reads, where its weights come from, and which module of
the model it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cnncalc.importing.layouts import Layout
from cnncalc.importing.program import NOWHERE, Program, Site
from cnncalc.layers import LAYERS
from cnncalc.layers.base import Field, Layer, Shape, ShapeError
from cnncalc.layers.fields import FieldError
from cnncalc.records import NamedTuple

LOWEST = -3.4028234663852886e38
"""The least number of 32 bits: what never wins."""


class Origin(NamedTuple):
    """The stored tensor that a weight is: the `part` of its first dimension, from where to where;
    `order` of its dimensions, then `sizes`; of several that are one in the layer, the parts one
    behind the other along the first dimension.

    factor: by which its numbers are multiplied
    """

    tensors: tuple[str, ...]
    order: tuple[int, ...] | None = None
    sizes: Shape | None = None
    part: tuple[int, int] | None = None
    factor: float = 1.0


class Draft:
    """A layer in its place; an input has no layer. Compared by identity.

    kind, fields: as a spec has them; fields that are the kind's own default are left out
    inputs: those it reads; shape: of its output, as the layer itself says
    weights: where each comes from, by the layer's name of it
    shares: an earlier draft whose weights it uses
    site: of the operation in the model
    """

    __slots__ = ("fields", "inputs", "kind", "layer", "shape", "shares", "site", "weights")

    def __init__(
        self,
        kind: str,
        fields: Mapping[str, Any],
        inputs: Sequence[Draft],
        site: Site = NOWHERE,
        weights: Mapping[str, Origin] | None = None,
        shares: Draft | None = None,
    ) -> None:
        """Raises ShapeError where the layer cannot read these shapes."""
        known = LAYERS[kind].fields
        self.kind = kind
        fields = {name: _accepted(known[name], value) for name, value in fields.items()}
        self.fields = {
            name: value
            for name, value in fields.items()
            if known[name].required or value != known[name].default
        }
        self.layer: Layer | None = LAYERS[kind](**self.fields)
        self.inputs = list(inputs)
        self.shape: Shape = self.layer.output_shape(*(each.shape for each in inputs))
        self.weights = dict(weights or {})
        self.shares = shares
        self.site = site

    @classmethod
    def of_input(cls, name: str, shape: Shape) -> Draft:
        """What the network reads; its only field is its name."""
        draft = cls.__new__(cls)
        draft.kind, draft.fields, draft.layer = "input", {"name": name}, None
        draft.inputs, draft.shape, draft.weights = [], shape, {}
        draft.shares, draft.site = None, NOWHERE
        return draft

    def __repr__(self) -> str:
        return f"Draft({self.kind}, {self.fields}, {self.shape}, {self.site.module!r})"


def _accepted(field: Field, value: Any) -> Any:
    """A field's value as a spec would give it. Raises ShapeError for one that none can have."""
    if value is None or value == field.default:
        return value
    try:
        return field.type.accept(value)
    except FieldError as error:
        raise ShapeError(f"`{field.name}` {error}") from None


class Blocker(NamedTuple):
    """Why something cannot be said in the language: what, of which operator, where in the model.

    output: the first tensor that the operation gives, or the model's own that is none
    """

    what: str
    operator: str
    site: Site
    output: str = ""


class Sketch(NamedTuple):
    """A network of drafts: `layers` in an order in which each stands behind what it reads.

    program: what it was made of; outputs: by name, the network's own first
    laid: how the model's own outputs lie in these
    blockers: where some operations could not become layers; then `layers` is not to be used
    dropped: stored tensors that no layer uses, and modules that do nothing in inference, with why
    """

    program: Program
    inputs: Mapping[str, Draft]
    layers: tuple[Draft, ...]
    outputs: Mapping[str, Draft]
    laid: Mapping[str, Layout]
    blockers: tuple[Blocker, ...] = ()
    dropped: tuple[str, ...] = ()
