"""What the modules of a lowered network reach, along one axis, through what their input does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import prod
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from cnncalc.records import NamedTuple
from cnncalc.runtime.verify.channel_reach import (
    NOTHING,
    Reached,
    alike,
    all_of,
    concatenated,
    largest,
    used,
)

LEAST = 1e-8
"""Below every weight of an upsampling, above what rounding leaves of a zero."""


class OpaqueError(Exception):
    """What a call reaches cannot be told; the message says of what it is so."""


class Direction(NamedTuple):
    """What a call is asked for: along which spatial axis, of how many.

    read, made: shapes of what it reads first and of what it makes, on the input alone
    reads: how many values it reads
    """

    number: int
    read: tuple[int, ...]
    made: tuple[int, ...]
    reads: int = 1

    def of(self, sizes: Any) -> int:
        """The number for this axis, of one for each, or of one for all."""
        return int(sizes[self.number]) if isinstance(sizes, tuple | list) else int(sizes)

    def sides(self, padding: Sequence[int]) -> tuple[int, int]:
        """What is added before and after, of a padding in the order of `F.pad`."""
        last = 2 * (len(self.read) - 3 - self.number)
        before, after = [*padding[last : last + 2], 0, 0][:2]
        return int(before), int(after)


def through(module: nn.Module, x: Reached, at: Direction) -> Reached | None:
    """What a module reaches through what its input does."""
    for kind in type(module).__mro__:
        name = kind.__name__
        if name in PASSING:
            return x
        if name in ENDING:
            return None
        if name in BY_CHANNEL:
            rows = BY_CHANNEL[name](module, x.rows, at)
            return None if rows is None else Reached(rows, x.of)
        if name in ACROSS:
            return ACROSS[name](module, x, at)
    raise OpaqueError(f"`{type(module).__name__}`")


# -- windows -----------------------------------------------------------------------------------


def windows(x: Tensor, kernel: int, stride: int, padding: int, dilation: int) -> Tensor:
    """The largest value of each window."""
    x = F.pad(x, (padding, padding), value=NOTHING)
    return F.max_pool1d(x, kernel, stride, 0, dilation)


def conv(module: Any, x: Reached, at: Direction) -> Reached:
    """Each output channel reads all channels of its group. What a padding repeats of the map stands
    for what an unbounded input would have there."""
    if isinstance(module.padding, str):
        raise OpaqueError(f"padding {module.padding}")
    filters, _, *kernel = module.weight.shape
    grouped = groups_of(x, module.groups)
    slid = windows(
        grouped.rows,
        at.of(kernel),
        at.of(module.stride),
        at.of(module.padding),
        at.of(module.dilation),
    )
    return _spread(Reached(slid, grouped.of), filters)


def conv_transpose(module: Any, x: Reached, at: Direction) -> Reached:
    """A convolution of the input with nothing between its values, stride - 1 times."""
    _, filters, *kernel = module.weight.shape
    rows, of = groups_of(x, module.groups)
    stride, dilation = at.of(module.stride), at.of(module.dilation)
    apart = rows.new_full((*rows.shape[:2], (rows.shape[2] - 1) * stride + 1), NOTHING)
    apart[..., ::stride] = rows
    before = dilation * (at.of(kernel) - 1) - at.of(module.padding)
    sides = before, before + at.of(module.output_padding)
    apart = F.pad(apart, sides, value=NOTHING)
    slid = windows(apart, at.of(kernel), 1, 0, dilation)
    return _spread(Reached(slid, of), filters * module.groups)


def cut_conv_transpose(module: Any, x: Reached, at: Direction) -> Reached:
    """A transposed convolution without the end of its output."""
    rows, of = conv_transpose(module, x, at)
    return Reached(F.pad(rows, at.sides(module.sides)), of)


def unpool(module: Any, x: Tensor, at: Direction) -> Tensor:
    """Each output reads all the values that may come to its place: a pool's windows, turned
    around. The map that tells the places is left out; it reaches no output by a number."""
    rules = module.pool
    kernel, dilation = at.of(rules.kernel_size), at.of(rules.dilation)
    before = dilation * (kernel - 1) - at.of(rules.padding)
    apart = x.new_full((*x.shape[:2], (x.shape[2] - 1) * at.of(rules.stride) + 1), NOTHING)
    apart[..., :: at.of(rules.stride)] = x
    slid = windows(F.pad(apart, (before, before), value=NOTHING), kernel, 1, 0, dilation)
    rest = at.made[at.number + 2] - (
        slid.shape[2] - (x.shape[2] - at.read[at.number + 2]) * at.of(rules.stride)
    )
    return F.pad(slid, (0, rest), value=NOTHING)


def groups_of(x: Reached, groups: int) -> Reached:
    """Each group of channels as one."""
    if groups == 1 or x.rows.shape[1] == 1:
        return alike(x.whole, groups)
    if groups == len(x.of):
        return x
    return all_of(x.each.unflatten(1, (groups, -1)).amax(2))  # type: ignore[no-untyped-call]


def _spread(grouped: Reached, filters: int) -> Reached:
    """Groups, for each of their channels."""
    return Reached(grouped.rows, grouped.of.repeat_interleave(filters // len(grouped.of)))


def pool(module: Any, x: Tensor, at: Direction) -> Tensor:
    """Max, mean and p-norm pools read the same windows."""
    return F.max_pool1d(
        x,
        at.of(module.kernel_size),
        at.of(module.stride),
        at.of(getattr(module, "padding", 0)),
        at.of(getattr(module, "dilation", 1)),
        ceil_mode=module.ceil_mode,
    )


def fixed_filter(module: Any, x: Tensor, at: Direction) -> Tensor:
    """A window over each channel."""
    steps = at.of(module.stride), at.of(module.padding), at.of(module.dilation)
    return windows(x, at.of(module.weight.shape), *steps)


def average_pool(module: Any, x: Tensor, at: Direction) -> Tensor:
    """cnncalc's own: padding of its own, then a mean."""
    return pool(module.pool, F.pad(x, at.sides(module.padding), value=NOTHING), at)


