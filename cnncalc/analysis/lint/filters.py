"""Filters that a cheaper piece replaces."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from cnncalc.analysis.lint.rule import rule
from cnncalc.analysis.lint.subject import (
    Advice,
    Subject,
    advice,
    is_pointwise,
    places,
)
from cnncalc.layers.convolution.conv import Conv
from cnncalc.layers.fields import counted
from cnncalc.network.graph import Node
from cnncalc.numbers import exact, rounded
from cnncalc.records import NamedTuple

NARROWEST = 16
"""Channels below which no stack is proposed: the first layer reads an image."""

WORTH = 0.02
"""Share of the network's parameters or MACs that must be saved."""

EXPENSIVE = 1 / 3
"""Share of the network's MACs of a filter that wants a bottleneck before it."""

WIDE = 256
"""Channels below which no bottleneck is proposed."""

COUNTS = {2: "two", 3: "three", 4: "four", 5: "five"}


class Filter(NamedTuple):
    """A square convolution: its kernel, and per group the channels it reads and makes."""

    kernel: int
    reads: int
    makes: int
    groups: int
    rank: int
    inputs: int
    outputs: int

    @property
    def taps(self) -> int:
        """Positions of a window."""
        return int(self.kernel**self.rank)

    @property
    def weights(self) -> int:
        """Weights, without bias."""
        return self.groups * self.taps * self.reads * self.makes


class Saving(NamedTuple):
    """What is less in another's place."""

    params: int
    macs: int

    def plus(self, other: Saving) -> Saving:
        """Both together."""
        return Saving(self.params + other.params, self.macs + other.macs)


def _filter(subject: Subject, node: Node) -> Filter | None:
    """A layer as a square filter over more than one axis; None where it is none."""
    layer, windows = node.layer, subject.slides[node]
    if not isinstance(layer, Conv) or layer.table or len(windows) < 2:
        return None
    if len({s.kernel for s in windows}) > 1 or any(s.dilation > 1 for s in windows):
        return None
    if prod(node.shape[1:]) == 1 or node.shares:
        return None  # the whole map in one window is a fully connected layer
    groups, rank = layer.groups, len(windows)
    reads, makes = node.shapes[0][0] // groups, layer.filters // groups
    inputs, outputs = prod(node.shapes[0][1:]), prod(node.shape[1:])
    return Filter(windows[0].kernel, reads, makes, groups, rank, inputs, outputs)


# -- large filters --------------------------------------------------------------------------


@rule(
    "CNN905",
    "note",
    "a large filter where small ones do",
    """Two 3x3 convolutions in a row see 5x5, three see 7x7: with 18*C*C instead of 25*C*C weights,
    and 27 instead of 49, and a nonlinearity more (Simonyan & Zisserman 2015). A 1xn convolution and
    an nx1 behind it see nxn with 2n instead of n*n (Szegedy 2016). Said of odd square filters over
    at least 16 channels, where it saves 2% of the network's parameters or MACs; the stack is taken
    through the narrower of the two widths.""",
    """
input: 3x32x32
layers:
  - conv: {filters: 64, kernel: 3, padding: half}
  - relu
  - conv: {filters: 64, kernel: 5, padding: half}
""",
    """
input: 3x32x32
layers:
  - conv: {filters: 64, kernel: 3, padding: half}
  - repeat: 2
    layers: [relu, {conv: {filters: 64, kernel: 3, padding: half}}]
""",
)
def large_filters(subject: Subject) -> Iterator[Advice]:
    """Odd filters from 5x5 on that a stack of 3x3 with the same receptive field undercuts."""
    for nodes in places(
        node for node in subject.graph.layers if _stackable(_filter(subject, node))
    ):
        found = [one for node in nodes if (one := _filter(subject, node))]
        saved = Saving(0, 0)
        for one in found:
            saved = saved.plus(_stack(one))
        if saved.params >= WORTH * subject.params or saved.macs >= WORTH * subject.macs:
            yield _smaller(nodes, found[0], saved)


def _stackable(one: Filter | None) -> bool:
    if one is None or one.kernel < 5 or one.kernel % 2 == 0 or one.reads < NARROWEST:
        return False
    return min(_stack(one)) > 0


