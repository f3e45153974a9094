"""Layers with shapes they read: one table for all that must hold of every kind."""

from collections.abc import Callable, Iterable
from itertools import product

from cnncalc.layers import LAYERS
from cnncalc.layers.base import Layer, Shape
from cnncalc.layers.convolution.conv import Conv, ConvTranspose
from cnncalc.layers.convolution.deform import DeformConv
from cnncalc.layers.convolution.fixed import BlurPool, FixedFilter
from cnncalc.layers.convolution.linear import Linear
from cnncalc.layers.convolution.local import LocallyConnected
from cnncalc.layers.historic.classic import Rbf, Subsample
from cnncalc.layers.historic.neocognitron import CCells, SCells
from cnncalc.layers.joins.join import (
    Add,
    Average,
    Concat,
    Divide,
    Maximum,
    Minimum,
    Multiply,
    Subtract,
)
from cnncalc.layers.joins.matmul import Matmul
from cnncalc.layers.moving.partition import FromWindows, ToWindows
from cnncalc.layers.moving.pixels import PixelUnshuffle
from cnncalc.layers.moving.rearrange import Flip, Permute, Reshape, Roll, Unflatten
from cnncalc.layers.moving.reshape import (
    ChannelShuffle,
    Crop,
    Flatten,
    Pad,
    PadChannels,
    PixelShuffle,
    Slice,
)
from cnncalc.layers.moving.upsample import Upsample
from cnncalc.layers.norms.batch import FrozenBatchNorm, MeanOnlyBatchNorm
from cnncalc.layers.norms.norm import (
    BatchNorm,
    GroupNorm,
    InstanceNorm,
    LayerNorm,
    LayerScale,
    LocalResponseNorm,
    RmsNorm,
    Scale,
)
from cnncalc.layers.norms.response import GlobalResponseNorm, Normalize
from cnncalc.layers.pointwise.activation import ACTIVATIONS, Gelu, PRelu, Threshold
from cnncalc.layers.pointwise.competing import LogSoftmax, Softmax
from cnncalc.layers.pointwise.constant import Clamp, Power, Shift
from cnncalc.layers.pointwise.dropout import AlphaDropout, Dropout, DropPath, GaussianNoise
from cnncalc.layers.pointwise.gated import GATES, Glu
from cnncalc.layers.pointwise.maxout import Maxout
from cnncalc.layers.pooling.adaptive import (
    AdaptiveAvgPool,
    AdaptiveMaxPool,
    GlobalAvgPool,
    GlobalMaxPool,
)
from cnncalc.layers.pooling.gem import GemPool
from cnncalc.layers.pooling.pool import AvgPool, LpPool, MaxPool
from cnncalc.layers.pooling.reduction import Max, Mean, Min, Norm, Std, Summation, Variance
from cnncalc.layers.pooling.roi import PsRoiPool, RoiAlign, RoiPool
from cnncalc.layers.pooling.unpool import MaxUnpool
from cnncalc.layers.sequences.attention import Attention
from cnncalc.layers.sequences.offsets import ByOffset
from cnncalc.layers.sequences.positions import Fixed, Learned, SinusoidalPosition
from cnncalc.layers.sequences.recurrent import Gru, Lstm, Rnn
from cnncalc.layers.sequences.sequence import ClassToken, Embedding, Position, ToSequence
from tests.together import Test, in_groups

Case = tuple[Layer, tuple[Shape, ...]]

VECTOR = (8,)
SIGNAL = (8, 9)
IMAGE = (8, 7, 9)
CLIP = (8, 5, 6, 7)
MAPS = (SIGNAL, IMAGE, CLIP)
ANY = (VECTOR, *MAPS)

TABLE = ((0, 1, 2), (7,), (5, 2, 6, 0))
RECURRENT = (Rnn, Lstm, Gru)
COMPUTED = [{"weight_norm": True}, {"spectral_norm": True}]
"""How each matrix of a layer that has several may be computed."""

AROUND = ("reflect", "replicate", "circular")

ELEMENTWISE = (Add, Subtract, Multiply, Divide, Maximum, Minimum, Average)
REDUCTIONS = (Mean, Summation, Max, Min, Norm, Variance, Std)


