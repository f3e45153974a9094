"""What is computed of a step against what the allocator of a CPU gives out: the same, but for
gradients that are added in place, and the workspaces of operations."""

from __future__ import annotations

import pytest

from cnncalc.analysis.memory import Optimizer, training
from cnncalc.language.load import load
from tests.lowering.alive import BATCH
from tests.lowering.allocated import allocated, in_place

pytestmark = pytest.mark.torch

NUMBERS = 64
"""Bytes of the few numbers of a loss."""


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
@pytest.mark.parametrize("name", ["lenet5", "mlp", "resnet20"])
def test_the_peak_of_an_allocator(name: str, optimizer: Optimizer) -> None:
    graph = load(name)
    found = allocated(graph, optimizer)
    assert found.tensors == pytest.approx(in_place(graph, optimizer), abs=NUMBERS)


def test_what_makes_the_difference() -> None:
    """A residual network adds gradients; a convolution's backward has a workspace on a CPU."""
    residual, plain = load("resnet20"), load("lenet5")
    assert in_place(residual, "sgd") < training(residual).total(BATCH)
    assert in_place(plain, "sgd") == training(plain).total(BATCH)
    found = allocated(plain, "sgd")
    assert found.most > found.tensors
    assert found.at == "aten::convolution_backward"
