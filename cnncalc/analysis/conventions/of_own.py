"""The functions that cnncalc's own modules call, for what PyTorch lacks, in inference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from math import prod

from cnncalc.analysis.conventions.called import ATTENDING, ONCE, Function, Module, Run, stem
from cnncalc.analysis.conventions.of_torch import (
    Parts,
    attention,
    convolution,
    linear,
    norm,
    parts_of,
    recurrent,
    sequences,
    sizes,
    transposed,
)
from cnncalc.layers.base import Shape, Weight

# -- on each value --------------------------------------------------------------------------------


def times(*shapes: Shape) -> Function:
    """A product of values; of the first with a number, where there is no second."""
    return Function("*", shapes, shapes[0])


def scaling(module: Module, count: int = 1) -> Iterator[Run]:
    """Products with factors, one after the other."""
    for _ in range(count):
        yield times(module.gives)


def relu(module: Module) -> Iterator[Run]:
    """The function."""
    yield Function("F.relu", (module.reads[0],), module.gives)


def gated(module: Module) -> Iterator[Run]:
    """A function of one half, times the other."""
    gate = module.arguments["gate"]
    if gate != "identity":
        yield Function(f"F.{gate}", (module.gives,), module.gives)
    yield times(module.gives)


def frozen_norm(module: Module) -> Iterator[Run]:
    """What scales and shifts is computed first."""
    channels = module.weights[0].shape
    yield times(channels)
    yield times(channels)
    yield times(module.gives)


def shifted_norm(module: Module) -> Iterator[Run]:
    """A norm without a scale."""
    yield Function("F.group_norm", (module.reads[0],), module.gives)


def response(module: Module) -> Iterator[Run]:
    """The mean of the norms of channels, and two products."""
    batch, _, *space = module.gives
    yield Function("Tensor.mean", (), (batch, 1, *(1 for _ in space)))
    yield times(module.gives)
    yield times(module.gives)


def turned_linear(module: Module) -> Iterator[Run]:
    """By its weight, turned."""
    for call in linear(module):
        assert isinstance(call, Function)
        reads, weight, *bias = call.reads
        yield call._replace(reads=(reads, weight[::-1], *bias))


# -- windows --------------------------------------------------------------------------------------


def standardized(module: Module) -> Iterator[Run]:
    """A convolution, its filters brought to one scale before, or to gains times a number."""
    (weight,) = module.weight()
    gains = [(weight[0],) for _ in module.weight("gain")]
    for each in gains:
        yield times(each)
    filters = (1, weight[0], prod(weight[1:]))
    yield Function("F.group_norm", (filters, *gains), filters)
    yield from convolution(module)


def by_channel(module: Module) -> Iterator[Run]:
    """Each kernel over a channel of its own, and by the function as it is, not by its name."""
    reads, gives = module.reads[0], module.gives
    kernel = module.weights[0].shape[-(len(reads) - 2) :]
    kernels = sum(map(len, module.arguments["table"])) if "table" in module.arguments else reads[1]
    slid = reads[0], kernels, *gives[2:]
    yield Function(f"conv{len(kernel)}d", (reads, (kernels, 1, *kernel)), slid)


def local(module: Module) -> Iterator[Run]:
    """A matrix product for each place."""
    places, taps, filters = module.weights[0].shape
    batch = module.reads[0][0]
    reads = (places, batch, taps), (places, taps, filters)
    yield Function("torch.bmm", reads, (places, batch, filters))


def deformed(module: Module) -> Iterator[Run]:
    """Places of taps, what lies there, and a convolution of it."""
    values, offset, *mask = module.reads
    taps, (batch, channels), space = prod(module.kernel), values[:2], module.gives[2:]
    parts = offset[1] // (2 * taps)
    moved = batch * parts, taps, *space
    for axis in range(2):
        yield times((space[axis],))
        yield times((taps, 1))
    yield times(moved)
    yield times(moved)
    found = batch * parts, channels // parts, taps * space[0], space[1]
    yield Function("F.grid_sample", ((batch * parts, channels // parts, *values[2:]),), found)
    yield from sizes(len(space) + len(mask))
    if mask:
        yield times(found)
    filters, each = module.weights[0].shape[:2]
    reads = (batch, channels, taps, prod(space)), (filters, each, taps, 1), *module.weight("bias")
    yield Function(
        "F.conv2d", reads, (batch, filters, 1, prod(space)), {"groups": channels // each}
    )


TUPLE = "tuple"
"""Marks a window whose size is not one number for all axes, even if that is the same."""


def within(
    module: Module, name: str, reads: Shape | None = None, gives: Shape | None = None
) -> Module:
    """A pool in it, by its own window."""
    reads, gives = reads or module.reads[0], gives or module.gives
    made = Module(name, name, (reads,), gives, {**module.arguments, TUPLE: True})
    return made._replace(parts=tuple(parts_of(name)(made)))


def rank(module: Module) -> int:
    """Of its window."""
    return len(module.gives) - 2


def mean_pool(module: Module) -> Iterator[Run]:
    """Of the values with zeros around them, and of ones."""
    before = module.arguments["padding"]
    batch, channels, *space = module.reads[0]
    sides = zip(space, reversed(before[::2]), reversed(before[1::2]), strict=True)
    around = [size + first + last for size, first, last in sides]
    name = f"nn.AvgPool{rank(module)}d"
    yield within(module, name, (batch, channels, *around))
    yield within(module, name, (1, 1, *around), (1, 1, *module.gives[2:]))


def power_mean(module: Module) -> Iterator[Run]:
    """A power pool, and a factor."""
    yield within(module, f"nn.LPPool{rank(module)}d")
    yield times(module.gives)


def subsample(module: Module) -> Iterator[Run]:
    """A mean, and two factors."""
    yield within(module, f"nn.AvgPool{rank(module)}d")
    yield from scaling(module, 2)


def unpool(module: Module) -> Iterator[Run]:
    """The pool whose places it takes."""
    yield within(module, f"nn.MaxPool{rank(module)}d", module.reads[1], module.reads[0])
    yield from sizes(rank(module))


def reduced(module: Module) -> Iterator[Run]:
    """A mean."""
    yield Function("Tensor.mean", (module.reads[0],), module.gives)


def channel_means(module: Module) -> Iterator[Run]:
    """A mean of each channel."""
    yield Function("Tensor.mean", (module.reads[0],), module.reads[0][:2])


def aligned(module: Module) -> Iterator[Run]:
    """Places of samples, what lies there, and the mean of a cell's."""
    values, boxes = module.reads
    batch, channels, count, *cells = module.gives
    ratio = module.arguments["sampling_ratio"]
    yield times(boxes)
    for side in reversed(cells):
        yield times((batch, count, side * ratio))
        yield times((batch, count, side * ratio))
    found = batch, channels, count * cells[0] * ratio, cells[1] * ratio
    yield Function("F.grid_sample", (values,), found)
    yield times(found)
    yield Function("Tensor.mean", (found,), module.gives)


