"""The linear layers around attention, as its own projections."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from cnncalc.importing.drafts import Draft, Origin, Sketch
from cnncalc.importing.passes.sketch_edits import SketchEdits
from cnncalc.layers.axes import place
from cnncalc.layers.base import ShapeError
from cnncalc.records import NamedTuple


class Projection(NamedTuple):
    """What becomes queries, keys or values.

    linear: the layer; rows: of its units, from where to where
    moves: kinds and fields of what moves positions behind it, the first one first
    between: the layers from the linear one on, which nothing else may read
    """

    linear: Draft
    rows: tuple[int, int]
    moves: tuple[tuple[str, tuple[tuple[str, Any], ...]], ...]
    between: tuple[Draft, ...]


def projected(sketch: Sketch) -> Sketch:
    """With these projections inside, where the kind's fields say exactly them."""
    edits = SketchEdits(sketch)
    for draft in sketch.layers:
        if draft.kind == "attention" and draft.fields.get("project") == "none":
            reads = _reading(edits, draft)
            if reads:
                _writing(edits, reads)
    return edits.done()


def moves_positions(draft: Draft) -> bool:
    """Whether it moves whole positions, all of their channels together."""
    shape = draft.inputs[0].shape
    if draft.kind in ("to_windows", "from_windows"):
        return True
    if draft.kind == "to_sequence":
        return draft.fields.get("axis") is None
    if draft.kind in ("unflatten", "roll", "flip"):
        default = "channels" if draft.kind == "roll" else "steps"
        return len(shape) > 1 and place(draft.fields.get("axis", default), shape) != 0
    if draft.kind == "permute":
        return bool(place(draft.fields["order"][0], shape) == 0)
    return draft.kind == "reshape" and len(shape) > 1 and draft.shape[0] == shape[0]


def _projection(draft: Draft) -> Projection | None:
    moves: list[tuple[str, tuple[tuple[str, Any], ...]]] = []
    between: list[Draft] = []
    rows: tuple[int, int] | None = None
    while True:
        between.append(draft)
        if draft.kind == "linear" and not set(draft.fields) - {"units", "bias", "per"}:
            if draft.shares:
                return None
            whole = rows or (0, draft.shape[0])
            return Projection(draft, whole, tuple(reversed(moves)), tuple(between))
        if not draft.inputs or draft.layer is None:
            return None
        if moves_positions(draft):
            moves.append((draft.kind, tuple(sorted(draft.fields.items()))))
        elif draft.kind == "slice" and rows is None and _of_channels(draft):
            start, stop, _ = slice(draft.fields.get("start", 0), draft.fields.get("stop")).indices(
                draft.inputs[0].shape[0]
            )
            rows = start, stop
        else:
            return None
        draft = draft.inputs[0]


def _of_channels(draft: Draft) -> bool:
    shape = draft.inputs[0].shape
    axis = place(draft.fields.get("axis", "channels"), shape)
    return axis == 0 and bool(draft.fields.get("step", 1) == 1)


def _reading(edits: SketchEdits, draft: Draft) -> Draft | None:
    """The attention that projects what becomes its queries, keys and values."""
    if len(draft.inputs) < 3:
        return None
    found = [_projection(each) for each in draft.inputs[:3]]
    parts = [each for each in found if each is not None]
    if len(parts) != 3 or len({part.moves for part in parts}) > 1:
        return None
    if any(edits.sharers.get(part.linear) for part in parts):
        return None
    between = {each for part in parts for each in part.between}
    if not all(edits.inside(each, {*between, draft}) for each in between):
        return None
    biases = {"bias" in part.linear.weights for part in parts}
    if len(biases) > 1:
        return None
    sources = [part.linear.inputs[0] for part in parts]
    made: dict[int, list[Draft]] = {}
    for source in sources:
        if id(source) not in made:
            made[id(source)] = list(_moved(source, parts[0].moves, draft))
    arriving = [(made[id(source)] or [source])[-1] for source in sources]
    fields = _fields(draft, parts, arriving, *biases)
    try:
        biases_from = draft.inputs[3:]
        inputs = [*arriving, *biases_from] if biases_from else _branches(arriving)
        new = Draft("attention", fields, inputs, draft.site)
    except ShapeError:
        return None
    if new.shape != draft.shape or not _weighs(new, parts, draft):
        return None
    edits.replace(draft, [*(each for moves in made.values() for each in moves), new], between)
    return new


def _moved(source: Draft, moves: Sequence[Any], draft: Draft) -> Iterator[Draft]:
    """What moves the positions of what is projected, before it is."""
    for kind, fields in moves:
        told = dict(fields)
        if kind == "reshape":
            told["sizes"] = (source.shape[0], *told["sizes"][1:])
        source = Draft(kind, told, [source], draft.site)
        yield source