def over(shapes: tuple[Shape, ...], *layers: Layer) -> list[tuple[Layer, tuple[Shape, ...]]]:
    """Every layer on every shape."""
    return [(layer, (shape,)) for layer in layers for shape in shapes]


TWO, THREE = ((8, 9), (6, 5)), ((8, 9), (6, 5), (3, 5))
ATTENDING = [
    *[
        (layer, shapes)
        for layer in (Attention(4), Attention(2, bias=False), Attention(1, causal=True))
        for shapes in (((8, 9), (8, 5)), TWO, THREE, ((8, 9), (8, 5), (8, 5)), ((8, 1), (6, 1)))
    ],
    (Attention(2), ((8, 3, 9), (6, 3, 5))),
    *[
        (layer, shapes)
        for layer in (
            Attention(4, out_bias=False),
            Attention(2, bias=False, out_bias=True),
            Attention(4, key_heads=2),
            Attention(4, key_heads=1, causal=True),
            Attention(3, head_features=4),
            Attention(3, head_features=4, value_features=5, features=7),
            Attention(4, project="inputs"),
            Attention(2, value_features=3, project="inputs", bias=False),
            Attention(2, rotary=10_000.0),
            Attention(4, rotary=100.0, causal=True, key_heads=2),
            Attention(4, alibi=True),
            Attention(4, alibi=True, causal=True, out_bias=False),
            Attention(2, features=6),
            Attention(2, qk_norm="layer_norm"),
            Attention(4, qk_norm="rms_norm", key_heads=2, rotary=10_000.0, bias=False),
            Attention(1, qk_norm="rms_norm", causal=True),
            Attention(2, qk_norm="layer_norm", value_features=3, project="inputs"),
            Attention(2, score_bias=True),
            Attention(4, score_bias=True, key_heads=2, causal=True, qk_norm="rms_norm"),
            Attention(1, score_bias=True, qk_norm="layer_norm"),
        )
        for shapes in (((8, 9),), ((8, 3, 5),), ((8, 1),), TWO, THREE)
    ],
    *[
        (layer, shapes)
        for layer in (
            Attention(4, relative=True),
            Attention(2, relative=True, causal=True, bias=False),
            Attention(2, relative=True, key_heads=1, project="inputs"),
            Attention(1, relative=True),
        )
        for shapes in (((8, 9),), ((8, 4, 5),), ((8, 1),), ((8, 9), (6, 9)))
    ],
    *over(
        ((8, 6, 6), (8, 2, 3, 6)),
        Attention(2, size=(2, 3), relative=True),
        Attention(2, size=(2, 3), relative=True, shift=1),
        Attention(4, size=(2, 3), shift=(0, 1), map=(4, 9), alibi=True, rotary=10.0),
        Attention(2, size=(2, 3), relative=True, score_bias=True, qk_norm="layer_norm", shift=1),
    ),
    (Attention(2, size=2, relative=True, shift=1), ((8, 9, 4),)),
    *over(
        ((8, 9), (8, 3, 5), (8, 1)),
        Attention(4, project="none"),
        Attention(1, project="none"),
        Attention(2, project="none", causal=True),
        Attention(2, project="none", relative=True),
        Attention(2, project="none", score_bias=True),
    ),
    *[
        (Attention(4, project="none"), shapes)
        for shapes in (((8, 9), (8, 5)), ((8, 9), (8, 5), (4, 5)), ((8, 9), (8, 5), (8, 5)))
    ],
    (Attention(4, project="none", key_heads=2), ((8, 9), (4, 5), (6, 5))),
    (Attention(4, project="none", key_heads=2), ((8, 9), (4, 5))),
    *[
        (layer, (*shapes, bias))
        for layer, shapes, biases in (
            (Attention(4), THREE, ((4, 9, 5), (9, 5))),
            (Attention(2, causal=True, bias=False), ((8, 9),) * 3, ((2, 9, 9), (1, 9, 9))),
            (Attention(2, key_heads=1, rotary=10.0), ((8, 3, 5),) * 3, ((2, 5, 5), (5, 5))),
            (Attention(1, qk_norm="rms_norm"), ((8, 1), (6, 1), (4, 1)), ((1, 1, 1), (1, 1))),
            (Attention(2, value_features=3, project="inputs"), THREE, ((2, 9, 5),)),
            (Attention(4, relative=True, score_bias=True), ((8, 9),) * 3, ((4, 9, 9),)),
            (Attention(4, project="none"), ((8, 9), (8, 5), (4, 5)), ((4, 9, 5), (9, 5))),
            (Attention(1, project="none", alibi=True), ((8, 9),) * 3, ((9, 9),)),
            (Attention(2, weight_norm=True), THREE, ((9, 5),)),
        )
        for bias in biases
    ],
    (
        Attention(2, size=(2, 3), relative=True, shift=1),
        ((8, 6, 6), (8, 6, 6), (8, 6, 6), (2, 6, 6)),
    ),
    *[
        (Attention(2, **fields, **way), shapes)
        for way in COMPUTED
        for fields, shapes in (
            ({}, ((8, 9),)),
            ({"causal": True}, ((8, 3, 5),)),
            ({"bias": False}, ((8, 9), (8, 5))),
            ({}, TWO),
            ({}, THREE),
            ({"head_features": 3, "qk_norm": "layer_norm"}, ((8, 9),)),
            ({"key_heads": 1, "project": "inputs"}, THREE),
            ({"relative": True, "score_bias": True}, ((8, 4, 5),)),
        )
    ],
]

