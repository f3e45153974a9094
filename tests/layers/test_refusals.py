"""What a layer says of shapes and fields it cannot work with: the fact, its field, what to type."""

import pytest

from cnncalc.layers import LAYERS
from cnncalc.layers.base import Layer, Shape, ShapeError, times
from cnncalc.layers.convolution.conv import Conv, ConvTranspose
from cnncalc.layers.convolution.deform import DeformConv
from cnncalc.layers.convolution.fixed import BlurPool, FixedFilter
from cnncalc.layers.convolution.linear import Linear
from cnncalc.layers.historic.classic import Rbf, Subsample
from cnncalc.layers.historic.neocognitron import CCells, SCells
from cnncalc.layers.joins.join import Add, Concat
from cnncalc.layers.joins.matmul import Matmul
from cnncalc.layers.moving.partition import FromWindows
from cnncalc.layers.moving.reshape import ChannelShuffle, Crop, Pad, PixelShuffle, Slice
from cnncalc.layers.moving.upsample import Upsample
from cnncalc.layers.norms.norm import BatchNorm, GroupNorm, InstanceNorm, LocalResponseNorm
from cnncalc.layers.norms.response import GlobalResponseNorm, Normalize
from cnncalc.layers.pointwise.competing import LogSoftmax, Softmax
from cnncalc.layers.pointwise.constant import Clamp
from cnncalc.layers.pointwise.dropout import AlphaDropout, Dropout
from cnncalc.layers.pointwise.gated import Glu
from cnncalc.layers.pointwise.maxout import Maxout
from cnncalc.layers.pooling.adaptive import AdaptiveAvgPool, GlobalAvgPool
from cnncalc.layers.pooling.gem import GemPool
from cnncalc.layers.pooling.pool import AvgPool, LpPool, MaxPool
from cnncalc.layers.pooling.reduction import Mean, Std, Variance
from cnncalc.layers.pooling.roi import PsRoiPool, RoiAlign, RoiPool
from cnncalc.layers.pooling.unpool import MaxUnpool
from cnncalc.layers.sequences.attention import Attention
from cnncalc.layers.sequences.positions import SinusoidalPosition
from cnncalc.layers.sequences.recurrent import Gru, Lstm, Rnn
from cnncalc.layers.sequences.sequence import ClassToken, Embedding, Position, ToSequence

NO_MAP = "reads a map of one to three spatial axes, got 8"

