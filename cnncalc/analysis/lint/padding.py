"""Windows in the padding."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from cnncalc.analysis.lint.rule import rule
from cnncalc.analysis.lint.subject import Advice, Subject, advice, places, size
from cnncalc.layers.base import times
from cnncalc.layers.convolution.conv import Conv
from cnncalc.layers.moving.reshape import Pad
from cnncalc.layers.windows import Slide, Sliding
from cnncalc.network.graph import Node
from cnncalc.numbers import exact
from cnncalc.records import NamedTuple

FEW = 0.25
"""Share of the outputs that may see nothing: where sizes do not divide, a last row does."""

LONGEST = 4096
"""Kernels beyond this are not followed tap by tap."""


class Sight(NamedTuple):
    """Of a window along one axis: taps that meet the map at some output, and outputs that see it at
    some tap."""

    taps: int
    outputs: int


@rule(
    "CNN911",
    "warning",
    "windows that see only padding",
    """Some weights of a convolution never meet anything but the zeros around the map, or a quarter
    of its outputs see nothing else. A dilation as large as the map leaves of a 3x3 kernel its
    middle; a 3x3 kernel over a 1x1 map likewise. Those weights are never trained, those outputs are
    constant.""",
    """
input: 16x14x14
layers:
  - conv: {filters: 16, kernel: 3, dilation: 18, padding: half}
""",
    """
input: 16x14x14
layers:
  - conv: {filters: 16, kernel: 3, dilation: 6, padding: half}
""",
)
def only_padding(subject: Subject) -> Iterator[Advice]:
    """Weights that only ever meet padding, and outputs that see nothing else."""
    seen = {
        node: _sights(subject, node) for node in subject.graph.layers if _is_padded(subject, node)
    }
    idle = [
        node
        for node in seen
        if isinstance(node.layer, Conv) and _taps(subject, node, seen[node]) < 1
    ]
    for nodes in places(idle):
        yield _idle(subject, nodes, seen[nodes[0]])
    blind = [n for n in seen if n not in idle and _outputs(n, seen[n]) < 1 - FEW]
    for nodes in places(blind):
        yield _blind(subject, nodes, seen[nodes[0]])


def _is_padded(subject: Subject, node: Node) -> bool:
    """Whether padding can hold its window whole, or keep a tap out of the map: not where the map
    is at least as large as the window, and the padding smaller."""
    return any(
        s.kernel <= LONGEST and (max(s.before, s.after) >= s.extent or s.size < s.extent)
        for s in _windows(subject, node)
    )


def _windows(subject: Subject, node: Node) -> tuple[Slide, ...]:
    """The windows over what was there before `pad` layers put zeros around it. A padding that
    repeats the map is some of it."""
    windows = subject.slides[node]
    if isinstance(node.layer, Sliding) and not node.layer.blank:
        return tuple(
            s._replace(size=s.size + s.before + s.after, before=0, after=0) for s in windows
        )
    for pad in _pads(node) if windows else ():
        edges = pad.layer.edges(pad.shapes[0]) if isinstance(pad.layer, Pad) else []
        windows = tuple(
            s._replace(size=s.size - b - a, before=s.before + b, after=s.after + a)
            for s, (b, a) in zip(windows, edges, strict=True)
        )
    return windows


def _pads(node: Node) -> list[Node]:
    """The `pad` layers right before a node whose padding says nothing of the map."""
    found: list[Node] = []
    while isinstance(pad := node.inputs[0].layer, Pad) and pad.mode == "constant":
        node = node.inputs[0]
        found.append(node)
    return found


def _sights(subject: Subject, node: Node) -> tuple[Sight, ...]:
    return tuple(_sight(slide) for slide in _windows(subject, node))


def _sight(slide: Slide) -> Sight:
    """What of the kernel and of the output meets the map along one axis."""
    if slide.kernel > LONGEST:
        return Sight(slide.kernel, slide.output)
    meets = [_meets(tap * slide.dilation - slide.before, slide) for tap in range(slide.kernel)]
    return Sight(sum(len(found) > 0 for found in meets), _together(meets))


def _together(meets: list[range]) -> int:
    """How many numbers several ranges hold."""
    count, end = 0, 0
    for found in sorted(meets, key=lambda found: found.start):
        count += max(0, found.stop - max(found.start, end))
        end = max(end, found.stop)
    return count


def _meets(start: int, slide: Slide) -> range:
    """The outputs at which the tap that begins at `start` is on the map."""
    first = max(0, -(start // slide.stride))
    stop = min(slide.output, (slide.size - 1 - start) // slide.stride + 1)
    return range(first, max(stop, first))


def _taps(subject: Subject, node: Node, sights: tuple[Sight, ...]) -> float:
    """Share of the window that meets the map."""
    return prod(sight.taps for sight in sights) / prod(s.kernel for s in subject.slides[node])


def _outputs(node: Node, sights: tuple[Sight, ...]) -> float:
    """Share of the outputs that see something of the map."""
    return prod(sight.outputs for sight in sights) / prod(node.shape[1:])


def _idle(subject: Subject, nodes: list[Node], sights: tuple[Sight, ...]) -> Advice:
    windows = _windows(subject, nodes[0])
    taps, met = prod(s.kernel for s in windows), prod(sight.taps for sight in sights)
    params = sum(_weight(node) // taps * (taps - met) for node in nodes)
    message = (
        f"{taps - met} of the {taps} taps of this window only ever meet padding: the map is "
        f"{times(s.size for s in windows)}, the window spans {times(s.extent for s in windows)}"
    )
    kernel = size(sight.taps for sight in sights)
    hint = f"`kernel: {kernel}`, or a smaller `dilation`: {exact(params)} parameters do nothing"
    return advice(nodes, message, hint)


def _weight(node: Node) -> int:
    """Numbers in its kernel, unless they are another's."""
    if node.layer is None or node.shares:
        return 0
    return max((weight.size for weight in node.weights), default=0)


def _blind(subject: Subject, nodes: list[Node], sights: tuple[Sight, ...]) -> Advice:
    node, windows = nodes[0], _windows(subject, nodes[0])
    total = prod(node.shape[1:])
    margin = size(max(s.before, s.after) for s in windows)
    none = total - prod(sight.outputs for sight in sights)
    message = (
        f"{exact(none)} of {exact(total)} outputs see nothing but padding: "
        f"{times(s.size for s in windows)} is padded by {margin}, the "
        f"window spans {times(s.extent for s in windows)}"
    )
    hint = f"at most {size(s.extent - 1 for s in windows)} of padding: a window meets the map then"
    pads = _pads(node)
    at = [pads[0]] if pads and all(s.before < s.extent for s in subject.slides[node]) else nodes
    return advice(at, message, hint)
