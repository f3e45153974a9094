"""Sums, products and the like: of two tensors, of one and a number, of one and a weight."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from math import prod
from typing import Any

from cnncalc.importing.layouts import (
    BATCH,
    Atom,
    Layout,
    Row,
    joined,
    padded,
    size,
    whole,
)
from cnncalc.importing.making import Called, Making, UnsayableError
from cnncalc.importing.program_values import Computed, Held, Laid, once
from cnncalc.importing.regrouping import MOST_AXES, as_channels, of_sample, regrouped


def number_of(value: Any) -> float | None:
    """The number that a value is, everywhere; None for any other."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, Held) and not value.trained and value.tensor.values is not None:
        found = value.tensor.values()
        if found.size and found.dtype.kind in "fiu" and (found == found.flat[0]).all():
            return float(found.flat[0])
    return None


def add(making: Making, call: Called) -> Any:
    """A sum."""
    one, other, factor = call["self"], call["other"], call["alpha"]
    if factor not in (1, None):
        if not isinstance(other, Laid):
            raise UnsayableError("`alpha` of what is stored")
        other = scaled(making, other, float(factor))
    return summed(making, one, other)


def summed(making: Making, one: Any, other: Any) -> Laid:
    """A sum of whatever two."""
    if not isinstance(one, Laid):
        one, other = other, one
    number = number_of(other)
    if number is not None:
        return shifted(making, one, number)
    if isinstance(other, Held):
        other = making.as_learned(other) or other
    if isinstance(other, Laid):
        return together(making, "add", one, other)
    return added_weight(making, one, other)


def subtract(making: Making, call: Called, turned: bool = False) -> Any:
    """A difference."""
    one, other = call["self"], call["other"]
    if call["alpha"] not in (1, None):
        raise UnsayableError("`alpha`")
    if turned:
        one, other = other, one
    if isinstance(one, Laid) and isinstance(other, Laid):
        return together(making, "subtract", one, other)
    number = number_of(other)
    if number is not None:
        return shifted(making, one, -number)
    number = number_of(one)
    if number is not None:
        return shifted(making, scaled(making, other, -1.0), number)
    raise UnsayableError("a fixed tensor is added")


def multiply(making: Making, call: Called) -> Laid:
    """A product."""
    return product(making, call["self"], call["other"])


def product(making: Making, one: Any, other: Any) -> Laid:
    """A product of whatever two, one of them of the network."""
    if not isinstance(one, Laid):
        one, other = other, one
    number = number_of(other)
    if number is not None:
        return scaled(making, one, number)
    if isinstance(other, Laid):
        return together(making, "multiply", one, other)
    return scaled_by_weight(making, one, other)


def divide(making: Making, call: Called) -> Any:
    """A quotient."""
    one, other = call["self"], call["other"]
    if call["rounding_mode"]:
        raise UnsayableError("a rounded quotient")
    number = number_of(other)
    if number is not None and isinstance(one, Laid):
        return scaled(making, one, 1 / number)
    if isinstance(one, Laid) and isinstance(other, Laid):
        return together(making, "divide", one, other)
    number = number_of(one)
    if number is not None and isinstance(other, Laid):
        turned = Laid(making.layer("reciprocal", {}, [other.draft]), other.layout)
        return scaled(making, turned, number)
    raise UnsayableError("a quotient with a stored tensor")


def negative(making: Making, call: Called) -> Laid:
    """Times -1."""
    return scaled(making, call.seen(), -1.0)


def of_two(making: Making, call: Called, kind: str) -> Laid:
    """A join, value by value."""
    one, other = call["self"], call["other"]
    if isinstance(one, Laid) and isinstance(other, Laid):
        return together(making, kind, one, other)
    raise UnsayableError(f"`{kind}` with a stored tensor")


def scaled(making: Making, seen: Laid, factor: float) -> Laid:
    """Times a number."""
    if factor == 1:
        return seen
    return Laid(making.layer("scale", {"factor": factor}, [seen.draft]), seen.layout)


def shifted(making: Making, seen: Laid, amount: float) -> Laid:
    """Plus a number."""
    if amount == 0:
        return seen
    return Laid(making.layer("shift", {"amount": amount}, [seen.draft]), seen.layout)


def together(making: Making, kind: str, one: Laid, other: Laid) -> Laid:
    """A join of two tensors, value by value, a size of 1 repeated."""
    rank = max(len(one.layout), len(other.layout))
    one = Laid(one.draft, tuple(map(once, padded(one.layout, rank))))
    other = Laid(other.draft, tuple(map(once, padded(other.layout, rank))))
    if _aligned(one, other):
        return _join(making, kind, one, other)
    sizes = prod(other.draft.shape), prod(one.draft.shape)
    larger = (sizes[0], _natural(other)) > (sizes[1], _natural(one))
    first, second = (other, one) if larger else (one, other)
    moved = _like(making, second, first) if _natural(first) or sizes[0] != sizes[1] else None
    if moved is not None and _aligned(first, moved):
        pair = (moved, first) if larger else (first, moved)
        return _join(making, kind, *pair)
    groups = _common(one.layout, other.layout, first)
    one, other = (regrouped(making, each, _own(each.layout, groups)) for each in (one, other))
    return _join(making, kind, one, other)