REFUSALS: list[tuple[Layer, tuple[Shape, ...], str, str | None, str]] = [
    (
        Linear(10),
        ((512, 7, 7),),
        "CNN401",
        None,
        "`linear` reads a vector or a sequence, got 512x7x7",
    ),
    *(
        (layer, ((8,),), "CNN401", None, f"`{layer.kind}` {NO_MAP}")
        for layer in (
            Conv(3, 3),
            ConvTranspose(3, 3),
            MaxPool(2),
            AvgPool(2),
            LpPool(2),
            GlobalAvgPool(),
            GemPool(),
            AdaptiveAvgPool(2),
            InstanceNorm(),
            LocalResponseNorm(5),
            Dropout(0.5, spatial=True),
            AlphaDropout(0.5, spatial=True),
            GlobalResponseNorm(),
            Pad(1),
            Crop(1),
            Upsample(2),
            ChannelShuffle(2),
            Subsample(2),
            BlurPool(3),
            FixedFilter("laplace"),
            SCells(3, 3),
            CCells(2),
            ToSequence(),
            Position(),
        )
    ),
    (
        Conv(3, 3, padding=((0, 7), (2, 0)), padding_mode="reflect"),
        ((8, 7, 9),),
        "CNN402",
        "padding",
        "`reflect` has at most 6x8 to put on a side, 7x2 are asked for",
    ),
    (
        Pad(8, mode="circular"),
        ((8, 7, 9),),
        "CNN402",
        "size",
        "`circular` has at most 7x9 to put on a side, 8x8 are asked for",
    ),
    (
        Conv(8, 1, groups=8, weight_standardization=True),
        ((8, 7, 9),),
        "CNN402",
        "weight_standardization",
        "filters of one weight: standardised, each is 0",
    ),
    *(
        (
            BatchNorm(track=False),
            (shape,),
            "CNN402",
            None,
            f"`batch_norm` without `track` has one number a channel of {times(shape)}",
        )
        for shape in ((8,), (8, 1), (8, 1, 1))
    ),
    (
        FixedFilter("sobel_x"),
        ((8, 7),),
        "CNN401",
        "taps",
        "`taps` has 2 spatial axes, the input has 1 spatial axis",
    ),
    (
        BlurPool(5),
        ((8, 2, 9),),
        "CNN402",
        "padding_mode",
        "`reflect` has at most 1x8 to put on a side, 2x2 are asked for",
    ),
    (
        Conv(3, 3, padding="causal"),
        ((8, 7, 9),),
        "CNN402",
        "padding",
        "`causal` pads before the steps of a sequence, the input has 2 spatial axes",
    ),
    (Rbf(10), ((8, 7),), "CNN401", None, "`rbf` reads a vector, got 8x7"),
    *(
        (
            layer,
            (shape,),
            "CNN401",
            None,
            f"`{layer.kind}` reads a sequence, features x steps, got {times(shape)}",
        )
        for layer in (
            Rnn(4),
            Lstm(4),
            Gru(4, output="last"),
            ClassToken(),
            Position(9),
            SinusoidalPosition(),
        )
        for shape in ((8,), (8, 7, 9))
    ),
    (
        Attention(2),
        ((8,),),
        "CNN401",
        None,
        "`attention` reads a sequence, features x steps, got 8",
    ),
    *(
        (
            Attention(2),
            shapes,
            "CNN403",
            None,
            f"`attention` cannot weigh {times(shapes[-1])} by {times(shapes[0])} and "
            f"{times(shapes[1])}",
        )
        for shapes in (
            ((8, 3, 4), (8, 2, 4)),
            ((8, 4), (8, 1, 4)),
            ((8, 4), (8, 4), (8, 5)),
        )
    ),
    (
        Attention(2, project="none"),
        ((8, 4), (6, 4)),
        "CNN403",
        None,
        "heads of 4 features want 8 of keys, got 6",
    ),
    (
        Attention(2, project="none"),
        ((8, 4), (8, 4), (5, 4)),
        "CNN404",
        "heads",
        "2 heads do not divide the 5 features of the values",
    ),
    (
        Attention(2, rotary=10.0, head_features=3),
        ((8, 4),),
        "CNN401",
        "rotary",
        "`rotary` turns pairs of features, and a head has 3",
    ),
    *(
        (
            Attention(2),
            ((8, 5), (6, 4), (6, 4), bias),
            "CNN403",
            None,
            f"`bias_from` wants 2x5x4 or 5x4, got {times(bias)}",
        )
        for bias in ((2, 4, 5), (3, 5, 4), (5, 5), (4, 5), (20,), (2, 5, 4, 1))
    ),
    (
        Attention(2, size=2, relative=True),
        ((8, 5),),
        "CNN401",
        "size",
        "a window of 2x2 has 4 positions, got 5",
    ),
    (
        Attention(2, relative=True),
        ((8, 5), (8, 4)),
        "CNN401",
        "relative",
        "queries and keys have the same places, got 5 and 4 steps",
    ),
    (
        Attention(2, size=2, shift=2),
        ((8, 9, 4),),
        "CNN401",
        "shift",
        "`shift: 2x2` leaves nothing of a window of 2x2",
    ),
    (
        Attention(2, size=2, shift=(1, 1, 1)),
        ((8, 9, 4),),
        "CNN401",
        "shift",
        "`shift: 1x1x1` does not say 2 numbers",
    ),
    (
        Attention(2, size=2, shift=1),
        ((8, 6, 4),),
        "CNN401",
        "map",
        "6 windows of 2x2 make no map of 5x5",
    ),
    (
        Attention(2, size=2, shift=1, map=(4, 8)),
        ((8, 9, 4),),
        "CNN401",
        "map",
        "9 windows of 2x2 make no map of 4x8",
    ),
    (
        Position(8),
        ((8, 9),),
        "CNN401",
        "steps",
        "9 steps, and `position` learns of 8",
    ),
    *(
        (
            Embedding(9, 4),
            (shape,),
            "CNN401",
            None,
            f"`embedding` reads one index a step, got {times(shape)}",
        )
        for shape in ((8, 7), (1, 7, 9))
    ),
    (
        PixelShuffle(2),
        ((8, 9),),
        "CNN401",
        None,
        "`pixel_shuffle` reads an image, got 8x9",
    ),
    (
        Upsample(2, mode="cubic"),
        ((8, 9),),
        "CNN401",
        "mode",
        "`cubic` upsampling reads an image, got 8x9",
    ),
    (
        Conv(3, (1, 3, 3)),
        ((8, 9, 9),),
        "CNN401",
        "kernel",
        "`kernel` has 3 sizes, the input has 2 spatial axes",
    ),
    (
        Pad(((0, 1), (0, 1))),
        ((8, 9),),
        "CNN401",
        "size",
        "`size` has 2 sizes, the input has 1 spatial axis",
    ),
    (
        Conv(3, 5, padding=1),
        ((8, 2, 9),),
        "CNN402",
        None,
        "a window of 5x5 does not fit into 4x11 (2x9 with padding)",
    ),
    (MaxPool(3), ((8, 2, 9),), "CNN402", None, "a window of 3x3 does not fit into 2x9"),
    (
        MaxPool(3, padding=2),
        ((8, 9, 9),),
        "CNN402",
        "padding",
        "`padding` is more than half the window of 3x3",
    ),
    (
        AvgPool(4, padding=2),
        ((8, 3, 9, 9),),
        "CNN402",
        "kernel",
        "a window of 4x4x4 is larger than a map of 3x9x9",
    ),
    (
        Conv(3, 4, padding="half"),
        ((8, 9, 9),),
        "CNN402",
        "padding",
        "`half` pads (F-1)/2, which is not whole for a window of 4x4",
    ),
    (
        ConvTranspose(3, 3, 2, output_padding=2),
        ((8, 9, 9),),
        "CNN402",
        "output_padding",
        "`output_padding` is not smaller than `stride` or `dilation`",
    ),
    (
        ConvTranspose(3, 1, padding=1),
        ((8, 2, 3),),
        "CNN402",
        "padding",
        "padding cuts the whole output away: 0x1 is left",
    ),
    (Crop(2), ((8, 4, 9),), "CNN402", "size", "`crop` cuts away all of 8x4x9"),
    (
        InstanceNorm(),
        ((8, 1, 1),),
        "CNN402",
        None,
        "`instance_norm` averages over positions, and 8x1x1 has only one",
    ),
    *(
        (layer, ((8,),), "CNN401", "over", f"`{layer.kind}` over `space` reads a map, got 8")
        for layer in (Mean("space"), Normalize("space"))
    ),
    (
        Mean(("channels", "depth")),
        ((8, 7, 9),),
        "CNN401",
        "over",
        "`over` is `depth`: 8x7x9 has no such axis",
    ),
    (Softmax("steps"), ((8,),), "CNN401", "over", "`over` is `steps`: 8 has no such axis"),
    (
        LogSoftmax(2),
        ((8, 7),),
        "CNN401",
        "over",
        "`over` is 2: the last axis of 8x7 is 1",
    ),
    (
        Mean("all", keep=False),
        ((8, 7),),
        "CNN401",
        "keep",
        "`mean` leaves no axis of 8x7",
    ),
    (
        Variance("height"),
        ((8, 1, 9),),
        "CNN402",
        "correction",
        "`variance` of 1 value less 1: nothing to divide by",
    ),
    (
        Std("space", correction=3),
        ((8, 1, 2),),
        "CNN402",
        "correction",
        "`std` of 2 values less 3: nothing to divide by",
    ),
    (Glu(), ((7, 2),), "CNN404", None, "`glu` halves the channels, got 7"),
    (
        Softmax(among=3),
        ((8,),),
        "CNN404",
        "among",
        "3 parts do not divide the 8 channels that arrive",
    ),
    (GroupNorm(8), ((8,),), "CNN402", "groups", "8 groups of 8: one value each"),
    *(
        (
            layer,
            ((8, 9, 9),),
            "CNN404",
            "groups",
            "3 groups do not divide the 8 channels that arrive",
        )
        for layer in (Conv(3, 3, groups=3), GroupNorm(3), ChannelShuffle(3))
    ),
    (
        PixelShuffle(3),
        ((8, 9, 9),),
        "CNN404",
        "factor",
        "3x3 does not divide the 8 channels that arrive",
    ),
    (
        Attention(3),
        ((8, 9),),
        "CNN404",
        "heads",
        "3 heads do not divide the 8 features that arrive",
    ),
    *(
        (
            Maxout(3),
            (shape,),
            "CNN404",
            "pieces",
            "3 pieces do not divide the 8 channels that arrive",
        )
        for shape in ((8,), (8, 9))
    ),
    (
        Conv(2, 3, table=((0, 8), (1,))),
        ((8, 9, 9),),
        "CNN404",
        "table",
        "the table reads channel 8, counted from 0; 8 arrive",
    ),
    (
        Conv(2, 5, table=((0,), (1,))),
        ((8, 4, 9),),
        "CNN402",
        None,
        "a window of 5x5 does not fit into 4x9",
    ),
    (Upsample(0.3), ((8, 3, 9),), "CNN402", "scale", "the scale leaves nothing of 8x3x9"),
    *(
        (
            layer(like=(3, 9)),
            ((8, 4, 9),),
            "CNN403",
            "like",
            "`like` is a 3x9 with 1 spatial axis, the input has 2",
        )
        for layer in (Upsample, Pad, Crop)
    ),
    (Crop(like=(3, 4, 10)), ((8, 4, 9),), "CNN403", "like", "`crop` cannot make 8x4x9 like 3x4x10"),
    (Pad(like=(3, 3, 10)), ((8, 4, 9),), "CNN403", "like", "`pad` cannot make 8x4x9 like 3x3x10"),
    (RoiAlign(7), ((8, 9, 9),), "CNN401", None, "`roi_align` wants to know the boxes"),
    (RoiPool(7), ((8, 9, 9),), "CNN401", None, "`roi_pool` wants to know the boxes"),
    (
        RoiPool((7, 7, 7)),
        ((8, 9, 9), (4, 5)),
        "CNN401",
        "size",
        "`size` has 3 sizes, the input has 2 spatial axes",
    ),
    (
        PsRoiPool((2, 3)),
        ((8, 9, 9), (4, 5)),
        "CNN404",
        "size",
        "2x3 cells do not divide 8 channels",
    ),
    (DeformConv(6, 3), ((8, 9, 9),), "CNN401", None, "`deform_conv` wants to know the offsets"),
    (
        DeformConv(6, 3),
        ((8, 9), (18, 7)),
        "CNN401",
        None,
        "`deform_conv` reads an image, got 8x9",
    ),
    (
        DeformConv(6, 3),
        ((8, 9, 9), (18, 9, 9)),
        "CNN403",
        None,
        "`deform_conv` wants offsets of 18x7x7, got 18x9x9",
    ),
    (
        DeformConv(6, 3),
        ((8, 9, 9), (27, 7, 7)),
        "CNN403",
        None,
        "`deform_conv` wants offsets of 18x7x7, got 27x7x7",
    ),
    (
        DeformConv(6, 3),
        ((8, 9, 9), (54, 7, 7)),
        "CNN404",
        None,
        "offsets of 3 parts do not divide the 8 channels that arrive",
    ),
    (
        DeformConv(6, 3),
        ((8, 9, 9), (36, 7, 7), (9, 7, 7)),
        "CNN403",
        None,
        "`deform_conv` wants a mask of 18x7x7, got 9x7x7",
    ),
    (
        DeformConv(6, 3, groups=3),
        ((8, 9, 9), (18, 7, 7)),
        "CNN404",
        "groups",
        "3 groups do not divide the 8 channels that arrive",
    ),
    (
        DeformConv(6, 5),
        ((8, 4, 9), (18, 7, 7)),
        "CNN402",
        None,
        "a window of 5x5 does not fit into 4x9",
    ),
    (
        RoiAlign(7),
        ((8, 9), (4, 5)),
        "CNN401",
        None,
        "`roi_align` cuts regions out of an image, got 8x9",
    ),
    (
        RoiAlign(7),
        ((8, 9, 9), (5, 4)),
        "CNN401",
        None,
        "`roi_align` wants four numbers for each box, got 5x4",
    ),
    (
        MaxUnpool(MaxPool(2)),
        ((8, 4, 4), (8, 9, 7)),
        "CNN403",
        None,
        "the pool made 8x4x3, got 8x4x4",
    ),
    (
        MaxUnpool(MaxPool(2, padding="same")),
        ((8, 5, 4), (8, 9, 7)),
        "CNN402",
        "pool",
        "no way leads back from padding that is uneven, or more than half a window",
    ),
    (Subsample(3), ((8, 2, 9),), "CNN402", None, "a window of 3x3 does not fit into 2x9"),
    (SCells(3, 3), ((8, 2, 9),), "CNN402", None, "a window of 3x3 does not fit into 2x9"),
    (CCells(3), ((8, 2, 9),), "CNN402", None, "a window of 3x3 does not fit into 2x9"),
    (
        SCells(3, 4, "half"),
        ((8, 9, 9),),
        "CNN402",
        "padding",
        "`half` pads (F-1)/2, which is not whole for a window of 4x4",
    ),
    (Slice(0, 9), ((8,),), "CNN404", "stop", "the slice stops at channel 9, 8 arrive"),
    (Slice(8), ((8,),), "CNN404", "start", "the slice starts at channel 8, 8 arrive"),
    (
        Add(),
        ((8, 9, 9), (16, 9, 9)),
        "CNN403",
        None,
        "`add` wants branches of one shape, got 8x9x9 and 16x9x9",
    ),
    (Add(), ((8, 9, 9), (8,)), "CNN403", None, "`add` cannot join 8x9x9 and 8"),
    *(
        (Matmul(), shapes, "CNN403", None, f"`matmul` {fact}")
        for shapes, fact in (
            (((8, 9),) * 3, "joins two branches, got 3"),
            (((8,), (8, 9)), "joins matrices, features x steps, got 8 and 8x9"),
            (((8, 9), (9,)), "joins matrices, features x steps, got 8x9 and 9"),
            (
                ((8, 9), (9, 1, 7)),
                "wants the same axes between features and steps, got 8x9 and 9x1x7",
            ),
            (
                ((8, 2, 9), (9, 3, 7)),
                "wants the same axes between features and steps, got 8x2x9 and 9x3x7",
            ),
            (((8, 9), (8, 7)), "of 8x9 and 8x7: the first has 9 steps, the second 8 features"),
        )
    ),
    (
        Concat(),
        ((8, 9, 9), (8, 9, 9), (8, 9, 8)),
        "CNN403",
        None,
        "`concat` wants branches of one size, got 8x9x9, 8x9x9 and 8x9x8",
    ),
]


