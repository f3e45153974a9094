"""What a tool counts for a network, by sort."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Literal, get_args

from cnncalc.analysis.conventions.called import Run
from cnncalc.analysis.conventions.convention import Convention, Taken
from cnncalc.analysis.conventions.of_node import runs
from cnncalc.analysis.conventions.shared_places import places
from cnncalc.layers.base import Role, Shape
from cnncalc.network.graph import Graph, Node
from cnncalc.network.stated import need_known
from cnncalc.records import NamedTuple

Sort = Literal["conv", "bias", "norm", "activation", "pool", "join", "attention", "other"]

SORTS: Mapping[Role, Sort] = {
    "weighted": "conv",
    "norm": "norm",
    "contrast": "norm",
    "activation": "activation",
    "pool": "pool",
    "join": "join",
    "sequence": "attention",
}
"""The sort of what has a role; `other`, of the rest. Biases of what is `weighted` are one too."""


class Executed(NamedTuple):
    """What PyTorch runs of a network.

    runs: the modules and functions of each layer
    places: at how many places its module is found
    """

    runs: Mapping[Node, tuple[Run, ...]]
    places: Mapping[Node, int]


class Counted(NamedTuple):
    """A tool's count of a network.

    layers: of each layer, what it takes and how much of that for biases
    missed: how often it says that it passes over what it does not know, by name
    stopped: the first layer at which it ends with an error
    repeated: how many layers share a module that it counts anew at each place
    """

    convention: Convention
    layers: Mapping[Node, tuple[int, int]]
    missed: Mapping[str, int]
    stopped: Node | None
    repeated: int

    @property
    def total(self) -> int:
        """What the tool prints, unless it stops."""
        return sum(count for count, _ in self.layers.values())

    @property
    def by(self) -> Mapping[Sort, int]:
        """The total by sort, those of which it counts nothing left out."""
        found = Counter[Sort]()
        for node, (count, biases) in self.layers.items():
            weighted = node.layer is not None and node.layer.role == "weighted"
            apart = biases if weighted else 0
            found[sort_of(node)] += count - apart
            found["bias"] += apart
        return {sort: found[sort] for sort in get_args(Sort) if found[sort]}


def sort_of(node: Node) -> Sort:
    """The sort that a layer is of."""
    return SORTS.get(node.layer.role, "other") if node.layer else "other"


def running(graph: Graph, batch: int = 1) -> Executed:
    """Layer by layer; what is alike is the same."""
    need_known(graph, "of which nobody knows what other tools count")
    alike: dict[tuple[int, tuple[Shape, ...]], tuple[Run, ...]] = {}
    found = {}
    for node in graph.layers:
        key = id(node.layer), node.shapes
        if key not in alike:
            alike[key] = runs(node.layer, node.shapes, batch) if node.layer else ()
        found[node] = alike[key]
    return Executed(found, places(graph))


class _Told(NamedTuple):
    """What is taken of what runs for a layer."""

    taken: tuple[Taken, ...]
    missed: tuple[str, ...]
    stops: bool


def counted(ran: Executed, convention: Convention) -> Counted:
    """What a tool counts of what runs."""
    different = {id(each): each for each in ran.runs.values()}
    known = {key: _told(each, convention) for key, each in different.items()}
    found, missed, stopped = {}, Counter[str](), None
    for node, each in ran.runs.items():
        one = known[id(each)]
        found[node] = _at(ran.places[node], one.taken)
        missed.update(one.missed)
        if one.stops and not stopped:
            stopped = node
    told = ((ran.places[node], known[id(each)]) for node, each in ran.runs.items())
    repeated = sum(places > 1 and any(t.places for t in one.taken) for places, one in told)
    return Counted(convention, found, missed, stopped, repeated)


def _told(ran: tuple[Run, ...], convention: Convention) -> _Told:
    return _Told(
        tuple(each for run in ran for each in convention.takes(run)),
        tuple(name for run in ran for name in convention.missed(run)),
        any(map(convention.stops, ran)),
    )


def _at(places: int, taken: tuple[Taken, ...]) -> tuple[int, int]:
    """All that is taken of a module at so many places, and of it for biases."""
    return (
        sum(each.whole * places**each.places for each in taken),
        sum(each.biases * places**each.places for each in taken),
    )
