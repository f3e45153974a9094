"""Receptive fields that are too small for the image, and too large."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from cnncalc.analysis.lint.subject import Finding, Subject, finding, is_pointwise, slides
from cnncalc.graph import Node
from cnncalc.layers.adaptive import AdaptivePool, GlobalPool
from cnncalc.layers.base import Shape, times
from cnncalc.layers.pool import Pool
from cnncalc.layers.reshape import Flatten
from cnncalc.report.numbers import exact

FLATTENED = 0.5
"""Share of a side that suffices where a fully connected layer joins all places."""

RECOMBINING = 0.1
"""Share of the parameters in layers that see nothing new, from which on it is said."""


# -- too small ------------------------------------------------------------------------------


def small_field(subject: Subject) -> Iterator[Finding]:
    """Features that are pooled or flattened before any of them can see the image from side to
    side."""
    image, end = subject.image(), _end(subject)
    if not image or end is None:
        return
    last = end.inputs[0]
    receptive = subject.summary.receptive[last]
    if receptive.axes is None or receptive.everything or len(receptive.axes) != len(image):
        return
    seen = tuple(axis.size for axis in receptive.axes)
    enough = FLATTENED if isinstance(end.layer, Flatten) else 1
    if any(size < enough * side for size, side in zip(seen, image, strict=True)):
        yield _sees_a_part(end, seen, image)


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


def _sees_a_part(end: Node, seen: Shape, image: Shape) -> Finding:
    pairs = list(zip(seen, image, strict=True))
    share = prod(min(size, side) for size, side in pairs) / prod(image)
    verb = "flattened" if isinstance(end.layer, Flatten) else "pooled"
    message = (
        f"features that see {times(seen)} of {times(image)} are {verb} here: none sees more than "
        f"{share:.0%} of the image"
    )
    stride = max(1, image[0] // max(end.shapes[0][1], 1))
    short = max(side - size for size, side in pairs)
    layers = -(-short // (2 * stride))
    more = f"{layers} more 3x3 {'layer' if layers == 1 else 'layers'}"
    hint = f"{more} at its stride of {stride}, or a stride earlier, close the gap of {short}"
    return finding([end], message, hint)


# -- too large ------------------------------------------------------------------------------


def recombining(subject: Subject) -> Iterator[Finding]:
    """Layers that see nothing their inputs do not: the image is covered already, by even the
    shortest way to them."""
    image = subject.image()
    if not image:
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
        if before and slides(node) and subject.rows[node].params.total:
            wide = any(s.extent > 1 for s in slides(node)) and prod(node.shape[1:]) > 1
            if wide and all(size >= side for size, side in zip(before, image, strict=False)):
                yield node


def _least(
    node: Node, least: dict[Node, tuple[float, ...] | None]
) -> tuple[float, ...] | None:
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
    return tuple(
        size + (slide.extent - 1) * axis.stride
        for size, slide, axis in zip(before, slides(node), axes or (), strict=False)
    ) or before


def _recombine(subject: Subject, blind: list[Node], params: int, image: Shape) -> Finding:
    count = f"{len(blind)} layers see" if len(blind) > 1 else "this layer sees"
    message = (
        f"from here on {count} nothing new: each of their inputs covers all of {times(image)} "
        f"already, they can only recombine it"
    )
    if len(blind) == 1:
        message = message.replace("from here on this", "this").replace("each of their", "its")
        message = message.replace("inputs covers", "input covers").replace("they can", "it can")
    hint = (
        f"a larger input, a later stride, or leave them out: {exact(params)} parameters, "
        f"{params / subject.params:.0%} of all"
    )
    return finding([blind[0]], message, hint)
