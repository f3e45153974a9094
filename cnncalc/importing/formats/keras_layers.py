"""Keras' layers to operations: a small function each. Maps are channels first here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

from cnncalc.importing.formats import value_operations as values
from cnncalc.importing.formats import window_operations as windows
from cnncalc.importing.formats.building import Building
from cnncalc.importing.formats.format_error import shortened
from cnncalc.importing.formats.json_values import KerasSettings, listed
from cnncalc.importing.program import PassedTensor

Pair = windows.Pair
Seen = Sequence[PassedTensor]

LAST = "channels_last"


class Keras:
    """A network in the making, of which version of Keras."""

    def __init__(self, building: Building, version: str) -> None:
        self.building, self.third = building, version.partition(".")[0] == "3"


def channels_last(told: KerasSettings) -> bool:
    """Whether a map's channels are its last axis in the file."""
    return told.one_of("data_format", ("channels_last", "channels_first"), LAST) == LAST


def padded_same(told: KerasSettings) -> bool:
    """Whether a map keeps its size but for strides; Keras 1 calls that `border_mode`."""
    name = "padding" if told.get("padding") is not None else "border_mode"
    return told.one_of(name, ("valid", "same"), "valid") == "same"


def image(told: KerasSettings, seen: Seen) -> PassedTensor:
    """The first tensor, where it has channels, height and width. Raises FormatError."""
    if len(seen[0].sizes) != 4:
        raise told.wrong(f"reads an image, got {'x'.join(map(str, seen[0].sizes[1:]))}")
    return seen[0]