def boxed(module: Module) -> Iterator[Run]:
    """Places of cells; where the largest value is, among four rectangles."""
    _, boxes = module.reads
    batch, _, count, *cells = module.gives
    yield from sizes(len(cells))
    yield times(boxes)
    yield times(boxes)
    for side in cells:
        yield times((batch, count, side))
        yield times((batch, count, side))
    for _ in range(1 + 2 * 4):
        yield times((batch, count, *cells))


def boxed_by_place(module: Module) -> Iterator[Run]:
    """Places of cells; a table of sums, of which each corner counts."""
    _, boxes = module.reads
    batch, _, count, *cells = module.gives
    yield times(boxes)
    for side in cells:
        for _ in range(2):
            yield times((batch, count))
        for _ in range(2):
            yield times((batch, side, count))


def s_cells(module: Module) -> Iterator[Run]:
    """What inhibits, what excites, and a rectifier."""
    batch, channels, *_ = module.reads[0]
    one, values = (batch, 1, *module.gives[2:]), module.gives
    name = f"conv{rank(module)}d"
    kernel = module.weights[0].shape[2:]
    yield Function(name, (module.reads[0], (1, channels, *kernel)), one)
    yield times(one)
    yield times(values)
    yield Function(name, (module.reads[0], module.weights[0].shape), values)
    yield Function("F.relu", (values,), values)
    yield times(values)


def c_cells(module: Module) -> Iterator[Run]:
    """What excites, its mean, and a rectifier."""
    yield from by_channel(module)
    values = module.gives
    yield Function("Tensor.mean", (values,), (values[0], 1, *values[2:]))
    yield Function("F.relu", (values,), values)


# -- sequences ------------------------------------------------------------------------------------


def product(module: Module) -> Iterator[Run]:
    """Of features by steps; what stands between comes first."""
    first, second = (read if len(read) == 3 else beside(read) for read in module.reads)
    gives = module.gives if len(module.gives) == 3 else beside(module.gives)
    yield Function("@", (first, second), gives)


def beside(shape: Shape) -> Shape:
    """With the features before the steps."""
    return shape[0], *shape[2:-1], shape[1], shape[-1]


def wide_attention(module: Module) -> Iterator[Run]:
    """Projections, norms and turns, as far as there are any; products fused, or not."""
    given = module.arguments
    reads = sequences(module.reads[:-1] if given.get("biased") else module.reads)
    heads, key_heads = given["heads"], given["key_heads"]
    key, value = given["head_features"], given["value_features"]
    widths = heads * key, key_heads * key, key_heads * value
    names = "in_features", "kdim", "vdim"
    for read, name, width in zip(reads, names, widths, strict=True):
        if given.get(name):
            yield projected(module, read, width, given.get("bias", True))
    batch, steps = reads[0][:2]
    q, k = (batch, heads, steps, key), (batch, key_heads, reads[1][1], key)
    v = *k[:3], value
    if given.get("qk_norm"):
        yield head_norm(given["qk_norm"], (batch, steps, heads, key))
        yield head_norm(given["qk_norm"], (batch, k[2], key_heads, key))
    for turned in (q, k) if given.get("rotary") else ():
        yield times(turned)
        yield times(turned)
    yield from weighed(module, q, k, v)
    if given.get("out_features"):
        mixed = batch, steps, heads * value
        yield projected(module, mixed, given["out_features"], given.get("out_bias", True))


