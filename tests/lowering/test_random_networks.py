"""Random networks: the generated source computes what its layers, run one by one, do."""

from __future__ import annotations

import pytest

from cnncalc.lowering.source import source
from cnncalc.spec.load import load
from tests.analysis import drafts
from tests.analysis.specs import graph_of
from tests.lowering.interpreted import agrees

pytestmark = pytest.mark.torch

BATCH = 10
BATCHES = [
    pytest.param(rank, range(first, first + BATCH), id=f"{rank}d-{first}")
    for rank, count in {1: 120, 2: 120, 3: 30}.items()
    for first in range(0, count, BATCH)
]


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
