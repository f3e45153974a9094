"""The lowered networks: names, shapes, weights, outputs."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
import torch

from cnncalc.analysis import analyze
from cnncalc.diagnostics import Diagnostics, Source
from cnncalc.graph import Graph
from cnncalc.lowering.names import OF_MODULES, module_path
from cnncalc.runtime.lower import lower, samples
from cnncalc.spec.load import load, read_source
from cnncalc.zoo import networks

pytestmark = pytest.mark.torch

SPECS = {name: str(path) for name, path in networks().items()}


@cache
def graph_of(spec: str) -> Graph:
    return load(SPECS[spec])


@cache
def lowered(spec: str) -> torch.nn.Module:
    """Without memory."""
    return lower(graph_of(spec), device="meta")


def written(text: str) -> Graph:
    diagnostics = Diagnostics()
    graph = read_source(Source("test", text), Path("test"), diagnostics)
    assert graph, list(diagnostics)
    return graph


def shapes_of(graph: Graph, given: torch.Tensor | dict[str, torch.Tensor]) -> dict[str, object]:
    found = given if isinstance(given, dict) else {"output": given}
    return {name: tuple(tensor.shape) for name, tensor in found.items()}


@pytest.mark.parametrize("spec", SPECS)
def test_every_network_lowers(spec: str) -> None:
    graph = graph_of(spec)
    given = lowered(spec)(*samples(graph, 2, "meta"))
    heads = {"output": graph.output, **graph.outputs}
    assert shapes_of(graph, given) == {name: (2, *node.shape) for name, node in heads.items()}


@pytest.mark.parametrize("spec", SPECS)
def test_weights_are_named_by_the_paths(spec: str) -> None:
    graph = graph_of(spec)
    state = lowered(spec).state_dict()
    weights = {
        f"{module_path(node.path)}.{weight.name}": weight.shape
        for node in graph.layers
        if node.layer
        for weight in node.layer.weights(*node.shapes)
    }
    assert {name: tuple(tensor.shape) for name, tensor in state.items()} == weights


@pytest.mark.parametrize("spec", SPECS)
def test_parameters_that_train(spec: str) -> None:
    graph = graph_of(spec)
    network = lowered(spec)
    trained = sum(p.numel() for p in network.parameters() if p.requires_grad)
    kept = sum(p.numel() for p in network.parameters() if not p.requires_grad)
    counted = analyze(graph).totals.params
    assert (trained, kept) == (counted.trainable, counted.frozen)


def test_names_that_modules_have() -> None:
    """A child of such a name would hide it, or be refused."""
    theirs = {name for name in dir(torch.nn.Module()) if not name.startswith("_")}
    theirs |= {name for name in dir(torch.nn.Sequential()) if not name.startswith("_")}
    theirs |= {name for name in dir(torch.nn.ModuleList()) if not name.startswith("_")}
    assert theirs - {"T_destination"} <= OF_MODULES
