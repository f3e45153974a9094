"""Random networks: what `verify` says holds, and the generated source computes what its layers, run
one by one, do."""

from __future__ import annotations

import pytest

from cnncalc.language.load import load
from cnncalc.lowering.source import source
from cnncalc.runtime.lower import lower
from tests.analysis import drafts
from tests.analysis.specs import graph_of
from tests.lowering.interpreted import agrees
from tests.wiring.held import faults, networks

pytestmark = pytest.mark.torch

QUICK, LARGE = 80, 400
"""The most layers that a network has: every time, and when there is time."""


@pytest.mark.parametrize(
    "first",
    [
        pytest.param(first, marks=[pytest.mark.thorough] if first % 100 else [])
        for first in range(0, 575, 25)
    ],
)
def test_wiring(first: int) -> None:
    """Of 575 networks more than 500 are sound and small; each run has every other batch."""
    found = networks(range(first, first + 25), QUICK)
    assert len(found) >= 15
    assert not [*faults(found)]


@pytest.mark.thorough
@pytest.mark.parametrize("first", range(1_000, 11_500, 50))
def test_much_wiring(first: int) -> None:
    """Of 10,500 networks more than 10,000 are sound."""
    found = networks(range(first, first + 50), LARGE)
    assert len(found) >= 45
    assert not [*faults(found)]


BATCH = 10
DRAFTS = [
    pytest.param(rank, range(first, first + BATCH), id=f"{rank}d-{first}")
    for rank, count in {1: 120, 2: 120, 3: 30}.items()
    for first in range(0, count, BATCH)
]


@pytest.mark.parametrize(("rank", "seeds"), DRAFTS)
def test_layers(rank: int, seeds: range) -> None:
    for seed in seeds:
        text = drafts.spec(seed, rank)
        graph = graph_of(text)
        assert agrees(graph, lower(graph, seed), seed), f"{text}\n{source(graph)}"


@pytest.mark.parametrize(
    "spec",
    [
        *("lenet5_1998", "resnet20", "shufflenet_v1", "shufflenet_v2", "squeezenet1_0"),
        *("mobilenet_v2", "densenet_bc100_12", "se_resnet50", "vit_b16", "show_and_tell"),
        *(
            "nasnet_a_mobile",
            "neocognitron",
            "cifar_maxout",
            "lstm",
            "convolutional_autoencoder",
            "audio_m5",
            "dsn",
        ),
        "googlenet",
    ],
)
def test_networks_of_the_zoo(spec: str) -> None:
    graph = load(spec)
    assert agrees(graph, lower(graph), seed=1)