def _branches(arriving: list[Draft]) -> list[Draft]:
    queries, keys, values = arriving
    if queries is keys is values:
        return [queries]
    return [queries, keys] if keys is values else arriving


def _fields(
    draft: Draft, parts: Sequence[Projection], arriving: Sequence[Draft], bias: bool
) -> dict[str, Any]:
    """Those of what it was, and the widths that are not what they would be."""
    heads = draft.fields["heads"]
    shared = draft.fields.get("key_heads", heads)
    key = (parts[0].rows[1] - parts[0].rows[0]) // heads
    value = (parts[2].rows[1] - parts[2].rows[0]) // shared
    fields = {**draft.fields, "project": "inputs", "bias": bias}
    if arriving[0].shape[0] != key * heads:
        fields["head_features"] = key
    if value != key:
        fields["value_features"] = value
    return fields


def _weighs(new: Draft, parts: Sequence[Projection], draft: Draft) -> bool:
    """Whether the projections are the new layer's weights; they are noted as its own then."""
    found = dict(draft.weights)
    for role, part in zip(("query", "key", "value"), parts, strict=True):
        for name, origin in part.linear.weights.items():
            rows = part.rows if part.rows != (0, part.linear.shape[0]) else None
            if origin.order or origin.part:
                return False
            sizes = (part.rows[1] - part.rows[0], *(origin.sizes or ())[1:])
            found[f"{role}.{name}"] = origin._replace(part=rows, sizes=sizes)
    new.weights = found
    return True


def _writing(edits: SketchEdits, draft: Draft) -> None:
    """The attention that projects what its heads make, before positions move."""
    chain = _chain(edits, draft)
    if chain is None:
        return
    *moves, last = chain
    if last.shares or edits.sharers.get(last) or set(last.fields) - {"units", "bias", "per"}:
        return
    fields = {**draft.fields, "project": "all"}
    units, bias = last.fields["units"], "bias" in last.weights
    if units != draft.inputs[0].shape[0]:
        fields["features"] = units
    if bias != draft.fields.get("bias", True):
        fields["out_bias"] = bias
    new = Draft("attention", fields, draft.inputs, draft.site)
    weights = dict(draft.weights)
    weights |= {f"out.{name}": origin for name, origin in last.weights.items()}
    stacked = _stacked(new, weights)
    if stacked is None:
        return
    new.weights = stacked
    placed = [new]
    for move in moves:
        told = dict(move.fields)
        if move.kind == "reshape":
            told["sizes"] = (placed[-1].shape[0], *told["sizes"][1:])
        placed.append(Draft(move.kind, told, [placed[-1]], move.site))
    edits.replace(last, placed, [draft, *moves])


def _chain(edits: SketchEdits, draft: Draft) -> list[Draft] | None:
    """What moves positions behind a layer, and the linear layer behind that; None where there is
    none, or others read of it."""
    found: list[Draft] = []
    last = draft
    while True:
        readers = edits.readers.get(last, [])
        if last in edits.outputs or len(readers) != 1:
            return None
        last = readers[0]
        found.append(last)
        if last.kind == "linear":
            return found
        if not moves_positions(last):
            return None


def _stacked(new: Draft, weights: dict[str, Origin]) -> dict[str, Origin] | None:
    """The weights under the names that the layer has for them: those of one width are one tensor.
    None where they cannot be."""
    assert new.layer is not None
    names = [weight.name for weight in new.layer.weights(*(each.shape for each in new.inputs))]
    if "query.weight" in names:
        return weights
    found: dict[str, Origin] = {}
    for name in names:
        if name.startswith("in_proj"):
            end = name.removeprefix("in_proj_")
            together = _joined([weights[f"{role}.{end}"] for role in ("query", "key", "value")])
            if together is None:
                return None
            found[name] = together
        elif name.startswith("out_proj"):
            found[name] = weights[name.replace("out_proj", "out")]
        else:
            role = {"q": "query", "k": "key", "v": "value"}[name[0]]
            found[name] = weights[f"{role}.weight"]
    return found


def _joined(parts: Sequence[Origin]) -> Origin | None:
    """One behind the other: whole tensors, or all the parts of one."""
    tensors: list[str] = []
    at: dict[str, int] = {}
    for part in parts:
        (name,) = part.tensors
        if part.part is None:
            tensors.append(name)
        elif part.part[0] != at.get(name, 0) or (name in at and tensors[-1] != name):
            return None
        else:
            if name not in at:
                tensors.append(name)
            at[name] = part.part[1]
    rows = sum((each.sizes or (0,))[0] for each in parts)
    sizes = (rows, *(parts[0].sizes or (0,))[1:])
    return Origin(tuple(tensors), None, sizes)
