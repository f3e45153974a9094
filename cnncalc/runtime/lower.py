"""A graph as a PyTorch module that runs."""

from __future__ import annotations

import linecache
from collections.abc import Iterable

import torch
from torch import nn
from torch.nn import Module as Module

from cnncalc.layers.base import Shape
from cnncalc.lowering.classes import network_name
from cnncalc.lowering.whitelist import runnable
from cnncalc.network.graph import Graph


def lower(graph: Graph, seed: int = 0, device: str | torch.device = "cpu") -> nn.Module:
    """The network as a module: it runs the very source that `cnncalc export` writes.

    Modules and parameters are named by the spec's paths. A batch N x input goes in, N x output
    comes out; a dictionary where the spec has several outputs, the last layer's under `output`. The
    weights are drawn from `seed`, the same on every run and every device. On the `meta` device
    nothing is computed, and no memory is taken. The source is checked before it runs: it holds
    imports from torch, classes, constants and calls of modules; else ForeignCodeError is raised.
    """
    text = runnable(graph)
    name = f"<{graph.name}, lowered>"
    linecache.cache[name] = len(text), None, text.splitlines(keepends=True), name
    namespace: dict[str, object] = {"__name__": "cnncalc.lowered"}
    exec(compile(text, name, "exec"), namespace)
    network = namespace[network_name(graph)]
    assert isinstance(network, type)
    where = "meta" if torch.device(device).type == "meta" else "cpu"  # a GPU draws other numbers
    with torch.random.fork_rng(devices=[]), torch.device(where):
        torch.default_generator.manual_seed(seed)
        made = network()
    assert isinstance(made, nn.Module)
    return made.to(device)


def samples(graph: Graph, batch: int = 1, device: str | torch.device = "cpu") -> list[torch.Tensor]:
    """A batch for each input of the network, drawn from a normal distribution; indices where an
    embedding reads them."""
    return [
        _sample((batch, *node.shape), _vocabulary(graph, node), device)
        for node in graph.inputs.values()
    ]


def _sample(shape: Shape, vocabulary: int | None, device: str | torch.device) -> torch.Tensor:
    if vocabulary:
        return torch.randint(vocabulary, shape, device=device)
    return torch.randn(shape, device=device)


def _vocabulary(graph: Graph, node: object) -> int | None:
    readers: Iterable[int] = (
        reader.layer.values()["vocabulary"]
        for reader in graph.layers
        if reader.layer and reader.layer.indices and node in reader.inputs
    )
    return min(readers, default=None)
