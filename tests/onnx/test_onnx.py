"""What is written as ONNX runs in ONNX Runtime, and gives what PyTorch gives: every kind of layer,
and every network of the zoo."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from itertools import product
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

from cnncalc.runtime.alike import NoFormError  # noqa: E402 (they want what is asked for above)
from cnncalc.runtime.onnx.to_onnx import to_onnx  # noqa: E402

QUICK = (*("lenet5_1998", "mlp", "neocognitron", "gru", "dcgan_generator", "pointnet"),)
"""Networks that take a few seconds each; all others run where there is time."""


def by_shape() -> dict[str, list[str]]:
    """A layer of each kind, by the shape that it reads."""
    found: dict[str, list[str]] = {}
    seen: set[str] = set()
    for case in CASES:
        kind = case.layer.partition(":")[0]
        if kind not in seen:
            found.setdefault(case.shape, []).append(case.layer)
            seen.add(kind)
    return found


def runs(graph: Graph, folder: Path) -> None:
    """Whether it does: else NoFormError is raised."""
    to_onnx(graph, folder / "network.onnx")
    gc.collect()


def side_by_side(shapes: Sequence[str]) -> Graph:
    """One network with an input of each shape and a head of each layer that reads it."""
    inputs = ", ".join(f"in{number}: {shape}" for number, shape in enumerate(shapes))
    read = [(n, layer) for n, shape in enumerate(shapes) for layer in by_shape()[shape]]
    heads = "".join(
        f"  head{number}: {{from: in{n}, layers: [{_item(layer)}]}}\n"
        for number, (n, layer) in enumerate(read)
    )
    return loads(f"input: {{{inputs}}}\nlayers: [{{from: in0, identity: }}]\noutputs:\n{heads}")


NETWORKS = 6
"""It is the writing of a network that takes its time, not what is in it."""


@pytest.mark.parametrize("number", range(NETWORKS))
def test_a_layer_of_each_kind(number: int, tmp_path: Path) -> None:
    shapes = [*by_shape()][number::NETWORKS]
    assert not refused(shapes, tmp_path), {shape: refused([shape], tmp_path) for shape in shapes}


def refused(shapes: Sequence[str], folder: Path) -> str:
    """Why it does not run; nothing where it does."""
    try:
        runs(side_by_side(shapes), folder)
    except NoFormError as error:
        return str(error)
    return ""


POOLS = ("avg_pool", "max_pool", "lp_pool")


def test_paddings_in_front_of_a_pool(tmp_path: Path) -> None:
    """By as much as its window, as NASNet's reductions have; with zeros below which no maximum
    falls, as BiT has."""
    pads, kernels = ("4", "[[0, 1], [2, 0]]"), (1, 3)
    layers = [
        f"{{pad: {pad}}}, {{{pool}: {{kernel: {kernel}, stride: 2}}}}"
        for pad, pool, kernel in product(pads, POOLS, kernels)
    ]
    heads = "".join(
        f"  head{n}: {{from: input, layers: [{each}]}}\n" for n, each in enumerate(layers)
    )
    runs(loads(f"input: 3x8x9\nlayers: [identity]\noutputs:\n{heads}"), tmp_path)


def test_names_that_the_exporters_modules_have(tmp_path: Path) -> None:
    """The tensors keep the names that they have in PyTorch."""
    graph = loads(
        "input: {a: 3x8x8, b: 3x8x8}\nlayers:\n"
        "  - {name: code, conv: {filters: 4, kernel: 1, bias: false}, from: a}\n"
        "  - {name: graph, conv: {filters: 4, kernel: 1, bias: false}, from: b}\n"
        "  - {name: sum, add: [code, graph]}\n"
    )
    to_onnx(graph, tmp_path / "x.onnx")
    onnx = pytest.importorskip("onnx")
    tensors = onnx.load(tmp_path / "x.onnx").graph.initializer
    assert {tensor.name for tensor in tensors} == {"code.weight", "graph.weight"}


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
