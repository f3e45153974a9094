"""A program's own numbers: its weights, and the products of its matrices and windows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import prod

from cnncalc.importing.program import ModelCounts, Operation, Ref, Sizes, StoredTensor, refs

UNCOUNTED = ("einsum", "bilinear", "cdist")
"""Operations that multiply in a way that is not counted here."""

RECURRENT = ("lstm", "gru", "rnn_tanh", "rnn_relu")


def counted(
    operations: Iterable[Operation],
    stored: Mapping[str, StoredTensor],
    inputs: Mapping[str, Sizes],
    batch: int,
) -> ModelCounts:
    """Numbers in its weights, each tensor once; multiply-adds of one sample, from the sizes of what
    convolutions, linear layers, products and recurrent layers read and give. None where something
    else multiplies."""
    params = sum(prod(each.sizes) for each in stored.values() if each.sort == "parameter")
    sizes = dict(inputs) | {name: each.sizes for name, each in stored.items()}
    total: int | None = 0
    for operation in operations:
        sizes |= {each.name: each.sizes for each in operation.outputs}
        macs = _macs(operation, sizes)
        total = None if total is None or macs is None else total + macs
    return ModelCounts(params, None if total is None or total % batch else total // batch)


def _macs(operation: Operation, sizes: Mapping[str, Sizes]) -> int | None:
    name, given = operation.operator, operation.arguments
    if name in UNCOUNTED or "." in name:
        return None
    made = prod(operation.outputs[0].sizes)

    def of(argument: str) -> Sizes:
        ref = given[argument]
        return sizes.get(ref.name, ()) if isinstance(ref, Ref) else ()

    if name.startswith("conv_transpose"):
        return prod(of("input")) * prod(of("weight")[1:])
    if name.startswith("conv"):
        return made * prod(of("weight")[1:])
    if name == "linear":
        return made * of("input")[-1]
    if name == "matmul":
        return made * of("self")[-1]
    if name in RECURRENT:
        weights = [sizes[ref.name] for ref in refs(given["params"])]
        steps, batch = of("input")[:2]
        return steps * batch * sum(prod(each) for each in weights if len(each) == 2)
    return 0
