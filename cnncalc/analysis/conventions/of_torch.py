"""The functions that the modules of PyTorch call, in inference."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from math import prod

from cnncalc.analysis.conventions.called import ATTENDING, Function, Module, Run, stem
from cnncalc.layers.base import Shape

Parts = Callable[[Module], Iterator[Run]]
"""What a module runs."""


def convolution(module: Module, function: str = "F.conv") -> Iterator[Run]:
    """Over its input, by its weight."""
    rank = len(module.gives) - 2
    reads = module.reads[0], *module.weight(), *module.weight("bias")
    yield Function(f"{function}{rank}d", reads, module.gives, module.arguments)


def transposed(module: Module) -> Iterator[Run]:
    """Over its input, of which an end may be cut off behind."""
    cut = module.arguments.get("cut", (0,) * len(module.gives[2:]))
    whole = [size + end for size, end in zip(module.gives[2:], cut, strict=True)]
    around = module._replace(gives=(*module.gives[:2], *whole))
    yield from convolution(around, "F.conv_transpose")


def linear(module: Module) -> Iterator[Run]:
    """Over the last axis: that of the channels is brought there."""
    reads, gives = channels_last(module.reads[0]), channels_last(module.gives)
    yield Function("F.linear", (reads, *module.weight(), *module.weight("bias")), gives)


def channels_last(shape: Shape) -> Shape:
    """The shape of a batch with its channels behind."""
    return shape[0], *shape[2:], shape[1]


def norm(module: Module, function: str) -> Iterator[Run]:
    """By its scale, if it has one."""
    yield Function(function, (module.reads[0], *module.weight()), module.gives)


def batch_norm(module: Module) -> Iterator[Run]:
    """By its scale, if it has one; as in training, where it tracks no statistics."""
    options = {"training": not module.arguments.get("track_running_stats", True)}
    yield Function("F.batch_norm", (module.reads[0], *module.weight()), module.gives, options)


def pointwise(module: Module, function: str) -> Iterator[Run]:
    """Of each value."""
    yield Function(function, (module.reads[0],), module.gives)


def pool(module: Module, function: str) -> Iterator[Run]:
    """Of windows."""
    rank = len(module.gives) - 2
    yield Function(f"{function}{rank}d", (module.reads[0],), module.gives)


def upsample(module: Module) -> Iterator[Run]:
    """To a size, or by a factor."""
    yield Function("F.interpolate", (module.reads[0],), module.gives, module.arguments)


def local_response(module: Module) -> Iterator[Run]:
    """Squares, their means among neighbouring channels, a factor, a summand, a power."""
    values = module.reads[0]
    batch, channels, *space = values
    among = (batch, 1, channels + module.number("size") - 1, *space[:1], prod(space[1:]))
    pooled = among if len(space) > 1 else among[:4]
    yield Function("Tensor.mul", (values, values), values)
    yield Function(f"F.avg_pool{len(pooled) - 2}d", (pooled,), values)
    yield Function("Tensor.mul", (values,), values)
    yield Function("Tensor.add", (values,), values)


def power_pool(module: Module) -> Iterator[Run]:
    """A mean of powers, times how many they are, the root."""
    yield from pool(module, "F.avg_pool")
    values = module.gives
    yield Function("F.relu", (values,), values)
    yield Function("*", (values, values), values)
    yield Function("Tensor.mul", (values,), values)


SIZES = 4
"""The products of sizes, one number each, that a trace of it holds."""


def attention(module: Module) -> Iterator[Run]:
    """As `F.multi_head_attention_forward` does it: a projection of all that is the same, the fused
    products, and a projection."""
    queries, keys, values = sequences(module.reads)
    batch, steps, features = queries
    bias = ((features,),) if module.arguments["bias"] else ()
    heads = module.number("num_heads")
    for width, read in zip((features,) * 3, (queries, keys, values), strict=True):
        yield Function("F.linear", (read, (width, read[-1]), *bias), (*read[:2], width))
    each = features // heads
    q, k = (batch, heads, steps, each), (batch, heads, keys[1], each)
    yield from sizes(SIZES + packed(module) * (1 + len(bias)))
    yield Function(ATTENDING, (q, k, k), q)
    yield Function("F.linear", (queries, (features, features), *bias), queries)


def packed(module: Module) -> bool:
    """Whether keys and values are the same, and no queries: it then splits a weight by size."""
    return len(module.reads) == 2 and not module.arguments.get("kdim")


def sizes(count: int) -> Iterator[Run]:
    """Products of sizes, which a trace holds as those of one value."""
    for _ in range(count):
        yield Function("*", (), ())


def sequences(reads: tuple[Shape, ...]) -> tuple[Shape, Shape, Shape]:
    """The batches of steps by features that queries, keys and values are."""
    laid = [(prod((read[0], *read[2:-1])), read[-1], read[1]) for read in reads]
    return laid[0], laid[min(1, len(laid) - 1)], laid[-1]


def recurrent(module: Module, function: str) -> Iterator[Run]:
    """All steps, layers and directions in one."""
    batch, features, steps = module.reads[0]
    options = {"weights": module.params, "steps": steps, **module.arguments}
    yield Function(function, ((batch, steps, features),), module.gives, options)


def nothing(module: Module) -> Iterator[Run]:
    """No function that any tool counts."""
    return iter(())


STEMS: Mapping[str, Parts] = {
    "nn.Conv": convolution,
    "nn.ConvTranspose": transposed,
    "nn.Linear": linear,
    "nn.BatchNorm": batch_norm,
    "nn.InstanceNorm": partial(norm, function="F.instance_norm"),
    "nn.GroupNorm": partial(norm, function="F.group_norm"),
    "nn.LayerNorm": partial(norm, function="F.layer_norm"),
    "nn.LocalResponseNorm": local_response,
    "nn.ReLU": partial(pointwise, function="F.relu"),
    "nn.ELU": partial(pointwise, function="F.elu"),
    "nn.LeakyReLU": partial(pointwise, function="F.leaky_relu"),
    "nn.PReLU": partial(pointwise, function="F.prelu"),
    "nn.SiLU": partial(pointwise, function="F.silu"),
    "nn.GELU": partial(pointwise, function="F.gelu"),
    "nn.Softmax": partial(pointwise, function="F.softmax"),
    "nn.MaxPool": partial(pool, function="F.max_pool"),
    "nn.AvgPool": partial(pool, function="F.avg_pool"),
    "nn.AdaptiveMaxPool": partial(pool, function="F.adaptive_max_pool"),
    "nn.AdaptiveAvgPool": partial(pool, function="F.adaptive_avg_pool"),
    "nn.LPPool": power_pool,
    "nn.Upsample": upsample,
}
"""By the names of modules, their ranks left out; the others call nothing that any tool counts."""


def parts_of(name: str) -> Parts:
    """What a module of PyTorch's of that name runs."""
    return STEMS.get(stem(name)[0], nothing)
