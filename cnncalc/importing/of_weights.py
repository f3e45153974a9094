"""What a model computes of its weights alone, as layers, where a layer wants to read it so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import prod
from typing import Any

from cnncalc.importing.drafts import Draft
from cnncalc.importing.layouts import LayoutError, atoms, whole
from cnncalc.importing.making import Called, Making, UnsayableError
from cnncalc.importing.operators import OPERATORS
from cnncalc.importing.program_values import Computed, Held, Laid, LastStates, Value, once
from cnncalc.importing.regrouping import MOST_AXES
from cnncalc.importing.repeating import with_repeated
from cnncalc.layers.base import ShapeError

CANNOT = (UnsayableError, LayoutError, ShapeError)

READ = frozenset(
    (
        *("self", "input", "other", "tensors", "mat1", "mat2", "tensor1", "tensor2", "batch1"),
        *("batch2", "query", "key", "key_turned", "value", "attn_mask", "added", "scales", "src"),
    )
)
"""Arguments of operations that a layer can give; others are weights of the operation's own."""


def given_by(making: Making, call: Called) -> list[Value | None]:
    """What an operation gives. Where it reads what is repeated, or stored numbers, in a way that no
    field says, layers give them: of what is stored, those that are trained, in the end the others,
    too. Raises UnsayableError,
    LayoutError and ShapeError as its function does of what is there."""
    function = OPERATORS.get(call.operation.operator)
    if function is None:
        raise UnsayableError(f"no layer does what `{call.operation.operator}` does")
    before = len(making.drafts)
    try:
        return sound(call, function(making, call))
    except CANNOT as error:
        for way in (with_repeated, _trained_as_layers, _all_as_layers):
            making.forget(before)
            found = _read_otherwise(making, call, function, way)
            if found is not None:
                return found
        raise error from None


LAYERED = ("linear", "layer_norm", "rms_norm")
"""Operations that are layers, of whatever they read."""


def layered(making: Making, call: Called) -> list[Value | None] | None:
    """What such an operation gives of a learned sequence; None for any other."""
    name, value = call.operation.operator, call["input"]
    if name not in LAYERED or not isinstance(value, Held) or not value.trained or value.part():
        return None
    if sum(map(bool, map(once, value.layout))) != 2:
        return None
    before = len(making.drafts)
    found = _read_otherwise(making, call, OPERATORS[name], _trained_as_layers)
    if found is None:
        making.forget(before)
    return found


def _read_otherwise(
    making: Making,
    call: Called,
    function: Callable[[Making, Called], Any],
    way: Callable[[Making, Called], Called],
) -> list[Value | None] | None:
    """What it gives of what is read that way; None where it gives nothing then, or that changes
    nothing."""
    try:
        again = way(making, call)
        return None if again is call else sound(again, function(making, again))
    except CANNOT:
        return None


def _trained_as_layers(making: Making, call: Called) -> Called:
    return _with_layers(making, call, trained=True)


def _all_as_layers(making: Making, call: Called) -> Called:
    return _with_layers(making, call, trained=False)


def _with_layers(making: Making, call: Called, trained: bool) -> Called:
    """The same operation, of what layers give in the place of what is stored."""
    given = {
        name: _as_layers(making, call, value, trained)
        if name in READ or (name == "bias" and isinstance(value, Computed))
        else value
        for name, value in call.given.items()
    }
    return call if given == call.given else replace(call, given=given)


def sound(call: Called, value: Any) -> list[Value | None]:
    """What an operator gave, as large as the operation says, of all values of its layers. Raises
    UnsayableError."""
    found = list(value) if isinstance(value, tuple) and not hasattr(value, "sizes") else [value]
    outputs = call.operation.outputs
    found += [None] * (len(outputs) - len(found))
    for output, each in zip(outputs, found, strict=True):
        if each is not None and tuple(each.sizes) != output.sizes:
            raise UnsayableError(f"it gives {output.sizes}, and its layer {tuple(each.sizes)}")
        if isinstance(each, Laid) and not _of_all_values(each):
            raise UnsayableError(f"it gives {output.sizes}, which its layer would repeat")
    return found


