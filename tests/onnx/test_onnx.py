"""What is written as ONNX runs in ONNX Runtime, and gives what PyTorch gives: every kind of layer,
and every network of the zoo."""

from __future__ import annotations

import gc
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

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


def first_of_each(cases: Iterable[Any]) -> list[Any]:
    """A case of each kind; the others where there is time."""
    found, seen = [], set()
    for case in cases:
        kind = case.layer.partition(":")[0]
        marks = [pytest.mark.thorough] if kind in seen else []
        seen.add(kind)
        found.append(pytest.param(case, marks=marks, id=f"{case.layer} on {case.shape}"))
    return found


def runs(graph: Graph, folder: Path) -> None:
    """Whether it does: else OnnxError is raised."""
    to_onnx(graph, folder / "network.onnx")
    gc.collect()


@pytest.mark.parametrize("case", first_of_each(CASES))
def test_layers(case: Any, tmp_path: Path) -> None:
    graph = read_layer(case.layer, case.shape, Diagnostics())
    assert graph is not None
    runs(graph, tmp_path)


@pytest.mark.parametrize(
    "name",
    [pytest.param(n, marks=[] if n in QUICK else [pytest.mark.thorough]) for n in networks()],
)
def test_networks(name: str, tmp_path: Path) -> None:
    runs(load(name), tmp_path)


def test_the_quick_ones_are_there() -> None:
    assert set(QUICK) <= networks().keys()
