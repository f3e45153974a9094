"""A graph as an ONNX file, through PyTorch's exporter: for Netron, and for other runtimes."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import onnxruntime  # type: ignore[import-untyped] # noqa: F401 (missing, it is said before anything is made)
import onnxscript  # noqa: F401 (PyTorch's exporter needs it, and says so too late)
import torch
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel

from cnncalc.network.graph import Graph
from cnncalc.runtime.alike import NoFormError
from cnncalc.runtime.lower import lower, samples
from cnncalc.runtime.onnx.paddings import keep_apart
from cnncalc.runtime.onnx.running import check_runs
from cnncalc.runtime.reading import first_line


def to_onnx(graph: Graph, output: Path, network: nn.Module | None = None) -> None:
    """Write the lowered network, by itself with freshly drawn weights, for any batch size; then run
    what was written, for another one.

    Raises OSError where the file cannot be written, NoFormError where the network has no such form,
    or the form does not run, or gives other outputs than PyTorch.
    """
    network = (network or lower(graph)).eval()
    write_onnx(graph, network, output)
    check_runs(graph, network, output)


def write_onnx(graph: Graph, network: nn.Module, output: Path) -> None:
    """Write the network as it is, without running what is written. Raises NoFormError."""
    batch = torch.export.Dim("batch")
    names = list(graph.inputs)
    clashes = any(hasattr(torch.fx.GraphModule, name) for name, _ in network.named_children())
    each = tuple({0: batch} for _ in names)
    try:
        # fused attention gives another layout than what the exporter makes of it
        with _quiet(), sdpa_kernel(SDPBackend.MATH):
            program = torch.onnx.export(
                _Within(network) if clashes else network,
                tuple(samples(graph, 2)),
                input_names=names,
                output_names=list(graph.heads),
                dynamic_shapes=(each,) if clashes else each,
                dynamo=True,
                verbose=False,
            )
    except torch.onnx.errors.OnnxExporterError as error:
        raise NoFormError(f"PyTorch does not write it as ONNX: {first_line(error)}") from error
    assert program is not None
    if clashes:
        for name in [*program.model.graph.initializers]:
            program.model.graph.initializers[name].name = name.removeprefix(f"{WITHIN}.")
    keep_apart(program.model)
    program.save(output)


WITHIN = "network"
"""What the module is called that another holds."""


class _Within(nn.Module):
    """A network in a module of its own: the exporter's modules have attributes, `code`, `graph`,
    that a layer of the network may be called as."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.add_module(WITHIN, network)

    def forward(self, *inputs: torch.Tensor) -> object:
        return self.get_submodule(WITHIN)(*inputs)


@contextmanager
def _quiet() -> Iterator[None]:
    """Warnings and log lines are of the exporter's own making."""
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
