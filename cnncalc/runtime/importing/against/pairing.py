"""Which of a model's tensors each weight of a spec is."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from cnncalc.importing.drafts import Draft
from cnncalc.importing.same_networks import first_apart, paired
from cnncalc.network.graph import Graph, Node
from cnncalc.network.names import module_path
from cnncalc.records import NamedTuple
from cnncalc.runtime.importing.against.original import Original
from cnncalc.runtime.importing.carried_weights import tensor_of
from cnncalc.runtime.weights.proposing import COUNTERS, proposed


class Pairing(NamedTuple):
    """The weights of a spec by its names, as a model has them.

    means: how they were told; without: weights of the spec for which there is none
    left: tensors of the model that no weight is
    ambiguous: how many of them others of their shape could be
    drafts: for each layer the one of the model that it is, where that is known
    apart: layers with which the two begin to differ, where the model could be read
    """

    state: Mapping[str, Tensor]
    means: str
    without: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    ambiguous: int = 0
    drafts: Mapping[Node, Draft] | None = None
    apart: tuple[Node, ...] = ()


def pairing(graph: Graph, model: Original) -> Pairing:
    """By what layers are and read, where the model is the same network; else by name, or by order
    and shape."""
    drafts = paired(graph, model.sketch) if model.sketch else None
    if drafts is not None and model.sketch:
        return _by_structure(graph, drafts, model)
    found = _by_names_and_shapes(graph, model.state)
    apart = first_apart(graph, model.sketch) if model.sketch else ()
    return found._replace(apart=tuple(apart))


def _wanted(graph: Graph) -> dict[str, tuple[int, ...]]:
    """The shapes of a spec's weights, each tensor once."""
    return {
        f"{module_path(node.path)}.{weight.name}": weight.shape
        for node in graph.layers
        for weight in node.own
        if weight.name != COUNTERS
    }


def _by_structure(graph: Graph, drafts: Mapping[Node, Draft], model: Original) -> Pairing:
    assert model.sketch is not None
    stored = {each.name: each for each in model.sketch.program.stored.values()}
    state: dict[str, Tensor] = {}
    used: set[str] = set()
    without = []
    for node in graph.layers:
        draft = drafts.get(node)
        for weight in node.weights if draft else ():
            assert draft is not None
            origin, name = draft.weights.get(weight.name), f"{module_path(node.path)}.{weight.name}"
            if origin is not None:
                state[name] = tensor_of(origin, stored).reshape(weight.shape)
                used.update(origin.tensors)
            elif weight.name != COUNTERS and not weight.buffer:
                without.append(name)
    left = tuple(n for n in model.state if n not in used and not n.endswith(COUNTERS))
    means = "by structure: each layer is the model's own"
    return Pairing(state, means, tuple(without), left, drafts=drafts)


def _by_names_and_shapes(graph: Graph, theirs: Mapping[str, Tensor]) -> Pairing:
    found = proposed(_wanted(graph), {name: tuple(each.shape) for name, each in theirs.items()})
    state = {ours: theirs[other] for ours, other in found.pairs.items()}
    means = "by name" if found.by_name and not found.without else "by order and shape"
    return Pairing(state, means, found.without, found.left, len(found.ambiguous))
