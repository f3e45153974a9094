"""The peaks of memory of every kind of layer by itself, to the byte, against every tensor that
PyTorch makes."""

from __future__ import annotations

from contextlib import nullcontext

import pytest

from cnncalc.analysis.memory import Optimizer, retained
from cnncalc.layers.base import Layer, Shape, ShapeError
from cnncalc.network.graph import Graph
from tests.counting.kinds import different
from tests.layers.cases import named, of_each_kind
from tests.layers.test_kept import EVERY, step_by_step
from tests.lowering.alive import BATCH, computed_and_seen, trained_and_seen
from tests.lowering.packed import packed
from tests.lowering.placed import WAYS, WIDTH, Way, placed, trains

pytestmark = pytest.mark.torch

Case = tuple[Layer, tuple[Shape, ...]]

RECURRENT = ("rnn", "lstm", "gru")
"""Of which oneDNN would compute a layer in one."""


def graphs(case: Case, ways: tuple[Way, ...]) -> dict[Way, Graph]:
    """The networks in which it can stand."""
    found: dict[Way, Graph] = {}
    for way in ways:
        try:
            found[way] = placed(*case, way)
        except ShapeError:  # it makes what it cannot read
            assert way == "twice"
    return found


def faults(case: Case, ways: tuple[Way, ...], *optimizers: Optimizer) -> dict[str, tuple[int, int]]:
    """Where a figure is not the one that was seen: both."""
    compared: dict[str, tuple[int, int]] = {}
    with step_by_step() if case[0].kind in RECURRENT else nullcontext():
        for way, graph in graphs(case, ways).items():
            compared[f"{way}, inference"] = computed_and_seen(graph, device="cpu")
            compared[f"{way}, kept"] = retained(graph, BATCH, WIDTH), packed(graph, "cpu")
            for optimizer in optimizers if trains(graph) else ():
                compared[f"{way}, {optimizer}"] = trained_and_seen(graph, optimizer, "cpu")
    return {where: both for where, both in compared.items() if both[0] != both[1]}


@of_each_kind(different())
def test_the_peaks_of_each_form(case: Case) -> None:
    """Of one input or several, behind layers that train."""
    assert not faults(case, ("between",), "momentum"), named(case)


@pytest.mark.thorough
@of_each_kind(EVERY)
def test_the_peaks_of_each_kind(case: Case) -> None:
    assert not faults(case, WAYS, "sgd", "adam"), named(case)
