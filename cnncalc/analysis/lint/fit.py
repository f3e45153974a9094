"""Sizes that do not divide."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.analysis.lint.rule import rule
from cnncalc.analysis.lint.subject import (
    SIDES,
    Advice,
    Subject,
    advice,
    places,
)
from cnncalc.layers.base import times
from cnncalc.layers.pooling.pool import Pool
from cnncalc.layers.windows import Slide
from cnncalc.network.graph import Node


@rule(
    "CNN901",
    "warning",
    "rows or columns that are never read",
    """The windows of a layer do not fit its input: `(W - F + 2P)/S + 1` is not whole, and behind
    the last window stand rows or columns of the map that nothing reads. What was computed there is
    lost, always on the same side of the image. `rounding: ceil` lets a pool read them; else change
    padding, or the size that arrives. `fit: strict` makes it an error.""",
    """
input: 3x32x32
layers:
  - conv: {filters: 16, kernel: 3}
  - relu
  - max_pool: 4
""",
    """
input: 3x32x32
layers:
  - conv: {filters: 16, kernel: 3}
  - relu
  - max_pool: 2
""",
)
def does_not_fit(subject: Subject) -> Iterator[Advice]:
    """Rows or columns that no window of a layer reads."""
    for nodes in places(row.node for row in subject.summary.rows if any(row.lost)):
        yield _unread(subject, nodes)


def _unread(subject: Subject, nodes: list[Node]) -> Advice:
    node = nodes[0]
    sizes, lost = node.shapes[0][1:], subject.rows[node].lost
    named = zip(lost, SIDES[len(lost)], strict=True)
    unread = [f"the last {f'{n} {word}s' if n > 1 else word}" for n, word in named if n]
    verb = "is" if len(unread) == max(lost) == 1 else "are"
    slide = next(s for s in subject.slides[node] if s.lost)
    padded = f" + {slide.before + slide.after}" if slide.before + slide.after else ""
    room = f"({slide.size} - {slide.extent}{padded})/{slide.stride} + 1"
    message = (
        f"`{node.kind}` does not fit {times(sizes)}: {room} = "
        f"{slide.room / slide.stride + 1:.2f}; {' and '.join(unread)} {verb} never read"
    )
    smaller = times(s.size - s.unread for s in subject.slides[node])
    larger = times(s.size - s.unread + (s.stride if s.unread else 0) for s in subject.slides[node])
    hint = f"a map of {smaller} or {larger} fits"
    if isinstance(node.layer, Pool):
        hint = f"`rounding: ceil` reads all of it; {hint}"
    return advice(nodes, message, hint)


@rule(
    "CNN902",
    "note",
    "the input is no multiple of the total stride",
    """Each layer with a stride divides the sides of the map. Where the input's sides are not
    divisible by the product of all strides, sizes are rounded on the way: rows get lost, or the
    last windows hang over into the padding, and what is upsampled again does not come out at the
    same size. Where corners are put on corners on the way up, sides one longer than a multiple come
    out even. Said of networks that otherwise keep or divide sizes evenly; where unpadded windows
    eat into the map, other sizes fit.""",
    """
input: 3x225x225
layers:
  - conv: {filters: 32, kernel: 3, stride: 2, padding: half}
  - relu
  - conv: {filters: 64, kernel: 3, stride: 2, padding: half}
""",
    """
input: 3x224x224
layers:
  - conv: {filters: 32, kernel: 3, stride: 2, padding: half}
  - relu
  - conv: {filters: 64, kernel: 3, stride: 2, padding: half}
""",
)
def indivisible(subject: Subject) -> Iterator[Advice]:
    """An input whose sides the total stride does not divide, in a network that otherwise keeps or
    divides sizes evenly: where unpadded windows eat into the map, no multiple is better."""
    sizes = subject.image()
    if not sizes:
        return
    strides = [1] * len(sizes)
    rounded: list[list[int]] = [[size] for size in sizes]
    for row in subject.summary.rows:
        axes = row.receptive.axes
        for axis, slide in enumerate(subject.slides[row.node] if axes else ()):
            if not _divides(slide) and slide.extent < slide.size:
                return
            stride = axes[axis].stride if axes and axis < len(axes) else 1
            if slide.stride == 1 or axis >= len(strides):
                continue
            if isinstance(stride, int) and stride > strides[axis]:
                strides[axis] = stride
                rounded[axis].append(slide.output)
    edge = 1 if _meets_corners(subject) else 0
    if all((size - edge) % stride == 0 for size, stride in zip(sizes, strides, strict=True)):
        return
    yield _next_sizes(subject, sizes, strides, rounded, edge)


def _meets_corners(subject: Subject) -> bool:
    """Whether it strides from corner to corner, and upsamples with corners on corners: then sides
    are best a multiple and 1."""
    strided = (s for row in subject.summary.rows for s in subject.slides[row.node] if s.stride > 1)
    return any(
        getattr(row.node.layer, "align_corners", False) for row in subject.summary.rows
    ) and all(slide.extent - 1 == slide.before + slide.after for slide in strided)


def _divides(slide: Slide) -> bool:
    """Whether it makes W/S of any W that S divides."""
    room = slide.stride - slide.extent + slide.before + slide.after
    return -slide.stride < room <= 0 if slide.ceil else 0 <= room < slide.stride


def _next_sizes(
    subject: Subject,
    sizes: tuple[int, ...],
    strides: list[int],
    rounded: list[list[int]],
    edge: int,
) -> Advice:
    """edge: what is best left over when a side is divided"""
    pairs = list(zip(sizes, strides, strict=True))
    axis = next(axis for axis, (size, stride) in enumerate(pairs) if (size - edge) % stride)
    steps = " -> ".join(map(str, rounded[axis]))
    message = (
        f"sides of {times(sizes)} are no multiple of the network's stride of {strides[axis]}"
        f"{' and 1' if edge else ''}: "
        f"{steps} is rounded on the way"
    )
    smaller = times(max((n - edge) // stride, 1) * stride + edge for n, stride in pairs)
    larger = times(-(-(n - edge) // stride) * stride + edge for n, stride in pairs)
    options = dict.fromkeys([smaller, larger])
    hint = f"{' or '.join(options)} divides at every layer"
    node = next(iter(subject.graph.inputs.values()))
    return Advice(node.span, message, hint)