@pytest.mark.parametrize(("layer", "shapes", "code", "field", "fact"), REFUSALS)
def test_refusal(
    layer: Layer, shapes: tuple[Shape, ...], code: str, field: str | None, fact: str
) -> None:
    with pytest.raises(ShapeError) as refused:
        layer.output_shape(*shapes)
    error = refused.value
    assert (error.code, error.field, error.fact) == (code, field, fact)
    assert error.hint
    assert error.field is None or error.field in layer.fields


@pytest.mark.parametrize(
    ("layer", "shape", "hint"),
    [
        (Conv(3, (1, 3, 3)), (8, 9, 9), "write one size, or 2: `[1, 1]`"),
        (Pad(((0, 1), (0, 1))), (8, 9), "write one size, or 1: `[[0, 1]]`"),
        (GroupNorm(6), (8, 9, 9), "`groups: 2`"),
        (ConvTranspose(3, 3, 2, output_padding=2), (8, 9), "at most `output_padding: 1`"),
        (Slice(0, 9), (8,), "`stop: 8`"),
        (Attention(6), (8, 9), "`heads: 2`"),
        (Maxout(6), (8,), "`pieces: 2`"),
        (Softmax(among=6), (8,), "`among: 2`"),
        (Conv(1, 3, table=((8,),)), (8, 9), "0 to 7"),
        (Embedding(9, 4), (3, 7), "an input of `1x7`"),
        (Upsample((1.5, 2)), (8, 9), "write one size, or 1: `[1.5]`"),
        (AdaptiveAvgPool((None, 2)), (8, 9), "write one size, or 1: `[none]`"),
        (Crop(like=(8, 9)), (8, 5), "`pad`"),
    ],
    ids=repr,
)
def test_hints_with_numbers(layer: Layer, shape: Shape, hint: str) -> None:
    with pytest.raises(ShapeError) as refused:
        layer.output_shape(shape)
    assert refused.value.hint == hint


