"""Whether two graphs are the same network, be it in other words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cnncalc.layers.axes import place
from cnncalc.layers.base import Shape
from cnncalc.layers.moving.partition import Partition
from cnncalc.layers.pooling.pool import AvgPool
from cnncalc.network.graph import Graph, Node

VIEWS = ("reshape", "unflatten", "flatten", "to_sequence")
"""The same values in another shape, in the same order: what that shape is says all of it."""


def difference(one: Graph, other: Graph) -> str:
    """Where they differ first, followed from the outputs to the inputs; empty where they do not.
    Layers that hand on what they read in inference may be left out."""
    waiting = list(zip(one.heads.values(), other.heads.values(), strict=True))
    found: dict[Node, Node] = {}
    while waiting:
        a, b = (_meant(node) for node in waiting.pop())
        if a in found:
            if found[a] is not b:
                return f"{a.path}: wired otherwise"
            continue
        found[a] = b
        if _said(a) != _said(b):
            return f"{a.path}: {_said(a)} and {_said(b)}"
        reads = [list(_read(node)) for node in (a, b)]
        if len(reads[0]) != len(reads[1]):
            return f"{a.path}: reads {len(reads[0])} layers, and {len(reads[1])}"
        waiting += zip(*reads, strict=True)
    return ""


def _meant(node: Node) -> Node:
    """The layer that makes what a layer gives in inference."""
    while node.layer is not None and (node.layer.passes or _is_nothing(node)):
        node = node.inputs[0]
    return node


def _is_nothing(node: Node) -> bool:
    if node.kind == "scale" and node.layer:
        return bool(node.layer.values()["factor"] == 1)
    return _is_view(node) and larger(node.shape) == larger(node.inputs[0].shape)


def larger(shape: Shape) -> Shape:
    """The sizes above 1: an axis of one place says nothing."""
    return tuple(size for size in shape if size > 1)


def _is_view(node: Node) -> bool:
    """Whether it shows the same values in another shape: a single window is all of a map."""
    if isinstance(node.layer, Partition):
        return not node.layer.rolls and 1 in _windows(node)
    along = node.kind == "to_sequence" and node.layer and node.layer.values()["axis"] is not None
    return node.kind in VIEWS and not along


def _read(node: Node) -> Iterator[Node]:
    """What a layer reads: a view of a view, or a part of a part, what the first one does."""
    same = _is_view if _is_view(node) else _part if _part(node) else None
    for source in node.inputs:
        source = _meant(source)
        while same and source.layer and same(source):
            source = _meant(source.inputs[0])
        yield source


def _said(node: Node) -> Any:
    """A layer as one of the ways to say it."""
    if node.layer is None:
        return "input", node.shape
    if _is_view(node):
        return "view", larger(node.shape)
    part = _part(node)
    if part:
        source = _meant(node.inputs[0])
        while inner := _part(source):
            shift = zip(part, inner, strict=True)
            part = tuple(range(b.start + a.start, b.start + a.stop) for a, b in shift)
            source = _meant(source.inputs[0])
        return "part", part
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
    arguments = {name: value for name, value in form.arguments.items() if name != "init"}
    return repr(form._replace(arguments=arguments)), larger(node.shape)


def _windows(node: Node) -> tuple[int, int]:
    """How many windows there are, and how many positions in each."""
    shape = node.shape if node.kind == "to_windows" else node.inputs[0].shape
    return shape[1], shape[2]


def _part(node: Node) -> tuple[range, ...] | None:
    """What a slice or a crop takes along each axis; None for what is none, or leaves some out."""
    if node.kind not in ("slice", "crop") or node.layer is None:
        return None
    values, shape = node.layer.values(), node.inputs[0].shape
    if node.kind == "crop":
        size = values["size"]
        sides = size if isinstance(size, tuple) else (size,) * (len(shape) - 1)
        pairs = [side if isinstance(side, tuple) else (side, side) for side in sides]
        space = zip(pairs, shape[1:], strict=True)
        return (range(shape[0]), *(range(a, length - b) for (a, b), length in space))
    axis = place(values["axis"], shape)
    taken = range(*slice(values["start"], values["stop"], values["step"]).indices(shape[axis]))
    if taken.step != 1:
        return None
    return tuple(taken if number == axis else range(n) for number, n in enumerate(shape))
