"""A module of PyTorch's as a Program."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from cnncalc.importing.program import BATCH, Program
from cnncalc.runtime.importing.counting import counted
from cnncalc.runtime.importing.to_program import to_program
from cnncalc.runtime.importing.traced import TraceError, traced

WANTS_INDICES = ("Long, Int", "scalar types Long", "Expected tensor for argument #1 'indices'")


def program_of(
    module: nn.Module, inputs: Sequence[Sequence[int] | Tensor], name: str = "", source: str = ""
) -> Program:
    """What the module computes in inference, of inputs as large as `inputs` without a batch, or of
    tensors with one. Its weights and its mode stay as they are. Raises TraceError."""
    examples = [_example(each) for each in inputs]
    batch = ({len(example) for example in examples} == {BATCH} and BATCH) or len(examples[0])
    try:
        exported = traced(module, examples)
    except TraceError as error:
        if not any(word in str(error) for word in WANTS_INDICES):
            raise
        examples = [torch.zeros(each.shape, dtype=torch.long) for each in examples]
        exported = traced(module, examples)
    counts = counted(module, [each[:1] for each in examples])
    kind = type(module)
    return to_program(exported, name or kind.__name__, source or source_of(kind), batch, counts)


def _example(given: Sequence[int] | Tensor) -> Tensor:
    return given if isinstance(given, Tensor) else torch.zeros((BATCH, *given))


def source_of(kind: type) -> str:
    """Where a class is from: its name, and its library's version."""
    library = kind.__module__.partition(".")[0]
    version = getattr(sys.modules.get(library), "__version__", "").partition("+")[0]
    where = f"{kind.__module__}.{kind.__qualname__}"
    return f"{where}, {library} {version}" if version else where