def _of_all_values(seen: Laid) -> bool:
    """Whether each of its layer's values stands in it."""
    own = prod(atom.size for atom in atoms(seen.layout) if atom.axis >= 0)
    return own == prod(seen.draft.shape)


def _as_layers(making: Making, call: Called, value: Any, trained: bool) -> Any:
    """A value with what is stored in it as layers."""
    if isinstance(value, Held) and (value.trained or not trained):
        return _table(making, value, _channels(call, value))
    if isinstance(value, Computed) and value.operation is not None:
        return _made(making, value)
    if isinstance(value, tuple) and not hasattr(value, "sizes"):
        return tuple(_as_layers(making, call, part, trained) for part in value)
    return value


def _made(making: Making, value: Computed) -> Laid:
    """By the layers that compute it, made once."""
    known = making.of_weights.get(id(value))
    if known is not None:
        return known
    assert value.operation is not None
    operation, site = value.operation, making.site
    making.site = operation.site
    call = Called(operation, value.arguments, making.dtype_read(operation))
    read = {next(iter(operation.arguments), ""), "self", "tensors", "src"} & READ
    main = {name: each for name, each in call.given.items() if name in read}
    made = {name: _as_layers(making, call, each, trained=False) for name, each in main.items()}
    found = given_by(making, replace(call, given={**call.given, **made}))[value.place]
    making.site = site
    if not isinstance(found, Laid):
        raise UnsayableError(f"what `{value.operator}` makes of weights")
    making.of_weights[id(value)] = found
    return found


def _channels(call: Called, value: Held) -> int:
    """Which of its dimensions is best the channels: that of what it meets, or of a window's map."""
    rank = len(value.layout)
    for other in call.given.values():
        if isinstance(other, Laid):
            for number, row in enumerate(other.layout, rank - len(other.layout)):
                if number >= 0 and value.layout[number] and any(a.axis == 0 for a in row):
                    return number
    indices = call["indices"]
    if isinstance(indices, tuple) and None in indices:
        return indices.index(None)
    windows = call.operation.operator[-2:] in ("1d", "2d", "3d")
    return 1 if windows and rank > 1 else rank - 1


def _table(making: Making, value: Held, channels: int) -> Laid:
    """A layer that gives it, made once, seen as it is seen."""
    if not value.dtype_real:
        raise UnsayableError("what is stored are no real numbers")
    key = value.tensor.name, value.part()
    if key not in making.tables:
        making.tables[key] = _new_table(making, value, channels)
    found = making.as_learned(value)
    assert found is not None
    return found


def _own_sizes(value: Held) -> list[int]:
    """Of the tensor, or of the part of it."""
    sizes = list(value.tensor.sizes)
    part = value.part()
    if part:
        sizes[0] = part[1] - part[0]
    return sizes


def _new_table(making: Making, value: Held, channels: int) -> tuple[Draft, list[int]]:
    """The layer, and which of the tensor's dimensions its axes are."""
    own = _own_sizes(value)
    order = [axis for axis, count in enumerate(own) if count > 1]
    if len(order) > MOST_AXES:
        raise UnsayableError("what is stored has more axes than a layer")
    seen = value.layout[channels] if value.layout else ()
    first = next((atom.axis for atom in seen if atom.axis >= 0), None)
    order.sort(key=lambda axis: axis != first)
    sizes = [own[axis] for axis in order] or [1]
    fields: dict[str, Any] = {"features": sizes[0]}
    if len(sizes) > 1:
        fields["steps"] = sizes[1] if len(sizes) == 2 else tuple(sizes[1:])
    weight = Held(value.tensor, tuple(whole(axis, own[axis]) for axis in order), value.begin)
    arriving = making.values[next(iter(making.program.inputs))]
    assert isinstance(arriving, Laid)
    kind = "learned" if value.trained else "fixed"
    draft = making.layer(kind, fields, [arriving.draft], {"weight": weight})
    draft.site = draft.site._replace(module=value.tensor.name, kind="")
    return draft, order


def stored_alone(values: list[Value | None]) -> bool:
    """Whether an operation reads stored tensors and nothing else."""
    return bool(values) and not any(isinstance(each, Laid | LastStates) for each in values)
