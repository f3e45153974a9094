"""The arithmetic of one layer, with its numbers put in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from math import prod
from textwrap import fill

from cnncalc.analysis import Row, Summary
from cnncalc.analysis.effective import Spread, spread, spreads
from cnncalc.analysis.receptive import AxisField, Receptive, channel_fields
from cnncalc.analysis.receptive.channels import Channels
from cnncalc.layers.base import Arithmetic, Axis, Layer, Ops, Weight, times
from cnncalc.layers.fields import counted
from cnncalc.network.graph import Node
from cnncalc.numbers import edge, exact, is_or_are
from cnncalc.records import NamedTuple
from cnncalc.report.said_fields import said_fields
from cnncalc.report.table.columns import field
from cnncalc.text import line

WIDTH = 100
TIED = "\N{NO-BREAK SPACE}"  # while lines are broken: between words that stay together

MOST_RANGES = 8
"""Of channels that see differently, that are said."""

AXES = {1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}


class Outlook(NamedTuple):
    """What the channels of layers that have places see, and how far into it their outputs look."""

    channels: Mapping[Node, Channels]
    spreads: Mapping[Node, Spread | None]


def outlook_of(summary: Summary, rows: Iterable[Row]) -> Outlook:
    """That of some layers, found together."""
    local = [row.node for row in rows if row.receptive.axes]
    channels = channel_fields(summary.graph, summary.receptive, local)
    found = spreads(local, summary.receptive)
    if len(local) == 1:  # behind joins it takes time as the network has layers
        found = {node: spread(node, summary.receptive) for node in local}
    return Outlook(channels, found)


class Fact(NamedTuple):
    """A line of an explanation: a quantity, and how it comes about."""

    quantity: str
    text: str


def explanation(summary: Summary, row: Row, width: int | None = None) -> str:
    """One layer: what it makes of what, and every number with its formula; in lines of at most
    `width`, as far as no number is broken for it."""
    node = row.node
    inputs = " + ".join(times(shape) for shape in node.shapes)
    place = f"{node.span.source.name}:{node.span.line}"
    head = f"{node.path}   {node.kind}   {inputs} -> {times(node.shape)}"
    found = list(facts(summary, row))
    quantities = max(len(fact.quantity) for fact in found)
    lines = [_line(fact, quantities, min(width or WIDTH, WIDTH)) for fact in found]
    return "\n".join([_head(line(head), line(place), width), *lines]) + "\n"


def _head(head: str, place: str, width: int | None) -> str:
    """What the layer makes of what, and where it is written; below it where there is no room."""
    if width is None or len(head) + 3 + len(place) <= width:
        return f"{head}   {place}"
    return "\n".join(_filled(text, width, "", "  ") for text in (head, place))


def _line(fact: Fact, quantities: int, width: int) -> str:
    head = f"  {fact.quantity.ljust(quantities)}   "
    return _filled(line(fact.text), width, head, " " * len(head)).replace(TIED, " ")


def _filled(text: str, width: int, first: str, others: str) -> str:
    """A paragraph; what has no room on a line of its own is broken behind an operator."""
    room = max(width - len(others), 1)
    words = re.sub(rf"\S{{{room + 1},}}", lambda found: _broken(found.group(), room), text)
    return fill(
        words,
        width,
        initial_indent=first,
        subsequent_indent=others,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _broken(word: str, room: int) -> str:
    """A long word in pieces, each as long as there is room and none within a number."""
    pieces = re.findall(rf".{{1,{room}}}(?:(?<=[^0-9.,])|(?![0-9.,]))|[0-9.,]+", word)
    return " ".join(pieces)


def facts(summary: Summary, row: Row, outlook: Outlook | None = None) -> Iterator[Fact]:
    """Every number of one layer, and how it comes about; outlook: of the layer among others, for
    who asks of many."""
    node, layer = row.node, row.node.layer
    assert layer is not None
    yield from _fields(layer)
    arithmetic = layer.arithmetic(*node.shapes)
    yield from _output(node, arithmetic)
    yield from _fit(node, layer)
    yield from _statistics(node, layer)
    yield from _params(row, layer.weights(*node.shapes))
    yield from _neurons(row)
    yield from _ops(row.ops, arithmetic.macs) if not layer.stated else _stated(row.ops)
    yield from _receptive(summary, row, outlook or outlook_of(summary, [row]))


def _fields(layer: Layer) -> Iterator[Fact]:
    if said := [f"{name}{TIED}{value}" for name, value in said_fields(layer)]:
        yield Fact("fields", ", ".join(said))


# -- sizes ----------------------------------------------------------------------------------


def _output(node: Node, arithmetic: Arithmetic) -> Iterator[Fact]:
    """A formula for each size that the layer computes; axes that agree share a line."""
    channels, *space = node.shape
    equations = []
    if arithmetic.channels:
        name = "channels " if space else ""
        equations.append(name + _equation(arithmetic.channels, channels))
    along = [_equation(*pair) for pair in zip(arithmetic.space, space, strict=False)]
    if len(set(along)) > 1:
        along = [f"{name} {text}" for name, text in zip(AXES[len(along)], along, strict=True)]
    equations += along[:1] if len(set(along)) == 1 else along
    for number, equation in enumerate(equations or [times(node.shape)]):
        yield Fact("output" if number == 0 else "", equation)


def _equation(formula: str, value: int) -> str:
    """`2*3 = 6`; a formula that is the number itself stands alone."""
    return exact(value) if formula == str(value) else f"{formula} = {exact(value)}"


def _fit(node: Node, layer: Layer) -> Iterator[Fact]:
    """Where the division leaves a rest: how many windows there would be room for, and what is
    never read."""
    rest, lost = layer.rest(*node.shapes), layer.lost(*node.shapes)
    if not any(rest):
        return
    steps = [axis.step for axis in layer.window(*node.shapes).axes]
    room = [
        f"{size + left / step:.2f}"
        for size, left, step in zip(node.shape[1:], rest, steps, strict=True)
    ]
    windows = room[0] if len(set(room)) == 1 else times(room)
    if any(lost):
        what = f"the last {edge(lost)} of the input {is_or_are(lost)} never read"
        yield Fact("", f"does not fit: room for {windows} windows; {what}")
    else:
        what = f"the last {edge(rest)} of padding {is_or_are(rest)} not read"
        yield Fact("", f"rounded down from {windows}: {what}")


def _statistics(node: Node, layer: Layer) -> Iterator[Fact]:
    """Of a norm: over what it takes means, and whose they are at test time."""
    found = layer.statistics(*node.shapes)
    if found:
        both = times(found.shape), times(("N", *node.shapes[0]))
        when = "at test time the running ones" if found.running else "at test time as in training"
        when = "in training and at test time those that are kept" if found.fixed else when
        yield Fact("statistics", f"{both[0]} of {both[1]}; {when}")


# -- counts ---------------------------------------------------------------------------------


def _params(row: Row, weights: tuple[Weight, ...]) -> Iterator[Fact]:
    params = [weight for weight in weights if not weight.buffer]
    buffers = [weight for weight in weights if weight.buffer]
    if row.node.shares and not row.node.own:
        yield Fact("params", f"0: uses the weights of `{row.node.shares.path}`")
    elif params:
        frozen = ", frozen" if row.node.frozen else ""
        total = exact(sum(weight.size for weight in params))
        formula = " + ".join(_product(weight) for weight in params)
        yield Fact("params", f"{formula} = {total}{frozen}")
        yield Fact("", ", ".join(f"{w.name} {times(w.shape)}" for w in params))
    else:
        yield Fact("params", "0")
    if buffers and not row.node.shares:
        total = exact(sum(weight.size for weight in buffers))
        yield Fact("buffers", f"{' + '.join(map(_product, buffers))} = {total}")
        yield Fact("", ", ".join(f"{w.name} {times(w.shape)}".rstrip() for w in buffers))


def _product(weight: Weight) -> str:
    """`96 * (3*11*11)`."""
    if not weight.shape:
        return "1"
    first, *others = weight.shape
    if not others:
        return str(first)
    product = "*".join(map(str, others))
    return f"{first} * ({product})" if len(others) > 1 else f"{first} * {product}"


def _neurons(row: Row) -> Iterator[Fact]:
    """Of a layer whose outputs are dot products of one length: how many, and how long."""
    if not row.dot_product:
        return
    said = _equation("*".join(map(str, row.node.shape)), prod(row.node.shape))
    yield Fact("neurons", f"{said}, each a dot product of {counted(row.dot_product, 'number')}")
    yield Fact("", f"{exact(row.connections)} connections: weights and biases, wherever used")


def _stated(ops: Ops) -> Iterator[Fact]:
    """Of a layer of which nothing else is known."""
    yield Fact("MACs", exact(ops.macs))
    yield Fact("stated", "its params and MACs, by the spec: nothing computed or compared them")
    yield Fact("FLOPs", "unknown")


def _ops(ops: Ops, formula: str) -> Iterator[Fact]:
    yield Fact("MACs", f"{formula} = {exact(ops.macs)}" if formula else exact(ops.macs))
    parts = [f"2*{exact(ops.macs)}"] if ops.macs else []
    sorts = zip(Ops._fields[1:], ops[1:], strict=True)
    parts += [f"{exact(count)} {name}" for name, count in sorts if count]
    yield Fact("FLOPs", f"{' + '.join(parts)} = {exact(ops.flops)}" if parts else "0")


# -- receptive field ------------------------------------------------------------------------


def _receptive(summary: Summary, row: Row, outlook: Outlook) -> Iterator[Fact]:
    node, receptive = row.node, row.receptive
    if receptive.axes is None:
        fact = "the whole input" if receptive.everything else "unknown"
        yield Fact("field", fact)
        return
    if not receptive.axes:
        return
    read = [summary.receptive[source] for source in node.inputs]
    if node.layer and node.layer.joins:
        yield from _joined(node, receptive, read)
    else:
        yield from _slid(node, receptive, read[0])
    if receptive.everything:
        yield Fact("", "and the whole input besides, through a gate, a norm or attention")
    if receptive.at_most:
        yield Fact("", "at most: not all channels that are read are told apart")
    yield from _by_channels(outlook.channels[node])
    yield from _effective(outlook.spreads[node], receptive.axes)


def _effective(found: Spread | None, axes: Sequence[AxisField]) -> Iterator[Fact]:
    """How much of its field most of what reaches an output comes from, where that can be told, and
    is less."""
    sides = [round(4 * one) for one in found or ()]
    if sides and all(0 < side < axis.size for side, axis in zip(sides, axes, strict=True)):
        fact = "2 standard deviations of the gradient to each side, for random weights"
        yield Fact("", f"effective about {times(sides)}, an estimate: {fact}")


def _by_channels(channels: Channels) -> Iterator[Fact]:
    """`channels 0 to 3: 1x1, 4: 5x5`, where they do not all see the same."""
    ranges, fields = channels
    if len(fields) == 1:
        return
    shown = islice(ranges.each, MOST_RANGES)
    spans = [f"{_span(channels)}: {field(fields[kind])}" for channels, kind in shown]
    more = ", ..." if len(ranges.ends) > MOST_RANGES else ""
    yield Fact("", f"channels {', '.join(spans)}{more}")


def _span(channels: range) -> str:
    """`4 to 7`, `3`."""
    last = channels[-1]
    return f"{channels[0]} to {last}" if last > channels[0] else str(last)


def _slid(node: Node, receptive: Receptive, before: Receptive) -> Iterator[Fact]:
    """`1 + (11 - 1)*1 = 11, stride 1*4 = 4` along each axis that differs."""
    assert node.layer is not None
    assert receptive.axes is not None
    axes = node.layer.window(*node.shapes).axes
    texts = [
        _axis(field, axes[i], before.axes[i]) if axes and before.axes else _seen(field)
        for i, field in enumerate(receptive.axes)
    ]
    if len(set(texts)) == 1:
        texts = texts[:1]
    for number, text in enumerate(texts):
        yield Fact("field" if number == 0 else "", text)


def _axis(field: AxisField, axis: Axis, before: AxisField) -> str:
    if field.period > 1 or before.period > 1 or axis.period > 1:
        return _seen(field)
    taps = axis.taps[0]
    extent = taps[-1] - taps[0] + 1
    if before.size + (extent - 1) * before.stride != field.size:
        return _seen(field)  # of some of the channels before
    size = f"{before.size} + ({extent} - 1)*{before.stride} = {field.size}"
    first, (low, high) = taps[0], field.phases[0] or (0, 0)
    starts = f"output 0 sees {low} to {high}"
    return f"{size}, stride {before.stride}*{axis.step} = {field.stride}, {starts}" + (
        "" if first >= 0 and low >= 0 else " (below 0 is padding)"
    )


def _seen(field: AxisField) -> str:
    """What each phase sees."""
    if field.period == 1:
        low, high = field.phases[0] or (0, 0)
        return f"{field.size}, stride {field.stride}, output 0 sees {low} to {high}"
    sizes = [seen[1] - seen[0] + 1 if seen else 0 for seen in field.phases]
    shown = ", ".join(map(str, sizes[:8])) + (", ..." if len(sizes) > 8 else "")
    return (
        f"{field.size} at most; of {field.period} outputs in turn {shown}, stride {field.stride:g}"
    )


def _joined(node: Node, receptive: Receptive, branches: list[Receptive]) -> Iterator[Fact]:
    parts = [
        f"{field(branch)} of `{source.path}`"
        for source, branch in zip(node.inputs, branches, strict=True)
    ]
    yield Fact("field", f"{field(receptive)}: the union of {', '.join(parts)}")
    if receptive.misaligned:
        yield Fact("", f"misaligned: the branches are centred {receptive.misaligned:g} px apart")
