"""What a layer reads with: given, or drawn."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from types import MappingProxyType

from cnncalc.layers.base import Layer, Shape, times
from cnncalc.records import NamedTuple
from cnncalc.worked.array import Array
from cnncalc.worked.literals import ValuesError

LARGEST = 3
"""Of the whole numbers that are drawn."""


class Weights(NamedTuple):
    """The weights that a person gave, by the name of the parameter; what is not given is drawn, or
    is what a new layer has.

    training: whether norms take their statistics from what arrives
    seed: of what is drawn
    """

    given: Mapping[str, Array] = MappingProxyType({})
    training: bool = False
    seed: int = 0


def weight(layer: Layer, inputs: Shape, given: Weights) -> Array:
    """Its weight: as given, repeated for each filter and channel where one of them is; else small
    whole numbers. Raises ValuesError."""
    shape = next((each.shape for each in layer.weights(inputs) if each.name == "weight"), None)
    if shape is None:
        raise ValuesError(
            "a weight is given here as it is", "a layer whose weight has no other form"
        )
    found = given.given.get("weight")
    if found is None:
        from random import Random  # it takes a tenth of the time that one layer does

        random = Random(given.seed)
        return Array(shape, [float(random.randint(-LARGEST, LARGEST)) for _ in range(prod(shape))])
    return _repeated(found, shape, "weight")


def vector(layer: Layer, inputs: Shape, given: Weights, name: str, usual: float) -> Array | None:
    """A bias, a mean, a scale: as given, else what a new layer has; None where it has none.
    Raises ValuesError."""
    of_layer = {each.name: each.shape for each in layer.weights(inputs)}
    if name not in of_layer:
        if name in given.given:
            raise ValuesError(f"`{layer.kind}` has no {name} here")
        return None
    shape = of_layer[name]
    found = given.given.get(name)
    if found is None:
        return Array(shape, [usual] * prod(shape))
    return _repeated(found, shape, name)


def _repeated(found: Array, shape: Shape, name: str) -> Array:
    """As they are where they are as many; one filter's are those of all."""
    size, count = prod(shape), len(found.numbers)
    if count == size:
        return Array(shape, found.numbers)
    if count and _fills(found.shape, shape):
        return Array(shape, list(found.numbers) * (size // count))
    wanted = times(shape)
    raise ValuesError(f"the {name} is {wanted}, got {times(found.shape)}", f"{size} numbers")


def _fills(found: Shape, shape: Shape) -> bool:
    """Whether numbers repeated as they stand are a whole shape: `1x3x3` for 4x3x3x3."""
    inner = found[1:] if found[:1] == (1,) else found
    return shape[len(shape) - len(inner) :] == inner