def within(module: Any, x: Tensor, at: Direction) -> Tensor:
    """A pool, and what is done with what it gives."""
    return pool(module.pool, x, at)


def adaptive_pool(module: Any, x: Tensor, at: Direction) -> Tensor | None:
    """As many windows more as the input has grown by; to a single one, it is a global pool."""
    if set(at.made[2:]) == {1}:
        return None
    count, rest = divmod(at.made[at.number + 2] * x.shape[2], at.read[at.number + 2])
    if rest:
        raise OpaqueError("an adaptive pool whose windows do not fit the canvas")
    return F.adaptive_max_pool1d(x, count)


def table_conv(module: Any, x: Reached, at: Direction) -> Reached:
    """Each filter reads some channels; which, the meta device has forgotten."""
    if not bool((x.rows == x.rows[:, :1]).all()):
        raise OpaqueError("a connection table over channels that reach different inputs")
    kernel = module.weight.shape[1:]
    steps = at.of(module.stride), at.of(module.padding), at.of(module.dilation)
    return alike(windows(x.whole, at.of(kernel), *steps), module.filters)


def locally_connected(module: Any, x: Reached, at: Direction) -> Reached:
    """The windows of a convolution."""
    steps = at.of(module.stride), 0, 1
    return alike(windows(x.whole, at.of(module.kernel_size), *steps), at.made[1])


def s_cells(module: Any, x: Reached, at: Direction) -> Reached:
    """A convolution; the V-cells read the same windows."""
    planes, _, *kernel = module.a.shape
    return alike(windows(x.whole, at.of(kernel), 1, at.of(module.padding), 1), planes)


def c_cells(module: Any, x: Reached, at: Direction) -> Reached:
    """Each plane reads its own window, and the mean of all planes'."""
    steps = at.of(module.stride), at.of(module.padding), 1
    return alike(windows(x.whole, at.of(module.d.shape), *steps), len(x.of))


