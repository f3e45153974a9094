"""Weights that are computed from others whenever they are used."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from math import prod

from cnncalc.layers.base import (
    Kept,
    Layer,
    Problem,
    Stage,
    Weight,
)
from cnncalc.layers.stages import several

WAYS = ("weight_norm", "spectral_norm", "weight_standardization")
"""The fields that ask for it, called after PyTorch's functions, where it has them."""


def way(layer: Layer) -> str:
    """How the weight of a layer is computed; empty where it is learned as it is."""
    return next((name for name in WAYS if layer.values().get(name)), "")


def wrapper(layer: Layer) -> str:
    """The function of PyTorch's that the module passes through; none for what it lacks."""
    return way(layer).replace("weight_standardization", "")


def check_ways(layer: Layer) -> Iterator[Problem]:
    """A weight is computed in one way."""
    first, *others = [name for name in WAYS if layer.values().get(name)] or [""]
    for other in others:
        yield Problem(other, f"the weight has `{first}` already", "one of the two")


def weights(
    layer: Layer, shape: tuple[int, ...], units: int, bias: bool = False, units_on: int = 0
) -> tuple[Weight, ...]:
    """Weight and bias of a layer; where PyTorch computes the weight, the bias first.

    units_on: the axis of the weight that the units are on
    """
    biases = (Weight("bias", (units,)),) if bias else ()
    return parametrized(layer, (Weight("weight", shape), *biases), units_on)


def parametrized(layer: Layer, plain: Iterable[Weight], units_on: int = 0) -> tuple[Weight, ...]:
    """Weights of a layer, in PyTorch's order. Where it computes the matrices among them, what they
    are computed from stands behind the others of their module."""
    if not wrapper(layer):
        return tuple(plain)
    found: list[Weight] = []
    last: list[Weight] = []
    for part, own in groupby(plain, lambda weight: weight.name.rpartition(".")[0]):
        each = list(own)
        found += [weight for weight in each if not is_matrix(weight)]
        behind = found if part else last
        for matrix in filter(is_matrix, each):
            behind += computed_from(wrapper(layer), matrix, units_on)
    return (*found, *last)


def is_matrix(weight: Weight) -> bool:
    """Whether it is a weight with a row, or a filter, for each unit."""
    return "weight" in weight.name.rpartition(".")[2] and len(weight.shape) > 1


def computed_from(how: str, weight: Weight, units_on: int) -> tuple[Weight, ...]:
    """What a weight is computed from: by weight norm, length and direction; by spectral norm, the
    weight as it is learned, and the two vectors that come ever closer to those of its largest
    singular value."""
    home, dot, name = weight.name.rpartition(".")
    where, shape = f"{home}{dot}parametrizations.{name}", weight.shape
    if how == "weight_norm":
        length = (shape[0], *(1 for _ in shape[1:]))
        return Weight(f"{where}.original0", length), Weight(f"{where}.original1", shape)
    rows = shape[units_on]
    left = Weight(f"{where}.0._u", (rows,), buffer=True)
    right = Weight(f"{where}.0._v", (prod(shape) // rows,), buffer=True)
    return Weight(f"{where}.original", shape), left, right


COPIES = {"weight_norm": 0, "spectral_norm": 3, "weight_standardization": 0}
"""Tensors as large as the weight that the backward of its computation takes besides."""


def computing(layer: Layer, weights: tuple[Weight, ...]) -> tuple[Stage, ...]:
    """How a weight is computed: in one go, or by a quotient and several products, whose gradients
    are as large as the weight."""
    if not way(layer):
        return ()
    weight, *kept = kept_of_weights(layer, weights)
    behind = several(0, COPIES[way(layer)], fixed=weight.fixed)
    trained = tuple(each.name for each in weights if each.name != "bias")
    return (Stage(weight, (), tuple(kept), trained=trained, behind=behind),)


def kept_of_weights(layer: Layer, weights: tuple[Weight, ...]) -> tuple[Kept, ...]:
    """What the computation of a weight keeps; first of all the weight itself."""
    match way(layer):
        case "weight_norm":
            *_, length, direction = weights
            return Kept("weight", 0, direction.size), Kept("norms", 0, length.size)
        case "spectral_norm":
            *_, weight, left, right = weights
            vectors = Kept("u", 0, left.size), Kept("v", 0, right.size)
            return Kept("weight", 0, weight.size), *vectors, Kept("sigma", 0, 1)
        case "weight_standardization":
            size, filters = weights[0].size, weights[0].shape[0]
            moments = Kept("means", 0, filters), Kept("deviations", 0, filters)
            gains = [Kept("gains", 0, filters) for each in weights if each.name == "gain"]
            return Kept("weight", 0, size), *moments, *gains
    return ()


def kept_of_matrices(
    layer: Layer, plain: Iterable[Weight], gradient_of: Mapping[str, tuple[int, ...]]
) -> Iterator[Kept]:
    """The same of each matrix of a layer.

    gradient_of: by name, where a matrix itself is kept for the gradient of some inputs alone
    """
    for matrix in filter(is_matrix, plain):
        kept = kept_of_weights(layer, parametrized(layer, [matrix]))
        ahead = [each._replace(gradient_of=gradient_of.get(matrix.name, ())) for each in kept[:1]]
        for each in (*ahead, *kept[1:]):
            yield under(matrix, each)


def computing_each(layer: Layer, plain: Iterable[Weight]) -> dict[str, tuple[Stage, ...]]:
    """How each matrix of a layer is computed, by its name; what is made has it, too."""
    found: dict[str, tuple[Stage, ...]] = {}
    for matrix in filter(is_matrix, plain if way(layer) else ()):
        stages = computing(layer, parametrized(layer, [matrix]))
        found[matrix.name] = tuple(
            stage._replace(
                makes=under(matrix, stage.makes),
                keeps=tuple(under(matrix, kept) for kept in stage.keeps),
            )
            for stage in stages
        )
    return found


def under(matrix: Weight, kept: Kept) -> Kept:
    """It, under the matrix's name."""
    return kept._replace(name=f"{matrix.name} {kept.name}")


def wrapper_of_each(layer: Layer) -> str:
    """The function that a module with several matrices passes through."""
    return f"each_{wrapper(layer)}" if wrapper(layer) else ""
