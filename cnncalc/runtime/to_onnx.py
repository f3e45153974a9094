"""A graph as an ONNX file, through PyTorch's exporter: for Netron, and for other runtimes."""

from __future__ import annotations

import logging
import warnings
from pathlib import Path

import onnxscript  # noqa: F401 (PyTorch's exporter needs it, and says so too late)
import torch

from cnncalc.network.graph import Graph
from cnncalc.runtime.lower import lower, samples


def to_onnx(graph: Graph, output: Path) -> None:
    """Write the lowered network, with freshly drawn weights, for any batch size.

    Raises OSError where the file cannot be written.
    """
    network = lower(graph).eval()
    batch = torch.export.Dim("batch")
    names = list(graph.inputs)
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the exporter's own making
        program = torch.onnx.export(
            network,
            tuple(samples(graph, 2)),
            input_names=names,
            output_names=list(graph.heads),
            dynamic_shapes=tuple({0: batch} for _ in names),
            dynamo=True,
            verbose=False,
        )
    assert program is not None
    program.save(output)
