"""Caffe's layers to operations: a small function each."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from math import prod

from cnncalc.importing.formats import value_operations as values
from cnncalc.importing.formats import window_operations as windows
from cnncalc.importing.formats.building import Building
from cnncalc.importing.formats.caffe_detection import DETECTION
from cnncalc.importing.formats.caffe_fields import CaffeLayer, Given, Seen, along, image, pair
from cnncalc.importing.formats.caffe_scales import SCALE
from cnncalc.importing.formats.format_error import shortened
from cnncalc.importing.formats.prototxt_text import Message
from cnncalc.importing.program import PassedTensor


def convolution(building: Building, layer: CaffeLayer, seen: Seen) -> Given:
    """Convolutions, transposed ones, those of each channel by itself."""
    told, read = layer.settings("convolution"), image(layer, seen)
    filters = told.whole("num_output", 0, 1)
    kernel = pair(layer, told, "kernel_size", 0, 1)
    if not filters or not all(kernel):
        raise layer.wrong("`num_output` and `kernel_size` are wanted")
    stride, padding = pair(layer, told, "stride", 1, 1), pair(layer, told, "pad", 0, 0)
    dilation = pair(layer, told, "dilation", 1, 1)
    groups = told.whole("group", 1, 1)
    bias = told.truth("bias_term", True)
    if layer.kind in ("ConvolutionDepthwise", "DepthwiseConvolution"):
        groups = read.sizes[1]
    if read.sizes[1] % groups or filters % groups:
        raise layer.wrong(f"{read.sizes[1]} channels and {filters} filters make no {groups} groups")
    settings = stride, padding, dilation, groups, bias
    if layer.kind == "Deconvolution":
        return windows.conv_transpose2d(building, read, filters, kernel, *settings)
    return windows.conv2d(building, read, filters, kernel, *settings)


def inner_product(building: Building, layer: CaffeLayer, seen: Seen) -> Given:
    """Everything from an axis on reads everything."""
    told = layer.settings("inner_product")
    units = told.whole("num_output", 0, 1)
    if not units:
        raise layer.wrong("`num_output` is wanted")
    if told.truth("transpose", False):
        return building.unsayable("InnerProduct with `transpose`", seen)
    flat = values.flattened(building, seen[0], along(layer, seen[0], told))
    return values.linear(building, flat, units, told.truth("bias_term", True))


def pooling(building: Building, layer: CaffeLayer, seen: Seen) -> Given:
    """The largest value, or the mean, of windows, whose number is rounded up."""
    told, read = layer.settings("pooling"), image(layer, seen)
    sort = told.word("pool", "MAX")
    if sort not in ("MAX", "AVE", "0", "1") or layer.tops > 1:
        return [building.unsayable(f"Pooling with `pool: {shortened(sort)}`", seen)] * layer.tops
    largest = sort in ("MAX", "0")
    if told.truth("global_pooling", False):
        whole_map = windows.global_max_pool if largest else windows.global_avg_pool
        return whole_map(building, read)
    kernel = pair(layer, told, "kernel_size", 0, 1)
    if not all(kernel):
        raise layer.wrong("`kernel_size` is wanted")
    stride, padding = pair(layer, told, "stride", 1, 1), pair(layer, told, "pad", 0, 0)
    ceil = told.truth("ceil_mode", told.word("round_mode", "CEIL") in ("CEIL", "0"))
    if any(s > k for s, k in zip(stride, kernel, strict=True)) and not any(padding) and ceil:
        axes = zip(read.sizes[2:], kernel, stride, strict=True)
        counts = [windows.positions(n, k, s, 0, ceil=True) for n, k, s in axes]
        if tuple(counts) != windows.pooled(read, kernel, stride, padding, ceil)[2:]:
            return building.unsayable("Pooling of windows behind the end", seen)
    pool = windows.max_pool2d if largest else windows.avg_pool2d
    return pool(building, read, kernel, stride, padding, ceil)


def batch_norm(building: Building, layer: CaffeLayer, seen: Seen) -> Given:
    """By the statistics of each channel; what it is scaled by is a layer of its own. Its third
    tensor is what the statistics were summed up with, a number."""
    told = layer.settings("batch_norm")
    eps, kept = told.real("eps", 1e-5), told.real("moving_average_fraction", 0.999)
    building.weight("count", (1,), trained=False)
    return windows.batch_norm(building, seen[0], eps, round(1 - kept, 9), scale=False, shift=False)


def scale(building: Building, layer: CaffeLayer, seen: Seen) -> Given:
    """Times what is learned for each channel, and plus; or times another map."""
    told, read = layer.settings("scale"), seen[0]
    if len(seen) == 2 and not told.truth("bias_term", False):
        return by_map(building, layer, read, seen[1], told)
    if len(seen) == 2 or along(layer, read, told) != 1 or told.whole("num_axes", 1) != 1:
        return building.unsayable("Scale along other axes", seen, read.sizes)
    factor = building.weight("scale", (read.sizes[1],))
    biased = told.truth("bias_term", False)
    shift = building.weight("shift", (read.sizes[1],)) if biased else None
    return building.call(SCALE, read.sizes, input=read, weight=factor, bias=shift)


def by_map(
    building: Building, layer: CaffeLayer, seen: PassedTensor, other: PassedTensor, told: Message
) -> PassedTensor:
    """Times a map whose axes are those from one on; the rest of it is repeated."""
    axis = along(layer, seen, told)
    rest = len(seen.sizes) - axis - len(other.sizes)
    if rest < 0 or seen.sizes[axis : axis + len(other.sizes)] != other.sizes:
        raise layer.wrong("what is multiplied has other sizes")
    wide = values.viewed(building, other, (*[1] * axis, *other.sizes, *[1] * rest))
    return values.joined(building, "mul", seen, wide)


def eltwise(building: Building, layer: CaffeLayer, seen: Seen) -> Given:
    """Sums, products, largest values of several maps, value by value."""
    told = layer.settings("eltwise")
    sort = {"0": "PROD", "1": "SUM", "2": "MAX"}.get(*[told.word("operation", "SUM")] * 2)
    operator = {"PROD": "mul", "SUM": "add", "MAX": "maximum"}.get(sort)
    if operator is None:
        raise layer.wrong(f"there is no operation `{shortened(sort)}`")
    if len({each.sizes for each in seen}) > 1:
        raise layer.wrong("maps of several sizes are put together")
    factors = [plain_real(layer, each) for each in told.words("coeff")]
    if factors and len(factors) != len(seen):
        raise layer.wrong(f"{len(seen)} maps and {len(factors)} `coeff`")
    parts = list(seen)
    if sort == "SUM" and factors:
        parts = [values.scaled(building, *two) for two in zip(seen, factors, strict=True)]
    made = parts[0]
    for each in parts[1:]:
        made = values.joined(building, operator, made, each)
    return made


def plain_real(layer: CaffeLayer, text: str) -> float:
    """A number among several. Raises FormatError."""
    try:
        return float(text[:LONGEST_NUMBER])
    except ValueError:
        raise layer.wrong(f"`{shortened(text)}` is no number") from None


def axpy(building: Building, layer: CaffeLayer, seen: Seen) -> Given:
    """A map times a number for each of its channels, plus another map."""
    if len(seen) != 3:
        raise layer.wrong("three blobs are wanted")
    product = values.joined(building, "mul", seen[1], seen[0])
    return values.joined(building, "add", product, seen[2])


def concat(building: Building, layer: CaffeLayer, seen: Seen) -> Given:
    """Behind one another."""
    told = layer.settings("concat")
    axis = along(layer, seen[0], told, "concat_dim" if "concat_dim" in told else "axis")
    if len({(*each.sizes[:axis], *each.sizes[axis + 1 :]) for each in seen}) > 1:
        raise layer.wrong("what is put together has several sizes beside its axis")
    return values.chained(building, seen, axis)


def slice_(building: Building, layer: CaffeLayer, seen: Seen) -> Given:
    """In parts along an axis: of the same size, or from point to point."""
    told, read = layer.settings("slice"), seen[0]
    axis = along(layer, read, told, "slice_dim" if "slice_dim" in told else "axis")
    size, points = read.sizes[axis], told.wholes("slice_point", 1)
    if not points and size % layer.tops == 0:
        points = [size // layer.tops * n for n in range(1, layer.tops)]
    ends = [0, *points, size]
    if len(points) != layer.tops - 1 or any(b <= a for a, b in pairwise(ends)):
        raise layer.wrong(f"{size} values are not cut into {layer.tops} parts so")
    return [values.part_of(building, read, axis, a, b) for a, b in pairwise(ends)]


def split(building: Building, layer: CaffeLayer, seen: Seen) -> Given:
    """The same under several names."""
    return [seen[0]] * layer.tops


def flatten(building: Building, layer: CaffeLayer, seen: Seen) -> Given:
    """All axes from one on as one."""
    told = layer.settings("flatten")
    if told.whole("end_axis", -1) != -1:
        return building.unsayable("Flatten with `end_axis`", seen)
    return values.flattened(building, seen[0], along(layer, seen[0], told))


def reshape(building: Building, layer: CaffeLayer, seen: Seen) -> Given:
    """The same values in other dimensions: 0 keeps one, -1 is what is left."""
    told, read = layer.settings("reshape"), seen[0]
    dims = told.message("shape").wholes("dim", -1)
    if told.whole("axis", 0) or told.whole("num_axes", -1) != -1:
        return building.unsayable("Reshape of some axes", seen)
    if dims.count(-1) > 1 or any(d == 0 and n >= len(read.sizes) for n, d in enumerate(dims)):
        raise layer.wrong("its `dim` mean no shape")
    sizes = [d or read.sizes[n] for n, d in enumerate(dims)]
    if dims and dims[0] == 1:
        sizes[0] = read.sizes[0]
    known = prod(d for d in sizes if d > 0)
    if prod(read.sizes) % known or (-1 not in sizes and known != prod(read.sizes)):
        raise layer.wrong(f"{prod(read.sizes[1:])} values do not fill {sizes[1:]}")
    return values.viewed(building, read, [d if d > 0 else prod(read.sizes) // known for d in sizes])


def permute(building: Building, layer: CaffeLayer, seen: Seen) -> Given:
    """The axes in another order."""
    order = layer.settings("permute").wholes("order", 0)
    if sorted(order) != list(range(len(seen[0].sizes))):
        raise layer.wrong(f"`order` is not one of {len(seen[0].sizes)} axes")
    return values.permuted(building, seen[0], order)


def interp(building: Building, layer: CaffeLayer, seen: Seen) -> Given:
    """To another size, in straight lines from corner to corner."""
    told, read = layer.settings("interp"), image(layer, seen)
    if told.whole("pad_beg", 0) or told.whole("pad_end", 0):
        return building.unsayable("Interp with padding", seen)
    shrink, zoom = told.whole("shrink_factor", 1, 1), told.whole("zoom_factor", 1, 1)
    if len(seen) > 1:
        height, width = image(layer, seen[1:]).sizes[2:]
    elif "height" in told and "width" in told:
        height, width = told.whole("height", 1, 1), told.whole("width", 1, 1)
    else:
        smaller = [(n - 1) // shrink + 1 for n in read.sizes[2:]]
        height, width = (n + (n - 1) * (zoom - 1) for n in smaller)
    return windows.upsample_bilinear(building, read, (height, width), align_corners=True)


def crop(building: Building, layer: CaffeLayer, seen: Seen) -> Given:
    """As large as another map, from an offset on."""
    if len(seen) != 2 or len(seen[0].sizes) != len(seen[1].sizes):
        raise layer.wrong("two blobs of as many axes are wanted")
    told, made = layer.settings("crop"), seen[0]
    first = told.whole("axis", 2)
    first += len(made.sizes) if first < 0 else 0
    offsets = told.wholes("offset", 0) or [0]
    for axis in range(max(first, 1), len(made.sizes)):
        start = offsets[min(axis - first, len(offsets) - 1)]
        stop = start + seen[1].sizes[axis]
        if stop > made.sizes[axis]:
            raise layer.wrong(f"{stop} of {made.sizes[axis]} are cut out")
        made = values.part_of(building, made, axis, start, stop)
    return made


def lrn(building: Building, layer: CaffeLayer, seen: Seen) -> Given:
    """Divided by what neighbouring channels hold."""
    told = layer.settings("lrn")
    if told.word("norm_region", "ACROSS_CHANNELS") not in ("ACROSS_CHANNELS", "0"):
        return building.unsayable("LRN within channels", seen, seen[0].sizes)
    size = told.whole("local_size", 5, 1)
    alpha, beta, k = told.real("alpha", 1), told.real("beta", 0.75), told.real("k", 1)
    return values.local_response_norm(building, seen[0], size, alpha, beta, k)


def normalize(building: Building, layer: CaffeLayer, seen: Seen) -> Given:
    """Each place of a map to length 1, then times what is learned."""
    told, read = layer.settings("norm"), seen[0]
    if told.truth("across_spatial", True):
        return building.unsayable("Normalize across space", seen, read.sizes)
    made = building.call("normalize", read.sizes, self=read, p=2.0, dim=1, eps=1e-5)
    shared = told.truth("channel_shared", True)
    weight = building.weight("scale", (1 if shared else read.sizes[1],))
    return building.call(SCALE, read.sizes, input=made, weight=weight, bias=None)


def softmax(building: Building, layer: CaffeLayer, seen: Seen) -> Given:
    """To a sum of 1."""
    return values.softmax(building, seen[0], along(layer, seen[0], layer.settings("softmax")))


def dropout(building: Building, layer: CaffeLayer, seen: Seen) -> Given:
    """In training alone."""
    selu = layer.kind == "SeLuDropout"
    told = layer.settings("selu_dropout" if selu else "dropout")
    operator = "alpha_dropout" if selu else "dropout"
    return values.dropout(building, seen[0], told.real("dropout_ratio", 0.5), operator)


def relu(building: Building, layer: CaffeLayer, seen: Seen) -> Given:
    """Nothing below 0, or a part."""
    slope = layer.settings("relu").real("negative_slope", 0)
    if slope:
        return values.leaky_relu(building, seen[0], slope)
    return values.bent(building, seen[0], "relu")


def prelu(building: Building, layer: CaffeLayer, seen: Seen) -> Given:
    """Below 0 a part that is learned."""
    shared = layer.settings("prelu").truth("channel_shared", False)
    return values.prelu(building, seen[0], shared)


def elu(building: Building, layer: CaffeLayer, seen: Seen) -> Given:
    """Below 0 an exponential."""
    return values.elu(building, seen[0], layer.settings("elu").real("alpha", 1))


def power(building: Building, layer: CaffeLayer, seen: Seen) -> Given:
    """`(shift + scale x) ^ power`."""
    told = layer.settings("power")
    made = values.scaled(building, seen[0], told.real("scale", 1))
    made = values.shifted(building, made, told.real("shift", 0))
    exponent = told.real("power", 1)
    return made if exponent == 1 else values.bent(building, made, "pow", exponent=exponent)


def bnll(building: Building, layer: CaffeLayer, seen: Seen) -> Given:
    """`log(1 + e^x)`."""
    return values.bent(building, seen[0], "softplus", beta=1, threshold=20)


def swish(building: Building, layer: CaffeLayer, seen: Seen) -> Given:
    """Times its own sigmoid."""
    if layer.settings("swish").real("beta", 1) != 1:
        return building.unsayable("Swish with `beta`", seen, seen[0].sizes)
    return values.bent(building, seen[0], "silu")


def shuffle(building: Building, layer: CaffeLayer, seen: Seen) -> Given:
    """Channels of all groups in turn."""
    groups = layer.settings("shuffle_channel").whole("group", 1, 1)
    if seen[0].sizes[1] % groups:
        raise layer.wrong(f"{seen[0].sizes[1]} channels make no {groups} groups")
    return building.call("channel_shuffle", seen[0].sizes, self=seen[0], groups=groups)


def same_size(building: Building, layer: CaffeLayer, seen: Seen) -> Given:
    """What cannot be said and is as large as what it reads."""
    return building.unsayable(layer.kind, seen, seen[0].sizes)


def curved(building: Building, layer: CaffeLayer, seen: Seen) -> Given:
    """An activation without settings."""
    return values.bent(building, seen[0], CURVED[layer.kind])


CURVED = {
    "ReLU6": "relu6",
    "Sigmoid": "sigmoid",
    "TanH": "tanh",
    "AbsVal": "abs",
    "SeLu": "selu",
    "SELU": "selu",
    "Mish": "mish",
}

LONGEST_NUMBER = 40

LAYERS: dict[str, Callable[[Building, CaffeLayer, Seen], Given]] = {
    **dict.fromkeys(CURVED, curved),
    "Convolution": convolution,
    "ConvolutionDepthwise": convolution,
    "DepthwiseConvolution": convolution,
    "Deconvolution": convolution,
    "InnerProduct": inner_product,
    "Pooling": pooling,
    "BatchNorm": batch_norm,
    "Scale": scale,
    "Eltwise": eltwise,
    "Axpy": axpy,
    "Concat": concat,
    "Slice": slice_,
    "Split": split,
    "Flatten": flatten,
    "Reshape": reshape,
    "Permute": permute,
    "Interp": interp,
    "Crop": crop,
    "LRN": lrn,
    "Normalize": normalize,
    **DETECTION,
    "Softmax": softmax,
    "Dropout": dropout,
    "SeLuDropout": dropout,
    "ReLU": relu,
    "PReLU": prelu,
    "ELU": elu,
    "Power": power,
    "BNLL": bnll,
    "Swish": swish,
    "ShuffleChannel": shuffle,
    "MVN": same_size,
    "DenseCRF": same_size,
}