def same(seen: PassedTensor, kernel: Pair, stride: Pair, dilation: Pair = (1, 1)) -> list[Pair]:
    """What TensorFlow puts around a map for `same`, before and behind along each axis."""
    sides = []
    for size, k, s, d in zip(seen.sizes[2:], kernel, stride, dilation, strict=True):
        total = max((-(-size // s) - 1) * s + windows.spanned(k, d) - size, 0)
        sides.append((total // 2, total - total // 2))
    return sides


def convolved(
    keras: Keras,
    told: KerasSettings,
    seen: PassedTensor,
    filters: int,
    groups: int,
    bias: bool,
    kernel: Pair | None = None,
) -> PassedTensor:
    """A convolution, with the padding that it says; `kernel`: of a step of 1, in its place."""
    size = kernel or told.pair("kernel_size")
    stride = (1, 1) if kernel else told.pair("strides", 1)
    dilation = (1, 1) if kernel else told.pair("dilation_rate", 1)
    if seen.sizes[1] % groups or filters % groups:
        raise told.wrong(f"{seen.sizes[1]} channels and {filters} filters make no {groups} groups")
    padding: Pair = (0, 0)
    if padded_same(told) and not kernel:
        rows, columns = same(seen, size, stride, dilation)
        if rows[0] == rows[1] and columns[0] == columns[1]:
            padding = rows[0], columns[0]
        else:
            seen = windows.padded(keras.building, seen, rows, columns)
    return windows.conv2d(
        keras.building, seen, filters, size, stride, padding, dilation, groups, bias
    )


def conv2d(keras: Keras, told: KerasSettings, seen: Seen) -> PassedTensor:
    """A convolution and what it is bent by."""
    filters, bias = told.whole("filters"), told.truth("use_bias", True)
    made = convolved(keras, told, image(told, seen), filters, told.whole("groups", 1), bias)
    return activated(keras, told, made)


def depthwise(keras: Keras, told: KerasSettings, seen: Seen) -> PassedTensor:
    """One of each channel by itself."""
    channels = image(told, seen).sizes[1]
    filters = channels * told.whole("depth_multiplier", 1)
    bias = told.truth("use_bias", True)
    made = convolved(keras, told, seen[0], filters, channels, bias)
    return activated(keras, told, made)


def separable(keras: Keras, told: KerasSettings, seen: Seen) -> PassedTensor:
    """One of each channel by itself, then one that is one wide and high."""
    building, site = keras.building, keras.building.site
    channels = image(told, seen).sizes[1]
    building.enter(site.module, site.kind, 0, {"weight": f"{site.module}.depthwise"})
    wide = channels * told.whole("depth_multiplier", 1)
    made = convolved(keras, told, seen[0], wide, channels, bias=False)
    building.enter(site.module, site.kind, 0, {"weight": f"{site.module}.pointwise"})
    bias = told.truth("use_bias", True)
    made = convolved(keras, told, made, told.whole("filters"), 1, bias, (1, 1))
    return activated(keras, told, made)


def transposed(keras: Keras, told: KerasSettings, seen: Seen) -> PassedTensor:
    """A transposed convolution: of `same` padding it gives `stride` times the map."""
    read, kernel, stride = image(told, seen), told.pair("kernel_size"), told.pair("strides", 1)
    if told.get("output_padding") or told.pair("dilation_rate", 1) != (1, 1):
        return keras.building.unsayable("Conv2DTranspose with output_padding", seen)
    padding: Pair = (0, 0)
    extra: Pair = (0, 0)
    if padded_same(told):
        over = [k - s for k, s in zip(kernel, stride, strict=True)]
        if any(each < 0 for each in over):
            return keras.building.unsayable("Conv2DTranspose with gaps", seen)
        padding = (over[0] + 1) // 2, (over[1] + 1) // 2
        extra = 2 * padding[0] - over[0], 2 * padding[1] - over[1]
    elif any(k < s for k, s in zip(kernel, stride, strict=True)):
        return keras.building.unsayable("Conv2DTranspose with gaps", seen)
    filters, bias = told.whole("filters"), told.truth("use_bias", True)
    made = windows.conv_transpose2d(
        keras.building, read, filters, kernel, stride, padding, (1, 1), 1, bias, extra
    )
    return activated(keras, told, made)


def dense(keras: Keras, told: KerasSettings, seen: Seen) -> PassedTensor:
    """A layer over the channels."""
    building, read = keras.building, seen[0]
    units = told.whole("units") if "units" in told.values else told.whole("output_dim")
    bias = told.truth("use_bias", True)
    rank = len(read.sizes)
    if rank == 2:
        made = values.linear(building, read, units, bias)
    else:
        last = values.permuted(building, read, (0, *range(2, rank), 1))
        made = values.linear(building, last, units, bias)
        made = values.permuted(building, made, (0, rank - 1, *range(1, rank - 1)))
    return activated(keras, told, made)


def pooling(keras: Keras, told: KerasSettings, seen: Seen) -> PassedTensor:
    """The largest value or the mean of windows; of `same` padding the mean is of what is there."""
    building, read = keras.building, image(told, seen)
    kernel = told.pair("pool_size", 2)
    stride = told.pair("strides", kernel)
    largest = "Max" in building.site.kind
    if not padded_same(told):
        pool = windows.max_pool2d if largest else windows.avg_pool2d
        return pool(building, read, kernel, stride)
    rows, columns = same(read, kernel, stride)
    before = rows[0], columns[0]
    counts = -(-read.sizes[2] // stride[0]), -(-read.sizes[3] // stride[1])
    if largest:
        return windows.max_pool_padded(building, read, kernel, stride, before, counts)
    for ceil in (False, True):
        if windows.pooled(read, kernel, stride, before, ceil)[2:] == counts:
            return windows.avg_pool2d(building, read, kernel, stride, before, ceil, False)
    sizes = (*read.sizes[:2], *counts)
    return building.unsayable("AveragePooling2D padded on one side", seen, sizes)


def global_pooling(keras: Keras, told: KerasSettings, seen: Seen) -> PassedTensor:
    """The largest value or the mean of each channel."""
    building, read = keras.building, image(told, seen)
    largest = "Max" in building.site.kind
    pool = windows.global_max_pool if largest else windows.global_avg_pool
    made = pool(building, read)
    return made if told.truth("keepdims", False) else values.flattened(building, made)


def batch_norm(keras: Keras, told: KerasSettings, seen: Seen) -> PassedTensor:
    """By the statistics of each channel."""
    axis, rank = told.get("axis", default=-1), len(seen[0].sizes)
    axis = axis[0] if isinstance(axis, list) and len(axis) == 1 else axis
    allowed = (-1, rank - 1) if channels_last(told) else (1,)
    if axis not in allowed:
        return keras.building.unsayable(
            "BatchNormalization along another axis", seen, seen[0].sizes
        )
    eps, kept = told.real("epsilon", 1e-3), told.real("momentum", 0.99)
    both = told.truth("scale", True), told.truth("center", True)
    return windows.batch_norm(keras.building, seen[0], eps, round(1 - kept, 9), *both)


def normalized(keras: Keras, told: KerasSettings, seen: Seen) -> PassedTensor:
    """By statistics that a data set had; those that the file says are no weights."""
    if told.get("axis", default=-1) not in (-1, [-1], len(seen[0].sizes) - 1, 3, [3]):
        return keras.building.unsayable("Normalization along another axis", seen, seen[0].sizes)
    if told.get("mean") is None:
        keras.building.weight("count", (), trained=False)
    return windows.batch_norm(keras.building, seen[0], 0.0, 0.1, scale=False, shift=False)


def layer_norm(keras: Keras, told: KerasSettings, seen: Seen) -> PassedTensor:
    """Over the channels of each place, to mean 0 and variance 1."""
    building, read, rank = keras.building, seen[0], len(seen[0].sizes)
    if told.get("axis", default=-1) not in (-1, [-1], rank - 1, [rank - 1]):
        return building.unsayable("LayerNormalization along another axis", seen, read.sizes)
    channels = (read.sizes[1],)
    scale = building.weight("scale", channels) if told.truth("scale", True) else None
    shift = building.weight("shift", channels) if told.truth("center", True) else None
    last = values.permuted(building, read, (0, *range(2, rank), 1)) if rank > 2 else read
    made = building.call(
        "layer_norm",
        last.sizes,
        input=last,
        normalized_shape=channels,
        weight=scale,
        bias=shift,
        eps=told.real("epsilon", 1e-3),
        cudnn_enable=True,
    )
    return values.permuted(building, made, (0, rank - 1, *range(1, rank - 1))) if rank > 2 else made


def layer_scale(keras: Keras, told: KerasSettings, seen: Seen) -> PassedTensor:
    """Times what is learned of each channel (`keras.applications.convnext`)."""
    building, read = keras.building, seen[0]
    space = [1] * (len(read.sizes) - 2)
    factor = building.weight("gamma", (read.sizes[1],))
    wide = building.call("reshape", (read.sizes[1], *space), self=factor, shape=(-1, *space))
    return building.call("mul", read.sizes, self=read, other=wide)


def scaled_residual(keras: Keras, told: KerasSettings, seen: Seen) -> PassedTensor:
    """A sum with a part of the second (`keras.applications.inception_resnet_v2`)."""
    if len(seen) != 2 or seen[0].sizes != seen[1].sizes:
        raise told.wrong("two maps of one size are wanted")
    part = values.scaled(keras.building, seen[1], told.real("scale", 1))
    return values.joined(keras.building, "add", seen[0], part)


def padded(keras: Keras, told: KerasSettings, seen: Seen) -> PassedTensor:
    """Zeros around a map."""
    return windows.padded(keras.building, image(told, seen), *told.sides("padding"))


def cropped(keras: Keras, told: KerasSettings, seen: Seen) -> PassedTensor:
    """A map without its edges."""
    made = image(told, seen)
    for axis, (before, behind) in enumerate(told.sides("cropping"), 2):
        stop = made.sizes[axis] - behind
        if stop <= before:
            raise told.wrong(f"{before + behind} of {made.sizes[axis]} are cut off")
        made = values.part_of(keras.building, made, axis, before, stop)
    return made


def upsampled(keras: Keras, told: KerasSettings, seen: Seen) -> PassedTensor:
    """Each value as a rectangle of its copies, or in straight lines between."""
    building, read, (down, right) = keras.building, image(told, seen), told.pair("size", 2)
    how = told.get("interpolation", default="nearest")
    size = read.sizes[2] * down, read.sizes[3] * right
    if how == "bilinear":
        return windows.upsample_bilinear(building, read, size, align_corners=False)
    if how != "nearest" or down != right:
        return building.unsayable(f"UpSampling2D with {how}", seen, (*read.sizes[:2], *size))
    return windows.upsample_nearest(building, read, down)


def flattened(keras: Keras, told: KerasSettings, seen: Seen) -> PassedTensor:
    """As a vector, of whichever order."""
    return values.flattened(keras.building, seen[0])


def reshaped(keras: Keras, told: KerasSettings, seen: Seen) -> PassedTensor:
    """In other dimensions, as they follow on one another with the channels last."""
    building, read = keras.building, seen[0]
    target = told.get("target_shape", default=[])
    count = prod(read.sizes[1:])
    if not isinstance(target, list) or any(type(n) is not int or n == 0 for n in target):
        raise told.wrong("`target_shape` wants whole numbers")
    known = prod(n for n in target if n > 0)
    if count % known or (-1 not in target and known != count) or target.count(-1) > 1:
        raise told.wrong(f"{count} values do not fill {target}")
    sizes = [n if n > 0 else count // known for n in target]
    rank = len(read.sizes)
    last = values.permuted(building, read, (0, *range(2, rank), 1)) if rank > 2 else read
    made = values.viewed(building, last, (read.sizes[0], *sizes))
    rank = len(made.sizes)
    return values.permuted(building, made, (0, rank - 1, *range(1, rank - 1))) if rank > 2 else made


def merged(keras: Keras, told: KerasSettings, seen: Seen) -> PassedTensor:
    """Several, value by value."""
    building, kind = keras.building, keras.building.site.kind
    if len({len(each.sizes) for each in seen}) > 1:
        raise told.wrong("what is put together has several ranks")
    for one in zip(*(each.sizes for each in seen), strict=True):
        if len({*one} - {1}) > 1:
            raise told.wrong("what is put together has several sizes")
    made = seen[0]
    for each in seen[1:]:
        made = values.joined(building, MERGES[kind], made, each)
    return values.scaled(building, made, 1 / len(seen)) if kind == "Average" else made


def concatenated(keras: Keras, told: KerasSettings, seen: Seen) -> PassedTensor:
    """Behind one another."""
    rank = len(seen[0].sizes)
    axis = told.get("axis", default=-1)
    if type(axis) is not int or not -rank < axis < rank or axis == 0:
        raise told.wrong(f"`axis` of {rank} axes")
    place = axis % rank
    ours = place if rank == 2 or not channels_last(told) else 1 if place == rank - 1 else place + 1
    if len({(*each.sizes[:ours], *each.sizes[ours + 1 :]) for each in seen}) > 1:
        raise told.wrong("what is put together has several sizes beside its axis")
    return values.chained(keras.building, seen, ours)


def rescaled(keras: Keras, told: KerasSettings, seen: Seen) -> PassedTensor:
    """Times a number and plus another."""
    made = values.scaled(keras.building, seen[0], told.real("scale", 1))
    return values.shifted(keras.building, made, told.real("offset", 0))


def dropped(keras: Keras, told: KerasSettings, seen: Seen) -> PassedTensor:
    """In training alone."""
    rate = told.real("rate", 0.5)
    spatial = keras.building.site.kind == "SpatialDropout2D"
    return values.dropout(
        keras.building, seen[0], rate, "feature_dropout" if spatial else "dropout"
    )


def activation(keras: Keras, told: KerasSettings, seen: Seen) -> PassedTensor:
    """By itself."""
    return activated(keras, told, seen[0])


def relu(keras: Keras, told: KerasSettings, seen: Seen) -> PassedTensor:
    """Nothing below 0 and above `max_value`."""
    slope, most = told.real("negative_slope", 0), told.get("max_value")
    if told.real("threshold", 0) or (slope and most is not None):
        return keras.building.unsayable("ReLU with a threshold", seen, seen[0].sizes)
    if most is not None:
        top = told.real("max_value", 0)
        return values.bent(keras.building, seen[0], "hardtanh", min_val=0.0, max_val=top)
    if slope:
        return values.leaky_relu(keras.building, seen[0], slope)
    return values.bent(keras.building, seen[0], "relu")


def leaky_relu(keras: Keras, told: KerasSettings, seen: Seen) -> PassedTensor:
    """Below 0 a part."""
    name = "alpha" if "alpha" in told.values else "negative_slope"
    return values.leaky_relu(keras.building, seen[0], told.real(name, 0.3))


def prelu(keras: Keras, told: KerasSettings, seen: Seen) -> PassedTensor:
    """Below 0 a part that is learned of each channel."""
    rank = len(seen[0].sizes)
    shared = listed(told.get("shared_axes", default=[]), f"`{shortened(told.of)}`: `shared_axes`")
    if sorted(map(str, shared)) != [str(axis) for axis in range(1, rank - 1)]:
        return keras.building.unsayable("PReLU of each place", seen, seen[0].sizes)
    return values.prelu(keras.building, seen[0], shared=False)


def elu(keras: Keras, told: KerasSettings, seen: Seen) -> PassedTensor:
    """Below 0 an exponential."""
    return values.elu(keras.building, seen[0], told.real("alpha", 1))


def softmax(keras: Keras, told: KerasSettings, seen: Seen) -> PassedTensor:
    """Over the channels."""
    if told.get("axis", default=-1) not in (-1, len(seen[0].sizes) - 1, [-1]):
        return keras.building.unsayable("Softmax along another axis", seen, seen[0].sizes)
    return values.softmax(keras.building, seen[0])


def activated(keras: Keras, told: KerasSettings, seen: PassedTensor) -> PassedTensor:
    """What the setting `activation` makes of it."""
    building, found = keras.building, told.get("activation", default="linear")
    if isinstance(found, dict) and isinstance(found.get("config"), dict):
        kind, own = str(found.get("class_name")), KerasSettings(found["config"], told.of)
        if kind in ACTIVATIONS:
            return ACTIVATIONS[kind](keras, own, [seen])
    name = found.get("config") if isinstance(found, dict) else found
    if name == "linear":
        return seen
    if name == "softmax":
        return values.softmax(building, seen)
    if name == "leaky_relu":
        return values.leaky_relu(building, seen, 0.2)
    if name == "hard_sigmoid" and not keras.third:
        line = values.shifted(building, values.scaled(building, seen, 0.2), 0.5)
        return values.bent(building, line, "hardtanh", min_val=0.0, max_val=1.0)
    if isinstance(name, str) and name in BENT:
        operator, settings = BENT[name]
        return values.bent(building, seen, operator, **settings)
    return building.unsayable(f"activation {str(name)[:40]}", [seen], seen.sizes)


BENT: dict[str, tuple[str, dict[str, Any]]] = {
    **{name: (name, {}) for name in ("relu", "relu6", "sigmoid", "tanh", "selu", "mish", "silu")},
    "swish": ("silu", {}),
    "elu": ("elu", {"alpha": 1.0, "scale": 1, "input_scale": 1}),
    "gelu": ("gelu", {"approximate": "none"}),
    "softplus": ("softplus", {"beta": 1, "threshold": 20}),
    "exponential": ("exp", {}),
    "hard_sigmoid": ("hardsigmoid", {}),
    "hard_silu": ("hardswish", {}),
    "hard_swish": ("hardswish", {}),
    "log_softmax": ("log_softmax", {"dim": 1, "dtype": None}),
}

MERGES = {
    "Add": "add",
    "Subtract": "sub",
    "Multiply": "mul",
    "Average": "add",
    "Maximum": "maximum",
    "Minimum": "minimum",
}

Function = Callable[[Keras, KerasSettings, Seen], PassedTensor]

ACTIVATIONS: dict[str, Function] = {
    "ReLU": relu,
    "LeakyReLU": leaky_relu,
    "PReLU": prelu,
    "ELU": elu,
    "Softmax": softmax,
}

LAYERS: dict[str, Function] = {
    **ACTIVATIONS,
    **dict.fromkeys(MERGES, merged),
    **dict.fromkeys(("Conv2D", "Convolution2D"), conv2d),
    "DepthwiseConv2D": depthwise,
    "SeparableConv2D": separable,
    "Conv2DTranspose": transposed,
    "Dense": dense,
    **dict.fromkeys(("MaxPooling2D", "AveragePooling2D"), pooling),
    **dict.fromkeys(("GlobalAveragePooling2D", "GlobalMaxPooling2D"), global_pooling),
    "BatchNormalization": batch_norm,
    "Normalization": normalized,
    "LayerNormalization": layer_norm,
    "LayerScale": layer_scale,
    "CustomScaleLayer": scaled_residual,
    "ZeroPadding2D": padded,
    "Cropping2D": cropped,
    "UpSampling2D": upsampled,
    "Flatten": flattened,
    "Reshape": reshaped,
    "Concatenate": concatenated,
    "Rescaling": rescaled,
    **dict.fromkeys(("Dropout", "SpatialDropout2D"), dropped),
    "Activation": activation,
}
