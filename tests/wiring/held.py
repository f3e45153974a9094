"""What must hold of random networks, a batch at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from torch import nn

from cnncalc.analysis import analyze
from cnncalc.diagnostics import Diagnostics, Source
from cnncalc.language.load import read_source
from cnncalc.layers.parametrized import way
from cnncalc.network.graph import Graph, Node
from cnncalc.runtime.lower import lower
from cnncalc.runtime.verify import on_meta
from cnncalc.runtime.verify.exported import check_together
from cnncalc.runtime.verify.gradients import check_gradients
from cnncalc.runtime.verify.weights import check_params, check_weights
from cnncalc.verification import Check
from tests.lowering.alive import computed_and_seen
from tests.lowering.interpreted import agrees
from tests.wiring.specs import spec

COMPOSED = (
    *("batch_norm", "frozen_batch_norm", "layer_norm", "global_response_norm", "normalize"),
    *("average", "channel_shuffle", "attention", "linear", "gru", "lstm"),
)
"""Kinds of layers that make another sum on the way than memory counts; one makes nothing where it
has a channel for each group, on the meta device."""


def networks(seeds: Iterable[int], most: int) -> dict[int, Graph]:
    """The networks of these seeds that are sound and have at most so many layers."""
    found = {seed: graph_of(spec(seed)) for seed in seeds}
    return {seed: graph for seed, graph in found.items() if graph and len(graph.layers) <= most}


def faults(graphs: Mapping[Any, Graph]) -> Iterator[str]:
    """What does not hold of networks, and of which."""
    lowered = {key: lower(graph) for key, graph in graphs.items()}
    for key, graph in graphs.items():
        for found in of_one(graph, lowered[key]):
            yield f"{key}: {found}"
    together = check_together([(graphs[key], lowered[key]) for key in graphs], "cpu")
    for key, check in zip(graphs, together, strict=True):
        yield from (f"{key}: {check.name}: {finding}" for finding in check.findings)


def of_one(graph: Graph, network: nn.Module) -> Iterator[str]:
    """What does not hold of a network, but for its exported source."""
    for check in checks(graph, network):
        yield from (f"{check.name}: {finding}" for finding in check.findings)
    try:
        if not agrees(graph, network, seed=1):
            yield "the outputs are not those of its layers, run one by one"
        if all(map(is_simple, graph.layers)):
            computed, seen = computed_and_seen(graph, network)
            if computed != seen:
                yield f"{computed} bytes are computed to be alive at once, {seen} are"
    except Exception as error:  # any: a network that is wired wrongly may fail in any way
        yield str(error)


def graph_of(text: str) -> Graph | None:
    """The graph of a spec; None where it has faults."""
    return read_source(Source("wiring.yaml", text), Path("wiring.yaml"), Diagnostics())


def is_simple(node: Node) -> bool:
    """Whether a layer is a single operation, or several whose results are its plan's."""
    return node.kind not in COMPOSED and not (node.layer and way(node.layer))


def checks(graph: Graph, network: nn.Module) -> Iterator[Check]:
    """All that `verify` compares, but for the exported source."""
    summary = analyze(graph)
    yield from on_meta(summary, network.eval(), field=True)
    yield check_weights(graph, network)
    yield check_params(summary, network)
    yield check_gradients(graph, network, "cpu")
