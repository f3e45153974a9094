"""Normalisation at the wrong place, and what it makes useless."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.analysis.lint.rule import rule
from cnncalc.analysis.lint.subject import (
    Advice,
    Subject,
    advice,
    behind,
    is_nonlinear,
    places,
)
from cnncalc.layers.fields import counted
from cnncalc.layers.norms.norm import BatchNorm
from cnncalc.network.graph import Node


@rule(
    "CNN913",
    "warning",
    "a bias before normalisation",
    """Batch and instance normalisation take the mean of each channel away, and with it any bias
    that was added before: the parameter changes nothing, and its gradient is zero. The norm has a
    shift of its own. `bias: false`, once under `defaults`, leaves it out.""",
    """
input: 3x32x32
layers:
  - conv: {filters: 16, kernel: 3}
  - batch_norm
  - relu
""",
    """
input: 3x32x32
layers:
  - conv: {filters: 16, kernel: 3, bias: false}
  - batch_norm
  - relu
""",
)
def useless_bias(subject: Subject) -> Iterator[Advice]:
    """A bias that the normalisation behind it takes away again, with the mean."""
    biased = [node for node in subject.graph.layers if _has_bias(node) and not node.shares]
    blamed = [node for node in biased if _is_normalised(subject, node)]
    for nodes in places(blamed):
        norm = subject.readers[nodes[0]][0]
        params = sum(node.shape[0] for node in nodes)
        message = (
            f"`{norm.kind}` takes away the mean of each channel, and this bias with it: "
            f"{counted(params, 'useless parameter')}"
        )
        yield advice(nodes, message, "`bias: false`")


def _has_bias(node: Node) -> bool:
    return _is_weighted(node) and any(weight.name == "bias" for weight in node.weights)


def _is_weighted(node: Node) -> bool:
    return bool(node.layer and node.layer.role == "weighted")


def _is_normalised(subject: Subject, node: Node) -> bool:
    """Whether all that read it normalise each channel."""
    readers = subject.readers[node]
    normed = all(map(_takes_away_means, readers))
    return bool(readers) and normed and node not in subject.heads


def _takes_away_means(node: Node) -> bool:
    """Whether it takes the mean of each channel away, as it arrives."""
    statistics = node.layer.statistics(*node.shapes) if node.layer else None
    if statistics is None or statistics.fixed:
        return False
    return statistics.shape[1] == node.shape[0]


@rule(
    "CNN915",
    "note",
    "batch normalisation behind the nonlinearity",
    """Batch normalisation was made for what enters a nonlinearity: with mean 0 and variance 1, half
    of it is on either side of a ReLU's bend. Behind it, values are bent already. Before it, the
    norm also folds into the convolution once the network is trained.""",
    """
input: 3x32x32
layers:
  - conv: {filters: 16, kernel: 3}
  - relu
  - batch_norm
""",
    """
input: 3x32x32
layers:
  - conv: {filters: 16, kernel: 3, bias: false}
  - batch_norm
  - relu
""",
)
def late_norm(subject: Subject) -> Iterator[Advice]:
    """Batch normalisation of what an activation has bent already."""
    norms = (node for node in subject.graph.layers if type(node.layer) is BatchNorm)
    for nodes in places(node for node in norms if _is_bent(subject, node)):
        activation = behind(nodes[0])
        message = f"`batch_norm` stands behind `{activation.kind}`, not before it"
        hint = (
            f"`batch_norm`, then `{activation.kind}`: the nonlinearity gets mean 0 and variance 1, "
            f"and the norm folds into the layer before it"
        )
        yield advice(nodes, message, hint)


def _is_bent(subject: Subject, node: Node) -> bool:
    """Whether it normalises an activation, read by it alone, of a layer with weights."""
    source = behind(node)
    if not source.layer or not is_nonlinear(source) or len(subject.readers[source]) > 1:
        return False
    return _is_weighted(behind(source))