def _stack(one: Filter) -> Saving:
    """3x3 filters through the narrower of both widths; the last one strides."""
    width, taps = min(one.reads, one.makes), 3**one.rank
    inner = taps * width * (one.reads + ((one.kernel - 1) // 2 - 2) * width) * one.groups
    last = taps * width * one.makes * one.groups
    macs = one.weights * one.outputs - inner * one.inputs - last * one.outputs
    return Saving(one.weights - inner - last, macs)


def _line(one: Filter) -> Saving:
    """1xn, then nx1 (two axes)."""
    width = min(one.reads, one.makes)
    first = one.kernel * width * one.reads * one.groups
    last = one.kernel * width * one.makes * one.groups
    macs = one.weights * one.outputs - first * one.inputs - last * one.outputs
    return Saving(one.weights - first - last, macs)


def _smaller(nodes: list[Node], one: Filter, saved: Saving) -> Advice:
    size, small = (f"{'x'.join([str(k)] * one.rank)}" for k in (one.kernel, 3))
    count, width, taps = (one.kernel - 1) // 2, min(one.reads, one.makes), 3**one.rank
    channels = f"{one.reads}*{one.makes}"
    groups = f"{one.groups}*" if one.groups > 1 else ""
    makes = counted(one.makes * one.groups, "channel")
    message = (
        f"a {size} filter from {one.reads * one.groups} to {makes} has "
        f"{groups}{one.taps}*{channels} = {counted(one.weights, 'weight')}"
    )
    terms = [f"{taps}*{one.reads}*{width}", *[f"{taps}*{width}*{width}"] * (count - 2)]
    terms.append(f"{taps}*{width}*{one.makes}")
    stack = " + ".join(terms)
    if one.reads == one.makes:
        stack = f"{count * taps}*{channels}"
    what = f"{groups}({stack})" if groups else stack
    hint = (
        f"{COUNTS.get(count, str(count))} {small} in its place see the same {size} with {what}: "
        f"{_less(saved)}{' in all' if len(nodes) > 1 else ''}"
    )
    line = _line(one)
    if one.rank == 2 and min(line) > 0:
        n = one.kernel
        hint += f"; 1x{n} then {n}x1 has {exact(one.weights - line.params)} weights"
    return advice(nodes, message, hint)


def _less(saved: Saving) -> str:
    return f"{counted(saved.params, 'parameter')} and {rounded(saved.macs)} MACs less"


# -- bottlenecks ----------------------------------------------------------------------------


@rule(
    "CNN906",
    "note",
    "an expensive filter without a bottleneck",
    """A filter over 256 channels or more takes a third of all MACs of the network. A 1x1
    convolution before it that makes fewer channels, a bottleneck, lets it read those instead
    (Szegedy 2015, He 2016). The hint has what a quarter of the channels saves; how far they may be
    narrowed is for training to say.""",
    """
input: 256x28x28
layers:
  - concat:
      direct: [{conv: {filters: 128, kernel: 1}}]
      wide:   [{conv: {filters: 192, kernel: 3, padding: half}}]
""",
    """
input: 256x28x28
layers:
  - concat:
      direct: [{conv: {filters: 128, kernel: 1}}]
      wide:
        - conv: {filters: 64, kernel: 1}
        - relu
        - conv: {filters: 192, kernel: 3, padding: half}
""",
)
def no_bottleneck(subject: Subject) -> Iterator[Advice]:
    """Filters that take a third of all MACs, wide, with no 1x1 convolution to narrow what they
    read."""
    expensive = [
        node
        for node in subject.graph.layers
        if isinstance(node.layer, Conv) and subject.row_macs(node) >= EXPENSIVE * subject.macs
    ]
    for node in expensive:
        one = _filter(subject, node)
        if one and _is_wide(one) and not _narrowed(subject, node):
            yield _narrower(subject, node, one)


def _is_wide(one: Filter) -> bool:
    """Whether it reads many channels, at every position: a strided one makes the map smaller."""
    return one.kernel > 1 and one.groups == 1 and one.reads >= WIDE and one.inputs == one.outputs


def _narrowed(subject: Subject, node: Node) -> bool:
    """Whether a convolution before it makes fewer channels than it reads, at each position."""
    source = node.inputs[0]
    while is_pointwise(source) and source.inputs[0].layer:
        source = source.inputs[0]
    narrows = isinstance(source.layer, Conv) and all(s.extent == 1 for s in subject.slides[source])
    return narrows and source.shape[0] < source.shapes[0][0]


def _narrower(subject: Subject, node: Node, one: Filter) -> Advice:
    width, size = one.reads // 4, "x".join([str(one.kernel)] * one.rank)
    before = subject.row_macs(node)
    after = one.reads * width * one.inputs + one.taps * width * one.makes * one.outputs
    message = (
        f"a {size} filter over {counted(one.reads, 'channel')} takes {rounded(before)} of "
        f"{rounded(subject.macs)} MACs, {before / subject.macs:.0%}"
    )
    hint = (
        f"`conv: {{filters: {width}, kernel: 1}}` before it: {one.reads}*{width} + "
        f"{one.taps}*{width}*{one.makes} instead of {one.taps}*{one.reads}*{one.makes} at a "
        f"position, {rounded(before - after)} MACs less"
    )
    return advice([node], message, hint)
