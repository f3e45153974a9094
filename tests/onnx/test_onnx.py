"""What is written as ONNX runs in ONNX Runtime, and gives what PyTorch gives: every kind of layer,
and every network of the zoo."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

import pytest

from cnncalc import loads
from cnncalc.diagnostics import Diagnostics
from cnncalc.language.load import load
from cnncalc.language.single import read_layer
from cnncalc.network.graph import Graph
from cnncalc.zoo import networks
from tests.lowering.test_reference import CASES

pytestmark = pytest.mark.torch

pytest.importorskip("onnxruntime")

from cnncalc.runtime.onnx.to_onnx import to_onnx  # noqa: E402 (it wants what is asked for above)

QUICK = (
    *("lenet5", "lenet5_1998", "mlp", "nin", "dsn", "neocognitron", "rnn", "gru"),
    *("squeezenet1_0", "dcgan_generator", "pointnet"),
)
"""Networks that take a few seconds each; all others run where there is time."""


def by_shape() -> dict[str, list[str]]:
    """A layer of each kind, by the shape that it reads: those of one shape are one network, as it
    is the writing of a network that takes its time."""
    found: dict[str, list[str]] = {}
    seen: set[str] = set()
    for case in CASES:
        kind = case.layer.partition(":")[0]
        if kind not in seen:
            found.setdefault(case.shape, []).append(case.layer)
            seen.add(kind)
    return found


def runs(graph: Graph, folder: Path) -> None:
    """Whether it does: else OnnxError is raised."""
    to_onnx(graph, folder / "network.onnx")
    gc.collect()


@pytest.mark.parametrize("shape", by_shape())
def test_a_layer_of_each_kind(shape: str, tmp_path: Path) -> None:
    layers = by_shape()[shape]
    heads = "".join(
        f"  head{n}: {{from: input, layers: [{_item(layer)}]}}\n" for n, layer in enumerate(layers)
    )
    runs(loads(f"input: {shape}\nlayers: [identity]\noutputs:\n{heads}"), tmp_path)


@pytest.mark.thorough
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.layer} on {case.shape}")
def test_layers(case: Any, tmp_path: Path) -> None:
    graph = read_layer(case.layer, case.shape, Diagnostics())
    assert graph is not None
    runs(graph, tmp_path)


def _item(layer: str) -> str:
    return f"{{{layer}}}" if ":" in layer else layer


@pytest.mark.parametrize(
    "name",
    [pytest.param(n, marks=[] if n in QUICK else [pytest.mark.thorough]) for n in networks()],
)
def test_networks(name: str, tmp_path: Path) -> None:
    runs(load(name), tmp_path)


def test_the_quick_ones_are_there() -> None:
    assert set(QUICK) <= networks().keys()