# -- what moves values -------------------------------------------------------------------------


def padded(x: Reached, at: Direction, padding: Sequence[int]) -> Reached:
    """With nothing around it, and nothing in the channels behind it; less, where negative."""
    before, behind = [*padding[2 * (len(at.read) - 2) :], 0, 0][:2]
    if before or behind < 0:
        raise OpaqueError("channels cut, or put before the others")
    framed = Reached(F.pad(x.rows, at.sides(padding), value=NOTHING), x.of)
    return concatenated([framed, framed.nothing(behind)]) if behind else framed


def pad(module: Any, x: Tensor, at: Direction) -> Tensor:
    """A module that pads or crops; what it repeats of the map stands for what an unbounded input
    would have there."""
    return F.pad(x, at.sides(module.padding), value=NOTHING)


def upsample(module: Any, x: Tensor, at: Direction) -> Tensor:
    """Each output reads the inputs that have a weight in it, as PyTorch interpolates each by
    itself, over the canvas as over the input."""
    read, made = at.read[at.number + 2], at.made[at.number + 2]
    if module.mode == "nearest":
        return x[..., nearest(module, x.shape[2], at)]
    mode = "linear" if "linear" in module.mode else module.mode
    if read == made and mode == "linear":
        return x
    if module.align_corners and min(read, made) == 1:
        raise OpaqueError("corners of one place")
    size: dict[str, Any] = {"size": stretched(module, x.shape[2], at)}
    if module.scale_factor is not None and not module.align_corners:
        size = {"scale_factor": factor(module, at)}
    ones, corners = torch.eye(x.shape[2], dtype=torch.double), module.align_corners
    if mode == "bicubic":
        wide = F.interpolate(
            ones[:, None, :, None], **_across(size), mode=mode, align_corners=corners
        )
        weights = wide[:, 0, :, 0]
    else:
        weights = F.interpolate(ones[:, None], **size, mode=mode, align_corners=corners)[:, 0]
    return gathered(x, (weights.abs() > LEAST).T)


def factor(module: Any, at: Direction) -> float:
    """The factor of an upsampling along this axis."""
    given = module.scale_factor
    return float(given[at.number] if isinstance(given, tuple) else given)


def _across(size: dict[str, Any]) -> dict[str, Any]:
    """The size of an image that is an axis, and beside it a single place."""
    return {name: (value, 1.0 if name == "scale_factor" else 1) for name, value in size.items()}


def stretched(module: Any, length: int, at: Direction) -> int:
    """How many outputs there are over a canvas of that length: so many that they are as far apart
    as over the input."""
    read, made = at.read[at.number + 2], at.made[at.number + 2]
    if module.scale_factor is not None and not module.align_corners:
        return int(length * factor(module, at))
    edge = 1 if module.align_corners else 0
    count, rest = divmod((length - edge) * (made - edge), read - edge)
    if rest:
        raise OpaqueError("an upsampling whose outputs do not fit the canvas")
    return count + edge


def nearest(module: Any, length: int, at: Direction) -> Tensor:
    """The input that each output over a canvas repeats, by whole numbers, where that is what
    PyTorch repeats over the input."""
    read, made = at.read[at.number + 2], at.made[at.number + 2]
    rate = Fraction(read, made)
    if module.scale_factor is not None:
        rate = 1 / Fraction(factor(module, at)).limit_denominator(1000)
    given = {"size": made} if module.scale_factor is None else {"scale_factor": factor(module, at)}
    places = torch.arange(read, dtype=torch.float)[None, None]
    repeated = F.interpolate(places, **given, mode="nearest")[0, 0].long()
    if not torch.equal(repeated, _whole(rate, made)):
        raise OpaqueError("an upsampling that rounds to other inputs than the nearest")
    return _whole(rate, stretched(module, length, at))


def _whole(rate: Fraction, count: int) -> Tensor:
    return torch.arange(count) * rate.numerator // rate.denominator


