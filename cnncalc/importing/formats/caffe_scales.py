"""Caffe's Scale layers: with the norm before them one layer, else what multiplies channels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from cnncalc.importing.formats.building import Building
from cnncalc.importing.program import Operation, PassedTensor, Ref

SCALE = "caffe.Scale"
"""An operation of `input`, `weight` and `bias`, which stands here alone for a while."""


def lower_scales(building: Building, outputs: Sequence[str]) -> None:
    """Operations of ATen's in place of all SCALE, in a network of these outputs."""
    read = Counter(ref.name for each in building.operations for ref in each.refs())
    read.update(outputs)
    norms: dict[str, Operation] = {}
    lowered: list[Operation] = []
    for operation in building.operations:
        if operation.operator == "batch_norm" and read[operation.outputs[0].name] == 1:
            norms[operation.outputs[0].name] = operation
        if operation.operator != SCALE:
            lowered.append(operation)
            continue
        seen = operation.arguments["input"]
        assert isinstance(seen, Ref)
        norm = norms.pop(seen.name, None)
        if norm is None or operation.arguments["bias"] is None:
            lowered += _by_channel(building, operation)
        else:
            lowered.remove(norm)
            told = {name: operation.arguments[name] for name in ("weight", "bias")}
            arguments = {**norm.arguments, **told}
            lowered.append(norm._replace(arguments=arguments, outputs=operation.outputs))
    building.operations = lowered


def _by_channel(building: Building, operation: Operation) -> Iterator[Operation]:
    """A product with a number for each channel; with a sum behind it a convolution of each channel
    by itself, one wide and high."""
    sizes, told = operation.outputs[0].sizes, operation.arguments
    weight = told["weight"]
    assert isinstance(weight, Ref)
    count = building.stored[weight.name].sizes[0]
    space = len(sizes) - 2
    if told["bias"] is None or space != 2:
        wide = _seen_as(operation, weight, (count, *[1] * space))
        yield wide
        yield from _product(operation, Ref(wide.outputs[0].name))
        return
    wide = _seen_as(operation, weight, (count, 1, 1, 1))
    yield wide
    arguments: dict[str, Any] = {
        "input": told["input"],
        "weight": Ref(wide.outputs[0].name),
        "bias": told["bias"],
        "stride": (1, 1),
        "padding": (0, 0),
        "dilation": (1, 1),
        "groups": count,
    }
    yield operation._replace(operator="conv2d", arguments=arguments)


def _seen_as(operation: Operation, weight: Ref, sizes: tuple[int, ...]) -> Operation:
    seen = PassedTensor(f"{operation.outputs[0].name}.weight", sizes)
    return operation._replace(
        operator="reshape", arguments={"self": weight, "shape": sizes}, outputs=(seen,)
    )


def _product(operation: Operation, factor: Ref) -> Iterator[Operation]:
    told, (given,) = operation.arguments, operation.outputs
    biased = told["bias"] is not None
    between = PassedTensor(f"{given.name}.scaled", given.sizes)
    product = {"self": told["input"], "other": factor}
    first = between if biased else given
    yield operation._replace(operator="mul", arguments=product, outputs=(first,))
    if biased:
        total = {"self": Ref(between.name), "other": told["bias"], "alpha": 1}
        yield operation._replace(operator="add", arguments=total)
