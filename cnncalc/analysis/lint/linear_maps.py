"""Linear maps in a row that are one linear map."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from cnncalc.analysis.lint.rule import rule
from cnncalc.analysis.lint.subject import Advice, Subject, advice, places, size
from cnncalc.diagnostics import Note
from cnncalc.layers.convolution.conv import Conv
from cnncalc.layers.convolution.linear import Linear
from cnncalc.network.graph import Node
from cnncalc.numbers import exact, rounded
from cnncalc.records import NamedTuple


class Composed(NamedTuple):
    """The one layer that two in a row are."""

    what: str
    params: int
    macs: int


@rule(
    "CNN914",
    "warning",
    "two linear maps without a nonlinearity between",
    """Two convolutions or two fully connected layers in a row, with at most batch normalisation
    between, are one linear map, and one layer would do at no greater cost. A nonlinearity was
    probably forgotten. Where two are cheaper than one, they are meant, and nothing is said: a
    depthwise and a pointwise convolution, 1xn and nx1, two 3x3 for a 5x5, a bottleneck.""",
    """
input: 3x32x32
layers:
  - conv: {filters: 64, kernel: 3, padding: half}
  - conv: {filters: 64, kernel: 1}
  - relu
""",
    """
input: 3x32x32
layers:
  - conv: {filters: 64, kernel: 3, padding: half}
  - relu
  - conv: {filters: 64, kernel: 1}
  - relu
""",
)
def linear_maps(subject: Subject) -> Iterator[Advice]:
    """Two linear layers, with nothing but normalisation between, that one replaces at no greater
    cost. Where the two are the cheaper form (depthwise and pointwise, 1xn and nx1, a bottleneck),
    nothing is said."""
    firsts = {}
    for node in subject.graph.layers:
        if isinstance(node.layer, Conv | Linear):
            second = _next(subject, node)
            if second and _composed(subject, node, second):
                firsts[second] = node
    for nodes in places(firsts):
        yield _one(subject, firsts[nodes[0]], nodes)


def _is_linear_norm(node: Node) -> bool:
    statistics = node.layer.statistics(*node.shapes) if node.layer else None
    return bool(statistics and statistics.running)


def _next(subject: Subject, node: Node) -> Node | None:
    """The linear layer that alone reads `node`, behind normalisation fixed at test time."""
    reader = subject.only_reader(node)
    while reader and _is_linear_norm(reader):
        reader = subject.only_reader(reader)
    return reader if reader and isinstance(reader.layer, Conv | Linear) else None


def _composed(subject: Subject, first: Node, second: Node) -> Composed | None:
    """Both as one layer; None where that costs more, or is none."""
    if type(first.layer) is not type(second.layer) or first.shares or second.shares:
        return None
    reads, makes = first.shapes[0][0], second.shape[0]
    if isinstance(first.layer, Linear):
        weights = reads * makes
        one = Composed(f"`linear: {makes}`", weights, weights * prod(second.shape[1:]))
    else:
        found = _convolved(subject, first, second)
        if found is None:
            return None
        one = found
    params = _weights(first) + _weights(second)
    macs = _macs(first) + _macs(second)
    return one if one.params <= params and one.macs <= macs else None


def _convolved(subject: Subject, first: Node, second: Node) -> Composed | None:
    """Two convolutions as one whose kernel has the taps of both."""
    if not isinstance(first.layer, Conv) or not isinstance(second.layer, Conv):
        return None
    before, after = subject.slides[first], subject.slides[second]
    if first.layer.table or second.layer.table or any(s.dilation > 1 for s in (*before, *after)):
        return None
    kernel = [f.kernel + (s.kernel - 1) * f.stride for f, s in zip(before, after, strict=True)]
    stride = [f.stride * s.stride for f, s in zip(before, after, strict=True)]
    reads, makes = first.shapes[0][0], second.shape[0]
    groups = _groups(first.layer.groups, second.layer.groups)
    params = prod(kernel) * reads * makes // groups
    grouped = f", groups: {groups}" if groups > 1 else ""
    strided = f", stride: {size(stride)}" if max(stride) > 1 else ""
    what = f"`conv: {{filters: {makes}, kernel: {size(kernel)}{strided}{grouped}}}`"
    return Composed(what, params, params * prod(second.shape[1:]))


def _groups(first: int, second: int) -> int:
    """The groups that stay apart through both: the coarser, where it holds whole groups of the
    finer."""
    low, high = sorted((first, second))
    return low if high % low == 0 else 1


def _weights(node: Node) -> int:
    assert node.layer is not None
    return sum(w.size for w in node.weights if w.name == "weight")


def _macs(node: Node) -> int:
    assert node.layer is not None
    return node.layer.ops(*node.shapes).macs


def _one(subject: Subject, first: Node, nodes: list[Node]) -> Advice:
    second = nodes[0]
    one = _composed(subject, first, second)
    assert one is not None
    message = (
        f"no nonlinearity between `{first.path}` and this `{second.kind}`: together they are one "
        f"linear map"
    )
    params = _weights(first) + _weights(second) - one.params
    macs = _macs(first) + _macs(second) - one.macs
    hint = (
        f"an activation between them, or one {one.what}: {exact(params)} weights and "
        f"{rounded(macs)} MACs less"
    )
    found = advice(nodes, message, hint)
    return found._replace(notes=(Note(f"`{first.path}` is this", first.span), *found.notes))
