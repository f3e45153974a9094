"""The MACs of operations, from the sizes of what they read and give: those of products with
weights, as other tools count them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import prod

from cnncalc.importing.program import Operation, PassedTensor, Ref, Sizes, StoredTensor

COUNTED = ("conv1d", "conv2d", "conv_transpose2d", "linear", "locally_connected")


def macs_of(
    operations: Iterable[Operation],
    inputs: Mapping[str, PassedTensor],
    stored: Mapping[str, StoredTensor],
    batch: int,
) -> int | None:
    """Of one sample: a product for each output and tap of its window, without biases; None where
    an operation is not known."""
    sizes: dict[str, Sizes] = {name: each.sizes for name, each in inputs.items()}
    sizes |= {name: each.sizes for name, each in stored.items()}
    total = 0
    for operation in operations:
        if operation.unsaid:
            return None
        sizes |= {each.name: each.sizes for each in operation.outputs}
        if operation.operator in COUNTED:
            total += _products(operation, sizes)
    return total // batch


def _products(operation: Operation, sizes: Mapping[str, Sizes]) -> int:
    seen, weight = operation.arguments["input"], operation.arguments["weight"]
    assert isinstance(seen, Ref)
    assert isinstance(weight, Ref)
    if operation.operator == "locally_connected":
        return prod(operation.outputs[0].sizes) * sizes[weight.name][1]
    turned = operation.operator.startswith("conv_transpose")
    walked = sizes[seen.name] if turned else operation.outputs[0].sizes
    return prod(walked) * prod(sizes[weight.name][1:])
