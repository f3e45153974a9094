"""Attention: of PyTorch's own operation, and written out."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod, sqrt
from typing import Any

from cnncalc.importing.drafts import Draft
from cnncalc.importing.layouts import Atom, Row, joined, padded, size, whole
from cnncalc.importing.making import Called, Making, UnsayableError
from cnncalc.importing.operators.added_scores import Added, said
from cnncalc.importing.operators.arithmetic import product, scaled, summed
from cnncalc.importing.operators.bending import competing_along
from cnncalc.importing.operators.products_and_states import of_two
from cnncalc.importing.program_values import REPEATED, Laid, once
from cnncalc.importing.regrouping import of_sample, regrouped
from cnncalc.records import NamedTuple


class HeadPlace(NamedTuple):
    """A part of a dimension: which one, and how many stand behind it there."""

    dimension: int
    behind: int
    size: int


def of_pytorch(making: Making, call: Called) -> Laid:
    """`scaled_dot_product_attention`."""
    q, k, v = (_network(call[name]) for name in ("query", "key", "value"))
    if call["dropout_p"]:
        raise UnsayableError("scores are dropped at random in inference")
    features = size(q.layout[-1])
    factor = 1.0 if call["scale"] is None else call["scale"] * sqrt(features)
    mask = call["attn_mask"]
    added = () if mask is None else (mask,)
    return attend(making, q, k, v, factor, added, bool(call["is_causal"]))


def written_out(making: Making, call: Called) -> Laid:
    """Products, a softmax, a product."""
    q, turned, v = (_network(call[name]) for name in ("query", "key_turned", "value"))
    for scale in call["scales"]:
        q = product(making, q, scale)
    k = Laid(turned.draft, (*turned.layout[:-2], turned.layout[-1], turned.layout[-2]))
    factor = call["factor"] * sqrt(size(q.layout[-1]))
    before = len(making.drafts)
    try:
        return attend(making, q, k, v, factor, call["added"], False)
    except UnsayableError:
        if any(len(each.sizes) > len(q.layout) for each in call["added"]):
            raise
    making.forget(before)
    scores = of_two(making, scaled(making, q, call["factor"]), turned)
    for added in reversed(call["added"]):
        scores = summed(making, scores, added)
    return of_two(making, competing_along(making, scores, -1, "softmax"), v)


def _network(value: Any) -> Laid:
    if isinstance(value, Laid):
        return value
    raise UnsayableError("queries, keys or values that are stored")


def attend(
    making: Making,
    q: Laid,
    k: Laid,
    v: Laid,
    factor: float,
    added: Sequence[Any],
    causal: bool,
) -> Laid:
    """The softmax of `factor` times the products over the root of the features, and what is added;
    heads are the part of the dimensions before the steps that the features' own axis has.

    Raises UnsayableError."""
    q, factor = _unscaled(q, factor)
    k, factor = _unscaled(k, factor)
    if not len(q.layout) == len(k.layout) == len(v.layout):
        raise UnsayableError("queries and keys of other dimensions")
    places = heads_of(q)
    queries, keys, values = (_sequence(making, each, places) for each in (q, k, v))
    heads = prod(place.size for place in places)
    shared = [_heads_in(each, places) for each in (k, v)]
    if shared[0] != shared[1]:
        raise UnsayableError("heads of keys and of values that are not as many")
    fields: dict[str, Any] = {"heads": heads, "project": "none"}
    if shared[0] != heads:
        fields["key_heads"] = shared[0]
    steps = queries.draft.shape[-1], keys.draft.shape[-1]
    groups = prod(queries.draft.shape[1:-1])
    more = said([each for each in added if not isinstance(each, Laid)], Added(heads, groups, steps))
    arriving = [_biases(making, each, q, places) for each in added if isinstance(each, Laid)]
    fields |= more.fields
    if causal:
        fields["causal"] = True
    if abs(factor - 1) > 1e-6:
        queries = scaled(making, queries, factor)
    inputs = [queries.draft, keys.draft, values.draft]
    if arriving:
        inputs.append(arriving[0] if len(arriving) == 1 else making.layer("add", {}, arriving))
    else:
        inputs = _branches(inputs)
    draft = making.layer("attention", fields, inputs, more.weights)
    made = size(v.layout[-1])
    lead = [_with_heads(row, queries, made) for row in queries.layout[:-2]]
    last = len(draft.shape) - 1
    return Laid(draft, (*lead, whole(last, draft.shape[-1]), joined([Atom(0, 1, made)])))


def _biases(making: Making, added: Laid, q: Laid, places: Sequence[HeadPlace]) -> Draft:
    """What is added to the scores of all sequences, as heads x queries x keys. Raises
    UnsayableError where each sequence has its own."""
    layout = padded(tuple(map(once, added.layout)), len(q.layout))
    dimensions = {place.dimension for place in places}
    lead = range(len(layout) - 2)
    if any(of_sample(layout[n]) and n not in dimensions for n in lead):
        raise UnsayableError("what is added to the scores is another for each sequence")
    heads = joined(atom for n in lead for atom in of_sample(layout[n]))
    return regrouped(making, Laid(added.draft, layout), [heads, *layout[-2:]]).draft


def _unscaled(each: Laid, factor: float) -> tuple[Laid, float]:
    """What is multiplied by a number, and the factor with that."""
    while each.draft.kind == "scale":
        factor *= each.draft.fields["factor"]
        each = Laid(each.draft.inputs[0], each.layout)
    return each, factor


def _branches(drafts: list[Draft]) -> list[Draft]:
    """Those that an attention is told: one that is all of them arrives."""
    if drafts[0] is drafts[1] is drafts[2]:
        return drafts[:1]
    return drafts[:2] if drafts[1] is drafts[2] else drafts


def heads_of(q: Laid) -> list[HeadPlace]:
    """What stands before the steps and is of the features' own axis."""
    axes = {atom.axis for atom in q.layout[-1]} or {0}
    found = []
    for number, row in enumerate(q.layout[:-2]):
        behind = size(row)
        for atom in row:
            behind //= atom.size
            if atom.axis in axes and atom.axis >= 0:
                found.append(HeadPlace(number, behind, atom.size))
    return found or _axis_of_heads(q, min(axes))