CASES: list[tuple[Layer, tuple[Shape, ...]]] = [
    *over(
        MAPS,
        Conv(6, 3),
        Conv(6, 3, 2, "half", bias=False),
        Conv(6, 2, 3, "same"),
        Conv(8, 3, padding=1, groups=8),
        Conv(12, 1, groups=4, bias=False),
        Conv(6, 2, dilation=2, weight_norm=True),
        Conv(6, 3, groups=2, bias=False, weight_norm=True),
        Conv(6, 2, dilation=2, spectral_norm=True),
        Conv(6, 3, groups=2, bias=False, spectral_norm=True, padding=1, padding_mode="reflect"),
        Conv(6, 2, dilation=2, weight_standardization=True),
        Conv(6, 2, weight_standardization=True, weight_eps=1e-3),
        Conv(6, 2, weight_standardization=True, weight_gain=1.7),
        Conv(4, 3, 2, "same", groups=2, bias=False, weight_standardization=True),
        Conv(3, 3, table=TABLE),
        Conv(3, 2, 3, "same", bias=False, table=TABLE),
        Conv(1, 2, dilation=2, padding=1, table=(tuple(range(8)),)),
        *(Conv(6, 3, padding=1, padding_mode=mode) for mode in AROUND),
        *(Conv(4, 2, 2, "same", padding_mode=mode) for mode in AROUND),
        *(Conv(3, 3, padding=1, table=TABLE, padding_mode=mode) for mode in AROUND),
        Conv(6, 3, padding_mode="reflect"),
        Conv(6, 3, padding=1, weight_norm=True, padding_mode="reflect"),
        ConvTranspose(6, 3),
        ConvTranspose(6, 3, 2, "same"),
        ConvTranspose(6, 4, 2, "same", bias=False),
        ConvTranspose(4, 2, 3, "same", groups=2),
        ConvTranspose(4, 2, 1, "same", 3, weight_norm=True),
        ConvTranspose(6, 2, 2, bias=False),
        ConvTranspose(6, 3, 2, "half", output_padding=1),
        ConvTranspose(4, 3, 2, groups=2),
        ConvTranspose(8, 4, 2, 1, groups=8, weight_norm=True),
        ConvTranspose(6, 3, 2, "same", groups=2, spectral_norm=True),
        ConvTranspose(6, 2, 2, bias=False, spectral_norm=True),
        ConvTranspose(6, 2, 3, dilation=3, output_padding=2),
        LocallyConnected(3, 2),
        LocallyConnected(4, 3, 2, "same", bias=False),
        LocallyConnected(2, 1),
        MaxPool(2),
        MaxPool(3, 2, 1),
        MaxPool(3, 2, 1, rounding="ceil"),
        MaxPool(3, 1, "half", dilation=2),
        MaxPool(2, 2, "same"),
        AvgPool(2),
        AvgPool(3, 2, 1, count_padding=False),
        AvgPool(2, 3, "same"),
        AvgPool(2, 3, "same", count_padding=False),
        LpPool(2),
        LpPool(3, 2, norm=3.0, rounding="ceil"),
        LpPool(3, 2, 1, norm=3.0, reduce="mean"),
        LpPool(3, 1, "half"),
        Subsample(2),
        Subsample(3, 2),
        SCells(6, 3),
        SCells(3, 2, "same", r=4.0),
        SCells(1, 5, "half"),
        CCells(2),
        CCells(3, 2, 1, alpha=1.0),
        CCells(2, 3, "same"),
        BlurPool(3),
        BlurPool(4, padding_mode="zeros"),
        BlurPool(5, 3, "replicate"),
        BlurPool(2, 1, "circular"),
        BlurPool(1),
        GlobalAvgPool(),
        GlobalAvgPool(keep=True),
        GlobalMaxPool(),
        GlobalMaxPool(keep=True),
        GemPool(),
        GemPool(keep=True, p=1.5),
        AdaptiveAvgPool(1),
        AdaptiveAvgPool(2),
        AdaptiveAvgPool(12),
        AdaptiveMaxPool(1),
        AdaptiveMaxPool(4),
        BatchNorm(track=False),
        BatchNorm(track=False, affine=False),
        BatchNorm(track=False, scale=False),
        InstanceNorm(),
        InstanceNorm(shift=True),
        InstanceNorm(scale=True),
        InstanceNorm(scale=True, track=True),
        InstanceNorm(track=True),
        InstanceNorm(affine=True, track=True),
        LocalResponseNorm(5, k=2.0),
        LocalResponseNorm(2),
        Dropout(0.5, spatial=True),
        Pad(2),
        Pad(2, value=0.5),
        *(Pad(2, mode=mode) for mode in AROUND),
        Crop(1),
        Crop(0),
        Upsample(3),
        Upsample(2, mode="linear"),
        Upsample(3, mode="linear"),
        Upsample(1.5),
        Upsample(0.5, mode="linear"),
        Upsample(1.5, mode="linear", align_corners=True),
        Upsample(size=5),
        Upsample(size=12, mode="linear"),
        Upsample(size=12, mode="linear", align_corners=True),
        ChannelShuffle(4),
        ToSequence(),
        Position(),
        *(reduce("space") for reduce in REDUCTIONS),
        *(reduce("space", keep=False) for reduce in REDUCTIONS),
        *(reduce(("channels", "steps")) for reduce in REDUCTIONS),
        *(reduce("all") for reduce in REDUCTIONS),
        Norm("space", p=1.0),
        Norm("space", p=3.5),
        Variance("space", correction=0),
        Std("steps", correction=2),
        Softmax("steps"),
        LogSoftmax("steps"),
        Normalize("space"),
        Normalize("all", p=1.0),
        Normalize("steps", p=3.0),
        AlphaDropout(0.5, spatial=True),
        GlobalResponseNorm(),
    ),
    *over(
        ANY,
        BatchNorm(),
        BatchNorm(affine=False),
        BatchNorm(scale=False),
        BatchNorm(shift=False),
        BatchNorm(affine=False, shift=True),
        BatchNorm(scale=False, shift=False),
        MeanOnlyBatchNorm(),
        MeanOnlyBatchNorm(shift=False, momentum=0.5),
        FrozenBatchNorm(),
        FrozenBatchNorm(1e-3),
        LayerNorm(shift=False),
        LayerNorm("all", scale=False),
        LayerNorm("all", shift=False),
        GroupNorm(2, shift=False),
        GroupNorm(2, scale=False),
        LayerNorm(),
        LayerNorm("all"),
        LayerNorm("all", affine=False),
        RmsNorm(),
        RmsNorm("all", eps=1e-3),
        RmsNorm("all", affine=False),
        RmsNorm(affine=False),
        GroupNorm(4),
        GroupNorm(1, affine=False),
        LayerScale(),
        LayerScale(0.0, shared=True),
        Scale(0.17),
        Dropout(0.5),
        Flatten(),
        Slice(),
        Slice(2, 5),
        Slice(stop=3),
        PadChannels(3),
        PadChannels(0),
        PRelu(shared=False),
        Maxout(1),
        Maxout(2),
        Maxout(8),
        *(activation() for activation in ACTIVATIONS.values()),
        Gelu("tanh"),
        Threshold(0.2, 3.0),
        Softmax(among=2),
        Softmax(among=8),
        *(Glu(gate) for gate in GATES),
        *(reduce("channels") for reduce in REDUCTIONS),
        Normalize(),
        Normalize(p=1.0, eps=0.1),
        Power(3.0),
        Power(-0.5),
        Clamp(min=0.0),
        Clamp(max=1.0),
        Clamp(-1.0, 1.0),
        Shift(0.5),
        AlphaDropout(0.5),
        DropPath(0.5),
        GaussianNoise(0.1),
    ),
    *over(
        (IMAGE,),
        Conv(4, (1, 3), (2, 1), (0, 1)),
        Conv(4, (3, 5), padding="same"),
        Conv(4, 3, padding=((0, 2), (3, 1))),
        Conv(4, 3, padding=((2, 2), (1, 1))),
        Conv(4, 3, padding=((0, 2), (3, 1)), padding_mode="circular"),
        ConvTranspose(4, (2, 3), (2, 3)),
        ConvTranspose(4, (2, 3), (2, 3), "same"),
        ConvTranspose(4, (4, 3), 2, "same"),
        MaxPool((1, 2)),
        MaxPool(3, 2, ((0, 1), (1, 0))),
        MaxPool(3, 2, ((0, 1), (1, 0)), rounding="ceil"),
        AvgPool(3, 2, ((0, 1), (1, 0))),
        AvgPool(3, 2, ((0, 1), (1, 0)), rounding="ceil"),
        AvgPool(3, 2, ((0, 1), (1, 0)), rounding="ceil", count_padding=False),
        LpPool(3, 2, ((0, 1), (1, 0)), rounding="ceil"),
        AvgPool((2, 1), (1, 2)),
        LpPool((2, 3)),
        Subsample((1, 3), (2, 1)),
        SCells(4, (3, 1), (1, 0)),
        CCells((1, 2), (2, 1), (0, 1)),
        AdaptiveAvgPool((1, 3)),
        AdaptiveAvgPool((1, None)),
        AdaptiveAvgPool((None, 1)),
        AdaptiveMaxPool((None, 4)),
        Pad((1, 2)),
        Pad(((0, 1), (2, 3))),
        Crop(((0, 1), (2, 3))),
        Pad(like=(1, 8, 12)),
        Crop(like=(1, 7, 4)),
        Upsample((2, 3)),
        Upsample((2, 1.5), mode="linear"),
        Upsample(size=(9, 4), mode="cubic"),
        Upsample(size=9, mode="cubic", align_corners=True),
        Upsample(like=(1, 14, 9), mode="linear"),
        Upsample(2, mode="cubic"),
        Upsample(3, mode="cubic"),
        FixedFilter("sobel_x"),
        FixedFilter("laplace", 2, "half", padding_mode="reflect"),
        FixedFilter("sobel_y", 1, ((0, 1), (2, 0)), 2),
        FixedFilter(((1.0, 0.0, -1.0),), (2, 1), "same", padding_mode="circular"),
        PixelShuffle(2),
        *(reduce("height") for reduce in REDUCTIONS),
        *(reduce(("channels", "steps"), keep=False) for reduce in REDUCTIONS),
        *(reduce((2,), keep=False) for reduce in REDUCTIONS),
        *(reduce(0, keep=False) for reduce in REDUCTIONS),
        Softmax("width"),
        Softmax(1),
        LogSoftmax("height"),
        Normalize(("channels", "width")),
    ),
    *over(
        ANY,
        Slice(-3, -1),
        Slice(1, step=3),
        Reshape((-1,)),
        Reshape((4, -1)),
        Reshape((2, 1, -1, 1)),
        Unflatten((-1,), "channels"),
        Roll(3),
        Roll(-1, "channels"),
        Flip("channels"),
    ),
    *over(
        MAPS,
        Slice(stop=1, axis="steps"),
        Slice(1, step=2, axis=1),
        Slice(-4, -1, 2, "steps"),
        Reshape((1, -1)),
        Unflatten((-1,)),
        Roll(2, "steps"),
        Roll(-30, 1),
        Flip("steps"),
        Flip(1),
        ToSequence("steps"),
        ToSequence(1),
        ToSequence("channels"),
    ),
    *over((VECTOR, SIGNAL), Unflatten((2, -1, 2), 0), Unflatten((8, 1), 0)),
    *over((SIGNAL,), Permute((1, 0)), Permute((0, 1)), Unflatten((3, 3)), Reshape((8, 9))),
    *over(((5, 5),), Permute(("steps", "channels")), ToSequence(0), Reshape((5, 5))),
    *over((IMAGE,), Permute((2, 0, 1)), Permute(("channels", "width", "height"))),
    *over((SIGNAL, IMAGE), Unflatten((-1, 1)), Unflatten((1, -1), 1)),
    *over((IMAGE,), ToSequence("height"), ToSequence("width"), Reshape((56, -1))),
    *over((CLIP,), Permute((3, 2, 1, 0)), ToSequence("depth"), Roll(1, "depth")),
    *over(
        ((8, 4, 6), (3, 12, 2)),
        PixelUnshuffle(1),
        PixelUnshuffle(2),
        PixelUnshuffle(2, "rows"),
        PixelUnshuffle(2, "columns"),
    ),
    *over(((12, 3, 5), (4, 1, 1)), PixelShuffle(2, "rows"), PixelShuffle(2, "columns")),
    *over((SIGNAL,), FixedFilter((1.0, 2.0, 1.0), padding=1), FixedFilter((0.5, 0.5), 2)),
    *over((CLIP,), FixedFilter((((1.0, 2.0),), ((0.0, -1.0),)))),
    *over((SIGNAL,), Conv(6, 2, dilation=3, padding="causal"), Conv(6, 3, 2, "causal")),
    *over(((8, 6), (8, 6, 12), (3, 6, 6), (2, 6, 12, 6)), ToWindows(2, 1), ToWindows(3, 0, 2)),
    *over(((3, 4, 6),), ToWindows((2, 3), (0, 4), (1, 2)), ToWindows((4, 6))),
    *over(((3, 9, 4),), FromWindows(2), FromWindows(2, (1, 0)), FromWindows(2, 1, 3, 6)),
    *over(
        ((3, 4, 6),),
        FromWindows((2, 3), (0, 4), (2, 1), (4, 6)),
        FromWindows(6, 5, 2, (24,)),
        FromWindows((1, 2, 3), map=(2, 2, 6)),
    ),
    *over(
        (VECTOR, SIGNAL, (1, 9), (8, 1)),
        Linear(10),
        Linear(3, bias=False),
        Linear(4, weight_norm=True),
        Linear(4, spectral_norm=True),
        Linear(3, bias=False, spectral_norm=True),
        Linear(3, transposed=True),
    ),
    *over(MAPS, Linear(10, per="position"), Linear(1, bias=False, per="position")),
    *over(MAPS, Linear(3, bias=False, per="position", transposed=True)),
    *over((VECTOR,), Rbf(3)),
    *over(
        (SIGNAL, (3, 1)),
        *(layer(5) for layer in RECURRENT),
        *(
            layer(5, layers, both, bias, output)
            for layer in RECURRENT
            for layers, both, bias, output in product(
                (1, 3), (False, True), (False, True, "single"), ("sequence", "last")
            )
        ),
        *(
            Lstm(5, layers, both, output=output, projection=3)
            for layers, both, output in product((1, 3), (False, True), ("sequence", "last"))
        ),
        Lstm(5, bias=False, projection=1),
        *(layer(5, **way) for layer in RECURRENT for way in COMPUTED),
        *(
            layer(5, 2, True, output="last", **way, **more)
            for layer, more in ((Rnn, {}), (Gru, {"bias": "single"}), (Lstm, {"projection": 3}))
            for way in COMPUTED
        ),
        Lstm(5, bias="single", projection=3),
        Attention(1),
        Attention(1, bias=False),
        Attention(1, causal=True),
        ClassToken(),
        Position(9),
        Position(20),
        SinusoidalPosition(),
        SinusoidalPosition(10.0),
    ),
    *over((SIGNAL, IMAGE, CLIP), Attention(4), Attention(8, bias=False), Attention(2, causal=True)),
    *over(((8, 7, 1), (1, 4, 3), (1, 4, 1), (8, 1, 1)), Attention(1)),
    *ATTENDING,
    *over(ANY, Learned(4, 3), Learned(4), Learned(4, (3, 2)), Fixed(4, 3), Fixed(4, (3, 2))),
    *over(((2, 9), (1, 9)), ByOffset(5), ByOffset((2, 2)), ByOffset(9, distance=True)),
    *over(((2, 9),), ByOffset(3, keys=5, stride=2), ByOffset(5, keys=3, key_stride=2)),
    *over(((2, 7),), ByOffset((2, 2), distance=True, token=True)),
    *over(
        (VECTOR, (1, 9)),
        Embedding(10, 3),
        Embedding(1, 1),
        Embedding(10, 3, 4),
        Embedding(10, 3, weight_norm=True),
        Embedding(10, 3, spectral_norm=True),
    ),
    *over(((8, 1, 1),), GlobalAvgPool(), InstanceNorm(track=True), Flatten(), BatchNorm()),
    *[
        (join(), inputs)
        for join in ELEMENTWISE
        for inputs in ((IMAGE, IMAGE), (IMAGE, IMAGE, IMAGE), (IMAGE, (8, 1, 1)), (VECTOR, VECTOR))
    ],
    *[
        (MaxUnpool(pool), (pool.output_shape(shape), shape))
        for shape in MAPS
        for pool in (
            MaxPool(2),
            MaxPool(3, 2, 1),
            MaxPool(3, 1, 1, dilation=2),
            MaxPool(2, 3, rounding="ceil"),
        )
    ],
    (RoiAlign(2), (IMAGE, (4, 3))),
    (RoiAlign((2, 1), 0.5, 3, aligned=True), ((3, 5, 1), (4, 2))),
    (RoiPool(2), (IMAGE, (4, 3))),
    (RoiPool((3, 1), 0.5), ((3, 5, 1), (4, 2))),
    (PsRoiPool(2), (IMAGE, (4, 3))),
    (PsRoiPool((1, 3), 0.5), ((6, 5, 1), (4, 2))),
    (PsRoiPool((3, 1)), ((6, 5, 4), (4, 2))),
    (DeformConv(6, 3), (IMAGE, (18, 5, 7))),
    (DeformConv(6, 3, bias=False), (IMAGE, (18, 5, 7), (9, 5, 7))),
    (DeformConv(4, (1, 2), 2, "same", (1, 3), 2), (IMAGE, (16, 4, 5), (8, 4, 5))),
    (DeformConv(4, 3, padding="half", groups=4), (IMAGE, (36, 7, 9))),
    (DeformConv(2, 1, 3), ((1, 1, 4), (2, 1, 2))),
    (MaxUnpool(MaxPool((1, 3), (2, 1))), ((8, 4, 7), IMAGE)),
    (Concat(), (IMAGE, (3, 7, 9))),
    (Concat(), (VECTOR, VECTOR, (2,))),
    (Concat(), (SIGNAL, (1, 9))),
    *[
        (Matmul(), shapes)
        for shapes in (
            ((3, 8), SIGNAL),
            ((9, 9), (9, 9)),
            ((1, 8), (8, 1)),
            ((3, 7, 8), IMAGE),
            ((3, 1, 8), (8, 1, 9)),
            ((1, 7, 8), IMAGE),
            ((3, 7, 1), (1, 7, 9)),
            ((3, 5, 6, 8), CLIP),
        )
    ],
]

ALIASES = {"activation"}
STATED = {kind for kind, layer in LAYERS.items() if layer.stated}
"""Kinds that nothing computes: there is no PyTorch to hold them against."""

KINDS = sorted(LAYERS.keys() - ALIASES - STATED)


def named(case: Case) -> str:
    """`Conv(...) 8x7x9`: what a case is called in a report."""
    layer, shapes = case
    given = {name: value for name, value in layer.values().items() if not default(layer, name)}
    fields = " ".join(f"{name}={value}" for name, value in given.items())
    return f"{layer.kind} {fields} {' '.join('x'.join(map(str, shape)) for shape in shapes)}"


def default(layer: Layer, name: str) -> bool:
    """Whether a field has its default."""
    return bool(getattr(layer, name) == layer.fields[name].default)


def of_each_kind(cases: Iterable[Case] = CASES) -> Callable[[Test], Test]:
    """A test of a case becomes one of each kind."""
    groups: dict[str, list[Case]] = {}
    for case in cases:
        groups.setdefault(case[0].kind, []).append(case)
    return in_groups(groups, named)
