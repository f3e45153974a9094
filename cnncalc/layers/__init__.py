"""Every layer kind, one class each."""

from cnncalc.layers.activation import ACTIVATIONS, Activation
from cnncalc.layers.adaptive import (
    AdaptiveAvgPool,
    AdaptiveMaxPool,
    GlobalAvgPool,
    GlobalMaxPool,
)
from cnncalc.layers.attention import Attention
from cnncalc.layers.base import Layer
from cnncalc.layers.batch import FrozenBatchNorm, MeanOnlyBatchNorm
from cnncalc.layers.classic import Rbf, Subsample
from cnncalc.layers.constant import Clamp, Power, Shift
from cnncalc.layers.conv import Conv, ConvTranspose
from cnncalc.layers.deform import DeformConv
from cnncalc.layers.dropout import AlphaDropout, Dropout, DropPath, GaussianNoise
from cnncalc.layers.fixed import BlurPool, FixedFilter
from cnncalc.layers.gated import Glu
from cnncalc.layers.gem import GemPool
from cnncalc.layers.join import (
    Add,
    Average,
    Concat,
    Divide,
    Maximum,
    Minimum,
    Multiply,
    Subtract,
)
from cnncalc.layers.linear import Linear
from cnncalc.layers.local import LocallyConnected
from cnncalc.layers.matmul import Matmul
from cnncalc.layers.maxout import Maxout
from cnncalc.layers.neocognitron import CCells, SCells
from cnncalc.layers.norm import (
    BatchNorm,
    GroupNorm,
    InstanceNorm,
    LayerNorm,
    LayerScale,
    LocalResponseNorm,
    RmsNorm,
    Scale,
)
from cnncalc.layers.partition import FromWindows, ToWindows
from cnncalc.layers.pixels import PixelUnshuffle
from cnncalc.layers.pool import AvgPool, LpPool, MaxPool
from cnncalc.layers.positions import Learned, SinusoidalPosition
from cnncalc.layers.rearrange import Flip, Permute, Reshape, Roll, Unflatten
from cnncalc.layers.recurrent import Gru, Lstm, Rnn
from cnncalc.layers.reduction import Max, Mean, Min, Norm, Std, Summation, Variance
from cnncalc.layers.reshape import (
    ChannelShuffle,
    Crop,
    Flatten,
    Pad,
    PadChannels,
    PixelShuffle,
    Slice,
)
from cnncalc.layers.response import GlobalResponseNorm, Normalize
from cnncalc.layers.roi import RoiAlign, RoiPool
from cnncalc.layers.sequence import ClassToken, Embedding, Position, ToSequence
from cnncalc.layers.unpool import MaxUnpool
from cnncalc.layers.upsample import Upsample

KINDS: tuple[type[Layer], ...] = (
    Conv,
    ConvTranspose,
    LocallyConnected,
    DeformConv,
    Linear,
    Rbf,
    MaxPool,
    AvgPool,
    LpPool,
    MaxUnpool,
    RoiAlign,
    RoiPool,
    Subsample,
    BlurPool,
    FixedFilter,
    SCells,
    CCells,
    GlobalAvgPool,
    GlobalMaxPool,
    GemPool,
    AdaptiveAvgPool,
    AdaptiveMaxPool,
    Mean,
    Summation,
    Max,
    Min,
    Norm,
    Variance,
    Std,
    BatchNorm,
    MeanOnlyBatchNorm,
    FrozenBatchNorm,
    InstanceNorm,
    LayerNorm,
    RmsNorm,
    GroupNorm,
    LocalResponseNorm,
    GlobalResponseNorm,
    Normalize,
    *ACTIVATIONS.values(),
    Activation,
    Maxout,
    Glu,
    Power,
    Clamp,
    Dropout,
    AlphaDropout,
    DropPath,
    GaussianNoise,
    Flatten,
    Slice,
    Pad,
    PadChannels,
    Crop,
    Upsample,
    ChannelShuffle,
    PixelShuffle,
    PixelUnshuffle,
    Reshape,
    Unflatten,
    Permute,
    Roll,
    Flip,
    LayerScale,
    Scale,
    Shift,
    Rnn,
    Lstm,
    Gru,
    Attention,
    Embedding,
    ToSequence,
    ToWindows,
    FromWindows,
    Position,
    SinusoidalPosition,
    ClassToken,
    Learned,
    Concat,
    Add,
    Subtract,
    Multiply,
    Divide,
    Maximum,
    Minimum,
    Average,
    Matmul,
)

LAYERS = {layer.kind: layer for layer in KINDS}
