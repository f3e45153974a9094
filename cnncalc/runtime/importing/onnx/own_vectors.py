"""Vectors that an exporter writes once since they hold the same numbers, as each layer's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cnncalc.importing.program import Argument, Operation, Ref, StoredTensor

SHOWING = ("t", "reshape", "permute")
"""Operations that show a stored tensor otherwise."""

OWN = "~own"
"""Behind the name of a tensor as a further layer's own."""

Use = tuple[str, tuple[tuple[str, str], ...]]
"""An operation, and the stored tensors that it reads: layers that share all of them are one."""


def with_own_vectors(
    operations: Sequence[Operation], stored: dict[str, StoredTensor]
) -> tuple[tuple[Operation, ...], dict[str, StoredTensor]]:
    """The operations and stored tensors where each layer has factors, shifts and statistics of its
    own, unless it shares all that it has with another: fresh ones and zeros are alike, and
    PyTorch's exporters write what is alike once."""
    found = dict(stored)
    owners: dict[str, list[Use]] = {}
    shown = {name: name for name in stored}
    changed = []
    for operation in operations:
        refs = [ref.name for ref in operation.refs()]
        if len(refs) == 1 and refs[0] in shown and operation.operator in SHOWING:
            shown[operation.outputs[0].name] = shown[refs[0]]
        changed.append(_with_own(operation, shown, found, owners))
    return tuple(changed), found


def _with_own(
    operation: Operation,
    shown: Mapping[str, str],
    found: dict[str, StoredTensor],
    owners: dict[str, list[Use]],
) -> Operation:
    given = {n: a.name for n, a in operation.arguments.items() if isinstance(a, Ref)}
    held = {n: shown[name] for n, name in given.items() if name in shown}
    arguments: dict[str, Argument] = dict(operation.arguments)
    for argument, name in held.items():
        if given[argument] != name:
            continue
        tensor = found[name]
        if len(tensor.sizes) != 1 or tensor.sort == "constant" or len(held) == len(given):
            continue
        uses = owners.setdefault(name, [])
        use = (f"{operation.operator} {argument}", tuple(sorted(held.items())))
        if use not in uses:
            uses.append(use)
        place = uses.index(use)
        if place:
            own = f"{name}{OWN}{place}"
            found[own] = tensor._replace(name=own)
            arguments[argument] = Ref(own)
    return operation._replace(arguments=arguments)
