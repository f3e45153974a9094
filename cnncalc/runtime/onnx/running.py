"""An ONNX file, run by ONNX Runtime, beside the network that it was made of."""

from __future__ import annotations

from pathlib import Path

import onnxruntime  # type: ignore[import-untyped]
import torch
from torch import Tensor, nn

from cnncalc.layers.base import times
from cnncalc.network.graph import Graph
from cnncalc.runtime.exhaustion import ran_out
from cnncalc.runtime.lower import samples
from cnncalc.runtime.reading import first_line

BATCH = 3
"""Samples that it runs with: not as many as it was written with."""

TOLERANCE = 1e-3
"""How far an output may be off, as part of the largest number in it: float32, summed otherwise."""


ROUNDINGS = 10
"""How far it may be off where rounding alone moves the outputs further: as so many times that."""


class OnnxError(RuntimeError):
    """A network has no ONNX form that runs."""


def check_runs(graph: Graph, network: nn.Module, file: Path) -> None:
    """Raises OnnxError unless the file runs and gives the network's outputs."""
    given = _given(graph)
    names = list(graph.heads)
    pairs = zip(_outputs(network, given), _run(file, given), strict=True)
    for name, (expected, found) in zip(names, pairs, strict=True):
        if expected.shape != found.shape:
            here, there = times(expected.shape), times(found.shape)
            raise OnnxError(f"its {name} is {there} in ONNX Runtime, {here} here")
        off = _off(expected, found)
        if off > TOLERANCE and off > ROUNDINGS * _rounding(network, given):
            raise OnnxError(f"its {name} in ONNX Runtime is off by {off:.2g} of the largest number")


def _outputs(network: nn.Module, given: list[Tensor]) -> list[Tensor]:
    with torch.no_grad():
        found = network(*given)
    outputs = found.values() if isinstance(found, dict) else [found]
    return [each.detach() for each in outputs]  # one may be a parameter


def _given(graph: Graph) -> list[Tensor]:
    """The same in every run."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(0)
        return samples(graph, BATCH)


def _rounding(network: nn.Module, given: list[Tensor]) -> float:
    """How far PyTorch's own outputs are from those in doubles, as `_off`, at most."""
    single = _outputs(network, given)
    exact = _outputs(network.double(), [x.double() if x.is_floating_point() else x for x in given])
    network.float()
    return max(_off(one, other.double()) for one, other in zip(exact, single, strict=True))


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
        raise OnnxError(said) from error
    return [torch.from_numpy(x) for x in found]


def _off(expected: Tensor, found: Tensor) -> float:
    """How far apart they are at most, as part of the largest number expected. Where a number is
    beyond float32, it is in both, and nothing more can be told."""
    finite = expected.isfinite()
    if not torch.equal(finite, found.isfinite()):
        return float("inf")
    if not finite.all():
        return 0.0
    return float((expected - found).abs().max() / expected.abs().max().clamp(min=1e-30))