def gathered(x: Tensor, relation: Tensor) -> Tensor:
    """The largest of the inputs that each output reads. relation: outputs x inputs."""
    first = relation.int().argmax(1)
    last = relation.shape[1] - 1 - relation.flip(1).int().argmax(1)
    offsets = torch.arange(int((last - first).max()) + 1)
    places = (first[:, None] + offsets).clamp(max=relation.shape[1] - 1)
    unread = ~relation.gather(1, places)
    return x[..., places].masked_fill(unread, NOTHING).amax(-1)


def pixel_shuffle(module: Any, x: Reached, at: Direction) -> Reached:
    """Of the factor x factor channels that become one, this axis is given each row or column.
    Which they are, the module says, run on their numbers."""
    numbers: Tensor = module(torch.arange(len(x.of))[None, :, None, None])[0]
    one = x.each[:, numbers].amax(3 - at.number)
    return all_of(one.transpose(2, 3).flatten(2))


def pixel_unshuffle(module: Any, x: Reached, at: Direction) -> Reached:
    """Each channel is given one pixel of each square, the module says which: run on the numbers of
    channels, and on places along this axis."""
    factor = at.read[2] // at.made[2]
    if x.length % factor:
        raise OpaqueError("squares of pixels that do not fit the canvas")
    square = torch.arange(len(x.of))[None, :, None, None].expand(-1, -1, factor, factor)
    places = torch.arange(factor)
    along = (places[:, None] if at.number == 0 else places).expand_as(square)
    channel, place = (module(each).flatten() for each in (square, along))
    parts: Tensor = x.each[:, channel].unflatten(2, (-1, factor))  # type: ignore[no-untyped-call]
    index = place[None, :, None, None].expand(*parts.shape[:3], 1)
    return all_of(parts.gather(3, index)[..., 0])


def channels_moved(module: Any, x: Reached, at: Direction) -> Reached:
    """A module that only moves channels, run on their numbers."""
    numbers: Tensor = module(x.of[None, :, None, None])
    return used(Reached(x.rows, numbers.flatten()))


def sliced(module: Any, x: Reached, at: Direction) -> Reached:
    """Some channels, or some places along an axis."""
    if module.dim != at.number + 2:
        return channels_moved(module, x, at) if module.dim == 1 else x
    taken = module.taken
    stop = x.length - at.read[module.dim] + taken.stop
    return Reached(x.rows[..., taken.start : stop : taken.step], x.of)


def reshaped(module: Any, x: Reached, at: Direction) -> Reached | None:
    """Where no size changes, nothing moves."""
    return x if at.made == at.read else None


def permuted(module: Any, x: Reached, at: Direction) -> Reached | None:
    """Axes that change places follow none of the input's."""
    return x if list(module.order) == sorted(module.order) else None


def steps_along(module: Any, x: Reached, at: Direction) -> Reached | None:
    """Along the last axis of a sequence, it stays as it is."""
    return x if len(at.read) == 3 and module.dim == 2 else None


def rolled(module: Any, x: Reached, at: Direction) -> Reached | None:
    """Channels change places; positions, too, and lose theirs."""
    if module.dim == 1:
        return channels_moved(module, x, at)
    return None if module.shift % at.read[module.dim] else x


def flipped(module: Any, x: Reached, at: Direction) -> Reached | None:
    """Channels change places; positions, too, and lose theirs."""
    if module.dim == 1:
        return channels_moved(module, x, at)
    return None if at.read[module.dim] > 1 else x


def maxout(module: Any, x: Reached, at: Direction) -> Reached:
    """Neighbouring channels become one."""
    return groups_of(x, at.made[1])


