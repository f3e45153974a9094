"""An ONNX file, run by ONNX Runtime, beside the network that it was made of."""

from __future__ import annotations

from pathlib import Path

import onnxruntime  # type: ignore[import-untyped]
import torch
from torch import Tensor, nn

from cnncalc.network.graph import Graph
from cnncalc.runtime.alike import NoFormError, check_alike
from cnncalc.runtime.exhaustion import ran_out
from cnncalc.runtime.reading import first_line


def check_runs(graph: Graph, network: nn.Module, file: Path) -> None:
    """Raises NoFormError unless the file runs and gives the network's outputs."""
    check_alike(graph, network, lambda given: _run(file, given), "ONNX Runtime")


def _run(file: Path, given: list[Tensor]) -> list[Tensor]:
    """What ONNX Runtime makes of it. It has no common class for its errors but `Exception`."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4  # what fails is raised too
    try:
        session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
        names = [each.name for each in session.get_inputs()]
        pairs = zip(names, given, strict=True)
        found = session.run(None, {name: x.numpy() for name, x in pairs})
    except Exception as error:
        if ran_out(error):
            raise
        said = f"ONNX Runtime does not run what was written: {first_line(error)}"
        raise NoFormError(said) from error
    return [torch.from_numpy(x) for x in found]