def _natural(seen: Laid) -> bool:
    """Whether its dimensions are its layer's axes, in their order."""
    axes = [whole(axis, count) for axis, count in enumerate(seen.draft.shape)]
    return [of_sample(row) for row in seen.layout[1:]] == axes


def _join(making: Making, kind: str, one: Laid, other: Laid) -> Laid:
    draft = making.layer(kind, {}, [one.draft, other.draft])
    layout = tuple(a or b for a, b in zip(one.layout, other.layout, strict=True))
    return Laid(draft, layout)


def _aligned(one: Laid, other: Laid) -> bool:
    """Whether each axis of one is the same dimension of both, or of size 1 in one of them."""
    if len(one.draft.shape) != len(other.draft.shape):
        return False
    for axis in range(len(one.draft.shape)):
        a, b = _places(one.layout, axis), _places(other.layout, axis)
        if a and b and a != b:
            return False
    samples = [(of_sample(a), of_sample(b)) for a, b in zip(one.layout, other.layout, strict=True)]
    if any(a and b and a != b for a, b in samples):
        return False  # axes of size 1 would be repeated along one another
    return all(_batch(a) == _batch(b) for a, b in zip(one.layout, other.layout, strict=True)) or (
        not any(map(_batch, one.layout)) or not any(map(_batch, other.layout))
    )


def _batch(row: Row) -> Row:
    return tuple(atom for atom in row if atom.axis == BATCH)


def _places(layout: Layout, axis: int) -> list[tuple[int, int, Atom]]:
    """Where the parts of an axis are: the dimension, what stands behind in it, the part."""
    found = []
    for number, row in enumerate(layout):
        behind = 1
        for atom in reversed(row):
            if atom.axis == axis:
                found.append((number, behind, atom))
            behind *= atom.size
    return found


def _like(making: Making, seen: Laid, model: Laid) -> Laid | None:
    """The tensor of a layer whose axes are those of another's; None where it has no such."""
    cut = [_cut(a, b) for a, b in zip(seen.layout, model.layout, strict=True)]
    if any(pair is None for pair in cut):
        return None
    rows: list[Row] = []
    for axis in range(len(model.draft.shape)):
        pairs = sorted(
            ((b, a) for pair in cut if pair for a, b in zip(*pair, strict=True) if b.axis == axis),
            key=lambda two: -two[0].step,
        )
        rows.append(joined(a for _, a in pairs))
    try:
        return regrouped(making, seen, rows)
    except UnsayableError:
        return None