def local_response_norm(module: Any, x: Reached, at: Direction) -> Reached:
    """Reads neighbouring channels."""
    if x.rows.shape[1] == 1:
        return x
    size = module.size
    across = F.pad(x.each.transpose(1, 2), (size // 2, (size - 1) // 2), value=NOTHING)
    return all_of(F.max_pool1d(across, size, 1).transpose(1, 2))


def flatten(module: Any, x: Tensor, at: Direction) -> Tensor | None:
    """A sequence stays one; a map does not."""
    return x if at.made == at.read else None


def class_token(module: Any, x: Tensor, at: Direction) -> Tensor:
    """A step before all others."""
    return F.pad(x, (1, 0), value=NOTHING)


def mixed(module: Any, x: Reached, at: Direction) -> Reached:
    """Each channel reads all channels at its position."""
    return alike(x.whole, at.made[1])


def competing(module: Any, x: Reached, at: Direction) -> Reached:
    """Along the channels; along what else, they are statistics."""
    return mixed(module, x, at) if module.dim == 1 else x


def normalized(module: Any, x: Reached, at: Direction) -> Reached:
    """The norms are statistics, save those of channels alone."""
    return mixed(module, x, at) if module.dim == (1,) else x


def reduced(module: Any, x: Reached, at: Direction) -> Reached | None:
    """All positions along an axis, in one: on a canvas that has grown, in one for each time that
    the input goes into it. All along all axes are everything."""
    space = set(range(2, len(at.read)))
    if space <= set(module.dim) or (len(at.made) < len(at.read)):
        return None
    found = alike(x.whole, 1) if 1 in module.dim else x
    if at.number + 2 not in module.dim:
        return found
    size = at.read[at.number + 2]
    if found.length % size:
        raise OpaqueError("a reduction of an axis that the canvas is no multiple of")
    return Reached(windows(found.rows, size, 1, 0, 1)[..., ::size], found.of)


def halved(module: Any, x: Reached, at: Direction) -> Reached:
    """A channel of the first half, and its like in the second."""
    if x.rows.shape[1] == 1:
        return alike(x.rows, at.made[1])
    half = len(x.of) // 2
    return largest(used(Reached(x.rows, x.of[:half])), used(Reached(x.rows, x.of[half:])))


def softmax_among(module: Any, x: Reached, at: Direction) -> Reached:
    """The channels at the same place of each part."""
    if x.rows.shape[1] == 1:
        return x
    each: Tensor = x.each.unflatten(1, (module.parts, -1))  # type: ignore[no-untyped-call]
    return all_of(each.amax(1).repeat(1, module.parts, 1))


def recurrent(module: Any, x: Reached, at: Direction) -> Reached | None:
    """A state reads all steps up to its own: as many, at most, as there are. One that runs both
    ways sees everything, and is left out like statistics."""
    if module.last:
        return None
    read = x.whole
    if not module.bidirectional:
        steps = at.read[2]
        read = F.max_pool1d(F.pad(read, (steps - 1, 0), value=NOTHING), steps, 1)
    return alike(read, at.made[1])


def attention(module: Any, x: Reached, at: Direction) -> Reached:
    """Of sequences side by side each step reads the steps of its own; causal, those up to its own;
    of a single one all, which is left out like statistics, as are the keys of another layer."""
    *sides, steps = at.read[2:]
    read = x.whole
    if at.reads > 1:
        return alike(read, at.made[1])
    if at.number == len(sides) and module.causal:
        read = F.max_pool1d(F.pad(read, (steps - 1, 0), value=NOTHING), steps, 1)
    elif at.number == len(sides) and prod(sides) > 1:
        if x.length % steps:
            raise OpaqueError("attention whose steps do not fit the canvas")
        read = F.max_pool1d(read, steps, steps).repeat_interleave(steps, 2)
    return alike(read, at.made[1])


def in_turn(module: nn.Sequential, x: Reached, at: Direction) -> Reached | None:
    """A global pool and the flatten behind it."""
    ones = (1, 1, *(1 for _ in at.read[2:]))
    value: Reached | None = x
    for each in module:
        value = through(each, value, at._replace(made=ones)) if value else None
    return value


# -- which module is what ----------------------------------------------------------------------

PASSING = frozenset(
    """
    Abs AlphaDropout Arctan BatchNorm1d BatchNorm2d BatchNorm3d CELU Clamp DropPath Dropout
    Dropout1d Dropout2d Dropout3d ELU Exp FeatureAlphaDropout FrozenBatchNorm GELU GaussianNoise
    GlobalResponseNorm GroupNorm Hardshrink Hardsigmoid Hardswish Hardtanh Identity
    InstanceNorm1d InstanceNorm2d InstanceNorm3d LayerNorm LayerScale LeakyReLU Log LogSigmoid
    MeanOnlyBatchNorm Mish PReLU Position Power QuickGelu RMSNorm ReLU ReLU6 Reciprocal ReluSquared
    SELU Scale Shift ShiftedGroupNorm SiLU Sigmoid SinusoidalPosition Softplus Softshrink Softsign
    Sqrt Square Step Tanh Tanhshrink Threshold
    """.split()  # noqa: SIM905 (a list of words)
)
"""Modules that read one position of one channel, statistics apart."""

ENDING = frozenset(
    """
    ByOffset DeformConv2d Fixed FromWindows GemPool Learned Linear PsRoiPool Rbf RoiAlign RoiPool
    ToWindows
    """.split()  # noqa: SIM905 (a list of words)
)
"""Modules for what has no place in the input, or takes it away."""

RANKS = ("1d", "2d", "3d")
PADS = ("Zero", "Constant", "Reflection", "Replication", "Circular")

BY_CHANNEL: dict[str, Callable[[Any, Tensor, Direction], Tensor | None]] = {
    **{f"{kind}Pool{rank}": pool for kind in ("Max", "Avg", "LP") for rank in RANKS},
    **{f"Adaptive{kind}Pool{rank}": adaptive_pool for kind in ("Max", "Avg") for rank in RANKS},
    **{f"{kind}Pad{rank}": pad for kind in PADS for rank in RANKS},
    "AveragePool": average_pool,
    "ClassToken": class_token,
    "FixedFilter": fixed_filter,
    "MaxUnpool": unpool,
    "Flatten": flatten,
    "PowerMean": within,
    "Subsample": within,
    "Upsample": upsample,
}
"""Modules that do with each channel the same."""

ACROSS: dict[str, Callable[[Any, Reached, Direction], Reached | None]] = {
    **{f"{kind}{rank}": conv for kind in ("Conv", "StdConv") for rank in RANKS},
    **{f"ConvTranspose{rank}": conv_transpose for rank in RANKS},
    **{f"CutConvTranspose{rank}": cut_conv_transpose for rank in RANKS},
    **dict.fromkeys(("Rnn", "Lstm", "ProjectedLstm", "Gru"), recurrent),
    **dict.fromkeys(("ChannelsToPixels", "PixelShuffle"), pixel_shuffle),
    **dict.fromkeys(("PixelsToChannels", "PixelUnshuffle"), pixel_unshuffle),
    **dict.fromkeys(("Reshape", "Unflatten"), reshaped),
    "ChannelShuffle": channels_moved,
    "Flip": flipped,
    "Permute": permuted,
    "Roll": rolled,
    "Slice": sliced,
    "StepsAlong": steps_along,
    **dict.fromkeys(("ChannelLinear", "ChannelNorm", "ChannelRmsNorm"), mixed),
    **dict.fromkeys(("Embedding", "TransposedLinear"), mixed),
    **dict.fromkeys(("LogSoftmax", "Softmax"), competing),
    **dict.fromkeys(("GLU", "Glu"), halved),
    **dict.fromkeys(("Attention", "WideAttention"), attention),
    "SoftmaxAmong": softmax_among,
    "Normalize": normalized,
    **dict.fromkeys(("Max", "Mean", "Min", "Norm", "Std", "Sum", "Variance"), reduced),
    "CCells": c_cells,
    "LocalResponseNorm": local_response_norm,
    "LocallyConnected": locally_connected,
    "Maxout": maxout,
    "SCells": s_cells,
    "Sequential": in_turn,
    "TableConv": table_conv,
}
"""Modules that choose among channels, or read several."""
