"""Random networks: the generated source computes what its layers, run one by one, do."""

from __future__ import annotations

import pytest
import torch

from cnncalc.language.load import load
from cnncalc.lowering.source import source
from cnncalc.network.graph import Graph
from cnncalc.runtime.lower import lower, samples
from tests.analysis import drafts
from tests.analysis.specs import graph_of
from tests.lowering.interpreted import interpreted

pytestmark = pytest.mark.torch

BATCH = 10
BATCHES = [
    pytest.param(rank, range(first, first + BATCH), id=f"{rank}d-{first}")
    for rank, count in {1: 120, 2: 120, 3: 30}.items()
    for first in range(0, count, BATCH)
]


def agrees(graph: Graph, seed: int) -> bool:
    """Whether both give the same for all outputs, to the last bit."""
    torch.set_num_threads(1)
    network = lower(graph, seed).eval()
    torch.manual_seed(seed)
    inputs = samples(graph, 2)
    expected = interpreted(graph, network, inputs)
    with torch.no_grad():
        given = network(*inputs)
    found = given if isinstance(given, dict) else {"output": given}
    heads = {"output": graph.output, **graph.outputs}
    return all(
        torch.equal(found[name].nan_to_num(7e7), expected[node].nan_to_num(7e7))
        for name, node in heads.items()
    )


@pytest.mark.parametrize(("rank", "seeds"), BATCHES)
def test_random_networks(rank: int, seeds: range) -> None:
    for seed in seeds:
        text = drafts.spec(seed, rank)
        graph = graph_of(text)
        assert agrees(graph, seed), f"{text}\n{source(graph)}"


@pytest.mark.parametrize(
    "spec",
    [
        *("lenet5_1998", "resnet20", "shufflenet_v1", "shufflenet_v2", "squeezenet1_0"),
        *("mobilenet_v2", "densenet_bc100_12", "se_resnet50", "vit_b16", "show_and_tell"),
        *("nasnet_a_mobile", "neocognitron", "maxout", "lstm", "convolutional", "m5", "dsn"),
        "googlenet",
    ],
)
def test_networks_of_the_zoo(spec: str) -> None:
    assert agrees(load(spec), seed=1)
