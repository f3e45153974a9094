"""The MACs of operations, from the sizes of what they read and give: those of products with
weights, and of two tensors, as other tools count them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import prod

from cnncalc.importing.program import Operation, PassedTensor, Ref, Sizes, StoredTensor

COUNTED = (
    *("conv1d", "conv2d", "conv3d", "conv_transpose2d", "linear", "locally_connected"),
    *("matmul", "scaled_dot_product_attention"),
)


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
    made = operation.outputs[0].sizes

    def of(name: str) -> Sizes:
        found = operation.arguments[name]
        assert isinstance(found, Ref)
        return sizes[found.name]

    if operation.operator == "matmul":
        return prod(made) * of("self")[-1]
    if operation.operator == "scaled_dot_product_attention":
        return prod(made[:-1]) * of("key")[-2] * (of("query")[-1] + made[-1])
    if operation.operator == "locally_connected":
        return prod(made) * of("weight")[1]
    turned = operation.operator.startswith("conv_transpose")
    return prod(of("input") if turned else made) * prod(of("weight")[1:])