def _cut(one: Row, model: Row) -> tuple[list[Atom], list[Atom]] | None:
    """Two dimensions in parts of the same sizes; nothing of one that is of size 1."""
    if not one or not model:
        return ([], []) if not one else None
    a, b = list(one), list(model)
    found: tuple[list[Atom], list[Atom]] = ([], [])
    while a and b:
        x, y = a.pop(), b.pop()
        least = min(x.size, y.size)
        if x.size % least or y.size % least:
            return None
        for atom, rest, into in ((x, a, found[0]), (y, b, found[1])):
            into.insert(0, Atom(atom.axis, atom.step, least))
            if atom.size > least:
                rest.append(Atom(atom.axis, atom.step * least, atom.size // least))
    return None if a or b else found


def _common(one: Layout, other: Layout, model: Laid) -> list[list[int]]:
    """The dimensions that become axes, that of the channels first; where they are more than a layer
    has, neighbours are one where both tensors have both, or neither."""
    kept = [
        number
        for number, (a, b) in enumerate(zip(one, other, strict=True))
        if of_sample(a) or of_sample(b)
    ]
    groups = [[number] for number in kept]
    if len(groups) > MOST_AXES:
        groups = _alike(kept, [(bool(of_sample(one[n])), bool(of_sample(other[n]))) for n in kept])
    first = [g for g in groups if any(a.axis == 0 for n in g for a in model.layout[n])][:1]
    order = [*first, *(group for group in groups if group not in first)]
    if not order or len(order) > MOST_AXES:
        raise UnsayableError("the two lie too differently")
    return order


def _alike(kept: Sequence[int], there: Sequence[tuple[bool, bool]]) -> list[list[int]]:
    """Dimensions that follow each other and are there in the same tensors, together."""
    found: list[list[int]] = []
    for place, number in enumerate(kept):
        if place and number == kept[place - 1] + 1 and there[place] == there[place - 1]:
            found[-1].append(number)
        else:
            found.append([number])
    return found


def _own(layout: Layout, groups: Sequence[Sequence[int]]) -> list[Row]:
    return [
        joined(atom for number in group for atom in of_sample(layout[number])) for group in groups
    ]


def matching(seen: Laid, weight: Held) -> tuple[Held, list[int]]:
    """A stored tensor with as many dimensions, without what is repeated, and those of them in which
    it varies. Raises UnsayableError where it varies where the tensor does not."""
    layout = padded(tuple(map(once, weight.layout)), len(seen.layout))
    if len(layout) > len(seen.layout):
        raise UnsayableError("the stored tensor has more dimensions")
    varies = [number for number, row in enumerate(layout) if row]
    if any(size(layout[n]) != size(seen.layout[n]) for n in varies):
        raise UnsayableError("a stored tensor is repeated in a way of its own")
    return Held(weight.tensor, layout, weight.begin), varies


def _trained(value: Any, does: str) -> Held:
    if isinstance(value, Held) and value.trained:
        return value
    if isinstance(value, Computed):
        raise UnsayableError(f"what {does} is computed of weights, by `{value.operator}`")
    raise UnsayableError(f"what {does} is a fixed tensor")


def scaled_by_weight(making: Making, seen: Laid, value: Any) -> Laid:
    """Times a learned factor, one for all or one for each channel."""
    weight, varies = matching(seen, _trained(value, "it is multiplied by"))
    if not varies:
        fields = {"shared": True}
    elif len(varies) == 1:
        seen, fields = as_channels(making, seen, varies[0]), {}
    else:
        raise UnsayableError("a learned factor for more than each channel")
    return Laid(making.layer("layer_scale", fields, [seen.draft], {"weight": weight}), seen.layout)


def added_weight(making: Making, seen: Laid, value: Any) -> Laid:
    """Plus a number learned for each value; one for each channel less a running mean is a norm."""
    if isinstance(value, Computed):
        parts = _less_a_mean(value)
        if parts is not None:
            return _mean_only(making, seen, *parts)
    weight, varies = matching(seen, _trained(value, "is added"))
    kept = [number for number, row in enumerate(seen.layout) if of_sample(row)]
    if varies != kept:
        raise UnsayableError("a learned number is added for each channel alone, or each place")
    if not _is_map(seen, kept):
        first = [n for n in kept if any(a.axis == 0 for a in seen.layout[n])]
        kept = [*first, *(n for n in kept if n not in first)]
        seen = regrouped(making, seen, [of_sample(seen.layout[n]) for n in kept])
    if len(seen.draft.shape) < 2:
        raise UnsayableError("a learned number is added to each of a vector's")
    order = sorted(kept, key=lambda n: seen.layout[n][0].axis if of_sample(seen.layout[n]) else -1)
    turned = Held(weight.tensor, tuple(weight.layout[n] for n in order), weight.begin)
    return Laid(making.layer("position", {}, [seen.draft], {"weight": turned}), seen.layout)


def _less_a_mean(value: Computed) -> tuple[Held, Held] | None:
    """A learned shift and a running mean, of which a tensor is the difference."""
    while value.operator in ("view", "reshape", "unsqueeze"):
        inner = value.arguments["self"]
        if not isinstance(inner, Computed):
            return None
        value = inner
    one, other = value.arguments.get("self"), value.arguments.get("other")
    if value.operator != "sub" or not isinstance(one, Held) or not isinstance(other, Held):
        return None
    buffer = other.tensor.sort == "buffer" and len(other.sizes) == 1
    return (one, other) if one.trained and buffer and one.sizes == other.sizes else None


def _mean_only(making: Making, seen: Laid, shift: Held, mean: Held) -> Laid:
    """Each channel less its mean, and shifted."""
    seen = as_channels(making, seen, 1)
    if mean.sizes != seen.draft.shape[:1]:
        raise UnsayableError("a mean of something else than channels")
    weights = {"bias": shift, "running_mean": mean}
    draft = making.layer("mean_only_batch_norm", {}, [seen.draft], weights)
    return Laid(draft, seen.layout)


def _is_map(seen: Laid, kept: Sequence[int]) -> bool:
    """Whether its dimensions are the layer's axes, in whatever order."""
    axes = [whole(axis, count) for axis, count in enumerate(seen.draft.shape) if count > 1]
    return sorted(seen.layout[n] for n in kept) == sorted(axes)


def addcmul(making: Making, call: Called) -> Any:
    """A sum with a product."""
    if call["value"] != 1:
        raise UnsayableError("`value`")
    product = {"self": call["tensor1"], "other": call["tensor2"]}
    made = multiply(making, Called(call.operation, product))
    return summed(making, call["self"], made)


OPERATORS = {
    "add": add,
    "sub": subtract,
    "subtract": subtract,
    "rsub": partial(subtract, turned=True),
    "mul": multiply,
    "multiply": multiply,
    "div": divide,
    "divide": divide,
    "true_divide": divide,
    "neg": negative,
    "maximum": partial(of_two, kind="maximum"),
    "minimum": partial(of_two, kind="minimum"),
    "addcmul": addcmul,
}