def weighed(module: Module, q: Shape, k: Shape, v: Shape) -> Iterator[Run]:
    """In one, unless numbers are learned for the scores, or differ between windows."""
    given = module.arguments
    learned = given.get("relative") or given.get("score_bias") or given.get("biased")
    mixed = *q[:3], v[-1]
    if k[-1] == v[-1] and not (learned or given.get("counts")):
        yield Function(ATTENDING, (q, k, v), mixed)
        return
    scores = *q[:3], k[2]
    across = *q[:2], k[3], k[2]
    yield times(q)
    yield Function("@", (q, across), scores)
    yield Function("@", (scores, (*q[:2], k[2], v[-1])), mixed)


def projected(around: Module, reads: Shape, width: int, bias: bool) -> Module:
    """A linear layer, of steps by features; its weight is computed where those around it are."""
    weights = Weight("weight", (width, reads[-1])), *((Weight("bias", (width,)),) if bias else ())
    arguments = {"in_features": reads[-1], "out_features": width, "bias": bias}
    computed = around.name in ONCE
    name = "ParametrizedLinear" if computed else "nn.Linear"
    gives = *reads[:-1], width
    made = Module(name, "nn.Linear", (reads,), gives, arguments, weights, (), computed)
    shapes = reads, *(weight.shape for weight in weights)
    return made._replace(parts=(Function("F.linear", shapes, made.gives),))


def head_norm(kind: str, values: Shape) -> Module:
    """Of the features of each head."""
    name = "nn.LayerNorm" if kind == "layer_norm" else "nn.RMSNorm"
    both = ("weight", "bias") if kind == "layer_norm" else ("weight",)
    weights = tuple(Weight(each, values[-1:]) for each in both)
    arguments = {"normalized_shape": values[-1:], "elementwise_affine": True}
    made = Module(name, name, (values,), values, arguments, weights)
    return made._replace(parts=tuple(parts_of(name)(made)))


# -- by name --------------------------------------------------------------------------------------


STEMS: Mapping[str, Parts] = {
    "ChannelLinear": linear,
    "TransposedLinear": turned_linear,
    "StdConv": standardized,
    "CutConvTranspose": transposed,
    "TableConv": by_channel,
    "FixedFilter": by_channel,
    "DeformConv": deformed,
    "LocallyConnected": local,
    "Subsample": subsample,
    "SCells": s_cells,
    "CCells": c_cells,
    "Matmul": product,
    "GlobalResponseNorm": response,
    "ChannelNorm": partial(norm, function="F.layer_norm"),
    "ShiftedGroupNorm": shifted_norm,
    "FrozenBatchNorm": frozen_norm,
    "LayerScale": scaling,
    "Scale": scaling,
    "QuickGelu": partial(scaling, count=2),
    "ReluSquared": relu,
    "Glu": gated,
    "Mean": reduced,
    "GemPool": channel_means,
    "AveragePool": mean_pool,
    "PowerMean": power_mean,
    "MaxUnpool": unpool,
    "RoiAlign": aligned,
    "RoiPool": boxed,
    "PsRoiPool": boxed_by_place,
    "Rnn": partial(recurrent, function="torch.rnn_tanh"),
    "Lstm": partial(recurrent, function="torch.lstm"),
    "ProjectedLstm": partial(recurrent, function="torch.lstm"),
    "Gru": partial(recurrent, function="torch.gru"),
    "Attention": attention,
    "WideAttention": wide_attention,
}
"""By the names of modules, their ranks left out; the others call nothing that any tool counts."""

BASES = {
    "ChannelLinear": "nn.Linear",
    "StdConv": "nn.Conv",
    "CutConvTranspose": "nn.ConvTranspose",
    "DeformConv": "nn.Conv",
    "ChannelNorm": "nn.LayerNorm",
    "ChannelRmsNorm": "nn.RMSNorm",
    "ShiftedGroupNorm": "nn.GroupNorm",
    "Rnn": "nn.RNN",
    "Lstm": "nn.LSTM",
    "ProjectedLstm": "nn.LSTM",
    "Gru": "nn.GRU",
    "Attention": "nn.MultiheadAttention",
    "Embedding": "nn.Embedding",
}
"""The modules of PyTorch's that others are made of, their ranks left out."""

HOLDING = ("AveragePool", "PowerMean", "MaxUnpool", "Subsample", "Attention", "WideAttention")
"""Those that hold modules."""


def base_of(name: str) -> str:
    """The module of PyTorch's that one of that name is made of; empty where there is none."""
    short, rank_of = stem(name)
    base = BASES.get(short, "")
    return f"{base}{rank_of}d" if base and rank_of else base
