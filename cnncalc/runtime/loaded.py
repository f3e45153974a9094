"""A graph and a file of weights to the network that has them."""

from __future__ import annotations

from pathlib import Path

from torch import nn

from cnncalc.network.graph import Graph
from cnncalc.runtime.converted_weights import WeightsError, check
from cnncalc.runtime.lower import lower
from cnncalc.runtime.reading import ReadError
from cnncalc.runtime.sealed import state


def loaded(graph: Graph, file: Path) -> nn.Module:
    """The lowered network with the weights of a checkpoint or a saved `state_dict`, which has them
    all and no others. Nothing in the file is run. Raises WeightsError."""
    try:
        given = state(file)
        check(graph, given)
    except (ReadError, WeightsError) as error:
        raise WeightsError(f"`{file}` does not go with the spec: {error}") from None
    for name, tensor in given.items():
        if tensor.is_floating_point() and not bool(tensor.isfinite().all()):
            raise WeightsError(f"`{file}` has values in `{name}` that are no numbers")
    network = lower(graph)
    network.load_state_dict(given)
    return network
