"""A model by its name, or a file of one, to a spec that was checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from torch import Tensor, nn

from cnncalc.importing.checked import Imported
from cnncalc.importing.program import Program
from cnncalc.importing.whole_program import of_program
from cnncalc.runtime.importing.from_torch import program_of
from cnncalc.runtime.importing.named import module_of
from cnncalc.runtime.importing.pt2 import program_of_file

Read = Callable[[Program], Imported]
Tell = Callable[[Iterable[str]], None]


def imported(
    name: str,
    inputs: Sequence[Sequence[int]],
    arguments: Mapping[str, Any],
    part: str = "",
    weights: bool = False,
    tell: Tell = lambda lines: None,
    read: Read = of_program,
) -> Imported:
    """What `package.module:callable`, `file.py:Class`, a `.pt2` or an `.onnx` file stands for.

    inputs: their shapes without a batch; arguments: what it is made with, or values of a file's
        inputs; part: the path of a module of it; weights: whether its weights are wanted, too;
        tell: told before code is run
    read: makes the spec of its operations

    Raises NoModelError, TraceError, ReadError, ImportingError, DifferenceError.
    """
    if name.endswith(".pt2"):
        return read(program_of_file(name))
    if name.endswith(".onnx"):
        return of_onnx(name, inputs, arguments, read)
    tell([f"running the code of {name.partition(':')[0]} to make the model"])
    module = module_of(name, arguments, part, weightless=not weights)
    called = name.partition(":")[2].rpartition(".")[2]
    return of_module(module, inputs, f"{called} {part}".strip(), read)


def of_module(
    module: nn.Module,
    inputs: Sequence[Sequence[int] | Tensor],
    name: str = "",
    read: Read = of_program,
) -> Imported:
    """A module as a spec. Raises TraceError, ImportingError, DifferenceError."""
    return read(program_of(module, inputs, name))


def of_onnx(
    path: str,
    inputs: Sequence[Sequence[int]],
    values: Mapping[str, Any] | None = None,
    read: Read = of_program,
) -> Imported:
    """An ONNX file as a spec, of inputs of these shapes, others of these values. Raises ReadError,
    ImportingError, DifferenceError."""
    from cnncalc.runtime.importing.onnx.from_onnx import program_of_onnx

    return read(program_of_onnx(path, inputs, values or {}))