@pytest.mark.parametrize(
    ("layer", "hint"),
    [
        (Slice(9), "`start: 7`, or less"),
        (Slice(9, 12), "`start: 5, stop: 8`"),
        (Slice(9, 20), "`start: 7`, or less"),
        (Slice(-9), "`start: -8`, or more"),
        (Slice(4, 12), "`stop: 8`"),
        (Slice(6, -3), "`start: 4`, or less"),
        (Slice(2, -9), "`stop: 8`"),
    ],
    ids=str,
)
def test_hints_of_a_slice_beyond_the_size(layer: Slice, hint: str) -> None:
    with pytest.raises(ShapeError) as refused:
        layer.output_shape((8, 4, 4))
    assert refused.value.hint == hint


@pytest.mark.parametrize(
    ("left", "right", "hint"),
    [
        ((8, 9), (8, 7), "`permute: [1, 0]` behind the first"),
        ((8, 9), (7, 9), "`permute: [1, 0]` behind the second"),
        ((8, 2, 9), (8, 2, 7), "`permute: [2, 1, 0]` behind the first"),
        ((8, 9), (7, 8), "the second branch first"),
        ((8, 9), (7, 6), "a first branch of 7 steps"),
    ],
)
def test_hints_of_a_product(left: Shape, right: Shape, hint: str) -> None:
    with pytest.raises(ShapeError) as refused:
        Matmul().output_shape(left, right)
    assert refused.value.hint == hint


