"""What is added behind a linear layer or a convolution without a bias, as its bias."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import prod

from cnncalc.importing.program import Argument, Operation, PassedTensor, Ref, StoredTensor


def with_biases(
    operations: Sequence[Operation], stored: dict[str, StoredTensor], read: Iterable[Ref]
) -> tuple[Operation, ...]:
    """The operations, each sum of such a layer with a number for each channel as that layer, whose
    parameters these then are, in `stored`, too.

    read: what else is read of them: the model's outputs
    """
    uses = Counter(ref.name for each in operations for ref in each.refs())
    uses += Counter(ref.name for ref in read)
    made = {out.name: each for each in operations for out in each.outputs}
    gone: set[str] = set()
    found: list[Operation] = []
    for operation in operations:
        pair = _pair(operation, made, stored)
        if pair is None or uses[pair[0].outputs[0].name] > 1:
            found.append(operation)
            continue
        layer, bias = pair
        gone.add(layer.outputs[0].name)
        stored[bias.name] = stored[bias.name]._replace(sort="parameter")
        found += _joined(layer, operation, bias)
    return tuple(each for each in found if each.outputs[0].name not in gone)


def _pair(
    operation: Operation, made: Mapping[str, Operation], stored: Mapping[str, StoredTensor]
) -> tuple[Operation, StoredTensor] | None:
    """The layer that a sum is of, and the weight that is added."""
    if operation.operator != "add":
        return None
    given = [operation.arguments["self"], operation.arguments["other"]]
    for one, other in (given, given[::-1]):
        if isinstance(one, Ref) and isinstance(other, Ref):
            layer, bias = made.get(one.name), stored.get(other.name)
            if layer and bias and _fits(layer, bias):
                return layer, bias._replace(name=other.name)
    return None


def _fits(layer: Operation, bias: StoredTensor) -> bool:
    linear = layer.operator == "linear"
    if not (linear or layer.operator.startswith("conv")) or layer.arguments["bias"] is not None:
        return False
    sizes = layer.outputs[0].sizes
    place = len(sizes) - 1 if linear else 1
    wide = (1,) * (len(sizes) - len(bias.sizes)) + bias.sizes
    return len(wide) == len(sizes) and prod(wide) == wide[place] == sizes[place]


def _joined(layer: Operation, total: Operation, bias: StoredTensor) -> list[Operation]:
    """The layer with its bias, in place of the sum."""
    count = prod(bias.sizes)
    ref = Ref(bias.name)
    before: list[Operation] = []
    if bias.sizes != (count,):
        flat = PassedTensor(f"{total.outputs[0].name}~bias", (count,))
        viewed: dict[str, Argument] = {"self": ref, "shape": (count,)}
        before = [Operation("reshape", viewed, (flat,), layer.site)]
        ref = Ref(flat.name)
    arguments: dict[str, Argument] = {**layer.arguments, "bias": ref}
    return [*before, layer._replace(arguments=arguments, outputs=total.outputs)]
