"""Connections: multiplications with a weight, and biases, each wherever it is used."""

from math import prod

import pytest

from cnncalc.layers import LAYERS
from cnncalc.layers.base import Layer, Shape
from cnncalc.layers.convolution.conv import Conv, ConvTranspose
from cnncalc.layers.convolution.deform import DeformConv
from cnncalc.layers.convolution.fixed import BlurPool, FixedFilter
from cnncalc.layers.convolution.linear import Linear
from cnncalc.layers.convolution.local import LocallyConnected
from cnncalc.layers.historic.classic import Rbf, Subsample
from cnncalc.layers.historic.neocognitron import CCells, SCells
from cnncalc.layers.norms.batch import FrozenBatchNorm, MeanOnlyBatchNorm
from cnncalc.layers.norms.norm import (
    BatchNorm,
    GroupNorm,
    InstanceNorm,
    LayerNorm,
    LayerScale,
    RmsNorm,
)
from cnncalc.layers.norms.response import GlobalResponseNorm
from cnncalc.layers.pointwise.activation import PRelu
from cnncalc.layers.pooling.gem import GemPool
from cnncalc.layers.sequences.attention import Attention
from cnncalc.layers.sequences.positions import Fixed, Learned
from cnncalc.layers.sequences.recurrent import Gru, Lstm, Rnn
from cnncalc.layers.sequences.sequence import ClassToken, Embedding, Position
from tests.layers.cases import CASES

SEQUENCE = (8, 9)
IMAGE = (8, 7, 9)
VALUES = prod(IMAGE)

COUNTS: list[tuple[Layer, Shape, int]] = [
    (Conv(6, 3), IMAGE, 6 * 5 * 7 * (8 * 3 * 3 + 1)),
    (Conv(6, 3, bias=False), IMAGE, 6 * 5 * 7 * 8 * 3 * 3),
    (Conv(6, 3, groups=2), IMAGE, 6 * 5 * 7 * (4 * 3 * 3 + 1)),
    (Conv(6, 3, weight_norm=True), IMAGE, 6 * 5 * 7 * (8 * 3 * 3 + 1)),
    (Conv(2, 3, table=((0,), (1, 5, 7))), IMAGE, 5 * 7 * ((9 + 1) + (3 * 9 + 1))),
    (ConvTranspose(6, 2, 2), IMAGE, VALUES * 6 * 2 * 2 + 6 * 14 * 18),
    (LocallyConnected(6, 3), IMAGE, 6 * 5 * 7 * (8 * 3 * 3 + 1)),
    (Linear(10), (8,), 10 * (8 + 1)),
    (Linear(10, bias=False), (8,), 10 * 8),
    (Linear(10), (8, 9), 9 * 10 * (8 + 1)),
    (Rbf(10), (8,), 10 * 8),
    (Subsample(2), IMAGE, 8 * 3 * 4 * (2 * 2 + 1)),
    (Subsample(3, 2), IMAGE, 8 * 3 * 4 * (3 * 3 + 1)),
    # a of each S-cell and c of each V-cell over the same window, and b of each S-cell; d
    (SCells(6, 3), IMAGE, 5 * 7 * ((6 + 1) * 8 * 3 * 3 + 6)),
    (CCells(2), IMAGE, 8 * 6 * 8 * 2 * 2),
    (CCells(3, 2), IMAGE, 8 * 3 * 4 * 3 * 3),
    (FixedFilter("laplace", 2), IMAGE, 8 * 3 * 4 * 3 * 3),
    (BlurPool(4), IMAGE, 8 * 4 * 5 * 4 * 4),
    (FrozenBatchNorm(), IMAGE, 2 * VALUES),
    (MeanOnlyBatchNorm(), IMAGE, VALUES),
    (MeanOnlyBatchNorm(shift=False), IMAGE, 0),
    (BatchNorm(), IMAGE, 2 * VALUES),
    (BatchNorm(affine=False), IMAGE, 0),
    (InstanceNorm(), IMAGE, 0),
    (InstanceNorm(affine=True), IMAGE, 2 * VALUES),
    (LayerNorm(), IMAGE, 2 * VALUES),
    (LayerNorm(affine=False), IMAGE, 0),
    (RmsNorm(), IMAGE, VALUES),
    (RmsNorm(affine=False), IMAGE, 0),
    (GroupNorm(2), IMAGE, 2 * VALUES),
    (GroupNorm(2, affine=False), IMAGE, 0),
    (GlobalResponseNorm(), IMAGE, 2 * VALUES),
    (GemPool(), IMAGE, 0),
    (LayerScale(), IMAGE, VALUES),
    (PRelu(), IMAGE, VALUES),
    (Position(), IMAGE, VALUES),
    (Position(12), SEQUENCE, 9 * 8),
    (Learned(4, 3), SEQUENCE, 0),
    (Fixed(4, 3), SEQUENCE, 0),
    (ClassToken(), SEQUENCE, 0),
    (Embedding(10, 3), (1, 9), 0),
    (Rnn(5), SEQUENCE, 9 * 5 * ((8 + 1) + (5 + 1))),
    (Gru(5, bias="single"), SEQUENCE, 9 * 3 * 5 * ((8 + 1) + 5)),
    (Lstm(5), SEQUENCE, 9 * 4 * 5 * ((8 + 1) + (5 + 1))),
    (Lstm(5, bias=False, output="last"), SEQUENCE, 9 * 4 * 5 * (8 + 5)),
    (
        Gru(5, 2, bidirectional=True),
        SEQUENCE,
        9 * 2 * 3 * 5 * ((8 + 1) + (5 + 1) + (2 * 5 + 1) + (5 + 1)),
    ),
    (Attention(4), SEQUENCE, 9 * 4 * 8 * (8 + 1)),
    (Attention(4, bias=False), SEQUENCE, 9 * 4 * 8 * 8),
    (Attention(4, out_bias=False), SEQUENCE, 9 * 8 * (3 * (8 + 1) + 8)),
    (Attention(2, key_heads=1, project="inputs"), SEQUENCE, 9 * (8 + 2 * 4) * (8 + 1)),
    (Attention(2, project="none", alibi=True), SEQUENCE, 0),
    (
        Attention(4, size=2, relative=True),
        (8, 5, 4),
        5 * (4 * 4 * 8 * (8 + 1) + 4 * 4 * 4),
    ),
    (
        Attention(4, qk_norm="layer_norm", score_bias=True),
        (8, 5, 9),
        5 * 9 * (4 * 8 * (8 + 1) + 4 * 9 + 2 * 2 * 8),
    ),
    (Attention(4, causal=True), (8, 5, 9), 5 * 9 * 4 * 8 * (8 + 1)),
]


