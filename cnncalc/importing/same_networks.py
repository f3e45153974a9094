"""Which layer of a spec is which of an imported network, told by what they are and read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from cnncalc.importing.drafts import Draft, Sketch
from cnncalc.layers.base import Layer, Shape
from cnncalc.network.graph import Graph, Node

IN_ANY_ORDER = ("add", "multiply", "maximum", "minimum", "average")
"""Joins that give the same whichever branch is first."""

Place = Node | Draft


def paired(graph: Graph, sketch: Sketch) -> dict[Node, Draft] | None:
    """For each layer of a spec the one that it is in the imported network; None where the two are
    not the same network. Names, blocks and the order of sums make no difference, nor does what only
    hands on what it reads."""
    kinds = _Kinds()
    heads = list(graph.heads.values())
    ours = kinds.of(graph.nodes, [*graph.inputs.values()])
    theirs = kinds.of((*sketch.inputs.values(), *sketch.layers), [*sketch.inputs.values()])
    ends = [_behind(each) for each in heads], [_behind(each) for each in sketch.outputs.values()]
    if [ours[each] for each in ends[0]] != [theirs[each] for each in ends[1]]:
        return None
    found: dict[Node, Draft] = {}
    waiting = list(zip(*ends, strict=True))
    while waiting:
        node, draft = waiting.pop()
        assert isinstance(node, Node)
        assert isinstance(draft, Draft)
        if node in found:
            if found[node] is not draft:
                return None
            continue
        found[node] = draft
        waiting += zip(_ordered(node, ours), _ordered(draft, theirs), strict=True)
    if len(set(map(id, found.values()))) < len(found):
        return None
    return {node: found[node] for node in graph.nodes if node in found}


def first_apart(graph: Graph, sketch: Sketch) -> list[Node]:
    """The layers of a spec that have no like in the imported network, though all that they read
    has: where the two begin to differ."""
    kinds = _Kinds()
    ours = kinds.of(graph.nodes, [*graph.inputs.values()])
    theirs = kinds.of((*sketch.inputs.values(), *sketch.layers), [*sketch.inputs.values()])
    known = set(theirs.values())
    return [
        node
        for node in graph.layers
        if node in ours
        and ours[node] not in known
        and all(ours[_behind(each)] in known for each in node.inputs)
    ]


class _Kinds:
    """A number for all that are alike: what a layer is, with all that it reads."""

    def __init__(self) -> None:
        self.known: dict[Any, int] = {}

    def of(self, places: Iterable[Place], inputs: Sequence[Place]) -> dict[Place, int]:
        """Those of a network's layers, each behind what it reads."""
        found: dict[Place, int] = {}
        for place in places:
            if place.layer is None:
                form: Any = ("input", inputs.index(place), place.shape)
            elif _hands_on(place):
                continue
            else:
                read = [found[_behind(each)] for each in place.inputs]
                if place.layer.kind in IN_ANY_ORDER:
                    read.sort()
                form = (_form(place.layer, _shapes(place)), place.shape, tuple(read))
            found[place] = self.known.setdefault(form, len(self.known))
        return found


def _form(layer: Layer, shapes: Sequence[Shape]) -> str:
    """What it is in PyTorch."""
    form = layer.torch(*shapes)
    if layer.kind in IN_ANY_ORDER or layer.joins:
        return f"{layer.kind} {layer.values()}"
    return repr(form._replace(positional=0, defaults={}))


def _shapes(place: Place) -> tuple[Shape, ...]:
    return tuple(each.shape for each in place.inputs)


def _hands_on(place: Place) -> bool:
    """Whether it does nothing in inference."""
    layer = place.layer
    return bool(layer and len(place.inputs) == 1 and (layer.passes or layer.kind == "identity"))


def _behind(place: Place) -> Place:
    """What is there where nothing is done to it."""
    while _hands_on(place):
        place = place.inputs[0]
    return place


def _ordered(place: Place, kinds: Mapping[Place, int]) -> Iterator[Place]:
    """What it reads; of a sum, alike in both networks."""
    read: list[Place] = [_behind(each) for each in place.inputs]
    if place.layer and place.layer.kind in IN_ANY_ORDER:
        read.sort(key=kinds.__getitem__)
    yield from read
