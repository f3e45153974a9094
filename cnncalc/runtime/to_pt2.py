"""A graph as a `.pt2` file, through `torch.export`: for PyTorch without the network's source."""

from __future__ import annotations

import logging
import warnings
from pathlib import Path

import torch
from torch import Tensor, nn

from cnncalc.network.graph import Graph
from cnncalc.runtime.alike import NoFormError, check_alike, outputs
from cnncalc.runtime.exhaustion import ran_out
from cnncalc.runtime.lower import lower, samples
from cnncalc.runtime.reading import first_line


def to_pt2(graph: Graph, output: Path, network: nn.Module | None = None) -> None:
    """Write the lowered network, by itself with freshly drawn weights, for any batch size; then run
    what was written, for another one.

    Raises OSError where the file cannot be written, NoFormError where `torch.export` cannot follow
    the network, or what was written gives other outputs.
    """
    network = (network or lower(graph)).eval()
    logging.getLogger("torch.export").setLevel(logging.ERROR)
    batch = torch.export.Dim("batch")
    try:
        with warnings.catch_warnings(action="ignore"):  # of the exporter's own making
            program = torch.export.export(
                network,
                tuple(samples(graph, 2)),
                dynamic_shapes=tuple({0: batch} for _ in graph.inputs),
            )
            torch.export.save(program, output)
    except OSError:
        raise
    except Exception as error:  # what cannot be followed fails in any way
        if ran_out(error):
            raise
        raise NoFormError(f"torch.export does not write it: {first_line(error)}") from error
    check_alike(graph, network, lambda given: _run(output, given), "the file")


def _run(file: Path, given: list[Tensor]) -> list[Tensor]:
    with warnings.catch_warnings(action="ignore"):
        return outputs(torch.export.load(file).module(), given)
