"""Products of two tensors, embeddings, recurrent layers."""

from __future__ import annotations

from typing import Any

from cnncalc.importing.layouts import BATCH, Atom, Layout, Row, joined, size, whole
from cnncalc.importing.making import Called, Making, UnsayableError
from cnncalc.importing.operators.arithmetic import number_of
from cnncalc.importing.operators.computed_weights import learned_as
from cnncalc.importing.operators.convolving import mm_of_weight
from cnncalc.importing.operators.viewing import computed
from cnncalc.importing.program_values import Held, Laid, LastStates, once
from cnncalc.importing.regrouping import of_sample, regrouped


def matmul(making: Making, call: Called) -> Any:
    """The product of two tensors, or of one with a learned matrix."""
    one = next((call[n] for n in ("self", "input", "mat1") if call[n] is not None), None)
    other = next((call[n] for n in ("other", "mat2", "tensor2") if call[n] is not None), None)
    return product(making, call, one, other)


def product(making: Making, call: Called, one: Any, other: Any) -> Any:
    """`one @ other`."""
    if isinstance(one, Laid) and isinstance(other, Laid):
        return of_two(making, one, other)
    if isinstance(one, Laid) and isinstance(other, Held) and other.trained:
        return mm_of_weight(making, one, other)
    if isinstance(one, Held | Laid) and isinstance(other, Held | Laid):
        raise UnsayableError("a learned matrix stands before what it multiplies")
    if not isinstance(one, Laid) and not isinstance(other, Laid):
        return computed(call)
    raise UnsayableError("a product with a computed matrix")


def of_two(making: Making, one: Laid, other: Laid) -> Laid:
    """The product of two tensors of the network, what stands before the last two dimensions taken
    each by itself; where only one of the two has a dimension there, as more rows or columns."""
    if len(one.layout) < 2 or len(other.layout) < 2:
        raise UnsayableError("a product with a vector")
    rank = max(len(one.layout), len(other.layout))
    first, second = (((),) * (rank - len(each.layout)) + each.layout for each in (one, other))
    first, second = tuple(map(once, first)), tuple(map(once, second))
    samples = _samples_in_rows(first, second)
    lead = [(n, of_sample(first[n]), of_sample(second[n])) for n in range(rank - 2)]
    groups = [n for n, a, b in lead if a and b]
    if any(size(of_sample(first[n])) != size(of_sample(second[n])) for n in groups):
        raise UnsayableError("a matrix is repeated in a product")
    rows = joined([*(atom for _, a, b in lead if not b for atom in a), *of_sample(first[-2])])
    columns = joined([*(atom for _, a, b in lead if not a for atom in b), *second[-1]])
    several = [[joined(a for n in groups for a in of_sample(each[n]))] for each in (first, second)]
    between_one, between_other = several if groups else ([], [])
    a = regrouped(making, Laid(one.draft, first), [rows, *between_one, first[-1]])
    b = regrouped(making, Laid(other.draft, second), [second[-2], *between_other, columns])
    draft = making.layer("matmul", {}, [a.draft, b.draft])
    made = [x or y for x, y in zip(a.layout[: rank - 2], b.layout[: rank - 2], strict=True)]
    return Laid(draft, (*made, (*samples, *of_sample(a.layout[-2])), b.layout[-1]))


def _samples_in_rows(first: Layout, second: Layout) -> Row:
    """The batch, where it stands in front among the rows of the first, and the second is the same
    for all samples. Raises UnsayableError where a product is across samples."""
    samples = tuple(atom for atom in first[-2] if atom.axis == BATCH)
    ends = [first[-1], second[-2], second[-1], *(second if samples else ())]
    across = any(atom.axis == BATCH for row in ends for atom in row)
    if across or first[-2][: len(samples)] != samples:
        raise UnsayableError("a product across the samples of a batch")
    return samples


def embedding(making: Making, call: Called) -> Laid:
    """A learned vector for each index."""
    seen, weight = call["indices"], learned_as(call)
    if not isinstance(seen, Laid):
        raise UnsayableError("indices that are stored")
    if len(seen.layout) != 2:
        raise UnsayableError("indices that are no sequence")
    moved = regrouped(making, seen, [of_sample(seen.layout[1])])
    if moved.draft.kind == "flatten" and moved.draft.inputs[0].shape[0] == 1:
        moved = Laid(moved.draft.inputs[0], (moved.layout[0], (Atom(1, 1, moved.draft.shape[0]),)))
    vocabulary, features = weight.sizes
    fields = {"vocabulary": vocabulary, "features": features}
    if call["padding_idx"] not in (-1, None):
        fields["padding_index"] = call["padding_idx"] % vocabulary
    fields |= weight.fields
    draft = making.layer("embedding", fields, [moved.draft], weight.weights)
    return Laid(draft, (moved.layout[0], whole(1, draft.shape[1]), whole(0, features)))


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
    states = (hidden,) if isinstance(hidden, Held | Laid) else hidden or ()
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
    return (Laid(draft, tuple(layout)), *_final(making, call, moved, fields, weights, kind))


def _final(
    making: Making,
    call: Called,
    moved: Laid,
    fields: dict[str, Any],
    weights: dict[str, Held],
    kind: str,
) -> list[Laid | LastStates | None]:
    """The final states: what the same layer gives that keeps those of its last one alone."""
    given: list[Laid | LastStates | None] = [None for _ in call.operation.outputs[1:]]
    if given:
        batch = moved.layout[0 if call["batch_first"] else 1]
        last = making.layer(kind, {**fields, "output": "last"}, [moved.draft], weights)
        ways = 2 if call["bidirectional"] else 1
        units = last.shape[0] // ways
        row = joined([Atom(0, units, ways)])
        seen = Laid(last, (row, batch, whole(0, units)))
        length = call.operation.outputs[1].sizes[0]
        given[0] = seen if length == ways else LastStates(seen, length)
    return given


def _weight_names(call: Called) -> list[str]:
    parts = ("weight_ih", "weight_hh", *(("bias_ih", "bias_hh") if call["has_biases"] else ()))
    ways = ("", "_reverse") if call["bidirectional"] else ("",)
    return [
        f"{part}_l{n}{way}" for n in range(call["num_layers"]) for way in ways for part in parts
    ]


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
    "embedding": embedding,
    "lstm": lstm,
    "gru": gru,
    "rnn_tanh": rnn,
    "rnn_relu": rnn,
}
