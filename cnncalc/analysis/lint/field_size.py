"""Receptive fields that are too small for the image, and too large."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil, prod

from cnncalc.analysis.lint.rule import rule
from cnncalc.analysis.lint.subject import Advice, Subject, advice, is_pointwise
from cnncalc.analysis.receptive import AxisField
from cnncalc.layers.base import Shape, times
from cnncalc.layers.fields import counted
from cnncalc.layers.moving.reshape import Flatten
from cnncalc.layers.pooling.adaptive import AdaptivePool, GlobalPool
from cnncalc.layers.pooling.pool import Pool
from cnncalc.network.graph import Node

POOLED = 0.75
"""Share of an image's side that suffices where features are averaged."""

FLATTENED = 0.5
"""Share that suffices where a fully connected layer joins all places."""

RECOMBINING = 0.1
"""Share of the parameters in layers that see nothing new, from which on it is said."""


# -- too small ------------------------------------------------------------------------------


@rule(
    "CNN908",
    "note",
    "a receptive field smaller than the image",
    """The features that are averaged at the end each see but a part of the image: less than three
    quarters of a side, or less than half where a fully connected layer joins all places. The
    network can count what it finds, not relate what lies farther apart. More layers, or strides
    earlier, widen the field. Said of networks that read one image.""",
    """
input: 3x32x32
layers:
  - conv: {filters: 32, kernel: 3, padding: half}
  - relu
  - conv: {filters: 64, kernel: 3, padding: half}
  - relu
  - global_avg_pool
  - linear: 10
""",
    """
input: 3x32x32
layers:
  - conv: {filters: 32, kernel: 3, padding: half}
  - relu
  - max_pool: 2
  - conv: {filters: 32, kernel: 3, padding: half}
  - relu
  - max_pool: 2
  - conv: {filters: 64, kernel: 3, padding: half}
  - relu
  - max_pool: 2
  - conv: {filters: 64, kernel: 3, padding: half}
  - relu
  - global_avg_pool
  - linear: 10
""",
)
def small_field(subject: Subject) -> Iterator[Advice]:
    """Features of an image that are pooled or flattened while each sees but a part of it; of a
    signal, an average over time is what is wanted."""
    image, end = subject.image(), _end(subject)
    if not image or len(image) != 2 or end is None:
        return
    receptive = subject.summary.receptive[end.inputs[0]]
    axes = receptive.axes
    if axes is None or receptive.everything or len(axes) != 2:
        return
    enough = FLATTENED if isinstance(end.layer, Flatten) else POOLED
    short = any(axis.size < enough * side for axis, side in zip(axes, image, strict=True))
    if short and max(axis.size for axis in axes) > 1:  # without windows it is no such network
        yield _sees_a_part(end, axes, image)


def _end(subject: Subject) -> Node | None:
    """The layer, on the way to the output, that takes the places away: a global pool, a flatten,
    or a pool as large as the map."""
    leads = {subject.graph.output}
    for node in reversed(subject.graph.layers):
        if node not in leads:
            continue
        if subject.summary.receptive[node].axes:
            return _covering(node)
        read = [subject.summary.receptive[source] for source in node.inputs]
        if len(read) == 1 and read[0].axes and prod(node.shapes[0][1:]) > 1:
            whole = isinstance(node.layer, GlobalPool | AdaptivePool | Flatten)
            return node if whole else None
        leads.update(node.inputs)
    return None


def _covering(node: Node) -> Node | None:
    """The pool over a whole map that `node` comes from, position by position."""
    while is_pointwise(node):
        node = node.inputs[0]
    pools = isinstance(node.layer, Pool) and prod(node.shape[1:]) == 1 < prod(node.shapes[0][1:])
    return node if pools else None


