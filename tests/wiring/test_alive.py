"""Random networks: their peaks of memory, and what they keep for the backward pass, to the byte,
against every tensor that PyTorch makes."""

from __future__ import annotations

import pytest

from tests.analysis import drafts
from tests.analysis.specs import graph_of
from tests.lowering.compared import faults
from tests.wiring.held import networks

pytestmark = pytest.mark.torch

QUICK, MANY = range(30), range(30, 300)
MOST = 80
"""Layers that a network has."""


@pytest.mark.parametrize(
    "seed", [*QUICK, *(pytest.param(seed, marks=pytest.mark.thorough) for seed in MANY)]
)
def test_wiring(seed: int) -> None:
    for graph in networks([seed], MOST).values():
        assert not faults(graph, "sgd")


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize(
    "seed", [*range(5), *(pytest.param(n, marks=pytest.mark.thorough) for n in range(5, 60))]
)
def test_layers(rank: int, seed: int) -> None:
    assert not faults(graph_of(drafts.spec(seed, rank)), "sgd")
