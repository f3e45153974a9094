"""Fully connected layers over a whole map."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from cnncalc.analysis.lint.rule import rule
from cnncalc.analysis.lint.subject import Advice, Subject, advice, behind
from cnncalc.layers.base import times
from cnncalc.layers.convolution.linear import Linear
from cnncalc.layers.moving.reshape import Flatten
from cnncalc.network.graph import Node
from cnncalc.numbers import exact

MOST = 0.5
"""Share of the network's parameters."""


@rule(
    "CNN907",
    "warning",
    "a fully connected layer holds most parameters",
    """A `linear` behind `flatten` has a weight for each position of each channel, and here it has
    more than half of the network's. They overfit first, and fix the input's size. Global average
    pooling leaves one number per channel, as in Network in Network, GoogLeNet and ResNet: the layer
    then has as many weights as channels times units.""",
    """
input: 3x32x32
layers:
  - conv: {filters: 32, kernel: 3, padding: half}
  - relu
  - max_pool: 2
  - repeat: 3
    layers: [{conv: {filters: 32, kernel: 3, padding: half}}, relu, {max_pool: 2}]
  - flatten
  - linear: 512
  - relu
  - linear: 10
""",
    """
input: 3x32x32
layers:
  - conv: {filters: 32, kernel: 3, padding: half}
  - relu
  - max_pool: 2
  - repeat: 3
    layers: [{conv: {filters: 32, kernel: 3, padding: half}}, relu, {max_pool: 2}]
  - global_avg_pool
  - linear: 512
  - relu
  - linear: 10
""",
)
def fully_connected(subject: Subject) -> Iterator[Advice]:
    """A fully connected layer that reads a flattened map of features and holds most parameters."""
    for row in subject.summary.rows:
        if isinstance(row.node.layer, Linear) and row.params.total > MOST * subject.params:
            flat = behind(row.node)
            if isinstance(flat.layer, Flatten) and _has_features(subject, flat.inputs[0]):
                yield _pooled(subject, row.node, flat.inputs[0].shape)


def _has_features(subject: Subject, node: Node) -> bool:
    """Whether it is a map that windows have made: a pixel, averaged, says nothing."""
    axes = subject.summary.receptive[node].axes
    return prod(node.shape[1:]) > 1 and bool(axes) and any(a.size > 1 for a in axes or ())


def _pooled(subject: Subject, node: Node, arrives: tuple[int, ...]) -> Advice:
    params = subject.rows[node].params.total
    units, channels = node.shape[0], arrives[0]
    message = (
        f"this layer reads all of {times(arrives)} and holds {params / subject.params:.0%} of "
        f"the parameters: {units}*{times(arrives).replace('x', '*')} = "
        f"{exact(units * prod(arrives))} weights"
    )
    left = units * channels
    hint = (
        f"`global_avg_pool` in place of `flatten` leaves {units}*{channels} = {exact(left)}: "
        f"{exact(units * prod(arrives) - left)} less"
    )
    return advice([node], message, hint)
