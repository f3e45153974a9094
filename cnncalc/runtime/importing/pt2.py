"""A `.pt2` file, which `torch.export.save` wrote, as a Program. None of its code is run."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor
from torch.export import ExportedProgram

from cnncalc.importing.program import ModelCounts, Program
from cnncalc.runtime.importing.counting import macs_of
from cnncalc.runtime.importing.pt2_archive import (
    check_archive,
    check_operations,
    without_pickles,
)
from cnncalc.runtime.importing.to_program import to_program
from cnncalc.runtime.importing.traced import TraceError, written_anew
from cnncalc.runtime.reading import ReadError, size_of


def program_of_file(path: str) -> Program:
    """The program in a file, as large a batch as it was exported with. Raises ReadError where it is
    none, or holds what would be run."""
    file = Path(path)
    size_of(file)
    check_archive(file)
    try:
        with without_pickles():
            exported = torch.export.load(path)
    except Exception as error:
        raise ReadError(f"is no exported program: {error}") from None
    check_operations(exported.graph)
    exported = written_anew(exported)
    samples = [
        node.meta["val"]
        for node in exported.graph.nodes
        if node.op == "placeholder" and node.name in exported.graph_signature.user_inputs
    ]
    sizes = {tuple(each.shape)[:1] for each in samples if isinstance(each, Tensor)}
    if len(sizes) != 1 or not all(isinstance(size, int) for each in sizes for size in each):
        raise TraceError("its inputs have no one batch of a fixed size")
    batch = int(next(iter(sizes))[0])
    params = sum(each.numel() for each in exported.parameters())
    return to_program(
        exported, file.stem, f"{file.name}, torch.export", batch, _counts(exported, params, batch)
    )


def _counts(exported: ExportedProgram, params: int, batch: int) -> ModelCounts:
    samples = [
        torch.empty(tuple(node.meta["val"].shape), dtype=node.meta["val"].dtype)
        for node in exported.graph.nodes
        if node.op == "placeholder" and node.name in exported.graph_signature.user_inputs
    ]
    total = macs_of(exported.module(), samples)
    return ModelCounts(params, None if total is None or total % batch else total // batch)