BESIDES: list[tuple[Layer, tuple[Shape, ...], int]] = [
    (DeformConv(6, 3), (IMAGE, (18, 5, 7)), 6 * 5 * 7 * (8 * 3 * 3 + 1)),
    (DeformConv(6, 3, groups=2, bias=False), (IMAGE, (18, 5, 7)), 6 * 5 * 7 * 4 * 3 * 3),
    (Attention(4), (SEQUENCE,) * 3 + ((9, 9),), 9 * 4 * 8 * (8 + 1)),
]
"""Of layers that read something besides."""


@pytest.mark.parametrize(("layer", "shape", "connections"), COUNTS, ids=repr)
def test_connections(layer: Layer, shape: Shape, connections: int) -> None:
    assert layer.connections(shape) == connections


@pytest.mark.parametrize(("layer", "shapes", "connections"), BESIDES, ids=repr)
def test_connections_of_several(layer: Layer, shapes: tuple[Shape, ...], connections: int) -> None:
    assert layer.connections(*shapes) == connections


def test_every_kind_with_weights_is_counted() -> None:
    with_weights = {layer.kind for layer, shapes in CASES if layer.weights(*shapes)}
    assert {layer.kind for layer, *_ in (*COUNTS, *BESIDES)} == with_weights


@pytest.mark.parametrize(
    "kind", ["relu", "scale", "softmax", "dropout", "add", "flatten", "max_pool"]
)
def test_what_has_no_weights_has_no_connections(kind: str) -> None:
    values = [2] * sum(field.required for field in LAYERS[kind].fields.values())
    assert LAYERS[kind](*values).connections(IMAGE, IMAGE) == 0
