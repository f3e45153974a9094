"""Random networks: their peaks of memory, and what they keep for the backward pass, to the byte,
against every tensor that PyTorch makes."""

from __future__ import annotations

import pytest

from cnncalc.analysis.memory import retained
from cnncalc.network.graph import Graph
from tests.analysis import drafts
from tests.analysis.specs import graph_of
from tests.layers.test_kept import step_by_step
from tests.lowering.alive import BATCH, computed_and_seen, trained_and_seen
from tests.lowering.packed import packed
from tests.lowering.placed import WIDTH, trains
from tests.wiring.held import networks

pytestmark = pytest.mark.torch

QUICK, MANY = range(30), range(30, 300)
MOST = 80
"""Layers that a network has."""

ODD = [(10, 3)]
"""A transposed convolution padded by more than its kernel, which PyTorch gives in a storage as
large as its input's."""


def faults(graph: Graph) -> dict[str, tuple[int, int]]:
    """Where a figure is not the one that was seen: both."""
    with step_by_step():
        compared = {
            "inference": computed_and_seen(graph, device="cpu"),
            "kept": (retained(graph, BATCH, WIDTH), packed(graph, "cpu")),
        }
        if trains(graph):
            compared["training"] = trained_and_seen(graph, "sgd", "cpu")
    return {where: both for where, both in compared.items() if both[0] != both[1]}


@pytest.mark.parametrize(
    "seed", [*QUICK, *(pytest.param(seed, marks=pytest.mark.thorough) for seed in MANY)]
)
def test_wiring(seed: int) -> None:
    for graph in networks([seed], MOST).values():
        assert not faults(graph)


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize(
    "seed", [*range(5), *(pytest.param(n, marks=pytest.mark.thorough) for n in range(5, 60))]
)
def test_layers(rank: int, seed: int) -> None:
    found = faults(graph_of(drafts.spec(seed, rank)))
    assert bool(found) == ((seed, rank) in ODD)