def _sees_a_part(end: Node, axes: tuple[AxisField, ...], image: Shape) -> Advice:
    seen = [axis.size for axis in axes]
    pairs = list(zip(seen, image, strict=True))
    share = prod(min(size, side) for size, side in pairs) / prod(image)
    verb = "flattened" if isinstance(end.layer, Flatten) else "pooled"
    message = (
        f"features that see {times(seen)} of {times(image)} are {verb} here: none sees more than "
        f"{share:.0%} of the image"
    )
    short, stride = max(
        (side - size, axis.stride) for (size, side), axis in zip(pairs, axes, strict=True)
    )
    layers = ceil(short / (2 * stride))
    sees = "see" if layers > 1 else "sees"
    hint = (
        f"{counted(layers, 'more 3x3 convolution')} here, at its stride of {stride:g}, "
        f"{sees} {counted(short, 'pixel')} more; so does a stride further up"
    )
    return advice([end], message, hint)


# -- too large ------------------------------------------------------------------------------


@rule(
    "CNN909",
    "note",
    "layers that see nothing new",
    """The input of these layers sees the whole image already, by even the shortest way through the
    branches: their windows bring nothing in, they only recombine it. Such layers were measured to
    contribute little (Richter 2021). Where they hold a tenth of the parameters, a larger image, a
    later stride or fewer layers are worth a try; shortcuts keep the shortest way short, and nothing
    is said.""",
    """
input: 3x32x32
layers:
  - repeat: 4
    layers: [{conv: {filters: 32, kernel: 3, padding: half}}, relu, {max_pool: 2}]
  - conv: {filters: 32, kernel: 3, padding: half}
  - relu
  - conv: {filters: 32, kernel: 3, padding: half}
  - relu
  - global_avg_pool
  - linear: 10
""",
    """
input: 3x64x64
layers:
  - repeat: 4
    layers: [{conv: {filters: 32, kernel: 3, padding: half}}, relu, {max_pool: 2}]
  - conv: {filters: 32, kernel: 3, padding: half}
  - relu
  - global_avg_pool
  - linear: 10
""",
)
def recombining(subject: Subject) -> Iterator[Advice]:
    """Layers that see nothing their inputs do not, as the image is covered already, by even the
    shortest way to them. Of a network that makes a map, they are what makes it."""
    image = subject.image()
    if not image or _end(subject) is None:
        return
    blind = list(_blind(subject, image))
    params = sum(subject.rows[node].params.total for node in blind)
    if blind and params >= RECOMBINING * subject.params:
        yield _recombine(subject, blind, params, image)


def _blind(subject: Subject, image: Shape) -> Iterator[Node]:
    """Layers with weights and a window whose input covers the image along every axis."""
    least: dict[Node, tuple[float, ...] | None] = {}
    for node in subject.graph.nodes:
        if node.layer is None:
            least[node] = (1.0,) * len(image)
            continue
        before = _least(node, least)
        least[node] = _widened(subject, node, before)
        if before and subject.slides[node] and subject.rows[node].params.total:
            wide = any(s.extent > 1 for s in subject.slides[node]) and prod(node.shape[1:]) > 1
            if wide and all(size >= side for size, side in zip(before, image, strict=False)):
                yield node


def _least(node: Node, least: dict[Node, tuple[float, ...] | None]) -> tuple[float, ...] | None:
    """The field of the input that sees least; a gate's does not count."""
    known = [sizes for source in node.inputs if (sizes := least[source])]
    return tuple(min(sizes) for sizes in zip(*known, strict=False)) if known else None


def _widened(
    subject: Subject, node: Node, before: tuple[float, ...] | None
) -> tuple[float, ...] | None:
    receptive = subject.summary.receptive
    if before is None or receptive[node].axes is None:
        return None
    source = next((s for s in node.inputs if receptive[s].axes), None)
    axes = receptive[source].axes if source else None
    return (
        tuple(
            size + (slide.extent - 1) * axis.stride
            for size, slide, axis in zip(before, subject.slides[node], axes or (), strict=False)
        )
        or before
    )


def _recombine(subject: Subject, blind: list[Node], params: int, image: Shape) -> Advice:
    count = counted(len(blind), "layer")
    message = (
        f"what arrives here sees all of {times(image)} already: {count} from here on can only "
        f"recombine it"
    )
    hint = (
        f"a larger input, a later stride, or leave them out: {counted(params, 'parameter')}, "
        f"{params / subject.params:.0%} of all"
    )
    return advice([blind[0]], message, hint)
