"""A `.pt2` file, which `torch.export.save` wrote, as a Program. None of its code is run."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.export import ExportedProgram
from torch.export.graph_signature import InputKind

from cnncalc.importing.program import ModelCounts, Program
from cnncalc.runtime.importing.counting import macs_of
from cnncalc.runtime.importing.pt2_archive import (
    check_archive,
    check_operations,
    without_pickles,
)
from cnncalc.runtime.importing.pt2_sizes import check_sizes
from cnncalc.runtime.importing.to_program import to_program
from cnncalc.runtime.importing.traced import TraceError, written_anew
from cnncalc.runtime.reading import ReadError, first_line, size_of


def program_of_file(path: str) -> Program:
    """The program in a file, as large a batch as it was exported with. Raises ReadError where it is
    none, or holds what would be run, TraceError where its inputs are no tensors of one batch."""
    file = Path(path)
    exported = exported_in(file)
    samples, batch = _samples(exported)
    params = sum(each.numel() for each in exported.parameters())
    total = macs_of(_module(exported), samples)
    counts = ModelCounts(params, None if total is None or total % batch else total // batch)
    return to_program(exported, file.stem, f"{file.name}, torch.export", batch, counts)


def exported_in(file: Path) -> ExportedProgram:
    """The program as PyTorch has it. Raises ReadError."""
    size_of(file)
    check_archive(file)
    try:
        with without_pickles():
            exported = torch.export.load(file)
    except Exception as error:
        raise _unsound(error) from None
    check_operations(exported.graph)
    check_sizes(exported)
    try:
        return written_anew(exported)
    except Exception as error:
        raise _unsound(error) from None


def _module(exported: ExportedProgram) -> nn.Module:
    try:
        return exported.module()
    except Exception as error:
        raise _unsound(error) from None


def _unsound(error: Exception) -> ReadError:
    """What PyTorch says of a program that it cannot use."""
    return ReadError(f"is no exported program: {first_line(error)}")


def _samples(exported: ExportedProgram) -> tuple[list[Tensor], int]:
    """What it reads, tensors without values, and how many samples these have. Raises TraceError."""
    specs = exported.graph_signature.input_specs
    names = {spec.arg.name for spec in specs if spec.kind is InputKind.USER_INPUT}
    found = [
        node.meta["val"]
        for node in exported.graph.nodes
        if node.op == "placeholder" and node.name in names
    ]
    if not all(isinstance(each, Tensor) for each in found):
        raise TraceError("it has an input that is no tensor")
    sizes = [size for each in found for size in each.shape]
    batches = {tuple(each.shape[:1]) for each in found}
    if len(batches) != 1 or batches == {()} or any(type(n) is not int or n < 1 for n in sizes):
        raise TraceError("its inputs have no one batch of a fixed size")
    return found, sizes[0]
