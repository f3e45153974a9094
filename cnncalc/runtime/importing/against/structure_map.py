"""The map of a spec's weights to those of the model that it says."""

from __future__ import annotations

from cnncalc.importing.checked import origins_of
from cnncalc.importing.same_networks import paired
from cnncalc.network.graph import Graph
from cnncalc.runtime.importing.against.original import Original
from cnncalc.runtime.weights.map_proposal import MapProposal, by_shapes, shapes_of_graph
from cnncalc.runtime.weights.proposing import COUNTERS, last_part


def map_to(graph: Graph, model: Original, name: str) -> MapProposal:
    """By what layers are and read, where the model is the same network; else by names, order and
    shapes."""
    ours = shapes_of_graph(graph)
    theirs = {each: tuple(tensor.shape) for each, tensor in model.state.items()}
    drafts = paired(graph, model.sketch) if model.sketch else None
    if drafts is None:
        return by_shapes(ours, theirs, graph.name, name)
    found = {mine: origin for mine, (origin, _) in origins_of(drafts) if mine in ours}
    used = {each for origin in found.values() for each in origin.tensors}
    without = {n: s for n, s in ours.items() if n not in found and last_part(n) != COUNTERS}
    left = {n: s for n, s in theirs.items() if n not in used and last_part(n) != COUNTERS}
    means = "by structure: each layer is the model's own"
    return MapProposal(graph.name, name, means, found, {}, without, left)
