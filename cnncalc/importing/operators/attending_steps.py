"""Attention and products of two tensors, embeddings, recurrent layers."""

from __future__ import annotations

from math import prod, sqrt
from typing import Any

from cnncalc.importing.layouts import BATCH, Atom, Row, joined, size, whole
from cnncalc.importing.making import Called, Making, UnsayableError
from cnncalc.importing.operators.arithmetic import scaled, together
from cnncalc.importing.operators.convolving import linear_over, mm_of_weight
from cnncalc.importing.operators.viewing import computed
from cnncalc.importing.regrouping import axis_name, of_sample, regrouped
from cnncalc.importing.seen import Held, Seen, once


def matmul(making: Making, call: Called) -> Any:
    """The product of two tensors, or of one with a learned matrix."""
    one = next((call[n] for n in ("self", "input", "mat1") if call[n] is not None), None)
    other = next((call[n] for n in ("other", "mat2", "tensor2") if call[n] is not None), None)
    return product(making, call, one, other)


def product(making: Making, call: Called, one: Any, other: Any) -> Any:
    """`one @ other`."""
    if isinstance(one, Seen) and isinstance(other, Seen):
        return of_two(making, one, other)
    if isinstance(one, Seen) and isinstance(other, Held) and other.trained:
        return mm_of_weight(making, one, other)
    if isinstance(one, Held | Seen) and isinstance(other, Held | Seen):
        raise UnsayableError("a learned matrix stands before what it multiplies")
    if not isinstance(one, Seen) and not isinstance(other, Seen):
        return computed(call)
    raise UnsayableError("a product with a computed matrix")


def of_two(making: Making, one: Seen, other: Seen) -> Seen:
    """The product of two tensors of the network, what stands before the last two dimensions taken
    each by itself."""
    if len(one.layout) < 2 or len(other.layout) < 2:
        raise UnsayableError("a product with a vector")
    rank = max(len(one.layout), len(other.layout))
    first, second = (((),) * (rank - len(each.layout)) + each.layout for each in (one, other))
    first, second = tuple(map(once, first)), tuple(map(once, second))
    groups = [n for n in range(rank - 2) if of_sample(first[n]) or of_sample(second[n])]
    if any(size(of_sample(first[n])) != size(of_sample(second[n])) for n in groups):
        raise UnsayableError("a matrix is repeated in a product")
    ends = [first[-2], first[-1], second[-2], second[-1]]
    if any(atom.axis == BATCH for row in ends for atom in row):
        raise UnsayableError("a product across the samples of a batch")
    between_one = tuple(a for n in groups for a in of_sample(first[n]))
    between_other = tuple(a for n in groups for a in of_sample(second[n]))
    several = [joined(between_one)] if groups else []
    a = regrouped(making, Seen(one.draft, first), [first[-2], *several, first[-1]])
    several = [joined(between_other)] if groups else []
    b = regrouped(making, Seen(other.draft, second), [second[-2], *several, second[-1]])
    draft = making.layer("matmul", {}, [a.draft, b.draft])
    lead = a.layout[: rank - 2]
    rows = whole(0, draft.shape[0]), whole(len(draft.shape) - 1, draft.shape[-1])
    return Seen(draft, (*lead, *rows))


def attention(making: Making, call: Called) -> Seen:
    """Of queries to keys: heads are what stands before the steps of what the features are of."""
    q, k, v = call["query"], call["key"], call["value"]
    if not all(isinstance(each, Seen) for each in (q, k, v)):
        raise UnsayableError("queries, keys or values that are stored")
    if call["attn_mask"] is not None or call["dropout_p"]:
        raise UnsayableError("attention with a mask")
    q, k, v = (Seen(each.draft, tuple(map(once, each.layout))) for each in (q, k, v))
    features = size(q.layout[-1])
    scale = call["scale"]
    if scale is not None:
        q = scaled(making, q, _rounded(scale * sqrt(features)))
    heads = _heads(q)
    sides = [_sides(making, each, heads, q) for each in (q, k, v)]
    fields = {"heads": max(prod(a.size for a in _head_atoms(q)), 1), "project": "none"}
    if call["is_causal"]:
        fields["causal"] = True
    draft = making.layer("attention", fields, [each.draft for each in sides])
    made = size(v.layout[-1])
    lead = [_out_row(row, made, sides[0]) for row in sides[0].layout[:-2]]
    steps = whole(len(draft.shape) - 1, draft.shape[-1])
    return Seen(draft, (*lead, steps, joined([Atom(0, 1, made)])))


def _rounded(value: float) -> float:
    return 1.0 if abs(value - 1) < 1e-6 else value


def _head_atoms(q: Seen) -> list[Atom]:
    """What stands before the steps and is of the features' own axis."""
    axes = {atom.axis for atom in q.layout[-1]} or {0}
    return [a for row in q.layout[:-2] for a in row if a.axis in axes and a.axis >= 0]


