"""What is told of a network and its boxes, in a line: where a pointer rests, to who listens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cnncalc.analysis import Row, Summary
from cnncalc.analysis.layout.diagram import Box
from cnncalc.layers.base import Layer, times
from cnncalc.layers.fields import counted
from cnncalc.layers.windows import Slide, Sliding
from cnncalc.network.graph import Graph, Node
from cnncalc.numbers import exact, rounded
from cnncalc.report.said_fields import said_fields
from cnncalc.report.table.columns import field_of

MOST_READ = 4
"""Maps that a box reads, that are told."""


def in_short(summary: Summary) -> str:
    """A network in a line: `LeNet-5: 12 layers, 1x32x32 -> 10, 61,706 params, 416,520 MACs`."""
    graph, totals = summary.graph, summary.totals
    reads = " + ".join(times(node.shape) for node in graph.inputs.values())
    gives = " + ".join(times(node.shape) for node in graph.heads.values())
    numbers = f"{exact(totals.params.total)} params, {rounded(totals.ops.macs)} MACs"
    return f"{graph.name}: {counted(totals.layers, 'layer')}, {reads} -> {gives}, {numbers}"


def in_full(graph: Graph) -> str:
    """What its spec says of it, and where it is from."""
    return " ".join(f"{graph.about} {graph.source}".split())


def told(box: Box, row: Row) -> str:
    """All of a box in a line: what it is, reads, makes, holds, costs."""
    node, layer = row.node, row.node.layer if box.part.node else None
    what = [f"{box.part.path or node.path}: {box.part.kind}"]
    what += _fields(layer, node) if layer else [counted(row.layers, "layer")]
    if box.times > 1:
        what.append(f"{box.times} alike, one behind another, numbers of each")
    reads = _named(node.inputs if layer else tuple(box.part.reads))
    makes = times(box.part.output.shape)
    numbers = [f"{exact(row.params.total)} params", f"{rounded(row.ops.macs)} MACs"]
    if field := field_of(row):
        numbers.append(f"field {field}")
    said = [
        what,
        [f"{reads} -> {makes}" if reads else makes],
        _held(node) if layer else (),
        numbers,
    ]
    return "; ".join(filter(None, map(", ".join, said)))


def _fields(layer: Layer, node: Node) -> Iterator[str]:
    """`kernel 7`, `padding half: 3`: what a word of padding comes to on a map, and the stride that
    is the kernel's where none is given."""
    slides = layer.slides(node.shapes[0]) if isinstance(layer, Sliding) else ()
    for name, value in said_fields(layer):
        if name == "padding" and value.isalpha() and slides:
            value += f": {_along(_side(slide) for slide in slides)}"
        yield f"{name} {value}"
    if slides and layer.values().get("stride", 0) is None:
        yield f"stride {_along(str(slide.stride) for slide in slides)}"


def _side(slide: Slide) -> str:
    """Padding: `3`, or before and after, `0+1`."""
    before, after = slide.before, slide.after
    return str(before) if before == after else f"{before}+{after}"


def _along(texts: Iterable[str]) -> str:
    """One for all axes, or one for each."""
    found = list(texts)
    return found[0] if len({*found}) == 1 else "x".join(found)


def _named(nodes: Sequence[Node]) -> str:
    """Maps with their sizes; of many, some."""
    named = [f"{node.path} {times(node.shape)}" for node in nodes[:MOST_READ]]
    more = [f"{len(nodes) - MOST_READ} more"] if len(nodes) > MOST_READ else []
    return " + ".join(named + more)


def _held(node: Node) -> Iterator[str]:
    """The weights of a layer and its buffers, by their names."""
    if node.shares:
        yield f"uses the weights of {node.shares.path}"
    else:
        yield from (f"{each.name} {times(each.shape)}".rstrip() for each in node.weights)
    if node.frozen:
        yield "frozen"
