"""Whether two graphs are the same network, be it in other words."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import Any, NamedTuple

import torch
from torch import Tensor

from cnncalc.layers.axes import place
from cnncalc.layers.base import OWN, Shape
from cnncalc.layers.pooling.pool import AvgPool
from cnncalc.network.graph import Graph, Node
from tests.torch_form import applied, module_of

MOVES = (
    *("flatten", "reshape", "unflatten", "permute", "to_sequence", "to_windows", "from_windows"),
    *("slice", "crop", "roll", "flip", "channel_shuffle", "pixel_shuffle", "pixel_unshuffle"),
)
"""Kinds of which each value of the output is one of the input's."""

VALUE_BY_VALUE = ("add", "subtract", "multiply", "divide", "maximum", "minimum", "average")
VECTOR_BY_VECTOR = ("layer_norm", "rms_norm", "batch_norm")
"""Kinds that make of the channels at a position those at the same position, wherever that is."""


class Seen(NamedTuple):
    """The values that something gives: those of a layer, each from its place in that."""

    node: Node
    places: Tensor


def difference(one: Graph, other: Graph) -> str:
    """Where they differ first, followed from the outputs to the inputs; empty where they do not.
    Layers that hand on what they read in inference may be left out, and values may be moved before
    what makes each of them by itself, or behind it, in one way or another."""
    heads = zip(one.heads.values(), other.heads.values(), strict=True)
    waiting = [tuple(_source(_all_of(node)) for node in pair) for pair in heads]
    found: dict[Node, Node] = {}
    while waiting:
        a, b = waiting.pop()
        if a.node in found and found[a.node] is not b.node:
            return f"{a.node.path}: wired otherwise"
        same = torch.equal(a.places, b.places)
        if same and a.node in found:
            continue
        if not same and not (_goes_through(a) and _goes_through(b)):
            return f"{a.node.path}: its values are moved otherwise"
        said = _said(a.node, same), _said(b.node, same)
        if said[0] != said[1]:
            return f"{a.node.path}: {said[0]} and {said[1]}"
        if len(a.node.inputs) != len(b.node.inputs):
            return f"{a.node.path}: reads {len(a.node.inputs)} layers, and {len(b.node.inputs)}"
        if same:
            found[a.node] = b.node
        waiting += zip(_read(a, same), _read(b, same), strict=True)
    return ""


def _all_of(node: Node) -> Seen:
    return Seen(node, torch.arange(prod(node.shape)))


def _read(seen: Seen, whole: bool) -> Iterator[Seen]:
    """What a layer reads: the whole, or what it makes the values of that are seen of it; of those
    that compete, with whom, too."""
    for node in seen.node.inputs:
        yield _source(_all_of(node) if whole else Seen(node, seen.places))
    if _competes(seen.node) and not whole:
        rivals = _rivals(seen)
        source, places = _source(Seen(seen.node.inputs[0], rivals.flatten()))
        yield Seen(source, places.reshape(rivals.shape).sort(1).values.flatten())


def _source(seen: Seen) -> Seen:
    """The same values, of the layer that makes them in inference."""
    node, places = seen
    while node.layer is not None:
        if node.kind in MOVES:
            shape = node.inputs[0].shape
            numbers = torch.arange(prod(shape)).reshape(1, *shape)
            form = node.layer.torch(shape)
            places = applied(form, module_of(form), numbers).flatten()[places]
        elif not (node.layer.passes or _is_nothing(node)):
            break
        node = node.inputs[0]
    return Seen(node, places)


def _is_nothing(node: Node) -> bool:
    return node.kind == "scale" and bool(node.layer and node.layer.values()["factor"] == 1)


def _competes(node: Node) -> bool:
    return node.kind == "softmax" and bool(node.layer and not node.layer.values()["among"])


def _rivals(seen: Seen) -> Tensor:
    """For each value those that it competes with, itself among them."""
    assert seen.node.layer
    axis = place(seen.node.layer.values()["over"], seen.node.shape)
    numbers = torch.arange(prod(seen.node.shape)).reshape(seen.node.shape)
    rows = numbers.movedim(axis, -1).reshape(-1, seen.node.shape[axis])
    row = torch.empty(numbers.numel(), dtype=torch.long)
    row[rows] = torch.arange(len(rows))[:, None].expand_as(rows)
    return rows[row[seen.places]]


def _by_itself(node: Node) -> bool:
    """Whether it makes each value of those at its place."""
    if node.layer is None or any(each.shape != node.shape for each in node.inputs):
        return False
    if node.kind in VALUE_BY_VALUE:
        return True
    alone = node.layer.role == "activation" and not node.weights
    return alone and node.layer.across(*node.shapes) == OWN


def _goes_through(seen: Seen) -> bool:
    """Whether values could be moved before it as well as behind it."""
    if _by_itself(seen.node) or _competes(seen.node):
        return True
    channels, *space = seen.node.shape
    each = seen.places.reshape(channels, -1) if len(seen.places) % channels == 0 else None
    if seen.node.kind not in VECTOR_BY_VECTOR or each is None:
        return False
    return torch.equal(
        each - torch.arange(channels)[:, None] * prod(space), each[:1].expand_as(each)
    )


def larger(shape: Shape) -> Shape:
    """The sizes above 1: an axis of one place says nothing."""
    return tuple(size for size in shape if size > 1)


def _said(node: Node, whole: bool) -> Any:
    """A layer as one of the ways to say it, or what it does wherever its values lie."""
    if node.layer is None:
        return "input", node.shape
    if _competes(node) and not whole:
        return node.kind
    whole = node.shape[:1] + (1,) * (len(node.shape) - 1)
    if node.kind in ("global_avg_pool", "adaptive_avg_pool") and node.shape == whole:
        return "mean of the map", node.shape
    if isinstance(node.layer, AvgPool) and all(
        slide.before == slide.after == slide.beyond == 0
        for slide in node.layer.slides(node.inputs[0].shape)
    ):
        values = {**node.layer.values(), "count_padding": True}
        return repr(type(node.layer)(**values).torch(*node.shapes)), node.shape
    form = node.layer.torch(*node.shapes)
    if node.kind == "batch_norm":
        form = form._replace(name="")
    arguments = {name: value for name, value in form.arguments.items() if name != "init"}
    said = repr(form._replace(arguments=arguments))
    return said if _by_itself(node) or node.kind in VECTOR_BY_VECTOR else (said, larger(node.shape))