@pytest.mark.parametrize(
    ("bias", "hint"),
    [
        ((2, 4, 5), "`permute: [0, 2, 1]` behind it: the queries stand before the keys"),
        ((4, 5), "`permute: [1, 0]` behind it: the queries stand before the keys"),
        ((3, 5, 4), "heads x queries x keys, as `conv: {filters: 2, kernel: 1}` makes them"),
    ],
)
def test_hints_of_what_is_added_to_scores(bias: Shape, hint: str) -> None:
    with pytest.raises(ShapeError) as refused:
        Attention(2).output_shape((8, 5), (6, 4), (6, 4), bias)
    assert refused.value.hint == hint


@pytest.mark.parametrize(
    ("layer", "field", "fact"),
    [
        (Conv(6, 3, groups=4), "groups", "4 groups do not divide 6 filters"),
        (ConvTranspose(6, 3, groups=4), "groups", "4 groups do not divide 6 filters"),
        (
            Linear(3, weight_norm=True, transposed=True),
            "weight_norm",
            "of a `transposed` weight no row is a unit's",
        ),
        (
            ConvTranspose(6, 3, 2, "same", output_padding=1),
            "output_padding",
            "`padding: same` already says how large the output is",
        ),
        *(
            (
                layer(
                    3,
                    **{"kernel": 2} if layer is not Linear else {},
                    weight_norm=True,
                    spectral_norm=True,
                ),
                "spectral_norm",
                "the weight has `weight_norm` already",
            )
            for layer in (Conv, ConvTranspose, Linear)
        ),
        (
            Conv(3, 2, weight_standardization=True, spectral_norm=True),
            "weight_standardization",
            "the weight has `spectral_norm` already",
        ),
        (
            Conv(3, 2, weight_gain=1.7),
            "weight_gain",
            "`weight_gain` is of filters that are standardised, and these are not",
        ),
        (Pad(1, mode="reflect", value=1.0), "value", "`mode: reflect` repeats values of the map"),
        (
            Embedding(9, 4, 2, weight_norm=True),
            "weight_norm",
            "the zeros of `padding_index` have no direction",
        ),
        (
            FromWindows((2, 2, 2), map=(4, 4)),
            "size",
            "`size` and `map` have 3 and 2 sizes",
        ),
        (Embedding(9, 4, 9), "padding_index", "index 9 is not below `vocabulary: 9`"),
        (CCells(2, alpha=0.0), "alpha", "with an `alpha` of 0 a silent cell is 0/0"),
        (Attention(4, key_heads=3), "key_heads", "`key_heads: 3` do not divide 4 heads"),
        *(
            (
                Attention(4, project=project, **{name: 1}),
                name,
                f"`{name}` is of a projection that `project: {project}` leaves out",
            )
            for project in ("inputs", "none")
            for name in ("features", "out_bias")
        ),
        *(
            (
                Attention(4, project="none", **{name: 2}),
                name,
                f"`{name}` is of what arrives, where nothing is projected",
            )
            for name in ("head_features", "value_features")
        ),
        (
            Attention(4, project="none", qk_norm="rms_norm"),
            "qk_norm",
            "`qk_norm` is of what arrives, where nothing is projected",
        ),
        (
            Attention(4, project="none", spectral_norm=True),
            "spectral_norm",
            "`spectral_norm` is of weights that `project: none` leaves out",
        ),
        *(
            (
                layer(4, weight_norm=True, spectral_norm=True),
                "spectral_norm",
                "the weight has `weight_norm` already",
            )
            for layer in (Attention, Rnn, Lstm, Gru)
        ),
        (Attention(4, map=8), "map", "`map` says nothing without a `shift`"),
        (Clamp(), "min", "`clamp` has no bound"),
        (Clamp(2.0, 1.5), "max", "`max` 1.5 is less than `min` 2"),
        (Softmax("steps", among=2), "among", "`among` is of channels"),
        (Slice(4, 2), "stop", "a slice from 4 to 2 is empty"),
        (Slice(2, 2), "stop", "a slice from 2 to 2 is empty"),
        (Upsample(), "scale", "`upsample` wants its `scale`, `size` or `like`"),
        (Upsample(2, size=4), "size", "`scale` says the size already"),
        (Upsample(size=4, like=(1, 4)), "like", "`size` says the size already"),
        (Upsample(2, align_corners=True), "align_corners", "`nearest` mixes no corners"),
        (Pad(), "size", "`pad` wants its `size` or `like`"),
        (Crop(1, (1, 4)), "like", "`size` says the size already"),
        (Lstm(4, projection=4), "projection", "a projection to 4 is no shorter than 4 units"),
        (Conv(2, 3, table=((0,),)), "table", "`table` has 1 row for 2 filters"),
        (Conv(1, 3, table=((0,), (1,))), "table", "`table` has 2 rows for 1 filter"),
        (Conv(2, 3, table=((0,), ())), "table", "row 1 of the table is empty"),
        (Conv(1, 3, table=((2, 0, 2),)), "table", "row 0 of the table has channel 2 twice"),
        (
            Conv(2, 3, groups=2, table=((0,), (1,))),
            "groups",
            "a `table` already says what each filter reads",
        ),
        (
            Conv(1, 3, weight_norm=True, table=((0,),)),
            "weight_norm",
            "filters of a `table` have no common length",
        ),
    ],
    ids=repr,
)
def test_fields_that_contradict_each_other(layer: Layer, field: str, fact: str) -> None:
    (problem,) = layer.check()
    assert (problem.field, problem.fact) == (field, fact)
    assert problem.hint


@pytest.mark.parametrize("kind", [k for k in LAYERS if k != "clamp"])  # it wants one of two fields
def test_most_fields_agree_with_each_other(kind: str) -> None:
    """Where several may say one thing, the first does."""
    fields = [*LAYERS[kind].fields.values()]
    wanted = [field.required or (field.default, field) == (None, fields[0]) for field in fields]
    values = [4 if wants else f.default for wants, f in zip(wanted, fields, strict=True)]
    assert list(LAYERS[kind](*values).check()) == []
