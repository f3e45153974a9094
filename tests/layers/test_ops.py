"""Operations of every kind, each count the product it comes from."""

import pytest

from cnncalc.layers import LAYERS
from cnncalc.layers.base import NO_OPS, Layer, Ops, Shape
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
from cnncalc.layers.pointwise.activation import Gelu, PRelu, Threshold
from cnncalc.layers.pointwise.competing import LogSoftmax, Softmax
from cnncalc.layers.pointwise.constant import Clamp, Power, Shift
from cnncalc.layers.pointwise.dropout import AlphaDropout, Dropout, DropPath, GaussianNoise
from cnncalc.layers.pointwise.gated import Glu
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
from tests.layers.cases import STATED

SEQUENCE = (8, 9)
IMAGE = (8, 7, 9)
MAP = 7 * 9
VALUES = 8 * MAP

COSTS: list[tuple[Layer, tuple[Shape, ...], Ops]] = [
    (Conv(6, 3, bias=False), (IMAGE,), Ops(macs=6 * 5 * 7 * 8 * 3 * 3)),
    (Conv(6, 3), (IMAGE,), Ops(macs=6 * 5 * 7 * 8 * 3 * 3, additions=6 * 5 * 7)),
    (LocallyConnected(6, 3), (IMAGE,), Ops(macs=6 * 5 * 7 * 8 * 3 * 3, additions=6 * 5 * 7)),
    (
        DeformConv(6, 3, groups=2),
        (IMAGE, (2 * 3 * 3, 5, 7)),
        Ops(
            macs=6 * 5 * 7 * 4 * 3 * 3,
            multiplications=8 * 5 * 7 * 3 * 3 * 4,
            additions=8 * 5 * 7 * 3 * 3 * 3 + 6 * 5 * 7,
        ),
    ),
    (
        DeformConv(6, 3, bias=False),
        (IMAGE, (2 * 2 * 3 * 3, 5, 7), (2 * 3 * 3, 5, 7)),
        Ops(
            macs=6 * 5 * 7 * 8 * 3 * 3,
            multiplications=8 * 5 * 7 * 3 * 3 * (4 + 1),
            additions=8 * 5 * 7 * 3 * 3 * 3,
        ),
    ),
    (Conv(8, 3, groups=8, bias=False), (IMAGE,), Ops(macs=8 * 5 * 7 * 1 * 3 * 3)),
    (
        ConvTranspose(6, 2, 2, groups=2),
        (IMAGE,),
        Ops(macs=VALUES * (6 // 2) * 2 * 2, additions=6 * 14 * 18),
    ),
    (
        Conv(2, 3, table=((0,), (1, 5, 7))),
        (IMAGE,),
        Ops(macs=5 * 7 * (1 + 3) * 3 * 3, additions=2 * 5 * 7),
    ),
    (Linear(10), ((8,),), Ops(macs=10 * 8, additions=10)),
    (Linear(10), ((8, 9),), Ops(macs=9 * 10 * 8, additions=9 * 10)),
    (Linear(10, bias=False, per="position"), (IMAGE,), Ops(macs=MAP * 10 * 8)),
    (Rbf(10), ((8,),), Ops(additions=10 * (8 + 7), multiplications=10 * 8)),
    (MaxPool(3, 2), (IMAGE,), Ops(comparisons=8 * 3 * 4 * (3 * 3 - 1))),
    (AvgPool(2), (IMAGE,), Ops(additions=8 * 3 * 4 * 3, divisions=8 * 3 * 4)),
    (LpPool(2), (IMAGE,), Ops(additions=8 * 3 * 4 * 3, powers=8 * 3 * 4 * (4 + 1))),
    (
        LpPool(2, reduce="mean"),
        (IMAGE,),
        Ops(additions=8 * 3 * 4 * 3, divisions=8 * 3 * 4, powers=8 * 3 * 4 * (4 + 1)),
    ),
    (
        Subsample(2),
        (IMAGE,),
        Ops(additions=8 * 3 * 4 * (3 + 1), multiplications=8 * 3 * 4),
    ),
    # a plane of V-cells and six of S-cells, 7x9 each; a square of each value below, a root and a
    # factor for each V-cell; for each S-cell twice 1 + ..., - 1, b v and r
    (
        SCells(6, 3, 1),
        (IMAGE,),
        Ops(
            macs=(6 + 1) * MAP * 8 * 3 * 3,
            additions=6 * MAP * (1 + 1 + 1),
            multiplications=VALUES + MAP + 6 * MAP * (1 + 1),
            divisions=6 * MAP,
            comparisons=6 * MAP,
            powers=MAP,
        ),
    ),
    (
        SCells(1, 7),
        ((8, 7, 9),),
        Ops(
            macs=(1 + 1) * 1 * 3 * 8 * 7 * 7,
            additions=1 * 3 * 3,
            multiplications=VALUES + 1 * 3 + 1 * 3 * 2,
            divisions=1 * 3,
            comparisons=1 * 3,
            powers=1 * 3,
        ),
    ),
    # for each C-cell 1 + e, - 1 and alpha + x, two quotients; for each V-cell a mean, and 1 + v
    (
        CCells(3, 2),
        (IMAGE,),
        Ops(
            macs=8 * 3 * 4 * 3 * 3,
            additions=8 * 3 * 4 * (1 + 1 + 1) + 3 * 4 * ((8 - 1) + 1),
            divisions=8 * 3 * 4 * (1 + 1) + 3 * 4,
            comparisons=8 * 3 * 4,
        ),
    ),
    (GlobalAvgPool(), (IMAGE,), Ops(additions=8 * (MAP - 1), divisions=8)),
    (GlobalMaxPool(keep=True), (IMAGE,), Ops(comparisons=8 * (MAP - 1))),
    (AdaptiveAvgPool(1), (IMAGE,), Ops(additions=8 * (MAP - 1), divisions=8)),
    # windows over 7 in 2: 0-3, 3-6; over 9 in 3: 0-2, 3-5, 6-8
    (
        AdaptiveAvgPool((2, 3)),
        (IMAGE,),
        Ops(additions=8 * ((4 + 4) * (3 + 3 + 3) - 2 * 3), divisions=8 * 2 * 3),
    ),
    # over 9 in 2: 0-4, 4-8; one window over 7
    (AdaptiveMaxPool((1, 2)), (IMAGE,), Ops(comparisons=8 * (7 * (5 + 5) - 2))),
    (FixedFilter("laplace", 2), (IMAGE,), Ops(macs=8 * 3 * 4 * 3 * 3)),
    (BlurPool(4), (IMAGE,), Ops(macs=8 * 4 * 5 * 4 * 4)),
    (FrozenBatchNorm(), (IMAGE,), Ops(multiplications=VALUES, additions=VALUES)),
    (MeanOnlyBatchNorm(), (IMAGE,), Ops(additions=VALUES)),
    (BatchNorm(), (IMAGE,), Ops(multiplications=VALUES, additions=VALUES)),
    (BatchNorm(affine=False), (IMAGE,), Ops(multiplications=VALUES, additions=VALUES)),
    (InstanceNorm(track=True), (IMAGE,), Ops(multiplications=VALUES, additions=VALUES)),
    (
        InstanceNorm(),
        (IMAGE,),
        Ops(
            additions=8 * ((MAP - 1) + MAP + (MAP - 1) + 1),
            multiplications=VALUES,
            divisions=8 * (1 + 1 + MAP),
            powers=8,
        ),
    ),
    (
        LayerNorm(),
        (IMAGE,),
        Ops(
            additions=MAP * (7 + 8 + 7 + 1) + VALUES,
            multiplications=VALUES + VALUES,
            divisions=MAP * (1 + 1 + 8),
            powers=MAP,
        ),
    ),
    (
        RmsNorm(),
        (IMAGE,),
        Ops(
            additions=MAP * (7 + 1),
            multiplications=VALUES + VALUES,
            divisions=MAP * (1 + 8),
            powers=MAP,
        ),
    ),
    (
        RmsNorm("all", affine=False),
        (IMAGE,),
        Ops(
            additions=(VALUES - 1) + 1,
            multiplications=VALUES,
            divisions=1 + VALUES,
            powers=1,
        ),
    ),
    (
        LayerNorm("all", affine=False),
        (IMAGE,),
        Ops(
            additions=(VALUES - 1) + VALUES + (VALUES - 1) + 1,
            multiplications=VALUES,
            divisions=1 + 1 + VALUES,
            powers=1,
        ),
    ),
    (
        GroupNorm(4, affine=False),
        (IMAGE,),
        Ops(
            additions=4 * ((2 * MAP - 1) + 2 * MAP + (2 * MAP - 1) + 1),
            multiplications=VALUES,
            divisions=4 * (1 + 1 + 2 * MAP),
            powers=4,
        ),
    ),
    (
        LocalResponseNorm(5),
        (IMAGE,),
        Ops(
            additions=VALUES * (4 + 1),
            multiplications=VALUES * (1 + 1),
            divisions=VALUES * (1 + 1),
            powers=VALUES,
        ),
    ),
    # of each channel 63 squares, 62 sums and a root; the mean of 8, and eps; 8 quotients; then for
    # each value two factors and two summands
    (
        GlobalResponseNorm(),
        (IMAGE,),
        Ops(
            additions=8 * (MAP - 1) + (8 - 1) + 1 + 2 * VALUES,
            multiplications=VALUES + 2 * VALUES,
            divisions=1 + 8,
            powers=8,
        ),
    ),
    (
        Normalize(),
        (IMAGE,),
        Ops(
            additions=MAP * (8 - 1),
            multiplications=VALUES,
            divisions=VALUES,
            comparisons=MAP,
            powers=MAP,
        ),
    ),
    (
        Normalize("space", p=1.0),
        (IMAGE,),
        Ops(additions=8 * (MAP - 1), divisions=VALUES, comparisons=VALUES + 8),
    ),
    # bounds and powers, then for each channel a mean and a root; 1/p
    (
        GemPool(),
        (IMAGE,),
        Ops(
            comparisons=VALUES,
            powers=VALUES + 8,
            additions=8 * (MAP - 1),
            divisions=8 + 1,
        ),
    ),
    (Mean("channels"), (IMAGE,), Ops(additions=MAP * (8 - 1), divisions=MAP)),
    (Mean("height"), (IMAGE,), Ops(additions=8 * 9 * (7 - 1), divisions=8 * 9)),
    (Summation("space"), (IMAGE,), Ops(additions=8 * (MAP - 1))),
    (Max(("channels", "width")), (IMAGE,), Ops(comparisons=7 * (8 * 9 - 1))),
    (Min("all"), (IMAGE,), Ops(comparisons=VALUES - 1)),
    (
        Norm("space"),
        (IMAGE,),
        Ops(multiplications=VALUES, additions=8 * (MAP - 1), powers=8),
    ),
    (Norm("space", p=1.0), (IMAGE,), Ops(comparisons=VALUES, additions=8 * (MAP - 1))),
    (
        Norm("space", p=3.0),
        (IMAGE,),
        Ops(comparisons=VALUES, powers=VALUES + 8, additions=8 * (MAP - 1)),
    ),
    (
        Variance("space"),
        (IMAGE,),
        Ops(
            additions=8 * ((MAP - 1) + MAP + (MAP - 1)),
            multiplications=VALUES,
            divisions=8 * (1 + 1),
        ),
    ),
    (
        Std("space", keep=False),
        (IMAGE,),
        Ops(
            additions=8 * ((MAP - 1) + MAP + (MAP - 1)),
            multiplications=VALUES,
            divisions=8 * (1 + 1),
            powers=8,
        ),
    ),
    (LayerScale(), (IMAGE,), Ops(multiplications=VALUES)),
    (Shift(0.5), (IMAGE,), Ops(additions=VALUES)),
    (Power(3.0), (IMAGE,), Ops(powers=VALUES)),
    (Clamp(min=0.0), (IMAGE,), Ops(comparisons=VALUES)),
    (Clamp(0.0, 6.0), (IMAGE,), Ops(comparisons=2 * VALUES)),
    (
        Glu(),
        (IMAGE,),
        Ops(
            exponentials=4 * MAP,
            additions=4 * MAP,
            divisions=4 * MAP,
            multiplications=4 * MAP,
        ),
    ),
    (Glu("relu"), (IMAGE,), Ops(comparisons=4 * MAP, multiplications=4 * MAP)),
    (Glu("identity"), (IMAGE,), Ops(multiplications=4 * MAP)),
    (Scale(0.17), (IMAGE,), Ops(multiplications=VALUES)),
    (Maxout(4), (IMAGE,), Ops(comparisons=2 * MAP * (4 - 1))),
    # of each unit: V x + W h, and tanh
    (
        Rnn(5, bias=False),
        (SEQUENCE,),
        Ops(macs=9 * 5 * (8 + 5), additions=9 * 5, exponentials=9 * 5),
    ),
    (
        Rnn(5),
        (SEQUENCE,),
        Ops(macs=9 * 5 * (8 + 5), additions=9 * 5 * (1 + 2), exponentials=9 * 5),
    ),
    (
        Rnn(5, bias="single"),
        (SEQUENCE,),
        Ops(macs=9 * 5 * (8 + 5), additions=9 * 5 * (1 + 1), exponentials=9 * 5),
    ),
    # four of V x + W h; three sigmoids of 1 exponential, addition and division; two tanh; f c + i g
    (
        Lstm(5, bias=False),
        (SEQUENCE,),
        Ops(
            macs=9 * 4 * 5 * (8 + 5),
            additions=9 * 5 * (4 + 3 + 1),
            multiplications=9 * 5 * (2 + 1),
            divisions=9 * 5 * 3,
            exponentials=9 * 5 * (3 + 2),
        ),
    ),
    # three of V x + W h; two sigmoids, one tanh; 1 - z, and the sum; r, 1 - z and z as factors
    (
        Gru(5, bias=False),
        (SEQUENCE,),
        Ops(
            macs=9 * 3 * 5 * (8 + 5),
            additions=9 * 5 * (3 + 2 + 1 + 1),
            multiplications=9 * 5 * 3,
            divisions=9 * 5 * 2,
            exponentials=9 * 5 * (2 + 1),
        ),
    ),
    (
        Gru(5, 3, bidirectional=True),
        (SEQUENCE,),
        Ops(
            macs=9 * 2 * 3 * 5 * ((8 + 5) + 2 * (2 * 5 + 5)),
            additions=9 * 2 * 3 * 5 * ((3 + 2 + 1 + 1) + 3 * 2),
            multiplications=9 * 2 * 3 * 5 * 3,
            divisions=9 * 2 * 3 * 5 * 2,
            exponentials=9 * 2 * 3 * 5 * (2 + 1),
        ),
    ),
    (
        Attention(4),
        (SEQUENCE,),
        Ops(
            macs=9 * (3 * 8) * 8 + 4 * 9 * 9 * (8 // 4) + 4 * 9 * 9 * (8 // 4) + 9 * 8 * 8,
            additions=9 * (3 * 8) + 4 * 9 * (9 - 1) + 9 * 8,
            multiplications=9 * 8,
            divisions=4 * 9 * 9,
            exponentials=4 * 9 * 9,
        ),
    ),
    (
        Attention(4, causal=True),
        ((8, 5, 9),),
        Ops(
            macs=9 * (3 * 8) * 8 + 4 * 9 * 9 * (8 // 4) + 4 * 9 * 9 * (8 // 4) + 9 * 8 * 8,
            additions=9 * (3 * 8) + 4 * 9 * (9 - 1) + 9 * 8,
            multiplications=9 * 8,
            divisions=4 * 9 * 9,
            exponentials=4 * 9 * 9,
        ).scaled(5),
    ),
    (
        Attention(4, key_heads=2, rotary=10_000.0, out_bias=False),
        (SEQUENCE,),
        Ops(
            macs=9 * (8 + 4 + 4) * 8 + 2 * 4 * 9 * 9 * 2 + 9 * 8 * 8,
            additions=9 * (8 + 4 + 4) + 9 * (8 + 4) + 4 * 9 * (9 - 1),
            multiplications=9 * 8 + 2 * 9 * (8 + 4),
            divisions=4 * 9 * 9,
            exponentials=4 * 9 * 9,
        ),
    ),
    (
        Attention(2, head_features=3, value_features=5, features=7, bias=False),
        (SEQUENCE, (6, 4), (3, 4)),
        Ops(
            macs=9 * 8 * 6 + 4 * 6 * 6 + 4 * 3 * 10 + 2 * 9 * 4 * (3 + 5) + 9 * 10 * 7,
            additions=2 * 9 * (4 - 1),
            multiplications=9 * 6,
            divisions=2 * 9 * 4,
            exponentials=2 * 9 * 4,
        ),
    ),
    (
        Attention(4, project="none", size=2, relative=True, shift=1),
        ((8, 9, 4),),
        Ops(
            macs=2 * 4 * 4 * 4 * 2,
            additions=4 * 4 * (4 - 1) + 2 * 4 * 4 * 4,
            multiplications=4 * 8,
            divisions=4 * 4 * 4,
            exponentials=4 * 4 * 4,
        ).scaled(9),
    ),
    (
        Attention(4, key_heads=2, qk_norm="rms_norm", score_bias=True, bias=False),
        (SEQUENCE,),
        Ops(
            macs=9 * (8 + 4 + 4) * 8 + 2 * 4 * 9 * 9 * 2 + 9 * 8 * 8,
            additions=4 * 9 * (9 - 1) + 4 * 9 * 9 + 9 * (8 + 4),
            multiplications=9 * 8 + 2 * 9 * (8 + 4),
            divisions=4 * 9 * 9 + 9 * (8 + 4) + 9 * (4 + 2),
            exponentials=4 * 9 * 9,
            powers=9 * (4 + 2),
        ),
    ),
    (
        Attention(4, bias=False),
        (SEQUENCE, (6, 5), (6, 5), (9, 5)),
        Ops(
            macs=9 * 8 * 8 + 2 * 5 * 8 * 6 + 2 * 4 * 9 * 5 * 2 + 9 * 8 * 8,
            additions=4 * 9 * (5 - 1) + 4 * 9 * 5,
            multiplications=9 * 8,
            divisions=4 * 9 * 5,
            exponentials=4 * 9 * 5,
        ),
    ),
    (SinusoidalPosition(), (SEQUENCE,), Ops(additions=9 * 8)),
    (Position(), (IMAGE,), Ops(additions=VALUES)),
    (LAYERS["step"](), (IMAGE,), Ops(comparisons=VALUES)),
    (
        LAYERS["sigmoid"](),
        (IMAGE,),
        Ops(exponentials=VALUES, additions=VALUES, divisions=VALUES),
    ),
    (LAYERS["tanh"](), (IMAGE,), Ops(exponentials=VALUES)),
    (LAYERS["arctan"](), (IMAGE,), Ops(exponentials=VALUES)),
    (LAYERS["relu"](), (IMAGE,), Ops(comparisons=VALUES)),
    (LAYERS["relu6"](), (IMAGE,), Ops(comparisons=2 * VALUES)),
    (LAYERS["leaky_relu"](), (IMAGE,), Ops(comparisons=VALUES, multiplications=VALUES)),
    (PRelu(), (IMAGE,), Ops(comparisons=VALUES, multiplications=VALUES)),
    (
        LAYERS["elu"](),
        (IMAGE,),
        Ops(comparisons=VALUES, exponentials=VALUES, additions=VALUES, multiplications=VALUES),
    ),
    (
        LAYERS["selu"](),
        (IMAGE,),
        Ops(comparisons=VALUES, exponentials=VALUES, additions=VALUES, multiplications=2 * VALUES),
    ),
    (
        LAYERS["gelu"](),
        (IMAGE,),
        Ops(exponentials=VALUES, additions=VALUES, multiplications=3 * VALUES),
    ),
    (LAYERS["silu"](), (IMAGE,), Ops(exponentials=VALUES, additions=VALUES, divisions=VALUES)),
    (
        LAYERS["softplus"](),
        (IMAGE,),
        Ops(
            exponentials=2 * VALUES,
            additions=VALUES,
            multiplications=VALUES,
            divisions=VALUES,
        ),
    ),
    (
        LAYERS["hard_sigmoid"](),
        (IMAGE,),
        Ops(comparisons=2 * VALUES, additions=VALUES, divisions=VALUES),
    ),
    (
        LAYERS["hard_swish"](),
        (IMAGE,),
        Ops(comparisons=2 * VALUES, additions=VALUES, divisions=VALUES, multiplications=VALUES),
    ),
    (LAYERS["hard_tanh"](), (IMAGE,), Ops(comparisons=2 * VALUES)),
    (
        LAYERS["softsign"](),
        (IMAGE,),
        Ops(comparisons=VALUES, additions=VALUES, divisions=VALUES),
    ),
    (LAYERS["log_sigmoid"](), (IMAGE,), Ops(exponentials=2 * VALUES, additions=VALUES)),
    (
        LAYERS["celu"](),
        (IMAGE,),
        Ops(
            comparisons=VALUES,
            exponentials=VALUES,
            additions=VALUES,
            multiplications=VALUES,
            divisions=VALUES,
        ),
    ),
    (
        LAYERS["mish"](),
        (IMAGE,),
        Ops(exponentials=3 * VALUES, additions=VALUES, multiplications=VALUES),
    ),
    (
        LAYERS["quick_gelu"](),
        (IMAGE,),
        Ops(exponentials=VALUES, additions=VALUES, multiplications=VALUES, divisions=VALUES),
    ),
    (LAYERS["relu_squared"](), (IMAGE,), Ops(comparisons=VALUES, multiplications=VALUES)),
    (LAYERS["soft_shrink"](), (IMAGE,), Ops(comparisons=2 * VALUES, additions=VALUES)),
    (LAYERS["hard_shrink"](), (IMAGE,), Ops(comparisons=2 * VALUES)),
    (LAYERS["tanh_shrink"](), (IMAGE,), Ops(exponentials=VALUES, additions=VALUES)),
    (LAYERS["abs"](), (IMAGE,), Ops(comparisons=VALUES)),
    (LAYERS["square"](), (IMAGE,), Ops(multiplications=VALUES)),
    (LAYERS["sqrt"](), (IMAGE,), Ops(powers=VALUES)),
    (LAYERS["exp"](), (IMAGE,), Ops(exponentials=VALUES)),
    (LAYERS["log"](), (IMAGE,), Ops(exponentials=VALUES)),
    (LAYERS["reciprocal"](), (IMAGE,), Ops(divisions=VALUES)),
    (
        Gelu("tanh"),
        (IMAGE,),
        Ops(exponentials=VALUES, additions=2 * VALUES, multiplications=6 * VALUES),
    ),
    (Threshold(), (IMAGE,), Ops(comparisons=VALUES)),
    (
        Softmax("width"),
        (IMAGE,),
        Ops(exponentials=VALUES, additions=8 * 7 * (9 - 1), divisions=VALUES),
    ),
    (
        Softmax(among=2),
        (IMAGE,),
        Ops(exponentials=VALUES, additions=4 * MAP * (2 - 1), divisions=VALUES),
    ),
    (
        LogSoftmax("height"),
        (IMAGE,),
        Ops(exponentials=8 * 9 * (7 + 1), additions=8 * 9 * ((7 - 1) + 7)),
    ),
    (
        LAYERS["softmax"](),
        (IMAGE,),
        Ops(exponentials=8 * MAP, additions=(8 - 1) * MAP, divisions=8 * MAP),
    ),
    (
        LAYERS["log_softmax"](),
        (IMAGE,),
        Ops(exponentials=(8 + 1) * MAP, additions=((8 - 1) + 8) * MAP),
    ),
    (
        Upsample(2, mode="linear"),
        (IMAGE,),
        Ops(multiplications=4 * VALUES * 2 * 2, additions=4 * VALUES * (2 * 2 - 1)),
    ),
    (
        Upsample(2, mode="cubic"),
        (IMAGE,),
        Ops(multiplications=4 * VALUES * 4 * 4, additions=4 * VALUES * (4 * 4 - 1)),
    ),
    (
        Upsample(size=(4, 20), mode="linear", align_corners=True),
        (IMAGE,),
        Ops(multiplications=8 * 4 * 20 * 2 * 2, additions=8 * 4 * 20 * (2 * 2 - 1)),
    ),
    (
        AdaptiveAvgPool((1, None)),
        (IMAGE,),
        Ops(additions=8 * (7 - 1) * 9, divisions=8 * 9),
    ),
    (
        RoiPool((2, 3)),  # of rows 4 each, the middle one twice; of columns 3 each
        (IMAGE, (4, 5)),
        Ops(comparisons=8 * 5 * 2 * 3 * (4 * 3 - 1)),
    ),
    (
        PsRoiPool((2, 4)),  # of rows 4 each, the middle one twice; of columns 3 each
        (IMAGE, (4, 5)),
        Ops(additions=5 * 2 * 4 * (4 * 3 - 1), divisions=5 * 2 * 4),
    ),
    (
        RoiAlign((2, 3), samples=2),
        (IMAGE, (4, 5)),
        Ops(
            multiplications=8 * 5 * 2 * 3 * 4 * 4,
            additions=8 * 5 * 2 * 3 * (4 * 3 + 3),
            divisions=8 * 5 * 2 * 3,
        ),
    ),
    (MaxUnpool(MaxPool(2)), ((8, 3, 4), IMAGE), Ops(comparisons=8 * 3 * 4 * (2 * 2 - 1))),
    (Add(), (IMAGE, IMAGE), Ops(additions=VALUES)),
    (Add(), (IMAGE, IMAGE, IMAGE), Ops(additions=2 * VALUES)),
    (Subtract(), (IMAGE, IMAGE), Ops(additions=VALUES)),
    (Multiply(), (IMAGE, (8, 1, 1)), Ops(multiplications=VALUES)),
    (Divide(), (IMAGE, (1, 7, 9)), Ops(divisions=VALUES)),
    (Maximum(), (IMAGE, IMAGE), Ops(comparisons=VALUES)),
    (Minimum(), (IMAGE, IMAGE), Ops(comparisons=VALUES)),
    (Average(), (IMAGE, IMAGE, IMAGE), Ops(additions=2 * VALUES, divisions=VALUES)),
    (Matmul(), ((5, 8), SEQUENCE), Ops(macs=5 * 8 * 9)),
    (Matmul(), ((5, 7, 8), IMAGE), Ops(macs=7 * 5 * 8 * 9)),
]

FREE: list[tuple[Layer, tuple[Shape, ...]]] = [
    (LAYERS["identity"](), (IMAGE,)),
    (Dropout(0.5), (IMAGE,)),
    (AlphaDropout(0.5), (IMAGE,)),
    (DropPath(0.5), (IMAGE,)),
    (GaussianNoise(0.1), (IMAGE,)),
    (Flatten(), (IMAGE,)),
    (Slice(1, 3), (IMAGE,)),
    (Pad(1), (IMAGE,)),
    (PadChannels(3), (IMAGE,)),
    (Crop(1), (IMAGE,)),
    (Upsample(2), (IMAGE,)),
    (ChannelShuffle(2), (IMAGE,)),
    (PixelShuffle(2), (IMAGE,)),
    (ToSequence(), (IMAGE,)),
    (PixelUnshuffle(2), ((8, 4, 4),)),
    (Reshape((-1,)), (IMAGE,)),
    (Unflatten((1, -1)), (SEQUENCE,)),
    (Permute((1, 0)), (SEQUENCE,)),
    (Roll(3, 1), (IMAGE,)),
    (Flip(1), (IMAGE,)),
    (ToWindows(2), ((8, 4, 4),)),
    (FromWindows(2), ((8, 4, 4),)),
    (ClassToken(), (SEQUENCE,)),
    (Embedding(10, 3), ((1, 9),)),
    (Learned(4, 3), (SEQUENCE,)),
    (Fixed(4, 3), (SEQUENCE,)),
    (ByOffset(4), ((8, 7),)),
    (Concat(), (IMAGE, IMAGE)),
]


@pytest.mark.parametrize(("layer", "shapes", "ops"), COSTS, ids=lambda value: repr(value)[:60])
def test_ops(layer: Layer, shapes: tuple[Shape, ...], ops: Ops) -> None:
    assert layer.ops(*shapes) == ops


@pytest.mark.parametrize(("layer", "shapes"), FREE, ids=repr)
def test_free(layer: Layer, shapes: tuple[Shape, ...]) -> None:
    assert layer.ops(*shapes) == NO_OPS


def test_every_kind_is_counted() -> None:
    counted = {layer.kind for layer, *_ in (*COSTS, *FREE)}
    assert counted == LAYERS.keys() - {"activation", *STATED}


@pytest.mark.parametrize(("size", "output"), [(s, o) for s in range(1, 13) for o in range(1, 13)])
def test_adaptive_pools_read_what_their_windows_hold(size: int, output: int) -> None:
    layer = AdaptiveMaxPool(output)
    starts = [i * size // output for i in range(output)]
    stops = [-(-(i + 1) * size // output) for i in range(output)]
    held = sum(stop - start for start, stop in zip(starts, stops, strict=True))
    assert layer.ops((1, size)).comparisons == held - output


def test_flops_are_two_per_mac_and_one_for_every_other() -> None:
    ops = Ops(macs=10, additions=1, multiplications=2, divisions=3, comparisons=4, exponentials=5)
    assert ops.flops == 2 * 10 + 1 + 2 + 3 + 4 + 5
    assert ops.plus(ops) == ops.scaled(2)


def test_counts_are_exact_beyond_machine_words() -> None:
    side = 10**9
    assert Conv(side, 1, bias=False).ops((side, side, side)).macs == side**4
