"""The memory of a network as it is computed, and as every tensor that PyTorch makes adds up to."""

from __future__ import annotations

from cnncalc.analysis.memory import Optimizer, retained
from cnncalc.network.graph import Graph
from tests.lowering.alive import BATCH, computed_and_seen, trained_and_seen
from tests.lowering.packed import packed
from tests.lowering.placed import WIDTH, trains


def faults(graph: Graph, *optimizers: Optimizer) -> dict[str, tuple[int, int]]:
    """Where a figure of a network on a CPU is not the one that was seen: both."""
    compared = {
        "inference": computed_and_seen(graph, device="cpu"),
        "kept": (retained(graph, BATCH, WIDTH), packed(graph, "cpu")),
    }
    for optimizer in optimizers if trains(graph) else ():
        compared[optimizer] = trained_and_seen(graph, optimizer, "cpu")
    return {where: both for where, both in compared.items() if both[0] != both[1]}
