"""Windows in the padding."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import NamedTuple

from cnncalc.analysis.lint.subject import Finding, Subject, finding, places, slides
from cnncalc.graph import Node
from cnncalc.layers.base import times
from cnncalc.layers.conv import Conv
from cnncalc.layers.reshape import Pad
from cnncalc.layers.windows import Slide
from cnncalc.report.numbers import exact

LONGEST = 4096
"""Kernels beyond this are not followed tap by tap."""


class Sight(NamedTuple):
    """Of a window along one axis: taps that meet the map at some output, and outputs that see it at
    some tap."""

    taps: int
    outputs: int


def only_padding(subject: Subject) -> Iterator[Finding]:
    """Weights that only ever meet padding, or outputs that see nothing else."""
    blamed = [node for node in subject.graph.layers if slides(node) and _is_blind(node)]
    for nodes in places(blamed):
        yield _blind(subject, nodes)


def _is_blind(node: Node) -> bool:
    windows = _padded(node)
    if not any(s.before or s.after for s in windows) or max(s.kernel for s in windows) > LONGEST:
        return False
    return any(
        _may_be_blind(s) and (_sight(s).taps < s.kernel or _sight(s).outputs < s.output)
        for s in windows
    )


def _padded(node: Node) -> tuple[Slide, ...]:
    """The windows over what was there before `pad` layers put zeros around it."""
    windows, source = slides(node), node.inputs[0]
    while isinstance(source.layer, Pad):
        edges = source.layer.edges(source.shapes[0])
        windows = tuple(
            s._replace(size=s.size - b - a, before=s.before + b, after=s.after + a)
            for s, (b, a) in zip(windows, edges, strict=True)
        )
        source = source.inputs[0]
    return windows


def _may_be_blind(slide: Slide) -> bool:
    """Whether padding can hold a window whole, or keep a tap out of the map: not where the map is
    at least as large as the window, and the padding smaller."""
    return max(slide.before, slide.after) >= slide.extent or slide.size < slide.extent


def _sight(slide: Slide) -> Sight:
    """What of the kernel and of the output meets the map along one axis."""
    last = (slide.output - 1) * slide.stride
    starts = [tap * slide.dilation - slide.before for tap in range(slide.kernel)]
    taps = sum(_hits(start, last, slide) for start in starts)
    seen = set().union(*(_seeing(start, slide) for start in starts))
    return Sight(taps, len(seen))


def _seeing(start: int, slide: Slide) -> range:
    """The outputs at which the tap that begins at `start` meets the map."""
    first = max(0, -(start // slide.stride))
    stop = min(slide.output, (slide.size - 1 - start) // slide.stride + 1)
    return range(first, max(stop, first))


def _hits(start: int, last: int, slide: Slide) -> bool:
    """Whether that tap meets the map at all."""
    return len(_seeing(start, slide)) > 0


def _blind(subject: Subject, nodes: list[Node]) -> Finding:
    node = nodes[0]
    windows = _padded(node)
    sights = [_sight(slide) for slide in windows]
    all_taps, taps = prod(s.kernel for s in windows), prod(s.taps for s in sights)
    outputs, seeing = prod(s.output for s in windows), prod(s.outputs for s in sights)
    sizes = times(s.size for s in windows)
    if isinstance(node.layer, Conv) and taps < all_taps:
        params = sum(_unused(subject, node, all_taps, taps) for node in nodes)
        message = (
            f"{all_taps - taps} of the {all_taps} taps of this window only ever meet padding: "
            f"the map is {sizes}, the window spans {times(s.extent for s in windows)}"
        )
        kernel = times(s.taps for s in sights)
        hint = f"`kernel: {kernel}` or a smaller `dilation`: {exact(params)} parameters are idle"
        return finding(nodes, message, hint)
    message = (
        f"{exact(outputs - seeing)} of {exact(outputs)} outputs see nothing but padding: the map "
        f"is {sizes}, {times(max(s.before, s.after) for s in windows)} is put around it"
    )
    extent = times(s.extent - 1 for s in windows)
    return finding(nodes, message, f"at most {extent} of padding before a window of its size")


def _unused(subject: Subject, node: Node, all_taps: int, taps: int) -> int:
    """Weights at the taps that meet nothing."""
    assert node.layer is not None
    weight = max((w.size for w in node.layer.weights(*node.shapes)), default=0)
    return 0 if node.shares else weight // all_taps * (all_taps - taps)