def _heads(q: Seen) -> list[tuple[int, int]]:
    """Where the heads stand: the dimension, and which part of it."""
    axes = {atom.axis for atom in q.layout[-1]} or {0}
    found = []
    for number, row in enumerate(q.layout[:-2]):
        behind = size(row)
        for atom in row:
            behind //= atom.size
            if atom.axis in axes:
                found.append((number, behind * 1000003 + atom.size))
    return found


def _sides(making: Making, each: Seen, heads: list[tuple[int, int]], q: Seen) -> Seen:
    """Features of all heads x what is taken each by itself x steps."""
    own: list[Atom] = []
    others: list[Row] = []
    if len(each.layout) != len(q.layout):
        raise UnsayableError("queries and keys of other dimensions")
    for number, row in enumerate(each.layout[:-2]):
        behind, rest = size(row), []
        for atom in row:
            behind //= atom.size
            if (number, behind * 1000003 + atom.size) in heads:
                own.append(atom)
            elif atom.axis >= 0:
                rest.append(atom)
        others.append(joined(rest))
    if len(own) != len(heads):
        raise UnsayableError("fewer heads of keys than of queries")
    groups = joined(atom for row in others for atom in row)
    rows = [joined([*own, *each.layout[-1]]), *([groups] if groups else []), each.layout[-2]]
    return regrouped(making, each, rows)


def _out_row(row: Row, made: int, queries: Seen) -> Row:
    """A dimension of the result: its heads have as many features as the values have."""
    had = prod(a.size for a in queries.layout[-1]) or 1
    return joined(
        Atom(0, a.step // had * made, a.size) if a.axis == 0 else a for a in row
    )


def embedding(making: Making, call: Called) -> Seen:
    """A learned vector for each index."""
    seen, weight = call["indices"], call.weight("weight")
    if not isinstance(seen, Seen) or weight is None:
        raise UnsayableError("indices that are stored")
    if len(seen.layout) != 2:
        raise UnsayableError("indices that are no sequence")
    moved = regrouped(making, seen, [of_sample(seen.layout[1])])
    vocabulary, features = weight.sizes
    fields = {"vocabulary": vocabulary, "features": features}
    if call["padding_idx"] not in (-1, None):
        fields["padding_index"] = call["padding_idx"] % vocabulary
    draft = making.layer("embedding", fields, [moved.draft], {"weight": weight})
    return Seen(draft, (moved.layout[0], whole(1, draft.shape[1]), whole(0, features)))


def recurrent(making: Making, call: Called, kind: str) -> Any:
    """A recurrent layer from a state of zeros."""
    params = call["params"]
    if kind == "rnn" and call.operation.operator != "rnn_tanh":
        raise UnsayableError("a recurrent layer of `relu`")
    if not all(isinstance(each, Held) for each in params):
        raise UnsayableError("weights that are computed")
    seen = call.seen()
    batch, steps = (0, 1) if call["batch_first"] else (1, 0)
    if of_sample(seen.layout[batch]):
        raise UnsayableError("its batch is not the batch alone")
    moved = regrouped(making, seen, [of_sample(seen.layout[2]), of_sample(seen.layout[steps])])
    names = _weight_names(call)
    units = params[1].sizes[1]
    shapes = {"lstm": 4, "gru": 3, "rnn": 1}
    if params[0].sizes[0] != shapes[kind] * units or len(params) != len(names):
        raise UnsayableError("a recurrent layer with a projection")
    hidden = call["hx"]
    states = hidden if isinstance(hidden, tuple) else (hidden,)
    from cnncalc.importing.operators.arithmetic import number_of

    if any(number_of(each) != 0 for each in states if each is not None):
        raise UnsayableError("a recurrent layer that begins from a state of its own")
    fields = {
        "units": units,
        "layers": call["num_layers"],
        "bidirectional": call["bidirectional"],
        "bias": call["has_biases"],
    }
    weights = dict(zip(names, params, strict=True))
    draft = making.layer(kind, fields, [moved.draft], weights)
    layout = list(moved.layout)
    layout[steps], layout[2] = whole(1, draft.shape[1]), whole(0, draft.shape[0])
    return (Seen(draft, tuple(layout)), *(None for _ in call.operation.outputs[1:]))


def _weight_names(call: Called) -> list[str]:
    parts = ("weight_ih", "weight_hh", *(("bias_ih", "bias_hh") if call["has_biases"] else ()))
    ways = ("", "_reverse") if call["bidirectional"] else ("",)
    return [f"{part}_l{n}{way}" for n in range(call["num_layers"]) for way in ways for part in parts]


def lstm(making: Making, call: Called) -> Any:
    """Long short-term memory."""
    return recurrent(making, call, "lstm")


def gru(making: Making, call: Called) -> Any:
    """Gated recurrent units."""
    return recurrent(making, call, "gru")


def rnn(making: Making, call: Called) -> Any:
    """The simple one."""
    return recurrent(making, call, "rnn")


OPERATORS = {
    "matmul": matmul,
    "bmm": matmul,
    "mm": matmul,
    "scaled_dot_product_attention": attention,
    "embedding": embedding,
    "lstm": lstm,
    "gru": gru,
    "rnn_tanh": rnn,
    "rnn_relu": rnn,
}

