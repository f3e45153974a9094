"""One number that is added to all values: whoever has trained it, no layer has such a weight."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import prod

from cnncalc.importing.program import Argument, Operation, Ref, StoredTensor


def with_fixed_summands(
    operations: Iterable[Operation], stored: Mapping[str, StoredTensor]
) -> tuple[list[Operation], list[str]]:
    """The operations, in which such numbers are no tensors; and the names of these."""
    found, names = [], []
    for operation in operations:
        for argument, other in (("self", "other"), ("other", "self")):
            tensor = _summand(operation, argument, stored)
            if tensor is not None and tensor.values is not None:
                names.append(tensor.name)
                value = float(tensor.values().reshape(-1)[0])
                given: dict[str, Argument] = {**operation.arguments, "other": value}
                operation = operation._replace(
                    arguments=given | {"self": operation.arguments[other]}
                )
        found.append(operation)
    return found, names


def _summand(
    operation: Operation, argument: str, stored: Mapping[str, StoredTensor]
) -> StoredTensor | None:
    ref = operation.arguments.get(argument)
    if operation.operator != "add" or not isinstance(ref, Ref) or ref.name not in stored:
        return None
    tensor, made = stored[ref.name], operation.outputs[0].sizes
    alone = prod(tensor.sizes) == 1 and len(tensor.sizes) <= len(made) and prod(made[1:]) > 1
    return tensor if alone and tensor.sort == "parameter" else None
