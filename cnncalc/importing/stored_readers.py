"""Which operations show a stored tensor otherwise, and which stored tensors several others read."""

from __future__ import annotations

from collections import Counter

from cnncalc.importing.program import Program

VIEWS = (
    *("view", "reshape", "_unsafe_view", "flatten", "unflatten", "squeeze", "unsqueeze", "view_as"),
    *("permute", "transpose", "swapaxes", "t", "mT", "movedim", "expand", "expand_as", "repeat"),
    *("slice", "narrow", "select", "unbind", "split", "chunk", "split_with_sizes", "numpy_T"),
    *("contiguous", "clone", "detach", "alias", "to", "_to_copy", "type_as", "reshape_as"),
)
"""Operations of which a stored tensor stays what it is."""


def read_often(program: Program) -> frozenset[str]:
    """The stored tensors, by their own names, that several operations read, however seen."""
    shown = {name: stored.name for name, stored in program.stored.items()}
    readers: Counter[str] = Counter()
    for operation in program.operations:
        read = {shown[ref.name] for ref in operation.refs() if ref.name in shown}
        if operation.operator in VIEWS:
            shown |= {output.name: name for output in operation.outputs for name in read}
        else:
            readers.update(read)
    return frozenset(name for name, count in readers.items() if count > 1)