def _axis_of_heads(q: Laid, features: int) -> list[HeadPlace]:
    """What stands before the steps as an axis of its own before that of the features."""
    row = q.layout[-3] if len(q.layout) > 3 else ()
    heads = bool(row) and all(0 <= atom.axis < features for atom in row)
    return [HeadPlace(len(q.layout) - 3, 1, size(row))] if heads else []


def _heads_in(each: Laid, places: Sequence[HeadPlace]) -> int:
    """How many heads a tensor has, of which others may be repetitions."""
    found, _ = _parted(each, places)
    return prod(atom.size for atom in found if atom.axis != REPEATED)


def _parted(each: Laid, places: Sequence[HeadPlace]) -> tuple[list[Atom], list[Row]]:
    """The parts that are heads, the slowest first, and what else stands before the steps."""
    heads: list[Atom] = []
    others: list[Row] = []
    for number, row in enumerate(each.layout[:-2]):
        behind, rest = size(row), []
        for atom in row:
            behind //= atom.size
            if any(_within(atom, behind, place) for place in places if place.dimension == number):
                heads.append(atom)
            elif atom.axis >= 0:
                rest.append(atom)
            elif atom.axis == REPEATED:
                raise UnsayableError("sequences that are repeated")
        others.append(joined(rest))
    if prod(atom.size for atom in heads) != prod(place.size for place in places):
        raise UnsayableError("queries and keys that are laid out too differently")
    return heads, others


def _within(atom: Atom, behind: int, place: HeadPlace) -> bool:
    return place.behind <= behind and behind * atom.size <= place.behind * place.size


def _sequence(making: Making, each: Laid, places: Sequence[HeadPlace]) -> Laid:
    """Features of all heads x what is taken each by itself x steps."""
    heads, others = _parted(each, places)
    kept = [atom for atom in heads if atom.axis != REPEATED]
    if kept != heads[: len(kept)]:
        raise UnsayableError("heads of keys that are not repeated side by side")
    groups = joined(atom for row in others for atom in row)
    features = joined([*kept, *each.layout[-1]])
    rows = [features, *([groups] if groups else []), once(each.layout[-2])]
    whole_heads = Laid(each.draft, tuple(map(once, each.layout)))
    return regrouped(making, whole_heads, rows)


def _with_heads(row: Row, queries: Laid, made: int) -> Row:
    """A dimension of the result: its heads have as many features as the values have."""
    had = size(queries.layout[-1])
    return joined(Atom(0, a.step // had * made, a.size) if a.axis == 0 else a for a in row)


OPERATORS = {
    "scaled_dot_product_attention": of_pytorch,
    "attention_written_out": written_out,
}
